from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kepu.foundation import themes


def page(request: HttpRequest) -> dict[str, Any]:
    """What every shell needs: the chosen look, the site's own details and who is looking."""
    return {
        "look": themes.chosen(request),
        "our_site": settings.KEPU_SITE,
        "actor": getattr(request, "actor", None),
        "plain_http": settings.KEPU_PLAIN_HTTP == "lan",
    }
