"""The chain of plans: which upper plan this one carries out, and which of its tasks answers to which of ours."""

from collections.abc import Sequence

from django.db import transaction

from kepu.foundation import door as foundation
from kepu.plans import actions
from kepu.plans.errors import NotAnUpperPlan
from kepu.plans.matching import nearest
from kepu.plans.models import Alignment, LedgerTask, Plan

LIKELY = 0.5  # from here on a proposal may be confirmed together with others
PROPOSALS = 2  # for each task; more would only be read by nobody


@transaction.atomic
def link_upper(plan: Plan, upper: Plan | None, *, actor: foundation.Actor) -> None:
    """Say which issued plan of a higher region, or of the same one for yearly points, this plan carries out.

    Raises NotAnUpperPlan. Confirmed alignments with another plan stay in the log but count no more.
    """
    foundation.actions.require(actor, actions.REVIEW, plan.region_path)
    if upper is not None and (upper.pk == plan.pk or not plan.region_path.startswith(upper.region_path)):
        raise NotAnUpperPlan()
    before = plan.upper_id
    plan.upper = upper
    plan.save(update_fields=["upper"])
    foundation.audit.record(
        "plan.link_upper",
        actor=actor,
        obj=plan,
        region_path=plan.region_path,
        before={"upper": before},
        after={"upper": plan.upper_id},
    )


def current_tasks(plan: Plan) -> Sequence[LedgerTask]:
    return list(LedgerTask.objects.current().filter(plan=plan).order_by("position", "id"))


@transaction.atomic
def propose(plan: Plan) -> int:
    """Propose for each task in force the upper tasks it may answer to; returns how many are new. Safe to repeat.

    What a person confirmed or refused is left alone and is not proposed again.
    """
    if plan.upper_id is None:
        return 0
    own, above = current_tasks(plan), current_tasks(plan.upper)
    known = set(Alignment.objects.filter(task__plan=plan).values_list("task_id", "upper_id"))
    Alignment.objects.filter(task__plan=plan, confirmed=None).exclude(upper__plan=plan.upper).delete()
    matches = nearest([_wording(task) for task in own], [_wording(task) for task in above], top=PROPOSALS)
    new = [
        Alignment(task_id=task.task_id, upper=above[match.index], similarity=match.score)
        for task, found in zip(own, matches, strict=True)
        for match in found
        if (task.task_id, above[match.index].pk) not in known
    ]
    Alignment.objects.bulk_create(new)
    return len(new)


def _wording(task: LedgerTask) -> str:
    return f"{task.title}。{task.text}"


@transaction.atomic
def decide(alignment: Alignment, *, confirmed: bool | None, actor: foundation.Actor) -> None:
    """Confirm (True), refuse (False) or put back to proposed (None) one alignment."""
    plan = alignment.task.plan
    foundation.actions.require(actor, actions.REVIEW, plan.region_path)
    before = alignment.confirmed
    alignment.confirmed = confirmed
    alignment.confirmed_at = foundation.clock.now() if confirmed is not None else None
    alignment.confirmed_by_id = actor.user_id if confirmed is not None else None
    alignment.save(update_fields=["confirmed", "confirmed_at", "confirmed_by"])
    foundation.audit.record(
        "plan.align",
        actor=actor,
        obj=alignment,
        region_path=plan.region_path,
        before={"confirmed": before},
        after={"confirmed": confirmed},
    )


@transaction.atomic
def align(task: LedgerTask, upper: LedgerTask, *, actor: foundation.Actor) -> Alignment:
    """Link two tasks by hand. Raises NotAnUpperPlan where the other is not of the linked upper plan."""
    if upper.plan_id != task.plan.upper_id:
        raise NotAnUpperPlan()
    alignment, _created = Alignment.objects.get_or_create(task_id=task.task_id, upper=upper)
    decide(alignment, confirmed=True, actor=actor)
    return alignment


@transaction.atomic
def confirm_likely(plan: Plan, *, actor: foundation.Actor) -> int:
    """Confirm the best proposal of each task that is LIKELY and has nothing confirmed yet; returns how many."""
    done = set(Alignment.objects.filter(task__plan=plan, confirmed=True).values_list("task_id", flat=True))
    likely = Alignment.objects.filter(task__plan=plan, confirmed=None, similarity__gte=LIKELY, upper__plan=plan.upper)
    count = 0
    for alignment in likely.select_related("task__plan").order_by("-similarity", "id"):
        if alignment.task_id not in done:
            done.add(alignment.task_id)
            decide(alignment, confirmed=True, actor=actor)
            count += 1
    return count
