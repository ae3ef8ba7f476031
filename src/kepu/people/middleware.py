from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kepu.foundation import door as foundation


class ActorMiddleware:
    """Puts `actor` (what this person may do) and `scope` (which rows this person sees) on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = foundation.ANONYMOUS
        request.scope = request.actor.scope
        return self.get_response(request)
