"""What this room asks of the ground floor: who reads its files, and which of its tables are written once."""

from kepu.foundation import door as foundation
from kepu.plans import actions
from kepu.plans.models import Plan
from kepu.plans.services import importing

foundation.guards.register(foundation.guards.Guard("plans.Version"))
foundation.guards.register(foundation.guards.Guard("plans.Decision"))
foundation.guards.register(foundation.guards.Guard("plans.RollChange"))


def may_read_source(actor: foundation.Actor, plan_id: int) -> bool:
    """The raw file is for those who review the plan: a scraped page carries what nobody else should get from here."""
    plan = Plan.objects.visible_to(actor.scope).filter(pk=plan_id).first()
    return plan is not None and actor.may(actions.REVIEW, plan.region_path)


foundation.files.register_owner(importing.OWNER, may_read_source)
