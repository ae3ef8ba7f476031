"""Error pages: what happened in words, what to do, what is safe."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from kepu.foundation import audit
from kepu.foundation.scope import ANONYMOUS


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    return render(request, f"foundation/{name}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "400", 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    audit.refused("access.forged_form", actor=getattr(request, "actor", ANONYMOUS), detail={"reason": reason})
    return _page(request, "expired", 403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    actor = getattr(request, "actor", ANONYMOUS)
    audit.refused(
        "access.denied", actor=actor, region_path=audit.home_of(actor.user_id), detail={"needed": str(exception)}
    )
    return _page(request, "403", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, "404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 when the database is gone, busy or full: nothing was half done, and trying again later helps (R7, R8)."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        # Without the request, so that nothing on the page asks the database again.
        page = render_to_string("foundation/503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
    return _page(request, "500", 500)
