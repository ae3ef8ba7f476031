"""The design: who was drawn how, as numbers that the variance needs.

Every stage becomes a `Level`: units in strata, with the number drawn and the number there were. The variance of a
total is the sum over levels of the between-unit variance of weighted scores inside strata, times the sampling fractions
of the levels above (Särndal, Swensson and Wretman 1992, result 4.3.1; with a first stage without fractions only that
level counts: the with-replacement, or ultimate-cluster, shortcut).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy import sparse

from .arrays import Anything, Floats, Ints, Mask, crossing, ranks
from .errors import SurveyError

LonelyPSU = Literal["fail", "remove", "certainty", "adjust", "average"]
PPSMethod = Literal["brewer", "overton", "hartley-rao"]
LONELY_RULES = ("fail", "remove", "certainty", "adjust", "average")
PPS_METHODS = ("brewer", "overton", "hartley-rao")
CENSUS = 1e-7  # a stratum drawn to this share of its units adds no variance


@dataclass(frozen=True)
class Level:
    """One stage. Units are numbered so that those of a stratum stand together, strata so that those of a parent do.

    `unit` (n,): unit of each row. Per unit: `stratum`, and `complement`, the weight of its squared deviation
    (1; 1 - p for Brewer). Per stratum: `drawn` n, `population` N (inf: with replacement), `parent` unit of the level
    above, `share`, the product of the sampling fractions above.
    """

    unit: Ints
    stratum: Ints
    drawn: Floats
    population: Floats
    parent: Ints
    share: Floats
    complement: Floats | None = None

    @property
    def units(self) -> int:
        return len(self.stratum)

    @property
    def fraction(self) -> Floats:
        """n / N by stratum, 0 where units were drawn with replacement."""
        return np.asarray(self.drawn / self.population)

    @property
    def lonely(self) -> Mask:
        """Strata with one unit drawn of several."""
        return np.asarray((self.drawn == 1) & (self.fraction < 1 - CENSUS))


@dataclass(frozen=True)
class PPS:
    """Unequal probabilities without replacement. `probability` by unit; `psum`: Σp²/n over the frame, if known."""

    method: PPSMethod
    probability: Floats
    psum: float | None = None


@dataclass(frozen=True)
class Residuals:
    """What calibration takes out of a score before its variance: u - A·b, with b = solve(Aᵀ·(moment·u)).

    `auxiliary` A is (n, q); `moment` (n,) weights the sums; `solve` is linear in its (q, k) argument.
    """

    auxiliary: Any
    moment: Floats
    solve: Any


@dataclass(frozen=True)
class Design:
    """Weights (n,) of the rows and how they were drawn; `residuals` once the weights have been calibrated."""

    weights: Floats
    levels: tuple[Level, ...]
    lonely_psu: LonelyPSU = "fail"
    pps: PPS | None = None
    residuals: Residuals | None = None

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def df(self) -> int:
        """First-stage units less strata, among rows with a weight."""
        return int(self.domain_df(np.zeros(len(self), dtype=np.int64), 1)[0])

    def domain_df(self, domain: Ints, domains: int) -> Ints:
        """The same for each domain: units and strata that have members. `domain` (n,) codes, -1 outside."""
        level = self.levels[0]
        inside = (domain >= 0) & (self.weights != 0)
        pairs = np.unique(domain[inside] * level.units + level.unit[inside])
        strata = int(level.stratum.max()) + 1
        layers = np.unique(pairs // level.units * strata + level.stratum[pairs % level.units])
        units = np.bincount(pairs // level.units, minlength=domains)
        return np.asarray(units - np.bincount(layers // strata, minlength=domains), dtype=np.int64)

    def calibrated(self, weights: Floats, residuals: Residuals) -> "Design":
        """The same draw with new weights, whose errors know what the weights were fitted to."""
        return replace(self, weights=weights, residuals=residuals)


def survey_design(
    weights: Floats,
    *,
    strata: Sequence[Anything] = (),
    clusters: Sequence[Anything] = (),
    fpc: Sequence[Floats | None] = (),
    nest: bool = False,
    lonely_psu: LonelyPSU = "fail",
) -> Design:
    """A stratified multi-stage design from one array (n,) a stage.

    `strata`, `clusters`: any labels; no clusters: each row its own unit; fewer strata than stages: later stages are one
    stratum a parent. `fpc`: population count of the stage's units in the stratum, or sampling fractions if all ≤ 1;
    None: with replacement. `nest`: labels of clusters repeat across strata.
    Raises SurveyError: weights.*, design.cluster_in_two_strata, design.fpc_*.
    """
    weights = checked_weights(weights)
    n = len(weights)
    labels = [ranks(np.asarray(c))[0] for c in clusters] or [np.arange(n)]
    layers = [ranks(np.asarray(s))[0] for s in strata]
    if len(fpc) > len(labels):
        raise SurveyError("design.fpc_stages", "fpc", f"at most {len(labels)} stages", str(len(fpc)))
    levels: list[Level] = []
    above = np.zeros(n, dtype=np.int64)
    for stage, label in enumerate(labels):
        layer = layers[min(stage, len(layers) - 1)] if layers else above
        stratum = crossing(above, layer) if stage else ranks(layer)[0]
        unit = crossing(stratum, label) if stage or nest else _units(stratum, label)
        counts = fpc[stage] if stage < len(fpc) else None
        share = _share(levels[-1]) if levels else np.ones(1)
        levels.append(_level(stratum, unit, above, share, counts, stage))
        above = levels[-1].unit
    return Design(weights, _needed(levels), _checked_rule(lonely_psu))


def pps_design(
    probability: Floats,
    *,
    method: PPSMethod,
    strata: Anything | None = None,
    clusters: Anything | None = None,
    psum: float | None = None,
    weights: Floats | None = None,
    lonely_psu: LonelyPSU = "fail",
) -> Design:
    """One stage drawn with unequal probabilities without replacement; weights 1/p unless given.

    `probability` (n,) in (0, 1], one value a cluster. Sources: Brewer 2002; Overton 1985; Hartley and Rao 1962.
    """
    p = np.asarray(probability, dtype=np.float64)
    if not (np.isfinite(p).all() and (p > 0).all() and (p <= 1).all()):
        row = int(np.flatnonzero(~(np.isfinite(p) & (p > 0) & (p <= 1)))[0])
        raise SurveyError("design.probability", f"row {row + 1}", "a probability in (0, 1]", f"{p[row]:g}")
    if method not in PPS_METHODS:
        raise SurveyError("design.pps_method", "pps.method", ", ".join(PPS_METHODS), str(method))
    plain = survey_design(
        1 / p if weights is None else weights,
        strata=() if strata is None else (strata,),
        clusters=() if clusters is None else (clusters,),
        lonely_psu=lonely_psu,
    )
    level = plain.levels[0]
    by_unit = np.zeros(level.units)
    by_unit[level.unit] = p
    if not np.array_equal(by_unit[level.unit], p):
        raise SurveyError("design.probability", "pps.probability", "one value a cluster", "several")
    if method == "brewer":
        level = replace(level, complement=1 - by_unit)
    return replace(plain, levels=(level,), pps=PPS(method, by_unit, psum))


def checked_weights(weights: Floats) -> Floats:
    """The weights as floats; refuses missing, infinite, negative ones and a sum of 0."""
    w = np.asarray(weights, dtype=np.float64)
    if len(w) == 0:
        raise SurveyError("data.empty", "rows", "at least one row", "0")
    for code, wrong, expected in (
        ("weights.missing", ~np.isfinite(w), "a finite number"),
        ("weights.negative", w < 0, "a number ≥ 0"),
    ):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise SurveyError(code, f"row {row + 1}", expected, f"{w[row]:g}", f"{int(wrong.sum())} rows are concerned")
    if w.sum() == 0:
        raise SurveyError("weights.zero", "weights", "a positive sum", "0")
    return w


def _checked_rule(rule: str) -> LonelyPSU:
    if rule not in LONELY_RULES:
        raise SurveyError("design.lonely_psu", "lonely_psu", ", ".join(LONELY_RULES), str(rule))
    return rule  # type: ignore[return-value]  # it is one of them


def _units(stratum: Ints, label: Ints) -> Ints:
    """First-stage units, each in one stratum, numbered by stratum."""
    unit = crossing(stratum, label)
    if unit.max() > label.max():
        first = np.full(int(label.max()) + 1, -1)
        first[label[::-1]] = stratum[::-1]
        row = int(np.flatnonzero(first[label] != stratum)[0])
        raise SurveyError(
            "design.cluster_in_two_strata",
            f"row {row + 1}",
            "each cluster in one stratum",
            "a cluster label that occurs in two strata",
            "say nest if labels repeat across strata",
        )
    return unit


def _level(stratum: Ints, unit: Ints, above: Ints, share: Floats, fpc: Floats | None, stage: int) -> Level:
    units, strata = int(unit.max()) + 1, int(stratum.max()) + 1
    of_unit, parent = np.zeros(units, dtype=np.int64), np.zeros(strata, dtype=np.int64)
    of_unit[unit], parent[stratum] = stratum, above
    drawn = np.bincount(of_unit, minlength=strata).astype(np.float64)
    population = np.full(strata, np.inf) if fpc is None else _population(fpc, stratum, drawn, stage)
    return Level(unit, of_unit, drawn, population, parent, share[parent])


def _population(fpc: Floats, stratum: Ints, drawn: Floats, stage: int) -> Floats:
    where = f"fpc, stage {stage + 1}"
    values = np.asarray(fpc, dtype=np.float64)
    if np.isnan(values).any():
        row = int(np.flatnonzero(np.isnan(values))[0])
        raise SurveyError("design.missing", f"{where}, row {row + 1}", "a number", "missing")
    if (values <= 0).any():
        raise SurveyError("design.fpc_positive", where, "numbers > 0", f"{values.min():g}")
    of_stratum = np.zeros(len(drawn))
    of_stratum[stratum] = values
    if not np.allclose(of_stratum[stratum], values, rtol=1e-9, atol=0):
        row = int(np.flatnonzero(~np.isclose(of_stratum[stratum], values, rtol=1e-9, atol=0))[0])
        raise SurveyError(
            "design.fpc_varies", f"{where}, row {row + 1}", "one value a stratum", "several", "check the strata"
        )
    population = drawn / of_stratum if (values <= 1).all() else of_stratum
    if (population < drawn * (1 - 1e-9)).any():
        bad = int(np.flatnonzero(population < drawn * (1 - 1e-9))[0])
        raise SurveyError(
            "design.fpc_too_small", where, f"at least the {drawn[bad]:g} units drawn", f"{population[bad]:g}"
        )
    return np.asarray(population)


def _share(level: Level) -> Floats:
    """By unit: the share of variance that the next stage adds."""
    return np.asarray((level.share * level.fraction)[level.stratum])


def _needed(levels: list[Level]) -> tuple[Level, ...]:
    """Levels that can add variance: those under a stage with fractions."""
    return tuple(level for stage, level in enumerate(levels) if stage == 0 or (level.share > 0).any())


def indicator(codes: Ints, size: int) -> sparse.csr_array:
    """Rows × classes, 1 where a row is of the class; negative codes are of none."""
    rows = np.flatnonzero(codes >= 0)
    return sparse.csr_array((np.ones(len(rows)), (rows, codes[rows])), shape=(len(codes), size))
