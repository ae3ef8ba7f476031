"""The plan as residents read it: what the government promised, who answers for it, by when. Read only, no account."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
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


@foundation.access(foundation.PUBLIC)
@require_GET
def plan_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = get_object_or_404(Plan.objects.visible_to(foundation.PUBLIC_SCOPE), pk=plan_id)
    tasks = queries.public_tasks(plan)
    if (wanted := request.GET.get("export", "")) in exports.TABLES:
        return exports.breakdown(tasks, wanted, title=plan.title, request=request, scope=foundation.PUBLIC_SCOPE)
    tasks = list(queries.with_rows(tasks, foundation.PUBLIC_SCOPE))
    for task in tasks:
        by_role = queries.units_by_role(task)
        task.units_shown = [(Role(role).label, units) for role, units in by_role.items() if units]
    context = {
        "plan": plan,
        "tasks": tasks,
        "goals": queries.goals(plan.pk, foundation.PUBLIC_SCOPE),
        "exports": exports.links(request, exports.TABLES),
    }
    return render(request, "plans/public_plan.html", context)
