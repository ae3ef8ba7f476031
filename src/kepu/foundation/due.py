"""What is due, asked of every room: the desk's home shows it, so that a clerk opens one page in the morning."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kepu.foundation.scope import Actor, Scope


class Level(Enum):
    ORDINARY = "ordinary"
    URGENT = "urgent"


@dataclass(frozen=True)
class DueItem:
    """One matter with a date. `who` answers for it, `kind` is the room's word for it (任务, 审核 …)."""

    title: str
    url: str
    due_on: date | None
    who: str = ""
    kind: str | Promise = ""
    level: Level = Level.ORDINARY


Provider = Callable[[Actor, Scope], Iterable[DueItem]]

# Beyond this many a page does not help any more; the list of the room with its filters does.
LIMIT = 200
_providers: list[Provider] = []


def register(provider: Provider) -> Provider:
    """Ask `provider(actor, scope)` for due items; it returns at most about LIMIT of them, soonest first."""
    _providers.append(provider)
    return provider


@dataclass(frozen=True)
class DueGroup:
    key: str
    label: str | Promise
    items: list[DueItem]


def groups(actor: Actor, scope: Scope, today: date) -> list[DueGroup]:
    """Everything due for this actor: overdue, until Sunday, within the month, later; urgent first on the same day.

    Groups without items are left out. Undated items stand at the end of "later".
    """
    items = sorted(
        (item for provider in _providers for item in provider(actor, scope)),
        key=lambda item: (item.due_on or date.max, item.level is not Level.URGENT, item.title),
    )[:LIMIT]
    week_end = today + timedelta(days=6 - today.weekday())
    found: dict[str, list[DueItem]] = {"overdue": [], "week": [], "month": [], "later": []}
    for item in items:
        day = item.due_on
        if day is None:
            found["later"].append(item)
        elif day < today:
            found["overdue"].append(item)
        elif day <= week_end:
            found["week"].append(item)
        elif (day.year, day.month) == (today.year, today.month):
            found["month"].append(item)
        else:
            found["later"].append(item)
    labels = {"overdue": _("Overdue"), "week": _("This week"), "month": _("This month"), "later": _("Later")}
    return [DueGroup(key, labels[key], items) for key, items in found.items() if items]
