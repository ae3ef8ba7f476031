"""What stands in the menus. Each room registers its entries at start; an entry shows only to those who may use it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.urls import reverse
from django.utils.functional import Promise

from kepu.foundation.scope import Actor


class Surface(Enum):
    PORTAL = "portal"
    DESK = "desk"


@dataclass(frozen=True)
class Entry:
    """A link in a menu. `action` is the right needed (None: everybody who sees the surface), `group` a heading on the
    desk; lower `order` stands first. `count` tells how many matters wait behind the link."""

    label: str | Promise
    route: str
    surface: Surface = Surface.DESK
    group: str | Promise = ""
    order: int = 100
    action: str | None = None
    hint: str | Promise = ""
    count: Callable[[Actor], int] | None = None

    @property
    def url(self) -> str:
        return reverse(self.route)


_entries: dict[tuple[Surface, str], Entry] = {}


def register(
    label: str | Promise,
    route: str,
    *,
    surface: str = "desk",
    group: str | Promise = "",
    order: int = 100,
    action: str | None = None,
    hint: str | Promise = "",
    count: Callable[[Actor], int] | None = None,
) -> None:
    """Put a link into the menu of `surface` ("desk" or "portal"). `route` is a URL name without arguments."""
    where = Surface(surface)
    if (where, route) in _entries:
        raise ValueError(f"the menu entry {route!r} is registered twice on {surface}")
    _entries[where, route] = Entry(label, route, where, group, order, action, hint, count)


def entries(actor: Actor, surface: str) -> list[Entry]:
    """The entries of a surface that this actor may use, in order."""
    where = Surface(surface)
    allowed = [e for e in _entries.values() if e.surface is where and (e.action is None or actor.may(e.action))]
    return sorted(allowed, key=lambda entry: (entry.order, entry.route))
