from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kepu.foundation import audit
from kepu.foundation.errors import Refusal


class AuditMiddleware:
    """Lets every audit entry of this request carry where it came from, and writes the refusals at its end."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with audit.origin(request):
            return self.get_response(request)


class RefusalMiddleware:
    """Turns a service's refusal into a page that says what to do; nothing has been changed by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        audit.refused(exception.code, actor=request.actor)
        answer = render(request, exception.template, {"refusal": exception}, status=exception.status)
        if request.htmx:  # shown in the page's own place for refusals; what the person wrote stays
            answer["HX-Retarget"] = "#refusal"
            answer["HX-Reswap"] = "innerHTML"
            answer["HX-Reselect"] = "#refusal-body"
        if exception.retry_after:
            answer["Retry-After"] = str(exception.retry_after)
        return answer


# What no page of ours asks a browser for.
SWITCHED_OFF = "accelerometer camera geolocation gyroscope magnetometer microphone payment usb"
PERMISSIONS = ", ".join(f"{feature}=()" for feature in SWITCHED_OFF.split())


class HeadersMiddleware:
    """Headers beyond Django's own: features switched off, nothing personal in any cache, a clean browser after sign-out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        signed_out = getattr(request, "has_signed_out", False)
        if signed_out or getattr(getattr(request, "actor", None), "user_id", None) is not None:
            response.headers["Cache-Control"] = "no-store"
        if signed_out:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
