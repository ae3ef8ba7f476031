"""Undo instead of "are you sure": the change is made, and the next page offers to take it back."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

TAG = "undo:"


def offer(request: HttpRequest, sentence: str, url: str) -> None:
    """Show `sentence` on the next page with a button that posts to `url` (an address of this site)."""
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        raise ValueError(f"expected a path of this site, got {url!r}")
    messages.success(request, sentence, extra_tags=TAG + url)
