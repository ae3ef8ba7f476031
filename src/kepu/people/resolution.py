"""From the names that a plan prints to organisations: by alias, name, place and level, on a date. Never a guess."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from kepu.people import names
from kepu.people.models import Organisation, OrganisationAlias, OrganisationChange, OrganisationSuccession
from kepu.people.models.organisations import Kind, living
from kepu.regions import door as regions

CANDIDATES = 5  # how many are offered for a name that could not be resolved
MOST_CHANGES = 12  # of one body in a row; ends the walk even if somebody recorded a circle
ELSEWHERE = 0.35  # weight of a body of another region or level than the name claims
LIKE_ENOUGH = 0.25  # below this a candidate only distracts


@dataclass(frozen=True)
class Candidate:
    """An organisation that could be meant. `score` is 0 to 1 for ranking only; `reason` is ambiguous, successor or alike."""

    organisation_id: int
    score: float
    reason: str


@dataclass(frozen=True)
class Resolution:
    """What a printed name means: one organisation, a wildcard with its members on that day, or not known.

    Exactly one of `organisation_id` and `wildcard` is set, or neither when unresolved. `organisation_ids` are the
    resolved organisations of both kinds (a wildcard may stand for none). `candidates` come best first.
    """

    name: str
    organisation_id: int | None = None
    wildcard: str | None = None
    organisation_ids: tuple[int, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def is_resolved(self) -> bool:
        return self.organisation_id is not None or self.wildcard is not None


@dataclass
class Directory:
    """The names that count in the papers of one region on one day, loaded with a handful of queries."""

    region: str
    above: list[str]
    divisions: dict[str, regions.DivisionInfo]
    rows: list[tuple[int, str, str, str]]  # id, name, short name, path
    aliases: dict[str, dict[str, int]]  # path of the region that writes so -> alias -> organisation
    printed: dict[str, dict[str, set[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    cores: dict[str, dict[str, set[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    core_of: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for pk, name, short_name, path in self.rows:
            places = self._places([path, *(p for p in self.above if path.startswith(p)), self.region])
            for printed in {name, short_name}:
                text = names.shortened(printed)
                place, rest = names.take_place(text, places)
                core = names.core(rest if place else names.take_level(text)[1])
                self.cores[path][core].add(pk)
                self.printed[path][names.plain(printed)].add(pk)
                self.core_of.setdefault(pk, core)

    def _places(self, paths: Iterable[str]) -> list[str]:
        found = [self.divisions[path] for path in paths if path in self.divisions]
        return [name for division in found for name in (division.name, division.short_name)]

    @property
    def chain(self) -> list[str]:
        """The region and those above it, nearest first: whose words a paper of the region uses."""
        return [self.region, *self.above]

    def find(self, name: str) -> set[int]:
        """All organisations that the name can mean by rule: one is an answer, several are a question."""
        text = names.plain(name)
        for path in self.chain:
            if text in self.aliases[path]:
                return {self.aliases[path][text]}
        short = names.shortened(name)
        level, rest = names.take_level(short)
        meant = self._region_of(level)
        for path in self.chain:
            if text in self.printed[path] and (not level or path == meant):
                return set(self.printed[path][text])
        hits = self._by_place(short)
        if hits is None:
            hits = set(self.cores[meant][names.core(rest)]) if meant else set()
        return hits

    def _by_place(self, short: str) -> set[int] | None:
        """Organisations of the place that the name begins with; None when it begins with no known place."""
        best: dict[str, set[int]] = defaultdict(set)
        for path, division in self.divisions.items():
            place, rest = names.take_place(short, (division.name, division.short_name))
            if place:
                best[place] |= self.cores[path][names.core(rest)] if path in self.cores else set()
        return best[max(best, key=len)] if best else None

    def _region_of(self, level: str) -> str | None:
        """The region that 「县」 or 「市」 means in this paper: the nearest one upwards that is called so."""
        if not level:
            return self.region
        for path in self.chain:
            if path in self.divisions and self.divisions[path].name.endswith(level):
                return path
        return None

    def alike(self, name: str) -> list[Candidate]:
        """Organisations whose names resemble this one, best first."""
        short = names.shortened(name)
        place, rest = names.take_place(short, self._places(self.divisions))
        level, bare = names.take_level(short)
        wanted = names.core(rest if place else bare)
        meant = self._region_of(level)
        scored = [
            Candidate(pk, round(score, 3), "alike")
            for pk, _name, _short, path in self.rows
            if (score := names.likeness(wanted, self.core_of[pk]) * (1 if path == meant else ELSEWHERE)) >= LIKE_ENOUGH
        ]
        return sorted(scored, key=lambda c: (-c.score, c.organisation_id))[:CANDIDATES]


def open_directory(region_path: str, on: date) -> Directory:
    """Load the names of a region, of the regions above and of everything below it, as they stand on a day."""
    above = [division.path for division in regions.above(region_path)]
    divisions = regions.divisions([region_path, *above]) | {d.path: d for d in regions.below(region_path, on)}
    rows = (
        Organisation.objects.on(on)
        .filter(Q(region_path__startswith=region_path) | Q(region_path__in=above))
        .order_by("sort_order", "id")
        .values_list("id", "name", "short_name", "region_path")
    )
    aliases: dict[str, dict[str, int]] = defaultdict(dict)
    for alias, path, pk in OrganisationAlias.objects.filter(
        living(on), region_path__in=[region_path, *above]
    ).values_list("alias", "region_path", "organisation_id"):
        aliases[path][names.plain(alias)] = pk
    return Directory(region_path, above, divisions, list(rows), aliases)


def resolve_units(printed: Iterable[str], *, region_path: str, on: date) -> dict[str, Resolution]:
    """What each printed name means in a paper of `region_path` dated `on`. A constant number of queries.

    Resolved only by rule: an alias learnt in the region, the registered names, or place and level plus the usual
    short forms, and only if exactly one organisation fits. Everything else stays visible as unresolved, with ranked
    candidates.
    """
    directory = open_directory(region_path, on)
    wildcards: dict[str, tuple[int, ...]] = {}
    result: dict[str, Resolution] = {}
    lost: list[str] = []
    for name in dict.fromkeys(printed):
        kind = names.wildcard_of(name)
        if kind:
            if kind not in wildcards:
                wildcards[kind] = tuple(expand_wildcard(kind, region_path, on))
            result[name] = Resolution(name, wildcard=kind, organisation_ids=wildcards[kind])
            continue
        hits = directory.find(name)
        if len(hits) == 1:
            only = next(iter(hits))
            result[name] = Resolution(name, organisation_id=only, organisation_ids=(only,))
        elif hits:
            result[name] = Resolution(name, candidates=tuple(Candidate(pk, 1.0, "ambiguous") for pk in sorted(hits)))
        else:
            result[name] = Resolution(name, candidates=tuple(directory.alike(name)))
            lost.append(name)
    if lost:
        result |= _heirs(lost, directory, result, on)
    return result


def _heirs(lost: list[str], directory: Directory, found: dict[str, Resolution], on: date) -> dict[str, Resolution]:
    """Names of bodies that had ended by `on`: their successors are put first among the candidates."""
    ended = Organisation.objects.filter(region_path__in=directory.chain, valid_to__lte=on)
    rows = list(ended.values_list("id", "name", "short_name", "region_path"))
    if not rows:
        return {}
    past = Directory(directory.region, directory.above, directory.divisions, rows, defaultdict(dict))
    result = {}
    for name in lost:
        heirs = {heir.organisation_id for pk in past.find(name) for heir in successors(pk, on)}
        if heirs:
            first = tuple(Candidate(pk, 1.0, "successor") for pk in sorted(heirs))
            others = tuple(c for c in found[name].candidates if c.organisation_id not in heirs)
            result[name] = Resolution(name, candidates=(first + others)[:CANDIDATES])
    return result


@dataclass(frozen=True)
class Successor:
    """Who takes over from an organisation: its share of the duties and the change that brought it there."""

    organisation_id: int
    share: float
    what: str
    changed_on: date


def successors(organisation_id: int, on: date) -> list[Successor]:
    """The living heirs of an organisation on a day, through all changes up to then; empty while it lives itself.

    `share` is 0 to 1 and multiplies along the way. Assignments that are still open pass to the heirs, marked with
    `what` and `changed_on`.
    """
    heirs: dict[int, Successor] = {}
    shares = {organisation_id: 1.0}
    marks: dict[int, tuple[str, date]] = {}
    for _step in range(MOST_CHANGES):
        arrows = list(
            OrganisationSuccession.objects.filter(source__in=shares, source__valid_to__lte=on, change__on__lte=on)
            .exclude(change__what=OrganisationChange.What.RENAME)
            .values_list("source_id", "target_id", "share", "change__what", "change__on")
        )
        passed: dict[int, float] = defaultdict(float)
        for source, target, share, what, day in arrows:
            passed[target] += shares[source] * float(share)
            marks[target] = (what, day)
        for pk in shares.keys() - {source for source, *_rest in arrows} - {organisation_id}:
            before = heirs[pk].share if pk in heirs else 0.0
            heirs[pk] = Successor(pk, before + shares[pk], *marks[pk])
        if not passed:
            break
        shares = passed
    return sorted(heirs.values(), key=lambda heir: (-heir.share, heir.organisation_id))


def expand_wildcard(kind: str, region_path: str, on: date) -> list[int]:
    """The organisations that a wildcard stands for in a region on a day, in the office's order.

    members and relevant: the member units of the region (which of them are relevant, a person confirms);
    territories: townships and subdistricts one level down; territories_and_zones: the zones as well; counties: the
    governments of the regions one level down. Raises ValueError for an unknown kind.
    """
    living_there = Organisation.objects.on(on)
    if kind in {names.MEMBERS, names.RELEVANT}:
        chosen = living_there.filter(region_path=region_path, is_member=True)
    else:
        wanted = {
            names.TERRITORIES: {regions.Kind.TOWNSHIP},
            names.TERRITORIES_AND_ZONES: {regions.Kind.TOWNSHIP, regions.Kind.ZONE},
            names.COUNTIES: {regions.Kind.COUNTY, regions.Kind.PREFECTURE, regions.Kind.ZONE},
        }.get(kind)
        if wanted is None:
            raise ValueError(f"unknown wildcard {kind!r}")
        places = [division.path for division in regions.children(region_path, on) if division.kind in wanted]
        heads = {Kind.TERRITORY, Kind.COUNCIL, Kind.ZONE}
        below = living_there.filter(region_path__in=places, kind__in=heads)
        seated_here = living_there.filter(region_path=region_path, kind__in={Kind.TERRITORY, Kind.ZONE} & _seated(kind))
        chosen = below | seated_here
    return list(chosen.order_by("sort_order", "region_path", "id").values_list("id", flat=True))


def _seated(kind: str) -> set[Kind]:
    """Territories that the office registered in its own region, because they have no division of their own."""
    if kind == names.TERRITORIES:
        return {Kind.TERRITORY}
    return {Kind.TERRITORY, Kind.ZONE} if kind == names.TERRITORIES_AND_ZONES else set()
