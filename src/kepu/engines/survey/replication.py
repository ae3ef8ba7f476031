"""Means, totals and ratios of all domains under replicate weights: the same sums, once a replicate."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .arrays import Floats, Ints
from .linearization import DomainPass, Kind, Moments
from .replicates import BLOCK, Replicates


@dataclass
class ReplicatePass:
    """Replicates cut into domains; used like `DomainPass`. `domain` (n,) codes 0…count-1, -1 outside."""

    replicates: Replicates
    domain: Ints
    count: int

    def __post_init__(self) -> None:
        self._full = DomainPass(self.replicates.design, self.domain, self.count)
        rows = np.flatnonzero(self.domain >= 0)
        self._rows = rows[np.argsort(self.domain[rows], kind="stable")]
        self._stops = np.searchsorted(self.domain[self._rows], np.arange(self.count + 1))

    def moments(self, y: Floats, x: Floats | None = None, *, kind: Kind = "mean") -> Moments:
        """Estimates of the columns of y (n, k) with replicate variance; see `DomainPass.moments`."""
        full = self._full.moments(y, x, kind=kind, variance=False)
        variance = self.replicates.variance(self.values(y, x, kind=kind), full.estimate)
        residual = None if x is None or kind != "ratio" else self._residual_variance(y, x, full)
        return Moments(full.estimate, variance, full.srs, full.n, full.weighted_n, residual)

    def shares(self, codes: Ints, classes: int) -> Moments:
        """The share of every class of `codes` (n,), columns 0…classes-1."""
        width = max(1, BLOCK // len(codes))
        parts = [
            self.moments((codes[:, None] == np.arange(low, min(low + width, classes))).astype(np.float64))
            for low in range(0, classes, width)
        ]
        estimate, variance, srs = (
            np.concatenate([getattr(p, name) for p in parts], axis=1) for name in ("estimate", "variance", "srs")
        )
        return Moments(estimate, variance, srs, parts[0].n, parts[0].weighted_n)

    def _residual_variance(self, y: Floats, x: Floats, full: Moments) -> Floats:
        """Variance of the total of (y - Rx) / Σwx."""
        inside = np.maximum(self.domain, 0)
        known = np.where(self.domain >= 0, x, 0)
        size = self._full.moments(known[:, None], kind="total", variance=False).estimate[:, 0]
        residual = (y - full.estimate[inside] * known[:, None]) / size[inside][:, None]
        return self.replicates.variance(self.values(residual, kind="total"), np.zeros_like(full.estimate))

    def values(self, y: Floats, x: Floats | None = None, *, kind: Kind = "mean") -> Floats:
        """θ of every replicate, (R, D, k); nan where a replicate has no member of the domain."""
        k = y.shape[1]
        out = np.empty((self.replicates.count, self.count, k))
        for d, (start, stop) in enumerate(pairwise(self._stops)):
            rows = self._rows[start:stop]
            below = np.ones(len(rows)) if x is None else x[rows]
            table = np.column_stack([y[rows], below] if kind != "total" else [y[rows]]).astype(np.float64, copy=False)
            step = max(1, BLOCK // max(len(rows), 1))
            for low in range(0, self.replicates.count, step):
                part = slice(low, min(low + step, self.replicates.count))
                sums = self.replicates.weights(rows, part).T @ table
                with np.errstate(invalid="ignore", divide="ignore"):
                    out[part, d] = sums[:, :k] / sums[:, k:] if kind != "total" else sums
        return out
