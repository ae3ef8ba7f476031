"""Every change of a draft goes through a `Recorder`: it locks by row version, writes one decision and can be undone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

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
BATCH = 500  # rows in one statement
Values = dict[str, Any]
_ByRow = dict[str, dict[int, Values]]
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

    def add_all(self, rows: Sequence[DraftRow]) -> None:
        """Save new rows of one kind together. The caller has checked their values; the database has the last word."""
        with _sentence_for_the_database():
            for batch in _batches(rows):
                type(batch[0]).objects.bulk_create(batch)
        self.changes += [{"row": row_name(row), "id": row.pk, "before": None, "after": {}} for row in rows]

    def change_all(self, pairs: Iterable[tuple[DraftRow, Values]]) -> None:
        """Set values on rows of one kind together, as `change` does one by one; Conflict if any of them has moved on.

        Queries grow with the number of batches, not of rows. The caller has checked the values.
        """
        alike: dict[tuple[tuple[str, Any], ...], list[DraftRow]] = defaultdict(list)
        for row, values in pairs:
            before = {name: _plain(getattr(row, name)) for name in values}
            after = {name: _plain(value) for name, value in values.items()}
            if before != after:
                for name, value in values.items():
                    setattr(row, name, value)
                alike[tuple(sorted(values.items()))].append(row)
                self.changes.append({"row": row_name(row), "id": row.pk, "before": before, "after": after})
        single: list[DraftRow] = []
        names: dict[str, None] = {"version": None}
        for items, rows in alike.items():
            if len(rows) == 1:
                single += rows
                names |= dict.fromkeys(name for name, _value in items)
            for batch in _batches(rows if len(rows) > 1 else ()):
                self._write(batch, lambda held, items=items: held.update(**dict(items), version=F("version") + 1))
        for batch in _batches(single):
            self._write(batch, lambda held, batch=batch: held.bulk_update(batch, list(names), batch_size=100))

    def _write(self, rows: list[DraftRow], write: Callable[[models.QuerySet], object]) -> None:
        """Write rows that are still as they were read; `write` gets them as a queryset."""
        held = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).order_by()
        versions = dict(held.select_for_update(no_key=True).order_by("pk").values_list("pk", "version"))
        if any(versions.get(row.pk) != row.version for row in rows):
            raise Conflict()
        for row in rows:
            row.version += 1
        with _sentence_for_the_database():
            write(held)


def _batches(rows: Sequence[DraftRow]) -> Iterable[list[DraftRow]]:
    return (list(rows[start : start + BATCH]) for start in range(0, len(rows), BATCH))


@contextmanager
def _sentence_for_the_database() -> Iterator[None]:
    try:
        yield
    except IntegrityError as broken:
        raise Invalid(problem=_("two entries contradict each other")) from broken


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
    added, before, after = _folded(decision.changes)
    with Recorder(plan, actor, Act.UNDO, subject=decision.subject, undoes=decision) as log:
        for name, model in ROWS.items():
            rows = model.objects.filter(plan=plan).in_bulk([*added[name], *before[name]])
            # what came in goes out first: a name that it replaced may stand only once on its task
            log.change_all([(rows[pk], {"dropped": True}) for pk in added[name]])
            for pk, values in after[name].items():
                now = {field: _plain(getattr(rows[pk], field)) for field in values}
                if now != values:
                    raise Conflict(mine=before[name][pk], theirs=now)
            log.change_all(
                [
                    (rows[pk], {field: _value(model, field, plain) for field, plain in values.items()})
                    for pk, values in before[name].items()
                ]
            )
    if log.decision is None:
        raise NothingToUndo()
    return log.decision


def _folded(changes: list[dict[str, Any]]) -> tuple[_ByRow, _ByRow, _ByRow]:
    """The rows that a decision added, and for each other row what it was before and after, by kind."""
    added: _ByRow = defaultdict(dict)
    before: _ByRow = defaultdict(dict)
    after: _ByRow = defaultdict(dict)
    for change in changes:
        kind, pk = change["row"], change["id"]
        if change["before"] is None:
            added[kind][pk] = {}
        elif pk not in added[kind]:
            before[kind][pk] = change["before"] | before[kind].get(pk, {})
            after[kind][pk] = after[kind].get(pk, {}) | change["after"]
    return added, before, after


def _value(model: type[DraftRow], name: str, plain: Any) -> Any:
    field = model._meta.get_field(name)
    return plain if field.is_relation else field.to_python(plain)


def last_undoable(plan: Plan) -> Decision | None:
    """The newest decision that undo would take back: not undone yet, and not an undo itself."""
    return (
        Decision.objects.filter(plan=plan, undone_by=None)
        .exclude(act__in=[Act.UNDO, Act.REREAD])
        .defer("changes")  # a table that came in may hold tens of thousands
        .order_by("-id")
        .first()
    )
