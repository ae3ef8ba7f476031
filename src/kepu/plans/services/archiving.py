"""Putting a plan away when its time is over, and taking it back: nothing is deleted, it only leaves the day's work.

An archived plan leaves ledger, units' pages, due items, search of tasks and the residents' pages. Its own page, its
versions, papers and the pages of its tasks stay for the office, under the archived plans of the list.
"""

from django.db import transaction

from kepu.foundation import door as foundation
from kepu.plans.enums import PlanState
from kepu.plans.errors import CannotArchive, NotArchived
from kepu.plans.models import LedgerTarget, LedgerTask, Plan, Version

LEDGER = (LedgerTask, LedgerTarget)


@transaction.atomic
def archive(*, plan: Plan, actor: foundation.Actor) -> None:
    """Put a plan away. Raises CannotArchive while it is being read, or where it is put away already."""
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if not plan.in_review:
        raise CannotArchive()
    for model in LEDGER:
        model.objects.filter(plan=plan).update(current=False)
    _set(plan, PlanState.ARCHIVED, "plan.archive", actor)


@transaction.atomic
def take_back(*, plan: Plan, actor: foundation.Actor) -> None:
    """Bring an archived plan back as it was: the rows of its last version stand in the ledger again. Raises NotArchived."""
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if plan.state != PlanState.ARCHIVED:
        raise NotArchived()
    last = Version.objects.filter(plan=plan).order_by("number").values_list("number", flat=True).last()
    for model in LEDGER:
        model.objects.filter(plan=plan, version_number=last).update(current=True)
    _set(plan, PlanState.REVIEWING if last is None else PlanState.ISSUED, "plan.unarchive", actor)


def _set(plan: Plan, state: PlanState, action: str, actor: foundation.Actor) -> None:
    before = {"state": plan.state}
    Plan.objects.filter(pk=plan.pk).update(state=state, version=plan.version + 1)
    foundation.audit.record(
        action, actor=actor, obj=plan, region_path=plan.region_path, before=before, after={"state": state.value}
    )
