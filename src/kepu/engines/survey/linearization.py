"""Means, totals and ratios of all domains in one grouped pass, with their linearized variance.

For R = Σwy / Σwx over a domain the influence value of a respondent is (y - R x) / Σwx inside and 0 outside; a mean has
x = 1, a total influence y (Särndal et al. 1992, 5.5 to 5.7; Lumley 2010, 2.2). Only sums by domain and unit are needed.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy import sparse

from .arrays import Floats, Ints, sums_by
from .design import Design, Residuals
from .variance import Cells, auxiliary_sums, cells, every_unit, level_variance

Kind = Literal["mean", "total", "ratio"]
BLOCK = 2_000_000  # numbers in one block of work, so that it stays in cache and memory stays flat


@dataclass(frozen=True)
class Moments:
    """Estimates of k columns in D domains, each array (D, k) but `n`, `weighted_n` (D,).

    `srs`: S², the variance of one observation, for design effects; nan where n < 2. `total_variance`: of the total of
    the linearized residuals of a ratio, where it differs from `variance`, which design effects compare with S².
    """

    estimate: Floats
    variance: Floats
    srs: Floats
    n: Ints
    weighted_n: Floats
    total_variance: Floats | None = None


@dataclass
class DomainPass:
    """A design cut into domains: what every column of values shares. `domain` (n,) codes 0…count-1, -1 outside."""

    design: Design
    domain: Ints
    count: int
    _cells: list[Cells] = field(init=False)
    n: Ints = field(init=False)
    weighted_n: Floats = field(init=False)

    def __post_init__(self) -> None:
        weights = self.design.weights
        self._inside = self.domain >= 0
        self._partial = not self._inside.all()
        inside = self._inside & (weights != 0)
        self.n = np.bincount(self.domain[inside], minlength=self.count)
        self._cells = [cells(level, self.domain, self.count) for level in self.design.levels]
        # cells stand domain by domain: how many each has
        self._spread = [np.bincount(at.domain, minlength=self.count) for at in self._cells]
        self._weights = [sums_by(at.of_row, weights[:, None], len(at)) for at in self._cells]
        # by the road that the sums of y take, so that a share of everybody is 1 to the last digit
        self.weighted_n = sums_by(self._cells[0].domain, self._weights[0], self.count)[:, 0]
        residuals = self.design.residuals
        if residuals is not None:
            self._auxiliary = [auxiliary_sums(residuals, weights, level) for level in self.design.levels]

    def moments(self, y: Floats, x: Floats | None = None, *, kind: Kind = "mean", variance: bool = True) -> Moments:
        """Estimates of the columns of y (n, k); x (n,) is the denominator of a ratio. Rows outside may hold anything."""
        columns = max(1, BLOCK // max(len(self._cells[0]), 1))
        parts = [self._block(y[:, j : j + columns], x, kind, variance) for j in range(0, y.shape[1], columns)]
        if len(parts) == 1:
            return parts[0]
        estimate, errors, srs = (
            np.concatenate([getattr(p, name) for p in parts], axis=1) for name in ("estimate", "variance", "srs")
        )
        return Moments(estimate, errors, srs, self.n, self.weighted_n)

    def _block(self, y: Floats, x: Floats | None, kind: Kind, errors: bool) -> Moments:
        design, at = self.design, self._cells[0]
        weighted = self._weighted(y)
        sums = sums_by(at.of_row, weighted, len(at))
        totals = sums_by(at.domain, sums, self.count)
        if kind == "total":
            estimate, size = totals, np.ones(self.count)
            below, bases = None, []
        else:
            below = None if x is None else design.weights * np.where(self._inside, x, 0)
            bases = [self._base(stage, below) for stage in range(len(self._cells))]
            size = sums_by(at.domain, bases[0], self.count)[:, 0]
            with np.errstate(invalid="ignore", divide="ignore"):
                estimate = totals / size[:, None]
        rates = np.zeros_like(estimate) if kind == "total" else np.where(np.isfinite(estimate), estimate, 0)
        divisor = np.where(size == 0, 1, size)
        variance = np.full_like(rates, np.nan)
        if errors:
            stages = [sums, *(sums_by(later.of_row, weighted, len(later)) for later in self._cells[1:])]
            residuals = design.residuals
            weights = design.weights if bases and below is None else below
            effects = None if residuals is None else self._effects(residuals, weighted, weights, rates, divisor)
            variance = self._variance(stages, bases, rates, divisor, effects)
        return Moments(estimate, variance, self._srs(y, x, kind, rates, size), self.n, self.weighted_n)

    def _weighted(self, y: Floats) -> Floats:
        """w·y with 0 outside the domains, whatever y holds there; in column order, as the sums read it."""
        out = np.empty(y.shape, order="F")
        for j in range(y.shape[1]):
            np.multiply(self.design.weights, y[:, j].astype(np.float64, copy=False), out=out[:, j])
            if self._partial:
                out[~self._inside, j] = 0
        return out

    def _base(self, stage: int, below: Floats | None) -> Floats:
        """Sums (cells, 1) of the weighted denominator; the weights themselves for a mean."""
        at = self._cells[stage]
        return self._weights[stage] if below is None else sums_by(at.of_row, below[:, None], len(at))

    def shares(self, codes: Ints, classes: int) -> Moments:
        """The share of every class of `codes` (n,), columns 0…classes-1: one pass over the rows, however many classes."""
        if self.design.residuals is not None:
            return self.moments((codes[:, None] == np.arange(classes)).astype(np.int8))
        rows = np.flatnonzero(self._inside & (codes >= 0))
        rows = rows[np.argsort(codes[rows], kind="stable")]
        width = max(1, BLOCK // max(len(self._cells[0]), 1))
        edges = [*range(0, classes, width), classes]
        stops = np.searchsorted(codes[rows], edges)
        parts = [
            self._share_block(rows[a:b], codes, low, high - low)
            for (a, b), (low, high) in zip(pairwise(stops), pairwise(edges), strict=True)
        ]
        estimate, variance = (np.concatenate([p[i] for p in parts], axis=1) for i in (0, 1))
        srs = self._shrink()[:, None] * self.weighted_n[:, None] * estimate * (1 - estimate)
        return Moments(estimate, variance, srs, self.n, self.weighted_n)

    def _share_block(self, rows: Ints, codes: Ints, low: int, classes: int) -> tuple[Floats, Floats]:
        stages = []
        for at in self._cells:
            joint = (codes[rows] - low) * len(at) + at.of_row[rows]
            sums = np.bincount(joint, weights=self.design.weights[rows], minlength=len(at) * classes)
            stages.append(np.asarray(sums.reshape(classes, len(at)).T, dtype=np.float64))
        size = self.weighted_n
        totals = sums_by(self._cells[0].domain, stages[0], self.count)
        rates = np.divide(totals, size[:, None], out=np.zeros_like(totals), where=size[:, None] > 0)
        return rates, self._variance(stages, self._weights, rates, np.where(size == 0, 1, size), None)

    def _variance(
        self,
        stages: list[Floats],
        bases: list[Floats],
        rates: Floats,
        size: Floats,
        effects: list[Floats] | None,
    ) -> Floats:
        """From the sums (cells, k) of every stage, which this overwrites."""
        total = np.zeros_like(rates)
        for stage, (level, at, z) in enumerate(zip(self.design.levels, self._cells, stages, strict=True)):
            spread = self._spread[stage]
            shrink = np.repeat(1 / size, spread)
            for j, column in enumerate(z.T):
                if bases:
                    column -= np.repeat(rates[:, j], spread) * bases[stage][:, 0]
                column *= shrink
            if effects is None:
                total += level_variance(self.design, level, at, z, self.count)
            else:
                total += self._calibrated(stage, z, effects)
        return total

    def _effects(
        self, residuals: Residuals, weighted: Floats, below: Floats | None, rates: Floats, size: Floats
    ) -> list[Floats]:
        """By column the coefficients (q, D) of the influence values of every domain on the auxiliary columns."""
        safe = np.where(self.design.weights != 0, self.design.weights, 1)
        factor = residuals.moment / safe
        denominators = 0 if below is None else self._moments_by_domain(residuals, below * factor)
        return [
            residuals.solve((self._moments_by_domain(residuals, column * factor) - rates[:, j] * denominators) / size)
            for j, column in enumerate(weighted.T)
        ]

    def _moments_by_domain(self, residuals: Residuals, values: Floats) -> Floats:
        """Σ A·value by domain, (q, D)."""
        rows = np.flatnonzero(self.domain >= 0)
        spread = sparse.csr_array((values[rows], (rows, self.domain[rows])), shape=(len(values), self.count))
        product = residuals.auxiliary.T @ spread
        return np.asarray(product.todense() if sparse.issparse(product) else product)

    def _calibrated(self, stage: int, z: Floats, effects: list[Floats]) -> Floats:
        """Variance where the calibrated residual of every unit counts, members or not."""
        level, at, auxiliary = self.design.levels[stage], self._cells[stage], self._auxiliary[stage]
        everyone = every_unit(level)
        out = np.zeros((self.count, z.shape[1]))
        wide = max(1, BLOCK // level.units)
        for j, b in enumerate(effects):
            for low in range(0, self.count, wide):
                high = min(low + wide, self.count)
                mine = slice(*np.searchsorted(at.domain, (low, high)))
                dense = np.zeros((level.units, high - low))
                dense[at.unit[mine], at.domain[mine] - low] = z[mine, j]
                dense -= auxiliary @ b[:, low:high]
                out[low:high, j] = level_variance(self.design, level, everyone, dense, 1)[0]
        return out

    def _shrink(self) -> Floats:
        """n / (n-1) / Σw by domain, nan for fewer than two."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.n > 1, self.n / np.maximum(self.n - 1, 1), np.nan) / self.weighted_n

    def _srs(self, y: Floats, x: Floats | None, kind: Kind, rates: Floats, size: Floats) -> Floats:
        """S² = n/(n-1) Σw(v - v̄)²/Σw with v the value, or for a ratio its linearized residual."""
        weights, inside = self.design.weights, np.maximum(self.domain, 0) if self._partial else self.domain
        out = np.full(rates.shape, np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            shrink = self._shrink()
            for j in range(y.shape[1]):
                v = np.where(self._inside, y[:, j], 0) if self._partial else y[:, j]
                if kind == "mean" and bool((v * v == v).all()):  # a share
                    out[:, j] = shrink * self.weighted_n * rates[:, j] * (1 - rates[:, j])
                    continue
                if kind == "ratio" and x is not None:
                    v = (v - rates[inside, j] * np.where(self._inside, x, 0)) / size[inside]
                mean = _sum(self.domain, weights * v, self.count) / self.weighted_n
                v = v - mean[inside]
                out[:, j] = shrink * _sum(self.domain, weights * v * v, self.count)
        return out


def _sum(domain: Ints, values: Floats, count: int) -> Floats:
    if len(domain) and domain.min() >= 0:
        return np.asarray(np.bincount(domain, weights=values, minlength=count), dtype=np.float64)
    inside = domain >= 0
    return np.asarray(np.bincount(domain[inside], weights=values[inside], minlength=count), dtype=np.float64)


def design_effect(moments: Moments, *, kind: Kind, reference: Literal["wor", "wr"]) -> Floats:
    """V / V of a simple random sample of the same n from the same N = Σw; 0 where V is 0, nan where V_srs is not defined."""
    variance = moments.variance if moments.total_variance is None else moments.total_variance
    n, population = moments.n[:, None].astype(np.float64), moments.weighted_n[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        srs = moments.srs / n * ((population - n) / population if reference == "wor" else 1)
        srs = srs * (population**2 if kind in {"total", "ratio"} else 1)
        deff = variance / srs
    return np.where(variance == 0, 0.0, np.where(np.isfinite(deff), deff, np.nan))
