"""Divisions as other rooms see them: `from kepu.regions import door as regions`. Frozen values, many at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from kepu.foundation import door as foundation
from kepu.regions import queries, services
from kepu.regions.models import Division, Kind

__all__ = [
    "DivisionInfo",
    "Kind",
    "above",
    "below",
    "children",
    "create",
    "crosswalk",
    "division",
    "divisions",
    "is_named",
    "names_on",
    "population",
    "record_population",
]

names_on = queries.names_on
population = queries.population
crosswalk = queries.crosswalk


@dataclass(frozen=True)
class DivisionInfo:
    path: str
    code: str
    name: str
    short_name: str
    kind: str
    parent_path: str  # "0/" for a province
    sort_order: int = 0
    valid_from: date | None = None
    valid_to: date | None = None


def _info(row: Division) -> DivisionInfo:
    parent_path = row.path[: row.path.rstrip("/").rindex("/") + 1]
    return DivisionInfo(
        row.path,
        row.code,
        row.name,
        row.short_name,
        row.kind,
        parent_path,
        row.sort_order,
        row.valid_from,
        row.valid_to,
    )


def division(path: str) -> DivisionInfo | None:
    """The division at `path`, ended or not; None where there is none."""
    return divisions([path]).get(path)


def divisions(paths: Iterable[str]) -> dict[str, DivisionInfo]:
    return {row.path: _info(row) for row in Division.objects.filter(path__in=list(paths))}


def above(path: str) -> list[DivisionInfo]:
    """The divisions above `path`, nearest first."""
    found = divisions(queries.ancestors_of(path))
    return [found[p] for p in queries.ancestors_of(path) if p in found]


def children(path: str, on: date) -> list[DivisionInfo]:
    """Divisions one level down that exist on `on`, in the office's order. `0/` gives the top of the tree."""
    rows = Division.objects.on(on)
    rows = rows.filter(parent=None) if path == services.ROOT else rows.filter(parent__path=foundation.check_path(path))
    return [_info(row) for row in rows.order_by("sort_order", "path")]


def below(path: str, on: date) -> list[DivisionInfo]:
    """The division at `path` and all below it that exist on `on`, in the order of paths."""
    return [_info(row) for row in Division.objects.on(on).filter(path__startswith=foundation.check_path(path))]


def record_population(counts: dict[str, int], *, year: int, source: str, actor: foundation.Actor) -> None:
    """Residents of a year by path. Raises Division.DoesNotExist."""
    for path, persons in counts.items():
        services.set_population(
            division=Division.objects.get(path=path), year=year, persons=persons, source=source, actor=actor
        )


def create(
    *,
    name: str,
    kind: str,
    parent_path: str,
    actor: foundation.Actor,
    code: str = "",
    short_name: str = "",
    valid_from: date | None = None,
    sort_order: int | None = None,
) -> DivisionInfo:
    """Add a division below `parent_path` (`0/` for a province). Raises the refusals of services.create_division."""
    parent = None if parent_path == services.ROOT else Division.objects.get(path=parent_path)
    return _info(
        services.create_division(
            name=name,
            kind=kind,
            parent=parent,
            actor=actor,
            code=code,
            short_name=short_name,
            valid_from=valid_from,
            sort_order=sort_order,
        )
    )


def is_named(word: str) -> bool:
    """Whether some division is called so, in full or in short."""
    return Division.objects.filter(Q(name=word) | Q(short_name=word)).exists()
