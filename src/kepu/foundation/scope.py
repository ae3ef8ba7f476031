"""Who may see which rows, and who may do what.

A *scope* is a frozen value: the region prefixes, the organisations and whether published rows are meant. Each queryset
that a user can see has one `visible_to(scope)`, and page, API, export, feed, search and file all go through it.
An *actor* is a signed-in person with grants; a grant is an action held over a region and everything below it.
"""

from dataclasses import dataclass, field, replace

from django.db.models import Q


class BadPath(ValueError):
    """A region path without root or final slash; '3206' would also match '32061'."""


def check_path(path: str) -> str:
    """The path itself when it is whole, like `0/32/3206/`. Raises BadPath."""
    if not path.startswith("0/") or not path.endswith("/") or "//" in path:
        raise BadPath(f"expected a path like 0/32/3206/, got {path!r}")
    return path


@dataclass(frozen=True)
class Scope:
    """Rows under one of `regions` (paths), assigned to one of `organisations` (ids), or published if `public`."""

    regions: tuple[str, ...] = ()
    organisations: frozenset[int] = frozenset()
    public: bool = False

    def __post_init__(self) -> None:
        for path in self.regions:
            check_path(path)

    def office(self) -> "Scope":
        """The same without what is merely published: for lists of the desk, which show what concerns the office."""
        return replace(self, public=False)

    def covers(self, path: str) -> bool:
        return any(path.startswith(region) for region in self.regions)

    def under(self, field: str = "region_path") -> Q:
        """Condition for rows whose path in `field` lies under a region of this scope; none without regions."""
        condition = Q(pk__in=())
        for path in self.regions:
            condition |= Q(**{f"{field}__startswith": path})
        return condition


PUBLIC = Scope(public=True)


@dataclass(frozen=True)
class Grant:
    """An action held over a region path and everything below it."""

    action: str
    region_path: str


@dataclass(frozen=True)
class Actor:
    """A person as services see one. `user_id` is None for the system and for anonymous visitors."""

    user_id: int | None = None
    name: str = ""
    grants: frozenset[Grant] = frozenset()
    scope: Scope = field(default_factory=lambda: PUBLIC)
    is_system: bool = False

    def may(self, action: str, region_path: str | None = None) -> bool:
        """Whether the action is held over `region_path`, or anywhere when that is None."""
        if self.is_system:
            return True
        return any(
            grant.action == action and (region_path is None or region_path.startswith(grant.region_path))
            for grant in self.grants
        )


ANONYMOUS = Actor()
SYSTEM = Actor(name="system", is_system=True)
