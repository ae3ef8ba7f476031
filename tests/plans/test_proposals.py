"""Units for plans that name none, and the members' opinions."""

from datetime import date
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from kepu.foundation.scope import SYSTEM, Actor, Scope
from kepu.plans.enums import Outcome
from kepu.plans.models import Assignment, Duty, Opinion, UnitProposal
from kepu.plans.services import proposals
from tests import world as places
from tests.plans import factories as make

pytestmark = pytest.mark.django_db
OFFICE_A = Actor(name="经办人", scope=Scope(regions=(places.COUNTY_A,), public=True))


@pytest.fixture
def bare(world):
    """A plan of county A whose two tasks name nobody."""
    plan = make.plan(places.COUNTY_A)
    make.task(plan, "开展农民科学素质培训", text="面向农民开展农技培训，每年不少于10场。", position=1)
    make.task(plan, "办好中小学科学课", text="中小学配齐科技教师，开展校外科学教育。", position=2)
    return plan


def proposed(plan):
    rows = UnitProposal.objects.filter(task__plan=plan).select_related("organisation", "task")
    return {(row.task.title, row.organisation.short_name): row for row in rows}


@pytest.mark.parametrize(
    ("bare", "level", "full"),
    [
        ("教育局", "县", "县教育局"),
        ("委宣传部", "市", "市委宣传部"),
        ("团委", "县", "团县委"),
        ("科协", "区", "区科协"),
    ],
)
def test_names_go_down_a_level_and_up_again(bare, level, full):
    assert proposals.full_name(bare, level) == full
    assert proposals.bare_name(full) == bare


def test_duties_propose_the_departments_of_the_own_region_with_the_words(bare, world):
    assert proposals.propose(plan=bare, actor=OFFICE_A) > 0
    rows = proposed(bare)
    farming = rows["开展农民科学素质培训", "县农业农村局"]
    assert farming.organisation == world.body(places.COUNTY_A, "县农业农村局")
    assert (farming.role, set(farming.words.split("、")) >= {"农民", "农技"}) == ("lead", True)
    assert {row.organisation.region_path for row in rows.values()} == {places.COUNTY_A}


def test_a_similar_task_of_a_visible_plan_is_a_reason_and_one_of_a_hidden_plan_is_not(bare, world):
    for region, name in ((places.CITY, "市科协"), (places.COUNTY_B, "县市场监管局")):
        other = make.plan(region, state="issued")
        row = make.ledger_task(other, (world.body(region, name),), public=region == places.CITY)
        type(row).objects.filter(pk=row.pk).update(
            title="开展农民科学素质培训", text="面向农民开展农技培训，每年不少于30场。"
        )
    proposals.propose(plan=bare, actor=OFFICE_A)
    rows = proposed(bare)
    association = rows["开展农民科学素质培训", "县科协"]
    assert (association.similar.plan.region_path, association.role) == (places.CITY, "lead")
    assert ("开展农民科学素质培训", "县市场监管局") not in rows


def test_only_what_is_ticked_is_written_and_the_rest_does_not_come_back(bare, world):
    clerk = world.sign_in("clerk", places.COUNTY_A)
    clerk.post(reverse("plans:make_proposals", args=[bare.pk]))
    page = reverse("plans:proposals", args=[bare.pk])
    assert "县农业农村局" in clerk.get(page).content.decode()
    rows = UnitProposal.objects.filter(task__plan=bare)
    farming = rows.get(task__title="开展农民科学素质培训", organisation__short_name="县农业农村局")
    clerk.post(page, {"tick": [farming.pk], "shown": list(rows.values_list("pk", flat=True))})
    assert list(Assignment.objects.filter(task__plan=bare).values_list("name", "role", "reviewed")) == [
        ("县农业农村局", "lead", False)
    ]
    assert set(rows.exclude(pk=farming.pk).values_list("accepted", flat=True)) == {False}
    assert proposals.propose(plan=bare, actor=SYSTEM) == 0


def test_an_office_adds_and_removes_words_of_its_own_only(world):
    clerk = world.sign_in("clerk", places.COUNTY_A)
    address = reverse("plans:duties")
    clerk.post(address, {"region": places.COUNTY_A, "word": "湿地", "unit": "林业局"})
    row = Duty.objects.get(word="湿地")
    assert row.region_path == places.COUNTY_A
    assert clerk.post(address, {"region": places.COUNTY_B, "word": "湿地", "unit": "林业局"}).status_code == 422
    shared = Duty.objects.filter(region_path="0/").first()
    assert clerk.post(address, {"remove": shared.pk}).status_code == 404
    assert world.sign_in("clerk", places.COUNTY_B).post(address, {"remove": row.pk}).status_code == 404
    clerk.post(address, {"remove": row.pk})
    assert not Duty.objects.filter(word="湿地").exists()


def test_opinions_are_filed_and_a_refusal_says_why(bare, world):
    clerk = world.sign_in("clerk", places.COUNTY_A)
    page = reverse("plans:opinions", args=[bare.pk])
    education, farming = (world.body(places.COUNTY_A, name) for name in ("县教体局", "县农业农村局"))
    clerk.post(page, {"organisation": education.pk, "received_on": "2026-09-01", "text": "建议改为每年8场"})
    clerk.post(page, {"organisation": farming.pk, "received_on": "2026-09-02", "text": ""})
    wish, none = Opinion.objects.order_by("received_on")
    assert (wish.outcome, none.outcome, none.received_on) == (Outcome.OPEN, Outcome.NONE, date(2026, 9, 2))
    settle = reverse("plans:settle_opinion", args=[bare.pk, wish.pk])
    clerk.post(settle, {"outcome": "not_adopted", "reason": "", "seen": 1})
    wish.refresh_from_db()
    assert wish.outcome == Outcome.OPEN
    clerk.post(settle, {"outcome": "not_adopted", "reason": "与市方案不一致", "seen": 1})
    wish.refresh_from_db()
    assert (wish.outcome, wish.reason) == (Outcome.NOT_ADOPTED, "与市方案不一致")
    assert clerk.post(settle, {"outcome": "adopted", "reason": "", "seen": 1}).status_code == 409
    papers = {kind: clerk.get(f"{page}?export={kind}") for kind in ("xlsx", "docx")}
    sheet = load_workbook(BytesIO(b"".join(papers["xlsx"]))).active
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[-3:] == [
        ["序号", "单位", "修改意见（原文）", "对应条款", "采纳情况", "理由"],
        [1, "县教体局", "建议改为每年8场", None, "未采纳", "与市方案不一致"],
        [2, "县农业农村局", "无意见", None, None, None],
    ]
    cells = [cell.text for row in Document(BytesIO(b"".join(papers["docx"]))).tables[0].rows for cell in row.cells]
    assert cells[:6] == lines[-3]
    assert "与市方案不一致" in cells
    stranger = world.sign_in("clerk", places.COUNTY_B)
    assert stranger.get(page).status_code == 404
    assert stranger.get(f"{page}?export=xlsx").status_code == 404
    assert stranger.post(settle, {"outcome": "adopted", "seen": 2}).status_code == 404


@pytest.mark.db
def test_the_database_asks_for_the_reason_of_a_refusal(bare):
    body = make.organisation(places.COUNTY_A, "县某局")
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.create(plan=bare, organisation=body, received_on=date(2026, 9, 1), outcome="partly")
