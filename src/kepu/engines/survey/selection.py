"""Drawing a sample: stratified, multi-stage, with known inclusion probabilities, the same again from the same seed.

Randomness comes from the uniform doubles of PCG64 alone, which numpy keeps stable over its versions, and every stratum
(and every drawn unit below it) has a stream of its own, keyed by seed and labels: adding, dropping or reordering other
strata changes nothing in this one. Formulas and a worked example: docs/survey-sampling.md.
Sources: Särndal, Swensson & Wretman, Model Assisted Survey Sampling (1992), chapters 3 and 4; Brewer & Hanif, Sampling
with Unequal Probabilities (1983), procedure 8 as extended by Brewer (1975); Tillé, Sampling Algorithms (2006), 6.10.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from .errors import SurveyError
from .households import Choice, choose_persons

Array = np.ndarray[Any, Any]
Label = tuple[str, ...]

_LARGEST = 1e15
_CERTAIN = 1 - 1e-12  # a probability this near to 1 is 1: the rest is rounding


class Method(StrEnum):
    """How units are taken. The two sorted methods run along the list as given, which spreads the sample over it."""

    SRS = "srs"
    SYSTEMATIC = "systematic"
    PPS_SYSTEMATIC = "pps_systematic"
    PPS_RANDOM_SYSTEMATIC = "pps_random_systematic"
    BREWER = "brewer"


class SizeRule(StrEnum):
    """What a size column of a finer frame says of a unit: the sum of its rows, or the same value in each of them."""

    SUM = "sum"
    SAME = "same"


class Short(StrEnum):
    """What to do where fewer units stand than are wanted."""

    REFUSE = "refuse"
    TAKE_ALL = "take_all"


EQUAL = frozenset({Method.SRS, Method.SYSTEMATIC})
SORTED = frozenset({Method.SYSTEMATIC, Method.PPS_SYSTEMATIC})


@dataclass(frozen=True)
class Stage:
    """One stage of a draw.

    `unit`: (N,) label of each frame row's unit, nested in the unit of the stage before; None: each row is a unit.
    `n`: units to take from each stratum (first stage) or from each unit drawn before; by stratum as a mapping.
    `size`: (N,) measure of size of the PPS methods, > 0. `probability`: (N,) given inclusion probabilities instead of
    `n` and `size`, the same in all rows of a unit, in (0, 1], with a whole sum in each stratum.
    `order`: (N,) sort key of the sorted methods (a unit's first row counts); None: the order of the frame.
    """

    method: Method
    n: int | Mapping[Label, int] | None = None
    unit: Array | None = None
    size: Array | None = None
    size_rule: SizeRule = SizeRule.SUM
    probability: Array | None = None
    order: Array | None = None
    short: Short = Short.REFUSE


@dataclass(frozen=True)
class Sample:
    """A drawn sample; the frame is not touched.

    `rows`: (m,) frame rows, ascending. The rest has one column a stage: `probability` (m, k), given the stage before,
    in (0, 1]; `certainty` (m, k), taken for sure because of its size; `population`, `taken` and `sure` (m, k), units
    that stood, were taken, and were taken for sure in the row's stratum or upper unit. `stratum`: (m,) labels.
    `chance`: (m,) a uniform number for a choice inside the row. `person`, `person_probability`: (m,) number of the
    chosen person in the household's list and its probability, once `choose` was asked.
    """

    rows: Array
    stratum: Array
    probability: Array
    certainty: Array
    population: Array
    taken: Array
    sure: Array
    chance: Array
    person: Array | None = None
    person_probability: Array | None = None

    def choose(self, eligible: Array, choice: Choice = Choice.EQUAL) -> "Sample":
        """The sample where each row is a household, with one of its persons chosen. `eligible`: (N,) by frame row."""
        person, probability = choose_persons(self.chance, eligible[self.rows], choice)
        return replace(self, person=person, person_probability=probability)

    @property
    def inclusion(self) -> Array:
        """(m,) probability over all stages, in (0, 1]: the product of the conditional ones."""
        chained: Array = self.probability.prod(axis=1)
        return chained if self.person_probability is None else chained * self.person_probability

    @property
    def weight(self) -> Array:
        """(m,) base weight: 1 / inclusion probability (Horvitz & Thompson 1952)."""
        weight: Array = 1 / self.inclusion
        return weight


def stream(seed: int, path: Sequence[str]) -> np.random.Generator:
    """The random stream that belongs to a seed and a path of labels, independent of all others."""
    key = json.dumps([seed, *path], ensure_ascii=True, separators=(",", ":")).encode()
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(key).digest())))


def inclusion_probabilities(size: Array, n: int, *, where: str = "size") -> Array:
    """(N,) π = n·x/Σx, where units that reach 1 are taken for sure and the rest is shared among the others, repeated.

    `size` (N,) > 0, n in 1 … N. The result is in (0, 1] and sums to n. Raises `selection.size_not_positive`,
    `selection.too_few_units`. Source: Särndal, Swensson & Wretman (1992), section 3.6.2.
    """
    size = np.asarray(size, dtype=float)
    bad = ~((size > 0) & (size <= _LARGEST))
    if bad.any():
        got = str(size[np.flatnonzero(bad)[0]])
        raise SurveyError(
            "selection.size_not_positive", where, "sizes > 0, at most 1e15", got, "merge or remove empty units"
        )
    _enough(len(size), n, where)
    probability = np.ones(len(size))
    open_ = np.ones(len(size), dtype=bool)
    while open_.any():
        share = (n - (len(size) - open_.sum())) * size[open_] / size[open_].sum()
        reached = share >= _CERTAIN
        if not reached.any():
            probability[open_] = share
            break
        open_[np.flatnonzero(open_)[reached]] = False
    return probability


def take(generator: np.random.Generator, probability: Array, method: Method) -> Array:
    """Positions of the units drawn, ascending: each with its probability, their number fixed.

    `probability` (N,) in (0, 1], summing to a whole n. Units with probability 1 are taken before the draw.
    SRS expects equal probabilities. Systematic: u + k, k = 0 … n−1, in the cumulated probabilities (Madow 1949).
    Brewer: n draws, at each with chance ∝ π(R−π)/(R−π·r), R the probability and r the draws that are left.
    """
    certain = probability >= _CERTAIN
    rest = np.flatnonzero(~certain)
    inner = probability[rest]
    n = round(float(inner.sum()))
    if method is Method.SRS:
        drawn = np.argsort(generator.random(len(rest)), kind="stable")[:n]
    elif method is Method.BREWER:
        drawn = _brewer(generator, inner, n)
    else:
        order = np.arange(len(rest))
        if method is Method.PPS_RANDOM_SYSTEMATIC:
            order = np.argsort(generator.random(len(rest)), kind="stable")
        cumulated = np.cumsum(inner[order])
        cumulated[-1:] = n  # without the rounding of the sum, so that no point falls behind the last unit
        drawn = order[np.searchsorted(cumulated, generator.random() + np.arange(n), side="right")]
    return np.sort(np.concatenate([np.flatnonzero(certain), rest[drawn]]))


def _brewer(generator: np.random.Generator, probability: Array, n: int) -> Array:
    free = np.ones(len(probability), dtype=bool)
    drawn = np.empty(n, dtype=int)
    left = float(n)
    for step in range(n):
        chance = free * probability * (left - probability) / (left - probability * (n - step))
        cumulated = np.cumsum(chance)
        place = np.searchsorted(cumulated, generator.random() * cumulated[-1], side="right")
        drawn[step] = place
        free[place] = False
        left -= probability[place]
    return drawn


def draw(count: int, *, seed: int, stages: Sequence[Stage], strata: Array | None = None) -> Sample:
    """Draw from a frame of `count` rows: in every stratum the first stage, in every drawn unit the next one.

    `strata`: (N,) tuples of text, None for one stratum. All rows of a unit drawn at the last stage are in the sample.
    Raises SurveyError `selection.*` for an empty frame, a stratum without a size or with too few units, a size that is
    not positive or differs inside a unit, probabilities that do not sum to a whole number.
    """
    if not count:
        raise SurveyError("selection.empty_frame", "frame", "at least one row", "none")
    groups = _groups(strata, count)
    for position, stage in enumerate(stages, start=1):
        _check_stage(position, stage, count, groups)
    parts = [part for label, rows in groups.items() for part in _descend(rows, label, (), seed=seed, stages=stages)]
    rows = np.concatenate([part.rows for part in parts])
    order = np.argsort(rows, kind="stable")

    def joined(name: str) -> Array:
        whole: Array = np.concatenate([getattr(part, name) for part in parts])[order]
        return whole

    stratum = np.empty(len(rows), dtype=object)
    stratum[:] = [part.stratum for part in parts for _ in part.rows]
    columns = {name: joined(name) for name in ("probability", "certainty", "population", "taken", "sure", "chance")}
    return Sample(rows[order], stratum[order], **columns)


@dataclass(frozen=True)
class _Part:
    """What one stratum or upper unit gave at the last stage; all but rows and chance are (rows, stages)."""

    stratum: Label
    rows: Array
    probability: Array
    certainty: Array
    population: Array
    taken: Array
    sure: Array
    chance: Array


def _descend(
    rows: Array,
    stratum: Label,
    above: tuple[tuple[float, bool, int, int, int, str], ...],
    *,
    seed: int,
    stages: Sequence[Stage],
) -> Iterator[_Part]:
    """Draw one stage inside `rows`, then the stages below in each drawn unit."""
    stage = stages[len(above)]
    path = [*stratum, *(f"/{label}" for *_, label in above)]
    where = f"stage {len(above) + 1} in " + (" / ".join([*stratum, *(label for *_, label in above)]) or "the frame")
    units, starts, members = _units(stage, rows)
    probability = _probabilities(stage, stratum, rows, starts, members, where)
    generator = stream(seed, path)
    drawn = take(generator, probability, stage.method)
    certain = (probability[drawn] >= _CERTAIN) & (len(drawn) < len(units))
    counts = len(units), len(drawn), int(certain.sum())
    if len(above) + 1 < len(stages):
        for place, sure in zip(drawn, certain, strict=True):
            step = (float(probability[place]), bool(sure), *counts, str(units[place]))
            inside = np.sort(rows[members[starts[place] : starts[place + 1]]])
            yield from _descend(inside, stratum, (*above, step), seed=seed, stages=stages)
        return
    lengths = np.diff(starts)[drawn]
    taken = np.concatenate([members[starts[place] : starts[place + 1]] for place in drawn])
    last = (np.repeat(probability[drawn], lengths), np.repeat(certain, lengths), *counts)
    columns = [np.empty((len(taken), len(stages)), dtype=kind) for kind in (float, bool, int, int, int)]
    for position, column in enumerate(columns):
        column[:, :-1] = [step[position] for step in above]
        column[:, -1] = last[position]
    chance, certainty, population, number, all_sure = columns
    persons = generator.random(len(taken))
    yield _Part(stratum, rows[taken], chance, certainty, population, number, all_sure, persons)


def _groups(strata: Array | None, count: int) -> dict[Label, Array]:
    if strata is None:
        return {(): np.arange(count)}
    if len(strata) != count:
        raise SurveyError("selection.length", "strata", f"{count} labels", str(len(strata)))
    gathered: dict[Label, list[int]] = {}
    for row, label in enumerate(strata):
        gathered.setdefault(label, []).append(row)
    for label, rows in gathered.items():
        if None in label:
            raise SurveyError("selection.missing_label", f"strata, row {rows[0] + 1}", "a label", "an empty cell")
    return {label: np.array(gathered[label]) for label in sorted(gathered)}


def _units(stage: Stage, rows: Array) -> tuple[Array, Array, Array]:
    """Labels (U,) of the units in `rows` in drawing order; starts (U+1,) and members: unit i has members[starts[i]:starts[i+1]].

    Units stand sorted by label, so that the order of the frame does not matter, but for the sorted methods.
    """
    if stage.unit is None:
        labels, inverse = np.array([str(place) for place in range(len(rows))], dtype=object), np.arange(len(rows))
    else:
        labels, inverse = np.unique(stage.unit[rows], return_inverse=True)
    members = np.argsort(inverse, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(inverse, minlength=len(labels)))])
    if stage.method in SORTED:
        first = rows[members[starts[:-1]]]
        order = np.argsort(first if stage.order is None else stage.order[first], kind="stable")
        lengths = np.diff(starts)[order]
        members = np.concatenate([members[starts[place] : starts[place + 1]] for place in order])
        labels, starts = labels[order], np.concatenate([[0], np.cumsum(lengths)])
    return labels, starts, members


def _probabilities(stage: Stage, stratum: Label, rows: Array, starts: Array, members: Array, where: str) -> Array:
    """(U,) inclusion probabilities of the units of one stratum or upper unit."""
    if stage.probability is not None:
        return _given_probabilities(_same(stage.probability[rows[members]], starts, where), where)
    wanted = stage.n if isinstance(stage.n, int) else (stage.n or {})[stratum]
    units = len(starts) - 1
    if stage.short is Short.TAKE_ALL:
        wanted = min(wanted, units)
    _enough(units, wanted, where)
    if stage.method in EQUAL:
        return np.full(units, wanted / units)
    if stage.size is None:
        raise SurveyError("selection.no_size", where, "sizes, for a draw with probability by size", "nothing")
    size = stage.size[rows[members]]
    unit_size = np.add.reduceat(size, starts[:-1]) if stage.size_rule is SizeRule.SUM else _same(size, starts, where)
    return inclusion_probabilities(unit_size, wanted, where=where)


def _given_probabilities(probability: Array, where: str) -> Array:
    if not (np.isfinite(probability) & (probability > 0) & (probability <= 1)).all():
        raise SurveyError("selection.probability", where, "probabilities in (0, 1]", "others")
    total = float(probability.sum())
    if abs(total - round(total)) > 1e-6 or round(total) < 1:
        raise SurveyError(
            "selection.probability_sum", where, "probabilities that sum to a whole number", f"{total:.6g}"
        )
    return probability


def _same(values: Array, starts: Array, where: str) -> Array:
    first = values[starts[:-1]]
    if not np.array_equal(np.repeat(first, np.diff(starts)), values, equal_nan=True):
        raise SurveyError("selection.differs_in_unit", where, "one value in all rows of a unit", "several")
    return first


def _enough(units: int, n: int, where: str) -> None:
    if not 1 <= n <= units:
        hint = "" if n < 1 else "take fewer, or allow all to be taken where units are short"
        raise SurveyError("selection.too_few_units", where, f"n from 1 to {units}, the units there", str(n), hint)


def _check_stage(position: int, stage: Stage, count: int, groups: Mapping[Label, Array]) -> None:
    where = f"stage {position}"
    for name in ("unit", "size", "probability", "order"):
        values = getattr(stage, name)
        if values is not None and len(values) != count:
            raise SurveyError("selection.length", f"{where}, {name}", f"{count} values", str(len(values)))
    if stage.unit is not None:
        _no_gaps(stage.unit, f"{where}, unit")
    if stage.probability is not None:
        if stage.n is not None or stage.size is not None or stage.method in EQUAL:
            raise SurveyError(
                "selection.two_sources", where, "given probabilities alone, with a method by size", "more"
            )
    elif stage.n is None:
        raise SurveyError("selection.no_n", where, "a number of units, or given probabilities", "nothing")
    elif isinstance(stage.n, Mapping):
        for label in groups:
            if label not in stage.n:
                name = " / ".join(label) or "the whole frame"
                raise SurveyError("selection.stratum_without_n", f"{where}, stratum {name}", "a number", "nothing")
        for label in stage.n:
            if label not in groups:
                raise SurveyError("selection.no_such_stratum", f"{where}, n", "strata of the frame", " / ".join(label))


def _no_gaps(labels: Array, where: str) -> None:
    gaps = np.flatnonzero(labels == None)  # noqa: E711 - compared cell by cell
    if len(gaps):
        raise SurveyError("selection.missing_label", f"{where}, row {gaps[0] + 1}", "a label", "an empty cell")
