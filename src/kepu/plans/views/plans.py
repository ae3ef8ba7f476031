"""The list of plans, and the page of one: what it is, what was read, where it stands."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import actions, exports
from kepu.plans.enums import PlanState
from kepu.plans.forms import AgainForm
from kepu.plans.models import Plan, SourceDocument, Version
from kepu.plans.queries.desk import load
from kepu.plans.services import importing
from kepu.regions import door as regions

PAGE = 30


VIEWS = {"": _("In use"), "archived": _("Archived")}


def _found(scope: foundation.Scope, show: str) -> QuerySet:
    """Plans in use, or those that were put away."""
    plans = Plan.objects.visible_to(scope).order_by("-created_at", "-id")
    archived = {"state": PlanState.ARCHIVED}
    return plans.filter(**archived) if show == "archived" else plans.exclude(**archived)


def index_listing(asked: foundation.exports.Asked) -> foundation.exports.Listing:
    return exports.plan_list(_found(asked.scope, asked.query.get("show", "")))


foundation.exports.register("plans.index", index_listing, permission=actions.READ, audit="plan.export")


@foundation.access(actions.READ)
def index(request: HttpRequest) -> HttpResponseBase:
    if file := foundation.exports.answer(request, "plans.index"):
        return file
    show = request.GET.get("show", "")
    show = show if show in VIEWS else ""
    page = Paginator(_found(request.scope, show), PAGE).get_page(request.GET.get("page"))
    context = {
        "show": show,
        "tabs": [(key, label, f"?show={key}" if key else "?", None) for key, label in VIEWS.items()],
        "page": page,
        "regions": regions.divisions({plan.region_path for plan in page}),
        "may_import": request.actor.may(actions.IMPORT),
    }
    return render(request, "plans/index.html", context)


@foundation.access(actions.READ)
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Whoever sees a plan may read its page: offices below and units named in it hold no right over its region."""
    found = get_object_or_404(Plan.objects.visible_to(request.scope).select_related("upper"), pk=plan_id)
    may = {
        name: request.actor.may(action, found.region_path)
        for name, action in (
            ("review", actions.REVIEW),
            ("issue", actions.ISSUE),
            ("publish", actions.PUBLISH),
            ("import", actions.IMPORT),
        )
    }
    sources = list(SourceDocument.objects.filter(plan=found).defer("text", "reading")) if may["review"] else []
    files = foundation.files.info(source.file_id for source in sources)
    context = {
        "plan": found,
        "may": may,
        "versions": Version.objects.filter(plan=found).defer("content").order_by("-number"),
        "sources": [(source, files[source.file_id]) for source in sources if source.file_id in files],
        "again_form": AgainForm(),
        "can_discard": may["import"] and importing.can_discard(found),
        "keeper": people.persons([found.kept_by_id]).get(found.kept_by_id, "") if may["review"] else "",
        "region": regions.division(found.region_path),
        "desk": load(found) if may["review"] and found.in_review else None,
    }
    return render(request, "plans/plan.html", context)
