"""Plans as other rooms see them: `from kepu.plans import door as plans`. Frozen values, never a model."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from kepu.foundation import door as foundation
from kepu.plans.enums import PlanState
from kepu.plans.models import Plan, UnitProposal
from kepu.plans.queries.desk import load
from kepu.plans.services import chain, importing, issuing, proposals, review

__all__ = [
    "PublicPlan",
    "adopt_proposals",
    "confirm_all",
    "confirm_likely",
    "issue",
    "link_upper",
    "public_plans",
    "receive",
]


@dataclass(frozen=True)
class PublicPlan:
    title: str
    url: str
    issuing_body: str
    document_number: str
    issued_on: date | None


def public_plans(limit: int) -> list[PublicPlan]:
    """The issued plans that residents may read, the newest first, at most `limit`."""
    rows = Plan.objects.visible_to(foundation.PUBLIC_SCOPE).filter(state=PlanState.ISSUED)
    return [
        PublicPlan(
            row.title, reverse("plans:public_plan", args=[row.pk]), row.issuing_body, row.document_number, row.issued_on
        )
        for row in rows.order_by("-issued_on", "-id")[:limit]
    ]


def receive(data: bytes, *, name: str, region_path: str, actor: foundation.Actor) -> int:
    """Take a plan document in and start its reading; returns the plan's id. Raises what services.importing raises."""
    return importing.receive(data=data, name=name, region_path=region_path, actor=actor).pk


def adopt_proposals(plan_id: int, *, actor: foundation.Actor) -> int:
    """Propose units for the tasks of a draft that name none, and take every proposal; returns how many."""
    plan = Plan.objects.get(pk=plan_id)
    proposals.propose(plan=plan, actor=actor)
    ids = list(UnitProposal.objects.filter(task__plan=plan, accepted=None).values_list("pk", flat=True))
    return proposals.decide(plan=plan, accepted=ids, shown=ids, actor=actor)


def confirm_all(plan_id: int, *, actor: foundation.Actor) -> list[str]:
    """Confirm every card of a draft whose units are settled; returns the titles of those that a person must look at."""
    plan = Plan.objects.get(pk=plan_id)
    left = []
    for card in load(plan).live:
        if card.unresolved or card.needs_units:
            left.append(card.row.title if card.row is not None else plan.title)
        elif not card.reviewed:
            seen = {review.key_of(row): row.version for row in card.rows}
            review.confirm(plan=plan, rows=card.rows, seen=seen, actor=actor)
    return left


def issue(plan_id: int, *, public: bool, actor: foundation.Actor) -> int:
    """Issue the checked draft and show it to residents if `public`; returns the version's number. Raises NotReady."""
    plan = Plan.objects.get(pk=plan_id)
    version = issuing.issue(plan=plan, actor=actor)
    if public:
        plan.refresh_from_db()
        issuing.publish(plan=plan, public=True, actor=actor)
    return version.number


def link_upper(plan_id: int, upper_id: int, *, actor: foundation.Actor) -> int:
    """Say which plan this one carries out and propose what answers to what; returns how many pairs are proposed."""
    plan = Plan.objects.get(pk=plan_id)
    chain.link_upper(plan, Plan.objects.get(pk=upper_id), actor=actor)
    return chain.propose(plan)


def confirm_likely(plan_id: int, *, actor: foundation.Actor) -> int:
    """Confirm of the proposed pairs with the upper plan those that are alike enough; returns how many."""
    return chain.confirm_likely(Plan.objects.get(pk=plan_id), actor=actor)
