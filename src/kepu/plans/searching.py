"""What a search finds in this room: plans and tasks whose words hold every word that was typed."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.plans.enums import PlanState
from kepu.plans.models import LedgerTask, Plan


def _holding(query: foundation.search.Query, *fields: str) -> Q:
    condition = Q()
    for word in query.words:
        condition &= Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR)
    return condition


def _found(
    query: foundation.search.Query, scope: foundation.Scope, limit: int, *, public: bool
) -> Iterator[foundation.search.Hit]:
    plans = Plan.objects.visible_to(scope).filter(_holding(query, "title", "document_number"))
    if public:
        plans = plans.filter(state=PlanState.ISSUED)
    plan_route = "plans:public_plan" if public else "plans:plan"
    for plan in plans.order_by("-issued_on", "-id")[:limit]:
        yield foundation.search.Hit(
            plan.title, reverse(plan_route, args=[plan.pk]), _("Plan"), f"{plan.issuing_body}{plan.document_number}"
        )
    tasks = LedgerTask.objects.current().visible_to(scope).filter(_holding(query, "title", "text"))
    if public:
        tasks = tasks.filter(plan__public=True, plan__state=PlanState.ISSUED)
    for task in tasks.select_related("plan").order_by("-plan_id", "position")[:limit]:
        url = (
            reverse("plans:public_plan", args=[task.plan_id])
            if public
            else reverse("plans:ledger_task", args=[task.pk])
        )
        yield foundation.search.Hit(task.headline, url, _("Task"), task.plan.title)


def for_residents(
    query: foundation.search.Query, scope: foundation.Scope, limit: int
) -> Iterator[foundation.search.Hit]:
    return _found(query, scope, limit, public=True)


def for_the_office(
    query: foundation.search.Query, scope: foundation.Scope, limit: int
) -> Iterator[foundation.search.Hit]:
    return _found(query, scope, limit, public=False)


foundation.search.register(for_residents, surface="portal")
foundation.search.register(for_the_office)
