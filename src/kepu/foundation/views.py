from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from kepu.foundation.access import PUBLIC, access


@access(PUBLIC)
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers. Says nothing of the database; that is /readyz."""
    return JsonResponse({"status": "ok"})


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    return render(request, f"foundation/{name}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "400", 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, "expired", 403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "403", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, "500", 500)
