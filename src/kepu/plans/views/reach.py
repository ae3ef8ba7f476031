"""Fetching: the only way from an address to a row. Out of scope is 404, in scope without the right is 403."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from kepu.foundation import door as foundation
from kepu.plans.enums import PlanState
from kepu.plans.errors import NotInReview
from kepu.plans.models import Plan
from kepu.plans.models.draft import DraftRow
from kepu.plans.services.recording import ROWS


def plan_for(request: HttpRequest, plan_id: int, action: str) -> Plan:
    plan = get_object_or_404(Plan.objects.visible_to(request.scope), pk=plan_id)
    foundation.actions.require(request.actor, action, plan.region_path)
    return plan


def open_plan_for(request: HttpRequest, plan_id: int, action: str) -> Plan:
    """The same where something is to be changed. Raises NotInReview for a plan that is put away."""
    plan = plan_for(request, plan_id, action)
    if request.method == "POST" and plan.state == PlanState.ARCHIVED:
        raise NotInReview()
    return plan


def row_for(plan: Plan, kind: str, row_id: int) -> DraftRow:
    """A row of a plan that was fetched through `plan_for`."""
    return get_object_or_404(ROWS[kind].objects.select_related("plan"), pk=row_id, plan=plan)
