"""Several samples of one population as one: a household sample and an online quota sample, say.

Each part keeps its own strata, so their errors add as independent ones; its weights, which sum to the population, are
multiplied by its share. Shares are given or proportional to the effective sample sizes (Σw)²/Σw² (Kish 1965;
O'Muircheartaigh and Pedlow 2002). An online quota sample is treated as if it had been drawn with replacement: that is an
assumption, not a fact, so its share is shown with every figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .arrays import Floats, Ints
from .design import Design, Level
from .errors import SurveyError
from .reliability import Doubt, Thresholds
from .tables import Table


@dataclass(frozen=True)
class CombinedSample:
    """`design` of all rows, part after part; `part` (n,) index into `names`; `shares` (parts,)."""

    design: Design
    part: Ints
    names: tuple[str, ...]
    shares: Floats

    def table(self) -> Table:
        """One row a part: name, n, effective n, share."""
        w = self.design.weights
        n = np.bincount(self.part, minlength=len(self.names))
        effective = [effective_size(w[self.part == k]) for k in range(len(self.names))]
        return Table({"part": np.array(self.names), "n": n, "effective_n": np.array(effective), "share": self.shares})

    def domain_shares(self, domain: Ints, count: int) -> Floats:
        """Share of each part in the weight of each domain, (count, parts); nan for an empty domain."""
        inside = domain >= 0
        size = len(self.names)
        joint = domain[inside] * size + self.part[inside]
        sums = np.bincount(joint, weights=self.design.weights[inside], minlength=count * size).reshape(count, size)
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / sums.sum(axis=1, keepdims=True))

    def doubts(
        self, domain: Ints, count: int, online: str, thresholds: Thresholds | None = None
    ) -> list[tuple[Doubt, ...]]:
        """By domain: a doubt where the part named `online` carries more than the threshold's share."""
        limit = (thresholds or Thresholds()).online_share
        share = self.domain_shares(domain, count)[:, self.names.index(online)]
        return [(Doubt("mode_share", float(s), limit),) if s > limit else () for s in share]


def effective_size(weights: Floats) -> float:
    """(Σw)²/Σw²."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def combine_samples(parts: Mapping[str, Design], *, shares: Sequence[float] | None = None) -> CombinedSample:
    """One design from several, rows in the order of the parts; calibrate afterwards, not before.

    Raises SurveyError: combined.parts, combined.shares.
    """
    designs = list(parts.values())
    if len(designs) < 2 or any(d.residuals is not None or d.pps is not None for d in designs):
        raise SurveyError("combined.parts", "parts", "two or more designs, not calibrated, not PPS", str(len(designs)))
    sizes = np.array([effective_size(d.weights) for d in designs])
    share = sizes / sizes.sum() if shares is None else np.asarray(shares, dtype=np.float64)
    if share.shape != (len(designs),) or (share < 0).any() or abs(share.sum() - 1) > 1e-9:
        raise SurveyError("combined.shares", "shares", "one a part, summing to 1", str(share.tolist()))
    weights = np.concatenate([d.weights * s for d, s in zip(designs, share, strict=True)])
    stages = max(len(d.levels) for d in designs)
    levels = tuple(_stacked([_stage(d, stage) for d in designs]) for stage in range(stages))
    part = np.repeat(np.arange(len(designs)), [len(d) for d in designs])
    design = replace(designs[0], weights=weights, levels=levels)
    return CombinedSample(design, part, tuple(parts), share)


def _stage(design: Design, stage: int) -> Level:
    """The stage, or for a part that has fewer a stratum that adds nothing."""
    if stage < len(design.levels):
        return design.levels[stage]
    one = np.zeros(1, dtype=np.int64)
    return Level(np.zeros(len(design), dtype=np.int64), one, np.ones(1), np.full(1, np.inf), one, np.zeros(1))


def _stacked(levels: list[Level]) -> Level:
    units = np.cumsum([0, *(level.units for level in levels)])
    strata = np.cumsum([0, *(len(level.drawn) for level in levels)])
    first = all((level.parent == 0).all() for level in levels)  # the first stage: all strata stand together
    parents = np.cumsum([0, *(0 if first else int(level.parent.max()) + 1 for level in levels)])
    return Level(
        np.concatenate([level.unit + shift for level, shift in zip(levels, units, strict=False)]),
        np.concatenate([level.stratum + shift for level, shift in zip(levels, strata, strict=False)]),
        np.concatenate([level.drawn for level in levels]),
        np.concatenate([level.population for level in levels]),
        np.concatenate([level.parent + shift for level, shift in zip(levels, parents, strict=False)]),
        np.concatenate([level.share for level in levels]),
    )
