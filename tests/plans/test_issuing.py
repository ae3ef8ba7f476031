"""From the checked draft to versions and ledger."""

import json
from datetime import date

import pytest
from django.urls import reverse

from kepu.foundation.models import AuditEntry
from kepu.foundation.scope import SYSTEM
from kepu.plans import versions
from kepu.plans.enums import PlanState, Resolution
from kepu.plans.errors import NoChange, NotReady, ReasonMissing
from kepu.plans.models import (
    Assignment,
    LedgerTarget,
    LedgerTask,
    LedgerUnit,
    NumberFinding,
    Section,
    Target,
    Task,
    Version,
)
from kepu.plans.queries.desk import load
from kepu.plans.services import issuing, review, units
from tests import world as places

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def check_everything(plan):
    """What a person does at the desk, in short: settle the open name, say who answers, check every card."""
    units.settle(plan=plan, name="县惠农办", organisation_id=None, learn=False, actor=SYSTEM)
    for task in Task.objects.filter(plan=plan, dropped=False, no_units=False):
        if not task.assignments.exists():
            review.edit(row=task, expected=task.version, actor=SYSTEM, no_units=True)
    for card in load(plan).live:
        review.confirm(
            plan=plan, rows=card.rows, seen={review.key_of(row): row.version for row in card.rows}, actor=SYSTEM
        )


@pytest.fixture
def checked(draft):
    check_everything(draft)
    return draft


def test_nothing_unchecked_is_issued(draft, world):
    assert len(issuing.obstacles(load(draft))) == 9
    with pytest.raises(NotReady):
        issuing.issue(plan=draft, actor=SYSTEM)
    assert not Version.objects.exists()
    assert not LedgerTask.objects.exists()


@pytest.mark.parametrize("model", [Section, Task, Assignment, Target, NumberFinding])
def test_one_row_that_nobody_checked_holds_up_the_issue(checked, model):
    row = model.objects.filter(plan=checked).first()
    model.objects.filter(pk=row.pk).update(reviewed=False)
    with pytest.raises(NotReady):
        issuing.issue(plan=checked, actor=SYSTEM)


def test_one_unresolved_unit_holds_up_the_issue(checked):
    Assignment.objects.filter(plan=checked, name="县惠农办").update(resolution=Resolution.UNRESOLVED)
    with pytest.raises(NotReady):
        issuing.issue(plan=checked, actor=SYSTEM)


def test_the_first_version_fills_the_ledger(checked, world):
    version = issuing.issue(plan=checked, actor=SYSTEM)
    checked.refresh_from_db()
    assert (version.number, checked.state) == (1, PlanState.ISSUED)
    rows = LedgerTask.objects.filter(plan=checked)
    assert [(row.title, row.section_title, row.chapter_title, row.due_on) for row in rows] == [
        ("办好科普大讲堂", "青少年科学素质提升行动", "重点任务", date(2030, 12, 31)),
        ("建设科普场馆", "青少年科学素质提升行动", "重点任务", date(2030, 12, 31)),
        ("开展农技培训", "农民科学素质提升行动", "重点任务", date(2030, 12, 31)),
        ("加强组织领导", "组织实施", "组织实施", date(2030, 12, 31)),
    ]
    assert set(LedgerTarget.objects.filter(plan=checked).values_list("printed", flat=True)) == set(
        Target.objects.filter(plan=checked).values_list("printed", flat=True)
    )
    towns = LedgerUnit.objects.filter(task__plan=checked, of__name="各镇（街道）")
    assert set(towns.values_list("name", flat=True)) == {"云台镇", "城关街道"}
    assert AuditEntry.objects.filter(action="plan.issue", object_id=str(checked.pk)).count() == 1


def test_the_digest_is_that_of_the_content_read_back(checked):
    version = Version.objects.get(pk=issuing.issue(plan=checked, actor=SYSTEM).pk)
    assert versions.digest(version.content) == version.digest
    assert versions.digest(json.loads(json.dumps(version.content))) == version.digest


