"""From the reader's findings to the draft, and what a second reading leaves alone."""

from datetime import date
from decimal import Decimal

import pytest

from kepu.foundation.scope import SYSTEM
from kepu.plans.enums import Counting, NumberKind, Resolution, Role
from kepu.plans.models import Assignment, Decision, NumberFinding, Section, Target, Task
from kepu.plans.services import reading, recording, review, structure
from tests.plans.conftest import read_into
from tests.plans.sample import REVISED, TEXT

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def find(plan, title):
    return Task.objects.get(plan=plan, title=title, dropped=False)


def test_the_document_describes_the_plan(draft):
    assert (draft.title, draft.document_number, draft.issuing_body) == (
        "青禾县全民科学素质行动实施方案（2026—2030年）", "青政发〔2026〕12号", "青禾县人民政府",
    )  # fmt: skip
    assert (draft.issued_on, draft.start_year, draft.end_year, draft.state) == (
        date(2026, 6, 30), 2026, 2030, "reviewing",
    )  # fmt: skip


def test_tasks_stand_in_their_sections_in_the_order_of_the_document(draft):
    rows = Task.objects.filter(plan=draft).select_related("section")
    assert [(row.number, row.title, row.section.title) for row in rows] == [
        ("1.", "办好科普大讲堂", "青少年科学素质提升行动"),
        ("2.", "建设科普场馆", "青少年科学素质提升行动"),
        ("1.", "开展农技培训", "农民科学素质提升行动"),
        ("1.", "加强组织领导", "组织实施"),
    ]
    assert "责任单位" not in "".join(rows.values_list("text", flat=True))


def test_units_are_resolved_by_the_register_and_unknown_ones_stay_visible(draft, world):
    rows = Assignment.objects.filter(plan=draft).order_by("position")
    assert [(row.name, row.role, row.resolution) for row in rows] == [
        ("县教体局", Role.RESPONSIBLE, Resolution.ORGANISATION),
        ("县科协", Role.RESPONSIBLE, Resolution.ORGANISATION),
        ("团县委", Role.RESPONSIBLE, Resolution.ORGANISATION),
        ("县科协", Role.LEAD, Resolution.ORGANISATION),
        ("县教体局", Role.COOPERATE, Resolution.ORGANISATION),
        ("各镇（街道）", Role.COOPERATE, Resolution.WILDCARD),
        ("县农业农村局", Role.RESPONSIBLE, Resolution.ORGANISATION),
        ("县惠农办", Role.RESPONSIBLE, Resolution.UNRESOLVED),
    ]
    assert rows[0].organisation == world.body(draft.region_path, "县教体局")


def test_targets_carry_how_they_count_and_where_they_start(draft):
    rows = {row.printed: row for row in Target.objects.filter(plan=draft)}
    assert rows["1200人次"].counting == Counting.PERIODIC
    assert rows["全覆盖"].counting == Counting.LATEST
    teachers = rows["300人"]
    assert (teachers.period, teachers.year, teachers.counting) == ("deadline", 2030, Counting.CUMULATIVE)
    assert teachers.baseline_value == Decimal(200)


def test_every_number_of_the_text_is_on_the_list_and_none_twice(draft):
    source = draft.sources.get()
    rows = NumberFinding.objects.filter(plan=draft)
    starts = list(rows.values_list("start", flat=True))
    assert len(starts) == len(set(starts))
    covered = {place for row in rows for place in range(row.start, row.end)}
    digits = {place for place, sign in enumerate(source.text) if sign.isascii() and sign.isdigit()}
    assert digits - covered == set()
    assert set(rows.filter(kind=NumberKind.TARGET, target=None)) == set()


def test_reading_the_same_text_again_changes_nothing(draft):
    def picture():
        return {
            (model, row["id"]): row
            for model in (Section, Task, Assignment, Target, NumberFinding)
            for row in model.objects.filter(plan=draft).values()
        }

    before = picture()
    outcome = read_into(draft, TEXT)
    assert (outcome.new, outcome.gone) == (0, 0)
    assert picture() == before


def test_decisions_survive_a_new_reading(draft):
    hall = find(draft, "建设科普场馆")
    review.edit(row=hall, expected=hall.version, actor=SYSTEM, title="建好乡镇科普馆", criterion="六馆开放")
    lead = hall.assignments.get(name="县科协")
    review.edit(row=lead, expected=lead.version, actor=SYSTEM, role=Role.CO_LEAD)
    slogan = NumberFinding.objects.get(plan=draft, printed="三", task=hall)
    review.classify(number=slogan, kind=NumberKind.BASELINE, expected=slogan.version, actor=SYSTEM)
    dropped = Target.objects.get(plan=draft, printed="3个")
    review.drop(row=dropped, expected=dropped.version, actor=SYSTEM)

    read_into(draft, "县政府门户网站\n" + TEXT)  # every span moves

    hall.refresh_from_db()
    assert (hall.title, hall.criterion) == ("建好乡镇科普馆", "六馆开放")
    source = draft.sources.latest()
    assert source.text[hall.start : hall.end].startswith("2.建设科普场馆")
    lead.refresh_from_db()
    assert lead.role == Role.CO_LEAD
    slogan.refresh_from_db()
    assert slogan.kind == NumberKind.BASELINE
    assert source.text[slogan.start] == "三"
    dropped.refresh_from_db()
    assert dropped.dropped
    assert NumberFinding.objects.get(plan=draft, printed="3个").kind == NumberKind.NOT_A_TARGET


def test_split_and_merged_tasks_stay_as_they_were_made(draft):
    hall = find(draft, "建设科普场馆")
    new = structure.split(
        task=hall, at=hall.text.index("推动"), title="推动科技馆进校园", expected=hall.version, actor=SYSTEM
    )
    talks, training = find(draft, "办好科普大讲堂"), find(draft, "开展农技培训")
    structure.merge(task=training, into=talks, expected=training.version, actor=SYSTEM)
    before = set(Task.objects.filter(plan=draft, dropped=False).values_list("pk", "title", "text"))
    outcome = read_into(draft, TEXT)
    assert outcome.new == 0
    assert set(Task.objects.filter(plan=draft, dropped=False).values_list("pk", "title", "text")) == before
    assert {new.pk, hall.pk, talks.pk} < {pk for pk, _title, _text in before}


def test_what_the_revised_source_says_differently_comes_up_again(draft):
    talks, training, council = (find(draft, t) for t in ("办好科普大讲堂", "开展农技培训", "加强组织领导"))
    for task in (talks, training, council):
        Task.objects.filter(pk=task.pk).update(reviewed=True)
    read_into(draft, REVISED)
    talks.refresh_from_db()
    training.refresh_from_db()
    council.refresh_from_db()
    assert (talks.reviewed, talks.reason) == (False, reading.CHANGED)
    assert (training.reviewed, training.reason, training.dropped) == (False, reading.GONE, False)
    assert council.reviewed
    assert find(draft, "培育高素质农民").reviewed is False
    assert Target.objects.get(plan=draft, printed="30场").dropped is False
    assert Target.objects.get(plan=draft, printed="20场").dropped is True
    assert Decision.objects.filter(plan=draft, act="reread").count() == 1
    assert recording.last_undoable(draft) is None


def test_a_part_points_at_its_whole(draft):
    read_into(draft, TEXT.replace("每年培训农民1200人次", "每年培训农民1200人次，其中农村妇女300人次"))
    parts = Target.objects.filter(plan=draft, parent__isnull=False, dropped=False)
    assert [(part.subject, part.parent.printed) for part in parts] == [("农村妇女", "1200人次")]
