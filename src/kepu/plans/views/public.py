"""The plan as residents read it: what the government promised, who answers for it, by when. Read only, no account."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from kepu.foundation import door as foundation
from kepu.plans import exports
from kepu.plans.enums import PlanState, Role
from kepu.plans.models import Plan
from kepu.plans.queries import ledger as queries

PAGE = 20


@foundation.access(foundation.PUBLIC)
@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    plans = Plan.objects.visible_to(foundation.PUBLIC_SCOPE).filter(state=PlanState.ISSUED)
    page = Paginator(plans.order_by("-issued_on", "-id"), PAGE).get_page(request.GET.get("page"))
    return render(request, "plans/public_list.html", {"page": page})


def public_listing(asked: foundation.exports.Asked) -> foundation.exports.Listing:
    plan = get_object_or_404(Plan.objects.visible_to(foundation.PUBLIC_SCOPE), pk=asked.subject)
    return exports.breakdown(queries.public_tasks(plan), title=plan.title, scope=foundation.PUBLIC_SCOPE)


# No PDF for visitors: each one costs a second of this machine, and the page itself prints.
foundation.exports.register(
    "plans.public", public_listing, permission=foundation.PUBLIC, audit="plan.export",
    formats=(foundation.exports.XLSX, foundation.exports.CSV),
)  # fmt: skip


@foundation.access(foundation.PUBLIC)
@require_GET
def plan_page(request: HttpRequest, plan_id: int) -> HttpResponseBase:
    if file := foundation.exports.answer(request, "plans.public", plan_id):
        return file
    plan = get_object_or_404(Plan.objects.visible_to(foundation.PUBLIC_SCOPE), pk=plan_id)
    tasks = list(queries.with_rows(queries.public_tasks(plan), foundation.PUBLIC_SCOPE))
    for task in tasks:
        by_role = queries.units_by_role(task)
        task.units_shown = [(Role(role).label, units) for role, units in by_role.items() if units]
    context = {
        "plan": plan,
        "tasks": tasks,
        "goals": queries.goals(plan.pk, foundation.PUBLIC_SCOPE),
    }
    return render(request, "plans/public_plan.html", context)
