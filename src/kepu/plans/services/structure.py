"""Split, merge and move tasks. Nothing is deleted: a merged task is left out and points at the one that took it in."""

from typing import Any

from django.db import transaction
from django.db.models import F

from kepu.foundation import door as foundation
from kepu.plans.enums import Act, Role
from kepu.plans.errors import CannotMerge, CannotSplit, Conflict
from kepu.plans.models import Assignment, NumberFinding, Section, Target, Task
from kepu.plans.services.recording import Recorder

GAP = 1000  # positions between neighbours when a plan is read, so that there is room for what people put between
_UNIT_FIELDS = ("printed", "name", "role", "resolution", "organisation_id", "wildcard", "inherited", "start", "end")


@transaction.atomic
def split(*, task: Task, at: int, title: str, expected: int, actor: foundation.Actor) -> Task:
    """Cut a task's text before character `at`; the second part becomes a task of its own with the same units.

    Targets and numbers whose sentence lies in the second part go with it. Returns the new task.
    """
    first, second = task.text[:at].strip(), task.text[at:].strip()
    if not first or not second or not title.strip():
        raise CannotSplit()
    with Recorder(task.plan, actor, Act.SPLIT, subject=task.title) as log:
        position = _room_after(task)
        log.change(task, expected=expected, text=first, touched=True, reviewed=False)
        new = Task(
            plan=task.plan,
            section=task.section,
            path=task.path,
            position=position,
            start=task.start,
            end=task.end,
            anchor=task.anchor,
            confidence=task.confidence,
            reason=task.reason,
            touched=True,
            number=task.number,
            title=title.strip(),
            text=second,
            category=task.category,
            due_text=task.due_text,
            due_on=task.due_on,
            units_open=task.units_open,
        )
        log.add(new)
        for unit in Assignment.objects.filter(task=task, dropped=False):
            log.add(_copy_unit(unit, new))
        _carry(log, task, new, lambda sentence: bool(sentence) and sentence in second and sentence not in first)
    return new


def _copy_unit(unit: Assignment, task: Task) -> Assignment:
    copied: dict[str, Any] = {name: getattr(unit, name) for name in _UNIT_FIELDS}
    return Assignment(plan=task.plan, task=task, position=unit.position, touched=True, **copied)


def _carry(log: Recorder, source: Task, to: Task, belongs: Any) -> None:
    for model in (Target, NumberFinding):
        for row in model.objects.filter(task=source):
            if belongs(row.sentence):
                log.change(row, task_id=to.pk, section_id=to.section_id)


def _room_after(task: Task) -> int:
    """A free position right after `task`; the rest of the plan is moved on if there is none. Not part of any decision."""
    if Task.objects.filter(plan=task.plan, position=task.position + 1).exists():
        for model in (Section, Task):
            model.objects.filter(plan=task.plan, position__gt=task.position).update(position=F("position") + GAP)
    return task.position + 1


@transaction.atomic
def merge(*, task: Task, into: Task, expected: int, actor: foundation.Actor) -> Task:
    """Add a task's text, units, targets and numbers to another one and leave the task out."""
    if task.pk == into.pk or task.plan_id != into.plan_id or into.dropped:
        raise CannotMerge()
    with Recorder(task.plan, actor, Act.MERGE, subject=task.title) as log:
        pair = (into, task) if into.position <= task.position else (task, into)
        text = "\n".join(part.text for part in pair if part.text)
        log.change(into, text=text, touched=True, reviewed=False)
        named = set(Assignment.objects.filter(task=into, dropped=False).values_list("name", flat=True))
        for unit in Assignment.objects.filter(task=task, dropped=False):
            if unit.name not in named:
                log.add(_copy_unit(unit, into))
        _carry(log, task, into, lambda sentence: True)
        log.change(task, expected=expected, dropped=True, merged_into_id=into.pk, touched=True)
    return into


@transaction.atomic
def move(*, task: Task, section: Section | None, after: Task | None, expected: int, actor: foundation.Actor) -> Task:
    """Put a task into `section`, behind `after` (of that section) or at its head."""
    with Recorder(task.plan, actor, Act.MOVE, subject=task.title) as log:
        if after is not None:
            position = _room_after(after)
        else:
            position = (section.position if section else 0) + 1
            if Task.objects.filter(plan=task.plan, position=position).exclude(pk=task.pk).exists():
                for model in (Section, Task):
                    model.objects.filter(plan=task.plan, position__gte=position).update(position=F("position") + GAP)
        log.change(task, expected=expected, section_id=section.pk if section else None, position=position, touched=True)
    return task


@transaction.atomic
def split_roles(*, task: Task, expected: int, actor: foundation.Actor) -> None:
    """Where units are printed without roles: the first one leads, the others cooperate; a person corrects and confirms."""
    with Recorder(task.plan, actor, Act.ROLES, subject=task.title) as log:
        if task.version != expected:
            raise Conflict()
        rows = Assignment.objects.filter(task=task, dropped=False, role=Role.RESPONSIBLE)
        led = Assignment.objects.filter(task=task, dropped=False, role=Role.LEAD).exists()
        for place, row in enumerate(rows):
            log.change(row, role=Role.COOPERATE if place or led else Role.LEAD, touched=True)
