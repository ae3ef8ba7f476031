"""Every change of a draft goes through a `Recorder`: it locks by row version, writes one decision and can be undone."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from kepu.foundation import door as foundation
from kepu.plans.enums import Act
from kepu.plans.errors import Conflict, Invalid, NothingToUndo
from kepu.plans.models import Assignment, Decision, NumberFinding, Plan, Section, Target, Task
from kepu.plans.models.draft import DraftRow

ROWS: dict[str, type[DraftRow]] = {
    "section": Section,
    "task": Task,
    "assignment": Assignment,
    "target": Target,
    "number": NumberFinding,
}
# Set by machine and part of no constraint: asking the database about them would cost more than writing them.
FLAGS = {"reviewed", "touched"}
_NAMES = {model: name for name, model in ROWS.items()}


def row_name(row: models.Model) -> str:
    return _NAMES[type(row)]


class Recorder:
    """Collects the changes of one act; leave the `with` block to write them into the log. Needs a transaction.

    Example: `with Recorder(plan, actor, Act.EDIT, subject=task.title) as log: log.change(task, title=…)`.
    """

    def __init__(self, plan: Plan, actor: foundation.Actor, act: Act, *, subject: str, undoes: Decision | None = None):
        self.plan, self.actor, self.act, self.subject, self.undoes = plan, actor, act, subject, undoes
        self.changes: list[dict[str, Any]] = []
        self.decision: Decision | None = None

    def __enter__(self) -> "Recorder":
        if not transaction.get_connection().in_atomic_block:
            raise transaction.TransactionManagementError("a Recorder needs a transaction")
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        if kind is None and self.changes:
            self.decision = Decision.objects.create(
                plan=self.plan,
                region_path=self.plan.region_path,
                act=self.act,
                subject=self.subject[:250],
                changes=self.changes,
                undoes=self.undoes,
                at=foundation.clock.now(),
                actor_id=self.actor.user_id,
            )

    def change(self, row: DraftRow, *, expected: int | None = None, **values: Any) -> None:
        """Set `values` on the row. `expected` is the row's version that the person saw; Conflict if it has moved on."""
        before = {name: _plain(getattr(row, name)) for name in values}
        after = {name: _plain(value) for name, value in values.items()}
        seen = row.version if expected is None else expected
        if before == after and seen == row.version:
            return
        for name, value in values.items():
            setattr(row, name, value)
        if values.keys() - FLAGS:
            _check(row)
        moved = type(row).objects.filter(pk=row.pk, version=seen).update(**values, version=seen + 1)
        if not moved:
            current = type(row).objects.get(pk=row.pk)
            raise Conflict(mine=after, theirs={name: _plain(getattr(current, name)) for name in values})
        row.version = seen + 1
        self.changes.append({"row": row_name(row), "id": row.pk, "before": before, "after": after})

    def add(self, row: DraftRow) -> DraftRow:
        """Save a new row; undo leaves it out again."""
        _check(row)
        row.save(force_insert=True)
        self.changes.append({"row": row_name(row), "id": row.pk, "before": None, "after": {}})
        return row


def _plain(value: Any) -> Any:
    """A value as the log keeps it: numbers without trailing zeros, so that 12.0000 and 12 are the same."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _check(row: DraftRow) -> None:
    """The database's own conditions, asked beforehand so that the answer is a sentence and not an error page."""
    try:
        row.clean_fields(exclude=[f.name for f in row._meta.fields if f.is_relation])
        row.validate_constraints()
    except ValidationError as problem:
        raise Invalid(problem="；".join(problem.messages)) from problem


@transaction.atomic
def undo(*, plan: Plan, decision: Decision, actor: foundation.Actor) -> Decision:
    """Take one decision back, whole or not at all. Conflict if what it changed was changed again since."""
    if Decision.objects.filter(undoes=decision).exists():
        raise NothingToUndo()
    with Recorder(plan, actor, Act.UNDO, subject=decision.subject, undoes=decision) as log:
        for change in reversed(decision.changes):
            row = ROWS[change["row"]].objects.get(pk=change["id"], plan=plan)
            if change["before"] is None:
                log.change(row, dropped=True)
                continue
            now = {name: _plain(getattr(row, name)) for name in change["after"]}
            if now != change["after"]:
                raise Conflict(mine=change["before"], theirs=now)
            log.change(row, **{name: _value(type(row), name, value) for name, value in change["before"].items()})
    if log.decision is None:
        raise NothingToUndo()
    return log.decision


def _value(model: type[DraftRow], name: str, plain: Any) -> Any:
    field = model._meta.get_field(name)
    return plain if field.is_relation else field.to_python(plain)


def last_undoable(plan: Plan) -> Decision | None:
    """The newest decision that undo would take back: not undone yet, and not an undo itself."""
    return (
        Decision.objects.filter(plan=plan, undone_by=None)
        .exclude(act__in=[Act.UNDO, Act.REREAD])
        .order_by("-id")
        .first()
    )
