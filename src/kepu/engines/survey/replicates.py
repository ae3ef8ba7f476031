"""Replicate weights, given or made, and the variance of anything computed with each of them.

V = scale · Σ rscales_r (θ_r - c)². Jackknife: Wolter 2007, 4; balanced repeated replication: McCarthy 1969, Fay's
version: Judkins 1990; bootstrap of n-1 units: Rao and Wu 1988.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from scipy import sparse

from .arrays import Floats, Ints
from .calibration import (
    Calibrated,
    Distance,
    Margin,
    calibrate,
    combinations,
    fit_margins,
    fit_model,
    poststratify,
    rake,
)
from .design import CENSUS, Design, Level
from .errors import SurveyError
from .hadamard import hadamard

Type = Literal["JK1", "JKn", "BRR", "Fay", "bootstrap", "subbootstrap"]
TYPES = ("JK1", "JKn", "BRR", "Fay", "bootstrap", "subbootstrap")
BLOCK = 8_000_000


@dataclass(frozen=True)
class Replicates:
    """Weights of a full sample (n,) and of R replicates: base (n,) × factor of the unit (units, R) × of the cell (cells, R).

    Writing them as products keeps 500 replicates of 300,000 rows in a few megabytes. `rscales` (R,).
    """

    design: Design
    base: Floats
    unit: Ints
    factors: Floats
    scale: float
    rscales: Floats
    mse: bool = False
    cell: Ints | None = None
    adjustments: Floats | None = None

    def __len__(self) -> int:
        return len(self.base)

    @property
    def count(self) -> int:
        return int(self.factors.shape[1])

    def weights(self, rows: Any, columns: slice) -> Floats:
        """Replicate weights (rows, columns)."""
        w = self.factors[:, columns][self.unit[rows]] * self.base[rows][:, None]
        if self.cell is not None and self.adjustments is not None:
            w *= self.adjustments[:, columns][self.cell[rows]]
        return np.asarray(w)

    @property
    def df(self) -> int:
        """Rank of the matrix of analysis weights less one."""
        return self.rank(np.arange(len(self))) - 1

    def domain_df(self, domain: Ints, domains: int) -> Ints:
        """The same of the rows of each domain."""
        return np.array([self.rank(np.flatnonzero(domain == d)) - 1 for d in range(domains)], dtype=np.int64)

    def rank(self, rows: Ints) -> int:
        """Rank of the replicate weights of some rows; a sample of rows that has full rank settles it."""
        if self.adjustments is None and len(self.factors) < len(self):  # rows of a unit differ by a factor only
            return _rank(self.factors[np.unique(self.unit[rows[self.base[rows] != 0]])])
        sample = rows[:: max(1, len(rows) // (4 * self.count))]
        found = _rank(self.weights(sample, slice(None)))
        if found == self.count or len(sample) == len(rows):
            return found
        triangle = np.zeros((0, self.count))
        for part in np.array_split(rows, max(1, len(rows) * self.count // BLOCK)):
            stacked = np.vstack([triangle, self.weights(part, slice(None))])
            triangle = np.asarray(np.linalg.qr(stacked, mode="r"))
        return _rank(triangle)

    def variance(self, replicated: Floats, estimate: Floats) -> Floats:
        """V by the formula above from θ_r (R, …) and θ (…); replicates without a value are left out."""
        return replicate_variance(replicated, estimate, self.scale, self.rscales, self.mse)

    def covariance(self, replicated: Floats, estimate: Floats) -> Floats:
        """The same for several values at once, (k, k) from (R, k)."""
        usable = np.isfinite(replicated).all(axis=1)
        used = usable & (self.rscales > 0)
        centre = estimate if self.mse else replicated[used].mean(axis=0)
        d = (replicated[usable] - centre) * np.sqrt(self.rscales[usable])[:, None]
        return np.asarray(self.scale * d.T @ d)


def replicate_variance(replicated: Floats, estimate: Floats, scale: float, rscales: Floats, mse: bool) -> Floats:
    """scale · Σ rscales (θ_r - c)², c the mean over replicates with rscales > 0 or, for mse, the full estimate."""
    usable = np.isfinite(replicated)
    shape = (-1,) + (1,) * (replicated.ndim - 1)
    r = np.where(usable, rscales.reshape(shape), 0)
    values = np.where(usable, replicated, 0)
    counted = (r > 0).sum(axis=0)
    mean = np.where(r > 0, values, 0).sum(axis=0) / np.maximum(counted, 1)
    centre = estimate if mse else mean
    v = scale * (r * np.where(usable, values - centre, 0) ** 2).sum(axis=0)
    return np.where(counted > 0, v, np.nan)


def given_replicates(
    weights: Floats,
    columns: Floats,
    *,
    scale: float = 1.0,
    rscales: float | Sequence[float] = 1.0,
    mse: bool = False,
) -> Replicates:
    """Replicate weights that came with the data: `columns` (n, R) are analysis weights, scales as their maker says."""
    from .design import survey_design

    columns = np.asarray(columns, dtype=np.float64)
    if columns.ndim != 2 or columns.shape[1] < 2:
        raise SurveyError("replicates.columns", "replicates", "two or more columns", str(columns.shape))
    if not np.isfinite(columns).all():
        row, column = (int(a[0]) for a in np.nonzero(~np.isfinite(columns)))
        raise SurveyError("design.missing", f"replicate weight {column + 1}, row {row + 1}", "a number", "missing")
    design = survey_design(weights)
    scales = _checked_scales(rscales, columns.shape[1])
    if not scale > 0:
        raise SurveyError("replicates.scale", "scale", "a number > 0", f"{scale:g}")
    n = len(columns)
    return Replicates(design, np.ones(n), np.arange(n), columns, float(scale), scales, mse)


def _checked_scales(rscales: float | Sequence[float], count: int) -> Floats:
    values = np.broadcast_to(np.asarray(rscales, dtype=np.float64), (count,)) if np.ndim(rscales) == 0 else None
    scales = np.asarray(rscales, dtype=np.float64) if values is None else values
    if scales.shape != (count,):
        raise SurveyError("replicates.rscales", "rscales", f"a number or {count} numbers", f"{scales.shape}")
    if not np.isfinite(scales).all() or (scales < 0).any() or not (scales > 0).any():
        raise SurveyError("replicates.rscales", "rscales", "numbers ≥ 0, one of them > 0", "others")
    return np.array(scales)


def make_replicates(
    design: Design, kind: Type, *, replicates: int = 500, seed: int = 1, rho: float = 0.5, mse: bool = False
) -> Replicates:
    """Replicates from the first stage of a design; `replicates` and `seed` matter to the bootstraps, `rho` to Fay.

    Finite population corrections of the first stage go into the scales of the jackknives and into Rao and Wu's
    factor of the bootstrap; BRR, Fay and subbootstrap ignore them. Raises SurveyError replicates.*.
    """
    if kind not in TYPES:
        raise SurveyError("replicates.type", "type", ", ".join(TYPES), str(kind))
    level = design.levels[0]
    if kind == "JK1":
        factors, scale, rscales = _jackknife_one(level)
    elif kind == "JKn":
        factors, scale, rscales = _jackknife_strata(design, level)
    elif kind in {"BRR", "Fay"}:
        share = rho if kind == "Fay" else 0.0
        factors = _balanced(level, share)
        scale, rscales = 1 / (factors.shape[1] * (1 - share) ** 2), np.ones(factors.shape[1])
    else:
        factors = _bootstrap(level, replicates, seed, correct=kind == "bootstrap")
        scale, rscales = 1 / (replicates - 1), np.ones(replicates)
    plain = replace(design, residuals=None)
    return Replicates(plain, design.weights, level.unit, factors, float(scale), rscales, mse)


def _jackknife_one(level: Level) -> tuple[Floats, float, Floats]:
    if len(level.drawn) > 1:
        raise SurveyError("replicates.type", "type", "JKn for a stratified design", "JK1")
    n = level.units
    if n < 2:
        raise SurveyError("replicates.units", "clusters", "two or more", str(n))
    return (1 - np.eye(n)) * n / (n - 1), (1 - level.fraction[0]) * (n - 1) / n, np.ones(n)


def _jackknife_strata(design: Design, level: Level) -> tuple[Floats, float, Floats]:
    """One unit out at a time, its stratum made up; exhausted strata need no replicate, lonely ones follow their rule."""
    n = level.drawn[level.stratum]
    lonely = level.lonely[level.stratum]
    if lonely.any() and design.lonely_psu == "fail":
        raise SurveyError("design.lonely_psu", "strata", "two or more units drawn in each stratum", "one")
    strata = len(level.drawn)
    out = np.flatnonzero((level.fraction[level.stratum] < 1 - CENSUS) & ((n > 1) | (design.lonely_psu == "adjust")))
    factors = np.ones((level.units, len(out)))
    rscales = np.zeros(len(out))
    for r, unit in enumerate(out):
        if lonely[unit]:
            factors[:, r], rscales[r] = strata / (strata - 1), (strata - 1) / strata
        else:
            m = n[unit]
            factors[level.stratum == level.stratum[unit], r] = m / (m - 1)
            rscales[r] = (1 - level.fraction[level.stratum[unit]]) * (m - 1) / m
        factors[unit, r] = 0
    scale = level.units / len(out) if design.lonely_psu == "average" and lonely.any() else 1.0
    return factors, scale, rscales


def _balanced(level: Level, rho: float) -> Floats:
    """Half samples by a Hadamard matrix; a stratum of 2k units is cut into k pairs in the order of its units."""
    if (level.drawn % 2).any():
        raise SurveyError("replicates.pairs", "strata", "an even number of units in each", "an odd number")
    pairs = level.units // 2
    signs = hadamard(pairs + 1)[1 : pairs + 1]
    first = np.where(signs > 0, 2 - rho, rho)
    return np.asarray(np.stack([first, 2 - first], axis=1).reshape(level.units, -1))


def _bootstrap(level: Level, count: int, seed: int, *, correct: bool) -> Floats:
    """1 - λ + λ n/(n-1)·(times drawn) with n-1 draws a stratum, λ = √(1-f) or 1."""
    if count < 2:
        raise SurveyError("replicates.replicates", "replicates", "two or more", str(count))
    if (level.lonely).any():
        raise SurveyError("design.lonely_psu", "strata", "two or more units drawn in each stratum", "one")
    generator = np.random.default_rng(seed)
    factors = np.ones((level.units, count))
    starts = np.searchsorted(level.stratum, np.arange(len(level.drawn) + 1))
    for h, (low, high) in enumerate(pairwise(starts)):
        n = int(high - low)
        if n < 2:
            continue
        times = generator.multinomial(n - 1, np.full(n, 1 / n), size=count).T
        shrink = np.sqrt(max(0.0, 1 - level.fraction[h])) if correct else 1.0
        factors[low:high] = 1 - shrink + shrink * n / (n - 1) * times
    return factors


def rake_replicates(
    made: Replicates, margins: Sequence[Margin], *, epsilon: float = 1e-12, max_iterations: int = 500
) -> tuple[Replicates, Calibrated]:
    """Rake the full sample and every replicate. Rows of one combination of classes get one factor a replicate."""
    full = rake(made.design, margins, epsilon=epsilon, max_iterations=max_iterations)
    cell, classes = combinations(margins)
    entries = (made.base, (cell, made.unit))
    joint = sparse.csr_array(entries, shape=(len(classes), len(made.factors)))  # weight of every cell and unit
    totals = [m.totals for m in margins]
    adjustments = np.empty((len(classes), made.count))
    converged = full.converged
    for low in range(0, made.count, 64):
        starts = np.asfortranarray(joint @ made.factors[:, low : low + 64])
        for r, start in enumerate(starts.T, start=low):
            adjustments[:, r], fine, _, _ = fit_margins(
                start, classes, totals, epsilon=epsilon * start.sum(), max_iterations=max_iterations
            )
            converged &= fine
    done = replace(made, design=replace(full.design, residuals=None), cell=cell, adjustments=adjustments)
    return done, replace(full, converged=converged)


def calibrate_replicates(
    made: Replicates, fit: Callable[[Design], Calibrated], again: Callable[[Floats], Floats]
) -> tuple[Replicates, Calibrated]:
    """Calibrate the full sample by `fit` and each replicate's weights (n,) by `again`, which gives the new weights."""
    full = fit(made.design)
    columns = np.empty((len(made), made.count))
    for r in range(made.count):
        columns[:, r] = again(made.weights(slice(None), slice(r, r + 1))[:, 0])
    n = len(made)
    design = replace(full.design, residuals=None)
    done = replace(
        made, design=design, base=np.ones(n), unit=np.arange(n), factors=columns, cell=None, adjustments=None
    )
    return done, full


