"""How far rolls have come, and what stands on one of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans.models import LedgerTarget, RollChange, RollItem
from kepu.plans.queries import ledger
from kepu.regions import door as regions

COVERED = Q(covered_on__isnull=False)


@dataclass(frozen=True)
class Coverage:
    """已覆盖 N／M."""

    covered: int
    total: int


def coverage(targets: Iterable[LedgerTarget]) -> dict[int, Coverage]:
    """How far the roll of each target has come; targets without a roll are absent. One query."""
    ids = [target.pk for target in targets]
    items = RollItem.objects.standing().filter(target__in=ids).order_by() if ids else RollItem.objects.none()
    counts = items.values_list("target").annotate(covered=Count("pk", filter=COVERED), total=Count("pk"))
    return {target: Coverage(covered, total) for target, covered, total in counts}


def attach(targets: Iterable[LedgerTarget]) -> None:
    """Give each target its `coverage`; one that runs over a roll not yet written down has 0 of 0, others None."""
    targets = list(targets)
    found = coverage(targets)
    for target in targets:
        target.coverage = found.get(target.pk) or (Coverage(0, 0) if target.runs_over_roll else None)


def items(target: LedgerTarget, *, words: str = "", state: str = "") -> QuerySet:
    """What stands on the roll: `state` is covered, open or empty for all; every word must be in the name or the note."""
    found = RollItem.objects.standing().filter(target=target)
    if state:
        found = found.filter(COVERED) if state == "covered" else found.exclude(COVERED)
    for word in words.split():
        found = found.filter(Q(name__contains=word) | Q(note__contains=word))
    return found


def changes(target: LedgerTarget, most: int = 5) -> QuerySet:
    """The newest changes of a roll, with who made them and whether they were undone."""
    return RollChange.objects.filter(target=target).select_related("actor", "undone_by").defer("changes")[:most]


def sources(target: LedgerTarget) -> dict[str, list[str]]:
    """Lists that the system knows and a roll can be filled from: divisions below by kind, and `units` of the task."""
    found: dict[str, list[str]] = {}
    below = regions.below(target.region_path, foundation.clock.today())
    names = {division.path: division.short_name or division.name for division in below}
    for division in below:
        if division.path != target.region_path:
            found.setdefault(division.kind, []).append(division.path)
    known = {division.path: division for division in below}
    lists = {kind: _told_apart([known[path] for path in paths], names) for kind, paths in found.items()}
    members = ledger.members(target.task) if target.task else []
    if members:
        infos = sorted(
            people.organisations(members).values(), key=lambda one: (one.region_path, one.sort_order, one.id)
        )
        lists["units"] = [info.short_name for info in infos]
    return lists


def _told_apart(divisions: list[regions.DivisionInfo], names: dict[str, str]) -> list[str]:
    """Names in order; where two are called the same, each with the division above it: 石桥镇柳树村."""
    seen = Counter(division.name for division in divisions)
    return [
        f"{names.get(division.parent_path, '')}{division.name}" if seen[division.name] > 1 else division.name
        for division in divisions
    ]
