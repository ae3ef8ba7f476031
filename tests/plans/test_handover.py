"""What a person has in hand here goes along when the person hands over."""

from datetime import date

import pytest

from kepu.foundation.models import AuditEntry
from kepu.foundation.scope import SYSTEM
from kepu.people.services import handover
from kepu.plans.models import Plan, UnitProposal
from kepu.plans.services import proposals
from tests import world as places
from tests.plans import factories as make

pytestmark = pytest.mark.django_db


def counted(person):
    return {kind.key: number for kind, number in handover.open_matters(person.pk) if kind.key.startswith("plans.")}


def test_plans_in_hand_pass_on_with_what_hangs_on_them(world):
    old, new = world.person("clerk", places.COUNTY_A), world.person("clerk", places.COUNTY_A)
    plan = make.plan(places.COUNTY_A, kept_by=old, created_by=old)
    make.plan(places.COUNTY_A, title="已归档的方案", kept_by=old, state="archived")
    make.plan(places.COUNTY_A, title="别人的方案", kept_by=new)
    body = world.body(places.COUNTY_A, "县教体局")
    for text in ("建议改为每年8场", ""):  # no objection is no open matter
        proposals.receive_opinion(
            plan=plan, organisation_id=body.pk, text=text, received_on=date(2026, 9, 1), actor=SYSTEM
        )
    UnitProposal.objects.create(task=make.task(plan), organisation=body, words="科普", score=0.5, role="lead")
    mine = {"plans.opinions": 1, "plans.proposals": 1, "plans.plans": 1}
    assert (counted(old), counted(new)) == (mine, {"plans.plans": 1})

    passed = handover.hand_over(from_id=old.pk, to_id=new.pk, membership_ids=[], on=date(2026, 10, 1), actor=SYSTEM)
    assert {key: passed[key] for key in mine} == mine
    assert (counted(old), counted(new)) == ({}, mine | {"plans.plans": 2})
    plan.refresh_from_db()
    assert (plan.kept_by, plan.created_by) == (new, old)  # who began it stays on record
    assert AuditEntry.objects.filter(action="plan.hand_over", object_id=str(plan.pk)).count() == 1


def test_who_imports_a_plan_has_it_in_hand_and_the_page_says_so(world):
    head = world.sign_in("office_head", places.COUNTY_A)
    head.post("/desk/plans/new/", {"region": places.COUNTY_A, "title": "新方案", "kind": "plan"})
    plan = Plan.objects.get()
    assert plan.kept_by_id == plan.created_by_id
    assert f"经办人</dt><dd>{plan.kept_by.name}" in head.get(f"/desk/plans/{plan.pk}/").content.decode()
    make.plan(places.COUNTY_A, title="旧方案", public=True, state="issued")
    other = Plan.objects.get(title="旧方案")
    assert "经办人" not in head.get(f"/desk/plans/{other.pk}/").content.decode()
