"""Acts at the desk, straight through the services: what they change, and that undo brings back exactly what was there."""

import pytest

from kepu.foundation.scope import Actor
from kepu.plans.enums import Act, NumberKind
from kepu.plans.errors import AlreadyNamed, CannotMerge, CannotSplit, Conflict, Invalid, NothingToUndo, UnitsMissing
from kepu.plans.models import Assignment, Decision, NumberFinding, Section, Target, Task
from kepu.plans.services import recording, review, structure
from tests.plans import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.db]
CLERK = Actor(name="经办人")
ROWS = (Section, Task, Assignment, Target, NumberFinding)


def picture(plan):
    """Every row of the draft but for the counters, as undo must bring it back; rows made since are left out."""
    skip = {"version", "position"}
    return {
        (model.__name__, row["id"]): {k: v for k, v in row.items() if k not in skip}
        for model in ROWS
        for row in model.objects.filter(plan=plan, dropped=False).values()
    }


def undo_last(plan):
    return recording.undo(plan=plan, decision=recording.last_undoable(plan), actor=CLERK)


def test_edit_raises_the_version_and_is_logged():
    task = make.task(make.plan())
    review.edit(row=task, expected=1, actor=CLERK, title="办好科普论坛")
    task.refresh_from_db()
    assert (task.title, task.version, task.touched, task.reviewed) == ("办好科普论坛", 2, True, False)
    decision = Decision.objects.get()
    assert (decision.act, decision.subject, decision.region_path) == (Act.EDIT, "办好科普大讲堂", make.NORTH)
    assert decision.changes[0]["before"]["title"] == "办好科普大讲堂"


def test_the_second_of_two_people_gets_both_texts_and_changes_nothing():
    task = make.task(make.plan())
    other = Task.objects.get(pk=task.pk)
    review.edit(row=task, expected=1, actor=CLERK, title="甲的题目")
    with pytest.raises(Conflict) as refused:
        review.edit(row=other, expected=1, actor=CLERK, title="乙的题目")
    assert {"name": "title", "mine": "乙的题目", "theirs": "甲的题目"} in refused.value.rows
    assert Task.objects.get().title == "甲的题目"
    assert Decision.objects.count() == 1


def test_saving_the_same_again_leaves_no_trace():
    task = make.task(make.plan(), touched=True)
    review.edit(row=task, expected=1, actor=CLERK, title=task.title)
    assert not Decision.objects.exists()
    assert Task.objects.get().version == 1


def test_a_target_that_makes_no_sense_is_refused_in_words():
    target = make.target(make.plan())
    with pytest.raises(Invalid):
        review.edit(row=target, expected=1, actor=CLERK, comparator="range")


def test_confirming_covers_the_whole_card_and_only_what_was_seen():
    plan = make.plan()
    task = make.task(plan)
    make.unit(task)
    make.target(plan, task)
    make.number(plan, task=task)
    left_out = make.number(plan, task=task, dropped=True)
    card = card_of(task)
    seen = {review.key_of(row): row.version for row in card}
    assert len(seen) == 4
    with pytest.raises(Conflict):
        review.confirm(plan=plan, rows=card, seen=seen | {review.key_of(card[0]): 9}, actor=CLERK)
    assert review.confirm(plan=plan, rows=card, seen=seen, actor=CLERK) == 4
    left_out.refresh_from_db()
    assert [row.reviewed for row in card_of(Task.objects.get(pk=task.pk))] == [True] * 4
    assert not left_out.reviewed
    undo_last(plan)
    assert [row.reviewed for row in card_of(Task.objects.get(pk=task.pk))] == [False] * 4


def test_a_task_without_units_is_confirmed_only_when_that_is_said():
    plan = make.plan()
    task = make.task(plan)
    with pytest.raises(UnitsMissing):
        review.confirm(plan=plan, rows=[task], seen={f"task:{task.pk}": 1}, actor=CLERK)
    review.edit(row=task, expected=1, actor=CLERK, no_units=True)
    assert review.confirm(plan=plan, rows=[task], seen={f"task:{task.pk}": 2}, actor=CLERK) == 1


def test_a_number_becomes_a_target_a_baseline_and_nothing_again():
    plan = make.plan()
    task = make.task(plan)
    number = make.number(
        plan, "20场", task=task, value=20, unit="场", sentence="每年举办科普讲座20场。", start=8, end=11
    )
    review.classify(number=number, kind=NumberKind.TARGET, expected=1, actor=CLERK)
    target = Target.objects.get()
    assert (target.value, target.unit, target.task, target.printed) == (20, "场", task, "20场")
    review.classify(number=number, kind=NumberKind.BASELINE, expected=2, actor=CLERK)
    target.refresh_from_db()
    number.refresh_from_db()
    assert (target.dropped, number.kind, number.reviewed) == (True, NumberKind.BASELINE, True)
    review.classify(number=number, kind=NumberKind.TARGET, expected=3, actor=CLERK)
    assert [t.dropped for t in Target.objects.all()] == [False]
    undo_last(plan)
    number.refresh_from_db()
    assert (number.kind, Target.objects.get().dropped) == (NumberKind.BASELINE, True)


def test_leaving_a_target_out_says_that_its_number_is_none():
    plan = make.plan()
    target = make.target(plan)
    number = make.number(plan, kind=NumberKind.TARGET, target=target)
    review.drop(row=target, expected=1, actor=CLERK)
    number.refresh_from_db()
    assert number.kind == NumberKind.NOT_A_TARGET
    review.restore(row=target, expected=2, actor=CLERK)
    number.refresh_from_db()
    assert number.kind == NumberKind.TARGET


