"""Variance of sums of scores, for all domains and columns in one pass over grouped sums.

For a level with strata h, n_h units drawn of N_h and unit sums z of the weighted scores
V = Σ_h share_h (1 - n_h/N_h) n_h/(n_h - 1) Σ_units (z - z̄_h)², units without members of a domain counting as z = 0
(Särndal et al. 1992, 4.3; Lumley 2010, 2.2). Levels add up; see `design`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Floats, Ints, Mask
from .design import PPS, Design, Level, Residuals, indicator
from .errors import SurveyError


@dataclass(frozen=True)
class _Groups:
    """The runs of one domain and stratum in cells: first cell, number of cells, domain, stratum."""

    start: Ints
    size: Ints
    domain: Ints
    stratum: Ints

    @classmethod
    def of(cls, level: Level, domain: Ints, unit: Ints) -> "_Groups":
        stratum = level.stratum[unit]
        change = (np.diff(stratum) != 0) | (np.diff(domain) != 0)
        start = np.concatenate(([0], np.flatnonzero(change) + 1)) if len(unit) else np.zeros(0, dtype=np.int64)
        size = np.diff(np.concatenate((start, [len(unit)])))
        return cls(start, size, domain[start], stratum[start])


@dataclass(frozen=True)
class Cells:
    """Pairs (domain, unit) with members, sorted by domain, stratum, unit; `of_row` (n,) is -1 outside every domain."""

    of_row: Ints
    domain: Ints
    unit: Ints
    groups: _Groups

    def __len__(self) -> int:
        return len(self.unit)


def cells(level: Level, domain: Ints, domains: int) -> Cells:
    """The pairs that occur; `domain` (n,) codes 0…domains-1, -1 outside."""
    inside = domain >= 0
    keys = np.where(inside, domain * level.units + level.unit, 0)
    size = domains * level.units
    if size <= 4 * len(keys) + 1_000_000:
        seen = np.zeros(size, dtype=bool)
        seen[keys[inside]] = True
        pairs = np.flatnonzero(seen)
        number = np.cumsum(seen) - 1
        of_row = np.where(inside, number[keys], -1)
    else:
        pairs, number = np.unique(keys[inside], return_inverse=True)
        of_row = np.full(len(keys), -1)
        of_row[inside] = number.reshape(-1)
    of_pair, unit = pairs // level.units, pairs % level.units
    return Cells(of_row, of_pair, unit, _Groups.of(level, of_pair, unit))


def every_unit(level: Level) -> Cells:
    """One domain that has members in every unit."""
    nobody, units = np.zeros(level.units, dtype=np.int64), np.arange(level.units)
    return Cells(level.unit, nobody, units, _Groups.of(level, nobody, units))


def level_variance(design: Design, level: Level, at: Cells, z: Floats, domains: int) -> Floats:
    """Variance (domains, k) from unit sums z (cells, k)."""
    out = np.zeros((domains, z.shape[1]))
    if len(at) == 0:
        return out
    groups = at.groups
    if design.pps is not None and design.pps.method != "brewer":
        part = _horvitz_thompson(design.pps, level, at, groups, z)
    else:
        part = _between_units(design, level, at, groups, z)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(groups.domain)) + 1))
    out[groups.domain[starts]] = np.add.reduceat(part, starts, axis=0)
    return out


def _between_units(design: Design, level: Level, at: Cells, groups: _Groups, z: Floats) -> Floats:
    """Contribution (groups, k) of each domain and stratum, one column at a time so that the work stays in cache."""
    centre, absent, scale = _frame(design, level, groups, z)
    weight = None if level.complement is None else level.complement[at.unit]
    if weight is not None:
        absent = _absent_weight(level, groups, weight)
    out = np.empty_like(centre)
    for j, column in enumerate(z.T):
        deviation = column - np.repeat(centre[:, j], groups.size)
        deviation *= deviation
        if weight is not None:
            deviation *= weight
        out[:, j] = scale * (np.add.reduceat(deviation, groups.start) + absent * centre[:, j] ** 2)
    return out


def _absent_weight(level: Level, groups: _Groups, weight: Floats) -> Floats:
    """Σ (1 - p) over the units of each stratum that have no member of the domain."""
    total = np.bincount(level.stratum, weights=level.complement)[groups.stratum]
    return np.asarray(total - np.add.reduceat(weight, groups.start), dtype=np.float64)


def level_covariance(design: Design, level: Level, at: Cells, z: Floats) -> Floats:
    """Covariance (k, k) from unit sums z (cells, k) of one domain."""
    groups = at.groups
    if design.pps is not None and design.pps.method != "brewer":
        return _polarised(lambda x: _horvitz_thompson(design.pps, level, at, groups, x).sum(axis=0), z)  # type: ignore[arg-type]
    centre, absent, scale = _frame(design, level, groups, z)
    deviation = z - np.repeat(centre, groups.size, axis=0)
    weight = np.repeat(scale, groups.size)
    if level.complement is not None:
        absent = _absent_weight(level, groups, level.complement[at.unit])
        weight = weight * level.complement[at.unit]
    return np.asarray((deviation * weight[:, None]).T @ deviation + (centre * (scale * absent)[:, None]).T @ centre)


def _frame(design: Design, level: Level, groups: _Groups, z: Floats) -> tuple[Floats, Floats, Floats]:
    """By group: the value that deviations start from (groups, k), units without members, scale."""
    drawn = level.drawn[groups.stratum]
    sums = np.stack([np.add.reduceat(column, groups.start) for column in z.T], axis=1)
    scale = level.share * (1 - level.fraction)
    scale = (scale * np.where(level.drawn > 1, level.drawn / np.maximum(level.drawn - 1, 1), 1))[groups.stratum]
    if level.complement is not None:  # Brewer: each unit carries its own 1 - p
        scale = drawn / np.maximum(drawn - 1, 1)
    absent = drawn - groups.size
    centre = sums / drawn[:, None]
    lonely = level.lonely[groups.stratum] & (level.share[groups.stratum] > 0)
    if level.complement is not None:
        lonely &= level.complement[np.searchsorted(level.stratum, groups.stratum)] > 0
    if lonely.any():
        centre, scale = _lonely(design, level, groups, sums, lonely, (centre, scale))
    return centre, absent, scale


def _lonely(
    design: Design, level: Level, groups: _Groups, sums: Floats, lonely: Mask, plain: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Centre and scale where a stratum has one unit only; strata of one domain and parent stand together."""
    centre, scale = plain
    rule = design.lonely_psu
    if rule == "fail":
        count = len(set(groups.stratum[lonely].tolist()))
        raise SurveyError(
            "design.lonely_psu",
            "strata",
            "two or more units drawn in each stratum",
            f"{count} with one",
            "choose lonely_psu: adjust, average, remove or certainty; or join strata",
        )
    parent = level.parent[groups.stratum]
    family = np.concatenate(([0], np.cumsum((np.diff(parent) != 0) | (np.diff(groups.domain) != 0))))
    start = np.concatenate(([0], np.flatnonzero(np.diff(family)) + 1))
    if rule == "adjust":
        drawn = np.add.reduceat(level.drawn[groups.stratum], start)
        grand = np.add.reduceat(sums, start, axis=0) / drawn[:, None]
        return np.where(lonely[:, None], grand[family], centre), scale
    scale = np.where(lonely, 0.0, scale)
    if rule == "average":
        strata = np.bincount(family).astype(np.float64)
        others = strata - np.bincount(family, weights=lonely)
        if (others == 0).any():
            raise SurveyError(
                "design.lonely_psu", "strata", "a stratum with two or more units", "none", "choose adjust or certainty"
            )
        scale = scale * (strata / others)[family]
    return centre, scale


