"""Questions about the tree and its history, answered for many paths at once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kepu.regions.models import Division, DivisionChange, DivisionChangeLine, Population


def ancestors_of(path: str) -> list[str]:
    """Paths above `path`, nearest first, without the root: `0/99/9901/` gives `["0/99/"]`."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:end]) + "/" for end in range(len(parts) - 1, 1, -1)]


def names_on(paths: Iterable[str], day: date) -> dict[str, str]:
    """What each division was called on `day`: the name before the first renaming after that day."""
    wanted = list(paths)
    names = dict(Division.objects.filter(path__in=wanted).values_list("path", "name"))
    later = (
        DivisionChangeLine.objects.filter(
            source__path__in=wanted, change__what=DivisionChange.What.RENAME, change__on__gt=day
        )
        .order_by("-change__on", "-change_id")
        .values_list("source__path", "change__old_name")
    )
    names.update(dict(later))
    return names


def population(paths: Iterable[str], year: int) -> dict[str, int]:
    """Residents at the end of `year`; a path without a figure of that very year is absent."""
    rows = Population.objects.filter(division__path__in=list(paths), year=year)
    return dict(rows.values_list("division__path", "persons"))


def crosswalk(paths: Iterable[str], *, since: date, until: date) -> dict[str, list[tuple[str, Decimal]]]:
    """Where the people of each path are after all changes with since < day <= until, as (path, share) pairs.

    A path that did not change maps to itself with share 1; the shares of one path add up to 1.
    """
    arrows: dict[date, dict[str, list[tuple[str, Decimal]]]] = defaultdict(lambda: defaultdict(list))
    rows = (
        DivisionChangeLine.objects.exclude(change__what=DivisionChange.What.RENAME)
        .filter(change__on__gt=since, change__on__lte=until)
        .values_list("change__on", "source__path", "target__path", "share")
    )
    for day, source, target, share in rows:
        arrows[day][source].append((target, share))
    result = {path: {path: Decimal(1)} for path in paths}
    for day in sorted(arrows):
        for path, parts in result.items():
            moved: dict[str, Decimal] = defaultdict(Decimal)
            for place, share in parts.items():
                for target, part in arrows[day].get(place, [(place, Decimal(1))]):
                    moved[target] += share * part
            result[path] = moved
    return {path: sorted(parts.items()) for path, parts in result.items()}
