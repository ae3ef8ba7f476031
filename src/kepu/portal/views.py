from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kepu.foundation import door as foundation
from kepu.plans import door as plans


@require_safe
@foundation.access(foundation.PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    listed_elsewhere = {"portal:home", "portal:site_map"}
    entries = [e for e in foundation.navigation.entries(request.actor, "portal") if e.route not in listed_elsewhere]
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
    missing = _missing_details() if request.actor.may("system.manage") else []
    return render(request, "portal/desk.html", {"groups": groups, "today": today, "missing_details": missing})


# What a government site has to show in its foot (quality A18); who looks after the installation is told what lacks.
DETAILS = {
    "sponsor": _("Sponsor"),
    "code": _("Site identification code"),
    "icp": _("ICP registration"),
    "police": _("Police registration"),
    "government_mark_url": _("Mark of party and government bodies"),
    "mistake_url": _("Report an error to the supervisor of government sites"),
    "phone": _("Telephone"),
}


def _missing_details() -> list[str]:
    return [str(label) for key, label in DETAILS.items() if not getattr(settings.KEPU_SITE, key)]


@require_safe
@foundation.access(foundation.SIGNED_IN)
def keys(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/keys.html")