def poststratify_replicates(made: Replicates, margin: Margin) -> tuple[Replicates, Calibrated]:
    """Post-stratify the full sample and every replicate."""
    full = poststratify(made.design, margin)
    done, _ = rake_replicates(made, [margin], max_iterations=2)
    return done, full


def model_replicates(
    made: Replicates,
    model: Floats,
    totals: Floats,
    *,
    distance: Distance,
    bounds: tuple[float, float] | None,
    epsilon: float = 1e-12,
    max_iterations: int = 500,
) -> tuple[Replicates, Calibrated]:
    """Calibrate the full sample and every replicate to model totals."""
    span = (-np.inf, np.inf) if bounds is None else bounds
    spread = np.ones(len(made))

    def fit(design: Design) -> Calibrated:
        return calibrate(
            design, model, totals, distance=distance, bounds=bounds, epsilon=epsilon, max_iterations=max_iterations
        )

    def again(weights: Floats) -> Floats:
        g, _, _, _ = fit_model(
            weights,
            model,
            totals,
            distance=distance,
            bounds=span,
            spread=spread,
            epsilon=epsilon,
            max_iterations=max_iterations,
        )
        return weights * g

    return calibrate_replicates(made, fit, again)


def _rank(matrix: Floats) -> int:
    """Singular values above 1e-7 of the largest: raked replicates agree to far fewer digits than the machine has."""
    values = np.linalg.svd(matrix, compute_uv=False)
    return int((values > 1e-7 * values.max(initial=0)).sum())
