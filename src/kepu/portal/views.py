from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from kepu.foundation import door as foundation
from kepu.plans import door as plans


@require_safe
@foundation.access(foundation.PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    entries = [e for e in foundation.navigation.entries(request.actor, "portal") if e.route != "portal:home"]
    return render(request, "portal/home.html", {"entries": entries, "plans": plans.public_plans(5)})


@require_safe
@foundation.access(foundation.PUBLIC)
def site_map(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/site_map.html", {"entries": foundation.navigation.entries(request.actor, "portal")})


@require_safe
@foundation.access(foundation.PUBLIC)
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/contact.html")


@require_safe
@foundation.access(foundation.PUBLIC)
def theme(request: HttpRequest, theme: str) -> HttpResponse:
    """Choose a look by a plain link and come back to where the link stood."""
    if theme not in foundation.themes.THEMES:
        raise Http404(theme)
    size = request.GET.get("size", foundation.themes.chosen(request).size)
    if size not in foundation.themes.SIZES:
        raise Http404(size)
    there = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        there, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        there = "/"
    response = HttpResponseRedirect(there)
    foundation.themes.keep(response, foundation.themes.Look(theme, size))
    return response


def _found(request: HttpRequest, surface: str, scope: foundation.Scope) -> dict[str, Any]:
    query = foundation.search.parse(request.GET.get("q", ""))
    hits = foundation.search.find(query, scope, surface=surface)
    return {"query": query, "page": Paginator(hits, 20).get_page(request.GET.get("page")), "total": len(hits)}


@require_safe
@foundation.access(foundation.PUBLIC)
def site_search(request: HttpRequest) -> HttpResponse:
    """Search for residents: published rows only, whoever is looking."""
    return render(request, "portal/search.html", _found(request, "portal", foundation.PUBLIC_SCOPE))


@require_safe
@foundation.access(foundation.SIGNED_IN)
def desk_search(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/desk_search.html", _found(request, "desk", request.scope))


@require_safe
@foundation.access(foundation.SIGNED_IN)
def desk(request: HttpRequest) -> HttpResponse:
    """What is due, for this person, today."""
    today = foundation.clock.today()
    groups = foundation.due.groups(request.actor, request.scope, today)
    return render(request, "portal/desk.html", {"groups": groups, "today": today})


@require_safe
@foundation.access(foundation.SIGNED_IN)
def keys(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/keys.html")
