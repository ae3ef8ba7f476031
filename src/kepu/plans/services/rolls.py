"""What is done to a roll: names go on and off, items are covered and uncovered, and any of it is undone.

Every writer takes the target's row first, so that two people at one roll come one after the other; each says in which
version it saw an item, and the second one gets Conflict instead of writing over the first.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from kepu.foundation import door as foundation
from kepu.plans import actions, wording
from kepu.plans.enums import RollAct
from kepu.plans.errors import Conflict, NothingToUndo, RollTooLong
from kepu.plans.models import LedgerTarget, RollChange, RollItem

FIELDS = ("covered_on", "note", "removed")
LONGEST = 10_000  # names on one roll
LONGEST_NAME = 120  # characters
BATCH = 500
Values = dict[str, Any]
_LABEL = re.compile(r"^\s*(?:[(（]\d{1,4}[)）]|\d{1,4}[.、．)）\t])\s*")  # 1. 1、 （1） before a name in a pasted list


def fold(name: str) -> str:
    """A name as it is compared: width and blanks do not count."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name))


def names_in(text: str) -> list[str]:
    """Names of a pasted list, one a line, without their numbering; each once."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if name := re.sub(r"\s+", " ", _LABEL.sub("", line)).strip():
            found.setdefault(fold(name), name)
    return list(found.values())


@transaction.atomic
def fill(target: LedgerTarget, names: Iterable[str], *, actor: foundation.Actor) -> RollChange | None:
    """Put names on the roll, behind those that are there; known ones stay as they are. None where nothing was new."""
    _take(target, actor)
    return _write(target, RollAct.FILL, {name: {} for name in names}, actor)


@transaction.atomic
def apply_sheet(target: LedgerTarget, rows: Mapping[str, Values], *, actor: foundation.Actor) -> RollChange | None:
    """Names with what a sheet says of them (`covered_on`, `note`, or neither), as one change."""
    _take(target, actor)
    return _write(target, RollAct.SHEET, rows, actor)


@transaction.atomic
def cover(
    target: LedgerTarget, seen: Mapping[int, int], *, on: date, note: str, actor: foundation.Actor
) -> RollChange | None:
    """Tick items: covered on that day. `seen` gives the version of each item as it stood on the page.

    An empty note leaves what stands there. Raises Conflict if any item has moved on; then nothing is written.
    """
    values: Values = {"covered_on": on} | ({"note": note} if note else {})
    return _mark(target, RollAct.COVER, seen, values, actor)


@transaction.atomic
def uncover(target: LedgerTarget, seen: Mapping[int, int], *, actor: foundation.Actor) -> RollChange | None:
    return _mark(target, RollAct.UNCOVER, seen, {"covered_on": None}, actor)


@transaction.atomic
def remove(target: LedgerTarget, seen: Mapping[int, int], *, actor: foundation.Actor) -> RollChange | None:
    """Take items off the roll: what was written down by mistake, or is no more."""
    return _mark(target, RollAct.REMOVE, seen, {"removed": True}, actor)


@transaction.atomic
def undo(change: RollChange, *, actor: foundation.Actor) -> RollChange:
    """Take one change back, whole or not at all. Raises NothingToUndo, or Conflict if an item was changed again since."""
    _take(change.target, actor)
    if change.act == RollAct.UNDO or RollChange.objects.filter(undoes=change).exists():
        raise NothingToUndo()
    items = RollItem.objects.in_bulk([entry["id"] for entry in change.changes])
    moved = [items[e["id"]] for e in change.changes if _plain(items[e["id"]]) != e["after"]]
    if moved:
        before = {entry["id"]: entry["before"] for entry in change.changes}
        raise Conflict(
            mine={i.name: _said(before[i.pk]) for i in moved}, theirs={i.name: _said(_plain(i)) for i in moved}
        )
    pairs = [(items[entry["id"]], _values(entry["before"])) for entry in change.changes]
    return _log(change.target, RollAct.UNDO, _set(pairs), actor, undoes=change)


def _take(target: LedgerTarget, actor: foundation.Actor) -> None:
    foundation.actions.require(actor, actions.REVIEW, target.region_path)
    LedgerTarget.objects.select_for_update().get(pk=target.pk)


def _mark(
    target: LedgerTarget, act: RollAct, seen: Mapping[int, int], values: Values, actor: foundation.Actor
) -> RollChange | None:
    _take(target, actor)
    items = list(RollItem.objects.filter(target=target, pk__in=seen))
    moved = [item for item in items if item.version != seen[item.pk]]
    if moved:
        raise Conflict(
            mine={item.name: _said(_plain(item) | values) for item in moved},
            theirs={item.name: _said(_plain(item)) for item in moved},
        )
    entries = _set([(item, values) for item in items])
    return _log(target, act, entries, actor) if entries else None


def _write(
    target: LedgerTarget, act: RollAct, wanted: Mapping[str, Values], actor: foundation.Actor
) -> RollChange | None:
    """Make the roll hold the wanted names with their values: new ones are added, removed ones come back."""
    known = {fold(item.name): item for item in RollItem.objects.filter(target=target)}
    new: dict[str, RollItem] = {}
    last = max((item.position for item in known.values()), default=0)
    for name, values in wanted.items():
        if fold(name) not in known and fold(name) not in new:
            new[fold(name)] = RollItem(target=target, name=name, position=last + len(new) + 1, **values)
    standing = sum(not item.removed for item in known.values())
    back = {fold(name): values for name, values in wanted.items() if fold(name) in known}
    if standing + len(new) + sum(known[key].removed for key in back) > LONGEST:
        raise RollTooLong(longest=LONGEST)
    RollItem.objects.bulk_create(new.values(), batch_size=BATCH)
    entries = [
        {"id": item.pk, "before": _plain(item) | {"removed": True}, "after": _plain(item)} for item in new.values()
    ]
    entries += _set([(known[key], values | {"removed": False}) for key, values in back.items()])
    return _log(target, act, entries, actor) if entries else None


def _set(pairs: Iterable[tuple[RollItem, Values]]) -> list[dict[str, Any]]:
    """Set values on items; returns an entry for each that changed."""
    entries, changed = [], []
    for item, values in pairs:
        before = _plain(item)
        for name, value in values.items():
            setattr(item, name, value)
        if _plain(item) != before:
            item.version += 1
            changed.append(item)
            entries.append({"id": item.pk, "before": before, "after": _plain(item)})
    RollItem.objects.bulk_update(changed, [*FIELDS, "version"], batch_size=BATCH)
    return entries


def _log(
    target: LedgerTarget, act: RollAct, entries: list[dict[str, Any]], actor: foundation.Actor, *,
    undoes: RollChange | None = None,
) -> RollChange:  # fmt: skip
    foundation.audit.record(
        f"plan.roll_{act}", actor=actor, obj=target, region_path=target.region_path, detail={"items": len(entries)}
    )
    return RollChange.objects.create(
        target=target, act=act, changes=entries, undoes=undoes, at=foundation.clock.now(), actor_id=actor.user_id
    )


def _plain(item: RollItem) -> dict[str, Any]:
    return {
        "covered_on": item.covered_on.isoformat() if item.covered_on else None,
        "note": item.note,
        "removed": item.removed,
    }


def _values(plain: dict[str, Any]) -> Values:
    return plain | {"covered_on": date.fromisoformat(plain["covered_on"]) if plain["covered_on"] else None}


def _said(values: Mapping[str, Any]) -> str:
    """The state of an item in words, for the page of two texts."""
    day = values["covered_on"]
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return wording.roll_state(covered_on=day, note=values["note"], removed=values["removed"])
