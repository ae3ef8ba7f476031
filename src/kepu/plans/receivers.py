"""What this room asks of the ground floor: who reads its files, what is written once, what a handover passes on."""

from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import actions
from kepu.plans.models import Plan
from kepu.plans.services import handover, importing

foundation.guards.register(foundation.guards.Guard("plans.Version"))
foundation.guards.register(foundation.guards.Guard("plans.Decision"))
foundation.guards.register(foundation.guards.Guard("plans.RollChange"))


def may_read_source(actor: foundation.Actor, plan_id: int) -> bool:
    """The raw file is for those who review the plan: a scraped page carries what nobody else should get from here."""
    plan = Plan.objects.visible_to(actor.scope).filter(pk=plan_id).first()
    return plan is not None and actor.may(actions.REVIEW, plan.region_path)


foundation.files.register_owner(importing.OWNER, may_read_source)

# What hangs on a plan is counted first: with the plan it has passed on already.
people.register_open_matters(
    "plans.opinions",
    _("Opinions not decided yet"),
    count=lambda user_id: handover.opinions_of(user_id).count(),
    hand_over=lambda from_id, _to_id, _actor: handover.opinions_of(from_id).count(),
)
people.register_open_matters(
    "plans.proposals",
    _("Proposed units not decided yet"),
    count=lambda user_id: handover.proposals_of(user_id).count(),
    hand_over=lambda from_id, _to_id, _actor: handover.proposals_of(from_id).count(),
)
people.register_open_matters(
    "plans.plans",
    _("Plans in hand"),
    count=lambda user_id: handover.plans_of(user_id).count(),
    hand_over=handover.pass_on_plans,
)