def test_a_later_version_needs_a_change_and_a_reason_and_keeps_the_rows(checked):
    issuing.issue(plan=checked, actor=SYSTEM)
    with pytest.raises(NoChange):
        issuing.issue(plan=checked, actor=SYSTEM, reason="无")
    ids = dict(LedgerTask.objects.values_list("title", "pk"))
    LedgerTask.objects.filter(title="建设科普场馆").update(state="under_way")
    hall, farming = Task.objects.get(title="建设科普场馆"), Task.objects.get(title="开展农技培训")
    review.edit(row=hall, expected=hall.version, actor=SYSTEM, title="建好科普场馆")
    review.drop(row=farming, expected=farming.version, actor=SYSTEM)
    target = Target.objects.get(printed="6个")
    review.edit(row=target, expected=target.version, actor=SYSTEM, value=8)
    review.add_unit(task=hall, name="县市场监管局", role="cooperate", actor=SYSTEM, resolution=Resolution.AS_PRINTED)
    check_everything(checked)
    with pytest.raises(ReasonMissing):
        issuing.issue(plan=checked, actor=SYSTEM)
    second = issuing.issue(plan=checked, actor=SYSTEM, reason="年中调整")
    current = {row.title: row for row in LedgerTask.objects.filter(current=True)}
    assert set(current) == {"办好科普大讲堂", "建好科普场馆", "加强组织领导"}
    assert (current["建好科普场馆"].pk, current["建好科普场馆"].state) == (ids["建设科普场馆"], "under_way")
    assert LedgerTask.objects.get(pk=ids["开展农技培训"]).current is False
    assert LedgerTarget.objects.get(target=target).value == 8
    first = Version.objects.get(number=1)
    changes = versions.diff(first.content, second.content)
    assert [(one.kind, one.title) for one in changes] == [("changed", "建好科普场馆"), ("removed", "开展农技培训")]
    assert [(c.name, c.before, c.after) for c in changes[0].changes] == [("title", "建设科普场馆", "建好科普场馆")]
    assert [(part.kind, part.what, part.title) for part in changes[0].parts] == [
        ("added", "unit", "县市场监管局"), ("changed", "target", "乡镇科普馆"),
    ]  # fmt: skip
    assert [(c.name, c.before, c.after) for c in changes[0].parts[1].changes] == [("value", "6", "8")]


# --- pages ---------------------------------------------------------------------------------------------------------
def test_the_head_issues_and_the_clerk_does_not(checked, world):
    address = reverse("plans:issue", args=[checked.pk])
    assert world.sign_in("clerk", places.COUNTY_A).post(address, {"sure": "on"}).status_code == 403
    assert world.sign_in("office_head", places.COUNTY_B).post(address, {"sure": "on"}).status_code == 404
    head = world.sign_in("office_head", places.COUNTY_A)
    assert head.post(address, {}).status_code == 422
    assert not Version.objects.exists()
    assert head.post(address, {"sure": "on"}).status_code == 302
    assert Version.objects.get().number == 1
    assert "没有变化" in head.get(address).content.decode()
    assert head.get(reverse("plans:version", args=[checked.pk, 1])).status_code == 200


def test_the_page_names_what_is_still_to_be_done(draft, world):
    head = world.sign_in("office_head", places.COUNTY_A)
    page = head.get(reverse("plans:issue", args=[draft.pk])).content.decode()
    talks = Task.objects.get(plan=draft, title="办好科普大讲堂")
    assert f"?item=task-{talks.pk}#card-task-{talks.pk}" in page
    assert 'name="sure"' not in page


def test_residents_see_the_plan_once_it_is_published_and_not_after_it_is_withdrawn(checked, world, client):
    head = world.sign_in("office_head", places.COUNTY_A)
    address = reverse("plans:publish", args=[checked.pk])
    shown = reverse("plans:public_plan", args=[checked.pk])
    assert head.post(address, {"public": "1"}).status_code == 409
    issuing.issue(plan=checked, actor=SYSTEM)
    assert client.get(shown).status_code == 404
    assert head.post(address, {"public": "1"}).status_code == 302
    assert "办好科普大讲堂" in client.get(shown).content.decode()
    head.post(address, {"public": "0"})
    assert client.get(shown).status_code == 404


def test_particulars_are_corrected_once_by_two_people(draft, world):
    address = reverse("plans:describe", args=[draft.pk])
    given = {"seen": draft.version, "title": "改过的名称", "kind": "plan", "document_number": "青政发〔2026〕21号"}
    clerk = world.sign_in("clerk", places.COUNTY_A)
    assert clerk.post(address, given).status_code == 302
    assert clerk.post(address, given | {"title": "又改"}).status_code == 409
    draft.refresh_from_db()
    assert (draft.title, draft.document_number) == ("改过的名称", "青政发〔2026〕21号")


def test_a_county_reads_the_issued_city_plan_but_not_its_draft(world, draft):
    draft.region_path = places.CITY
    draft.save()
    clerk = world.sign_in("clerk", places.COUNTY_B)
    page = reverse("plans:plan", args=[draft.pk])
    assert clerk.get(page).status_code == 404
    draft.state = PlanState.ISSUED
    draft.save()
    assert clerk.get(page).status_code == 200
    assert clerk.get(reverse("plans:review", args=[draft.pk])).status_code == 403
    assert clerk.get(reverse("plans:issue", args=[draft.pk])).status_code == 403
