from django.http import HttpRequest, HttpResponse

from kepu.people.throttle import TooManyTries


def too_many_tries(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page for 429, also where allauth asks for it."""
    raise TooManyTries
