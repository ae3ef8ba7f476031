"""What a person has open in this room, and how it passes to a successor: plans in hand, with what hangs on them."""

from django.db.models import QuerySet

from kepu.foundation import door as foundation
from kepu.plans.enums import Outcome, PlanState
from kepu.plans.models import Opinion, Plan, UnitProposal


def plans_of(user_id: int) -> QuerySet:
    """Plans whose draft this person looks after; what is archived is no open matter."""
    return Plan.objects.filter(kept_by=user_id).exclude(state=PlanState.ARCHIVED)


def opinions_of(user_id: int) -> QuerySet:
    """Members' opinions on those plans that nobody has decided about."""
    return Opinion.objects.filter(plan__in=plans_of(user_id), outcome=Outcome.OPEN)


def proposals_of(user_id: int) -> QuerySet:
    """Units proposed for those plans that are neither taken nor refused."""
    return UnitProposal.objects.filter(task__plan__in=plans_of(user_id), task__dropped=False, accepted=None)


def pass_on_plans(from_id: int, to_id: int, actor: foundation.Actor) -> int:
    """Give a person's plans to the successor; opinions and proposals hang on them and go along."""
    plans = list(plans_of(from_id))
    Plan.objects.filter(pk__in=[plan.pk for plan in plans]).update(kept_by=to_id)
    for plan in plans:
        foundation.audit.record(
            "plan.hand_over", actor=actor, obj=plan, region_path=plan.region_path, detail={"from": from_id, "to": to_id}
        )
    return len(plans)
