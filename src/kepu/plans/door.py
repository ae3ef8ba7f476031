"""Plans as other rooms see them: `from kepu.plans import door as plans`. Frozen values, never a model."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from kepu.foundation import door as foundation
from kepu.plans.enums import PlanState
from kepu.plans.models import Plan

__all__ = ["PublicPlan", "public_plans"]


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
