from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from kepu.foundation import door as foundation
from kepu.people import actors, adapters, passwords

SEEN = "kepu-seen"  # key of the session: when it was last renewed, in seconds
RENEWED = 60  # seconds; the idle limit is exact to this much, and a page does not cost a write of its own
FACTOR = "kepu-second-factor"  # key of the session: whose factor has been seen
OWN_PAGES = "/account/"  # what somebody may open who has not finished signing in


class ActorMiddleware:
    """Puts `actor` (what this person may do) and `scope` (which rows this person sees) on the request, once.

    A person whose role asks for a second factor, or whose password is too old for the profile, holds nothing until
    that is done: pages for signed-in people lead to the page where it is done.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.detour = None
        standing = actors.NOBODY
        if request.user.is_authenticated and not self._is_over(request):
            standing = actors.standing(request.user, foundation.clock.today())
            request.detour = self._unfinished(request, standing)
        actor = standing.actor
        if request.detour:
            actor = foundation.Actor(user_id=actor.user_id, name=actor.name)
        request.actor, request.scope = actor, actor.scope
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_args: Any) -> HttpResponseBase | None:
        rule = getattr(view, "access_rule", foundation.SIGNED_IN)
        if request.detour is None or rule in {foundation.PUBLIC, foundation.BEARER}:
            return None
        return None if request.path.startswith(OWN_PAGES) else redirect(request.detour)

    def _is_over(self, request: HttpRequest) -> bool:
        """End a session that has lasted a working day, however busy it is; renew it while it is used (S9)."""
        now = foundation.clock.now().timestamp()
        since = request.session.setdefault(adapters.SINCE, now)
        if now - since <= timedelta(hours=settings.KEPU_SESSION_HOURS).total_seconds():
            if not 0 <= now - request.session.get(SEEN, 0) < RENEWED:
                request.session[SEEN] = now  # saved, and with it the cookie and the half hour begin anew
            return False
        logout(request)
        return True

    def _unfinished(self, request: HttpRequest, standing: actors.Standing) -> str | None:
        """The page that must be visited first, or None."""
        is_asked = standing.needs_second_factor and settings.KEPU_SECOND_FACTOR != "off"
        if is_asked and request.session.get(FACTOR) != request.user.pk:
            if not adapters.has_second_factor(request.user):
                return "mfa_activate_totp"
            request.session[FACTOR] = request.user.pk
        return "account_change_password" if passwords.must_change(request.user) else None
