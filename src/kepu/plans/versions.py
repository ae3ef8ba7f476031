"""What a version holds and how two versions differ; plain values in and out, so that a diff needs no database."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

SCHEMA = 1
Content = dict[str, Any]


def plain(value: Any) -> Any:
    """A value as the content keeps it: numbers as text without needless zeros, days in ISO form."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value


def digest(content: Content) -> str:
    """SHA-256 of the canonical JSON: the same content gives the same digest on every machine."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Change:
    """One field of a task, target or unit that reads otherwise now."""

    name: str
    before: Any
    after: Any


@dataclass
class Entry:
    """A task (or target without one) that is new, gone or changed, with what changed in it and below it."""

    kind: str  # added removed changed
    what: str  # task target unit
    title: str
    changes: list[Change] = field(default_factory=list)
    parts: list["Entry"] = field(default_factory=list)


TASK = (
    "number",
    "title",
    "text",
    "category",
    "criterion",
    "due_text",
    "due_on",
    "no_units",
    "section",
    "upper_basis",
    "remark",
)
TARGET = (
    "subject", "value", "value_max", "unit", "comparator", "modality", "period", "year", "start_year", "end_year",
    "years", "counting", "definition", "data_owner", "baseline_value", "baseline_year",
)  # fmt: skip
UNIT = ("role", "resolution", "organisation", "wildcard")


def diff(old: Content, new: Content) -> list[Entry]:
    """Entries by task and by target without a task, in the order of the new version; what is gone stands last."""
    entries = _compare(old["tasks"], new["tasks"], "id", _task)
    return entries + _compare(old["targets"], new["targets"], "id", _target)


def _compare(old: list[Any], new: list[Any], key: str, describe: Any) -> list[Entry]:
    before = {row[key]: row for row in old}
    found = [describe(before.pop(row[key], None), row) for row in new]
    gone = [describe(row, None) for row in before.values()]
    return [entry for entry in [*found, *gone] if entry is not None]


def _task(old: Any, new: Any) -> Entry | None:
    parts = _compare((old or {}).get("units", []), (new or {}).get("units", []), "name", _unit)
    parts += _compare((old or {}).get("targets", []), (new or {}).get("targets", []), "id", _target)
    return _entry("task", "title", TASK, old, new, parts)


def _target(old: Any, new: Any) -> Entry | None:
    return _entry("target", "subject", TARGET, old, new, [])


def _unit(old: Any, new: Any) -> Entry | None:
    return _entry("unit", "name", UNIT, old, new, [])


def _entry(what: str, title: str, fields: tuple[str, ...], old: Any, new: Any, parts: list[Entry]) -> Entry | None:
    if old is None or new is None:
        return Entry("added" if old is None else "removed", what, (new or old)[title], parts=parts)
    changes = [Change(name, old[name], new[name]) for name in fields if old[name] != new[name]]
    return Entry("changed", what, new[title], changes, parts) if changes or parts else None
