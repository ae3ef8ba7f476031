"""Quantiles of domains: the inverse of the weighted distribution function, with limits by Woodruff's method.

The rule is R's `qrule="math"`: the smallest value whose cumulated share of the weights reaches p. The limits are the
quantiles at the limits of the estimated share at or below the quantile (Woodruff 1952), the standard error is
(high - low) / (2t).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .arrays import Floats, Ints


@dataclass(frozen=True)
class SortedDomains:
    """The values of each domain in order, for inverting its distribution function."""

    values: list[Floats]
    cumulated: list[Floats]

    @classmethod
    def of(cls, values: Floats, weights: Floats, domain: Ints, domains: int) -> "SortedDomains":
        """Rows with weight 0 or outside every domain are left out. Sums in long double, so that ties fall as in R."""
        rows = np.flatnonzero((domain >= 0) & (weights != 0))
        order = rows[np.lexsort((values[rows], domain[rows]))]
        stops = np.searchsorted(domain[order], np.arange(domains + 1))
        parts = [order[a:b] for a, b in pairwise(stops)]
        sums = [np.cumsum(weights[part].astype(np.longdouble)).astype(np.float64) for part in parts]
        return cls([values[part] for part in parts], sums)

    def at(self, probability: Floats) -> Floats:
        """The quantile of each domain at its own probability (domains,); nan stays nan, beyond [0, 1] gives the ends."""
        out = np.full(len(self.values), np.nan)
        for d, (values, cumulated, p) in enumerate(zip(self.values, self.cumulated, probability, strict=True)):
            if len(values) == 0 or np.isnan(p):
                continue
            total = cumulated[-1]
            below = int(np.searchsorted(cumulated, p * total, side="right"))  # how many sums are ≤ p·Σw
            if below and p - cumulated[below - 1] / total <= 0:
                below -= 1
            out[d] = values[min(below, len(values) - 1)]
        return out