def _horvitz_thompson(pps: PPS, level: Level, at: Cells, groups: _Groups, z: Floats) -> Floats:
    """ΣΣ z_i z_j Δ_ij by group for Overton and Hartley-Rao, whose Δ_ij = (c + s (p_i + p_j)) / (n - 1), in O(n)."""
    p = pps.probability
    drawn = level.drawn[groups.stratum]
    if pps.method == "overton":
        constant, slope = np.full(len(drawn), -1.0), 0.5
    else:
        mean = np.bincount(level.stratum, weights=p)[groups.stratum] / drawn
        constant, slope = -1 - (mean if pps.psum is None else np.full(len(drawn), pps.psum)), 1.0
    own = p[at.unit][:, None]
    totals, weighted = (np.add.reduceat(v, groups.start, axis=0) for v in (z, own * z))
    squares, cross = (np.add.reduceat(v, groups.start, axis=0) for v in (z * z, own * z * z))
    pairs = constant[:, None] * (totals**2 - squares) + 2 * slope * (totals * weighted - cross)
    return np.asarray(squares - cross + pairs / np.maximum(drawn - 1, 1)[:, None])


def _polarised(variance, z: Floats) -> Floats:  # type: ignore[no-untyped-def]  # a quadratic form by columns
    """Covariance from a quadratic form: cov(a, b) = (V(a + b) - V(a - b)) / 4."""
    k = z.shape[1]
    left, right = np.triu_indices(k)
    values = (variance(z[:, left] + z[:, right]) - variance(z[:, left] - z[:, right])) / 4
    out = np.zeros((k, k))
    out[left, right] = out[right, left] = values
    return out


def covariance(design: Design, scores: Floats, present: Ints | None = None) -> Floats:
    """Covariance (k, k) of the totals of weighted influence values `scores` (n, k), calibration taken into account.

    `present` (n,): 0 for rows that belong to the domain whose strata count for lonely units, -1 for others.
    """
    domain = np.zeros(len(design), dtype=np.int64) if present is None else present
    total = np.zeros((scores.shape[1], scores.shape[1]))
    residuals = design.residuals
    effects = None if residuals is None else score_effects(residuals, design.weights, scores)
    for level in design.levels:
        if residuals is None or effects is None:
            at = cells(level, domain, 1)
            inside = at.of_row >= 0
            z = np.zeros((len(at), scores.shape[1]))
            for j, column in enumerate(scores.T):
                z[:, j] = np.bincount(at.of_row[inside], weights=column[inside], minlength=len(at))
        else:
            at = every_unit(level)
            z = unit_sums(level, scores) - auxiliary_sums(residuals, design.weights, level) @ effects
        total += level_covariance(design, level, at, z)
    return total


def score_effects(residuals: Residuals, weights: Floats, scores: Floats) -> Floats:
    """What calibration explains of scores w·u (n, k): the coefficients (q, k) of u on the auxiliary columns."""
    safe = np.where(weights != 0, weights, 1)
    moments = residuals.auxiliary.T @ (scores * (residuals.moment / safe)[:, None])
    return np.asarray(residuals.solve(np.asarray(moments)))


def unit_sums(level: Level, values: Floats) -> Floats:
    """Sums (units, k) of the columns of values (n, k)."""
    return np.stack([np.bincount(level.unit, weights=v, minlength=level.units) for v in values.T], axis=1)


def auxiliary_sums(residuals: Residuals, weights: Floats, level: Level) -> Any:
    """Weighted sums (units, q) of the auxiliary columns, dense or sparse as they are."""
    weighted = indicator(level.unit, level.units).multiply(weights[:, None]).T.tocsr()
    return weighted @ residuals.auxiliary
