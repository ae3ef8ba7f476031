"""What a person does with one item at the review desk: edit, confirm, classify, leave out, put back, add."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from kepu.foundation import door as foundation
from kepu.plans.enums import Act, Counting, NumberKind, Period
from kepu.plans.errors import AlreadyNamed, Conflict, UnitsMissing
from kepu.plans.models import Assignment, NumberFinding, Plan, Section, Target, Task
from kepu.plans.models.draft import DraftRow
from kepu.plans.services.recording import Recorder, row_name

Seen = dict[str, int]  # "task:12" → the row version that was on the page


def label(row: DraftRow) -> str:
    """The few words that name a row in the log."""
    for name in ("title", "subject", "name", "printed"):
        if hasattr(row, name):
            return str(getattr(row, name))
    return ""


@transaction.atomic
def edit(*, row: DraftRow, expected: int, actor: foundation.Actor, **values: Any) -> DraftRow:
    """Change fields of one row. The caller's form says which fields a person may set."""
    if isinstance(row, Assignment) and "name" in values:
        _refuse_second(row.task, values["name"], row.pk)
    with Recorder(row.plan, actor, Act.EDIT, subject=label(row)) as log:
        log.change(row, expected=expected, touched=True, **values)
    return row


def _refuse_second(task: Task, name: str, but: int | None = None) -> None:
    if Assignment.objects.filter(task=task, name=name, dropped=False).exclude(pk=but).exists():
        raise AlreadyNamed(name=name)


@transaction.atomic
def confirm(*, plan: Plan, rows: Iterable[DraftRow], seen: Seen, actor: foundation.Actor) -> int:
    """Mark rows as checked. Conflict if any of them is not as it was on the page. Returns how many were still open."""
    rows = [row for row in rows if not row.dropped]
    if {key_of(row): row.version for row in rows} != seen:
        raise Conflict()
    for row in rows:
        if isinstance(row, Task) and not row.no_units and not row.assignments.filter(dropped=False).exists():
            raise UnitsMissing()
    first = next(iter(rows), None)
    with Recorder(plan, actor, Act.CONFIRM, subject=label(first) if first else "") as log:
        for row in rows:
            if not row.reviewed:
                log.change(row, reviewed=True)
    return len(log.changes)


def key_of(row: DraftRow) -> str:
    return f"{row_name(row)}:{row.pk}"


@transaction.atomic
def reopen(*, row: DraftRow, expected: int, actor: foundation.Actor) -> None:
    with Recorder(row.plan, actor, Act.REOPEN, subject=label(row)) as log:
        log.change(row, expected=expected, reviewed=False)


@transaction.atomic
def drop(*, row: DraftRow, expected: int, actor: foundation.Actor) -> None:
    """Leave a row out of the plan. It stays on the desk, struck through, and can be put back."""
    with Recorder(row.plan, actor, Act.DROP, subject=label(row)) as log:
        log.change(row, expected=expected, dropped=True, touched=True)
        if isinstance(row, Target):
            _numbers_become(log, row, NumberKind.NOT_A_TARGET)


@transaction.atomic
def restore(*, row: DraftRow, expected: int, actor: foundation.Actor) -> None:
    if isinstance(row, Assignment):
        _refuse_second(row.task, row.name, row.pk)
    with Recorder(row.plan, actor, Act.RESTORE, subject=label(row)) as log:
        values = {"merged_into_id": None} if isinstance(row, Task) else {}
        log.change(row, expected=expected, dropped=False, touched=True, **values)
        if isinstance(row, Target):
            _numbers_become(log, row, NumberKind.TARGET)


def _numbers_become(log: Recorder, target: Target, kind: NumberKind) -> None:
    for number in NumberFinding.objects.filter(target=target).exclude(kind=kind):
        log.change(number, kind=kind, reviewed=True, touched=True)


@transaction.atomic
def classify(*, number: NumberFinding, kind: NumberKind, expected: int, actor: foundation.Actor) -> NumberFinding:
    """Say what a number of the source is. A target is made, put back or left out accordingly."""
    with Recorder(number.plan, actor, Act.CLASSIFY, subject=number.printed) as log:
        target = number.target
        if kind == NumberKind.TARGET:
            if target is None:
                target = log.add(_target_from(number))
            elif target.dropped:
                log.change(target, dropped=False)
        elif target is not None and number.kind == NumberKind.TARGET and not target.dropped:
            others = target.numbers.filter(kind=NumberKind.TARGET).exclude(pk=number.pk).exists()
            if not others:
                log.change(target, dropped=True)
        log.change(
            number, expected=expected, kind=kind, reviewed=True, touched=True, target_id=target.pk if target else None
        )
    return number


def _target_from(number: NumberFinding) -> Target:
    """A target out of a bare number; the person completes what it counts and by when."""
    unit = number.unit or number.printed.lstrip("0123456789.,一二三四五六七八九十百千万亿两半零〇")[:30] or "个"
    return Target(
        plan=number.plan,
        task=number.task,
        section=number.section,
        position=number.start or 0,
        start=number.start,
        end=number.end,
        anchor=number.anchor,
        confidence=0.0,
        touched=True,
        subject=(number.sentence or number.printed)[:200],
        value=number.value if number.value is not None else 0,
        unit=unit,
        period=Period.NONE,
        counting=Counting.LATEST if unit == "%" else Counting.CUMULATIVE,
        printed=number.printed,
        sentence=number.sentence,
    )


@transaction.atomic
def add_unit(*, task: Task, name: str, role: str, actor: foundation.Actor, **meaning: Any) -> Assignment:
    """Name one more unit on a task. `meaning` is what the register says of it (services/units.py); without it, unresolved."""
    _refuse_second(task, name)
    last = Assignment.objects.filter(task=task).order_by("-position").first()
    row = Assignment(
        plan=task.plan,
        task=task,
        position=last.position + 1 if last else task.position,
        printed=name,
        name=name,
        role=role,
        touched=True,
        **meaning,
    )
    with Recorder(task.plan, actor, Act.ADD, subject=name) as log:
        log.add(row)
        if task.no_units:
            log.change(task, no_units=False)
    return row


@transaction.atomic
def add_task(*, plan: Plan, section: Section | None, title: str, text: str, actor: foundation.Actor) -> Task:
    """A task that the reader did not find, at the end of its section."""
    after = Task.objects.filter(plan=plan, section=section).order_by("-position").first()
    position = after.position + 1 if after else (section.position + 1 if section else 0)
    task = Task(
        plan=plan,
        section=section,
        path=section.path if section else "",
        position=position,
        title=title,
        text=text,
        category=section.category if section else "",
        touched=True,
    )
    with Recorder(plan, actor, Act.ADD, subject=title) as log:
        log.add(task)
    return task


@transaction.atomic
def add_target(*, task: Task, actor: foundation.Actor, **terms: Any) -> Target:
    """A target that the text promises without a number of its own, or that the reader did not find."""
    target = Target(plan=task.plan, task=task, section=task.section, position=task.position, touched=True, **terms)
    with Recorder(task.plan, actor, Act.ADD, subject=target.subject) as log:
        log.add(target)
    return target