def test_a_unit_is_named_once():
    task = make.task(make.plan(), no_units=True)
    unit = review.add_unit(task=task, name="县科协", role="lead", actor=CLERK)
    task.refresh_from_db()
    assert not task.no_units
    with pytest.raises(AlreadyNamed):
        review.add_unit(task=task, name="县科协", role="cooperate", actor=CLERK)
    review.drop(row=unit, expected=1, actor=CLERK)
    review.add_unit(task=task, name="县科协", role="cooperate", actor=CLERK)
    with pytest.raises(AlreadyNamed):
        review.restore(row=unit, expected=2, actor=CLERK)


@pytest.fixture
def two_promises():
    plan = make.plan()
    section = make.section(plan)
    text = "每年举办科普讲座20场。建设科普馆1座。"
    task = make.task(plan, "办好讲座", text=text, section=section, position=1000)
    make.unit(task)
    make.target(plan, task, sentence="每年举办科普讲座20场。")
    hall = make.target(plan, task, subject="科普馆", value=1, unit="座", sentence="建设科普馆1座。")
    make.number(plan, "1座", task=task, kind=NumberKind.TARGET, target=hall, sentence="建设科普馆1座。")
    return task


def test_split_gives_each_part_its_targets_and_undo_joins_them_again(two_promises):
    task = two_promises
    before = picture(task.plan)
    new = structure.split(task=task, at=task.text.index("建设"), title="建设科普馆", expected=1, actor=CLERK)
    task.refresh_from_db()
    assert (task.text, new.text) == ("每年举办科普讲座20场。", "建设科普馆1座。")
    assert task.position < new.position
    assert set(task.targets.values_list("subject", flat=True)) == {"科普讲座"}
    assert set(new.targets.values_list("subject", flat=True)) == {"科普馆"}
    assert set(new.numbers.values_list("printed", flat=True)) == {"1座"}
    assert list(new.assignments.values_list("name", flat=True)) == ["县教育局"]
    undo_last(task.plan)
    assert picture(task.plan) == before


def test_a_split_without_two_parts_is_refused(two_promises):
    with pytest.raises(CannotSplit):
        structure.split(task=two_promises, at=0, title="空", expected=1, actor=CLERK)


def test_merge_takes_everything_over_and_undo_gives_it_back(two_promises):
    task = two_promises
    other = make.task(task.plan, "办好展览", position=2000, section=task.section)
    make.unit(other)
    make.unit(other, "县科协")
    before = picture(task.plan)
    structure.merge(task=other, into=task, expected=1, actor=CLERK)
    other.refresh_from_db()
    task.refresh_from_db()
    assert (other.dropped, other.merged_into) == (True, task)
    assert set(task.assignments.values_list("name", flat=True)) == {"县教育局", "县科协"}
    assert task.text.split("\n") == ["每年举办科普讲座20场。建设科普馆1座。", other.text]
    undo_last(task.plan)
    assert picture(task.plan) == before


def test_merging_with_itself_or_another_plan_is_refused(two_promises):
    stranger = make.task(make.plan(make.SOUTH))
    for into in (two_promises, stranger):
        with pytest.raises(CannotMerge):
            structure.merge(task=two_promises, into=into, expected=1, actor=CLERK)


def test_a_moved_task_stands_where_it_was_put():
    plan = make.plan()
    one = make.section(plan, "二/(一)", position=1000)
    two = make.section(plan, "二/(二)", position=3000)
    tasks = [make.task(plan, f"任务{n}", section=one, position=1000 + n) for n in (1, 2, 3)]
    last = make.task(plan, "任务四", section=two, position=3001)
    structure.move(task=tasks[2], section=one, after=tasks[0], expected=1, actor=CLERK)
    order = list(Task.objects.filter(plan=plan).values_list("title", flat=True))
    assert order == ["任务1", "任务3", "任务2", "任务四"]
    last.refresh_from_db()
    structure.move(task=last, section=one, after=None, expected=1, actor=CLERK)
    assert list(Task.objects.filter(plan=plan, section=one).values_list("title", flat=True)) == [
        "任务四", "任务1", "任务3", "任务2",
    ]  # fmt: skip
    one.refresh_from_db()
    two.refresh_from_db()
    assert (
        one.position
        < Task.objects.get(title="任务四").position
        < Task.objects.get(title="任务2").position
        < two.position
    )


def test_undo_goes_back_step_by_step_and_then_stops():
    plan = make.plan()
    task = make.task(plan)
    for number, title in enumerate(("甲", "乙"), 1):
        review.edit(row=task, expected=number, actor=CLERK, title=title)
    undo_last(plan)
    task.refresh_from_db()
    assert task.title == "甲"
    undo_last(plan)
    task.refresh_from_db()
    assert (task.title, task.touched) == ("办好科普大讲堂", False)
    assert recording.last_undoable(plan) is None


def test_undo_is_refused_when_the_row_has_moved_on_or_twice():
    plan = make.plan()
    task = make.task(plan)
    review.edit(row=task, expected=1, actor=CLERK, title="甲")
    first = recording.last_undoable(plan)
    review.edit(row=task, expected=2, actor=CLERK, title="乙")
    with pytest.raises(Conflict):
        recording.undo(plan=plan, decision=first, actor=CLERK)
    undo_last(plan)
    undo_last(plan)
    with pytest.raises(NothingToUndo):
        recording.undo(plan=plan, decision=first, actor=CLERK)


def card_of(task):
    """A task with all that is checked together with it: units, targets and the numbers of its text."""
    return [
        task,
        *Assignment.objects.filter(task=task, dropped=False),
        *Target.objects.filter(task=task, dropped=False),
        *NumberFinding.objects.filter(task=task, dropped=False),
    ]
