from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kepu.foundation import door as foundation
from kepu.people import actors


class ActorMiddleware:
    """Puts `actor` (what this person may do) and `scope` (which rows this person sees) on the request, once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        standing = actors.NOBODY
        if request.user.is_authenticated:
            standing = actors.standing(request.user, foundation.clock.today())
        request.actor = standing.actor
        request.scope = standing.actor.scope
        return self.get_response(request)
