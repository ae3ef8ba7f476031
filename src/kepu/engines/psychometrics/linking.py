"""Putting two calibrations on one scale through shared items, and finding shared items that have drifted."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from .errors import PsychometricsError
from .items import Floats, Items


class Linking(StrEnum):
    """How the two constants are found."""

    MEAN_SIGMA = "mean_sigma"
    MEAN_MEAN = "mean_mean"
    STOCKING_LORD = "stocking_lord"
    HAEBARA = "haebara"


@dataclass(frozen=True)
class Link:
    """θ_base = A θ_new + B with A = `scale` and B = `shift`. `loss` is the minimised criterion of a characteristic-curve method, else NaN."""

    method: Linking
    scale: float
    shift: float
    loss: float
    items: tuple[str, ...]

    def abilities(self, theta: ArrayLike) -> Floats:
        """Abilities of the new calibration on the base scale; standard errors are multiplied by A alone."""
        result: Floats = self.scale * np.asarray(theta, dtype=np.float64) + self.shift
        return result

    def parameters(self, new: Items) -> Items:
        """Items of the new calibration on the base scale: a/A and d − aB/A (that is, b → A b + B)."""
        return _moved(new, self.scale, self.shift)


@dataclass(frozen=True)
class Curve:
    """Abilities (Q,) of the base scale and their weights (Q,), summing to 1, for characteristic-curve methods."""

    nodes: Floats
    weights: Floats

    @classmethod
    def normal(cls, low: float = -4.0, high: float = 4.0, points: int = 81) -> "Curve":
        """Equally spaced abilities with standard normal weights."""
        nodes = np.linspace(low, high, points)
        density = np.exp(-0.5 * nodes**2)
        return cls(nodes, density / density.sum())


def link(base: Items, new: Items, method: Linking = Linking.STOCKING_LORD, curve: Curve | None = None) -> Link:
    """Constants that carry the new calibration onto the base scale, from the items that share a name.

    Mean–sigma: A = sd(b_base)/sd(b_new), B = mean(b_base) − A mean(b_new) (Marco 1977), over all difficulties of all
    shared items; mean–mean: A = mean(a_new)/mean(a_base) (Loyd & Hoover 1980).
    Stocking & Lord (1983), APM 7, 201–210: least Σ_q w_q (Σ_j E_j,base(θ_q) − Σ_j E_j,new→base(θ_q))², E the expected
    category; Haebara (1980): least Σ_q w_q Σ_j Σ_k (P_jk,base − P_jk,new→base)² over all categories k. θ runs over the
    base scale only. Kolen & Brennan (2014), ch. 6, describe all four.
    Raises `linking.no_anchor`, `linking.categories`, `linking.slopes`, `linking.one_anchor`, `linking.not_found`.
    """
    old, fresh = anchors(base, new)
    scale, shift = _by_moments(old, fresh, method if method is Linking.MEAN_SIGMA else Linking.MEAN_MEAN)
    loss = float("nan")
    if method in (Linking.STOCKING_LORD, Linking.HAEBARA):
        scale, shift, loss = _by_curves(old, fresh, method, curve or Curve.normal(), (scale, shift))
    return Link(method, scale, shift, loss, old.names)


def anchors(base: Items, new: Items) -> tuple[Items, Items]:
    """The items of both calibrations that share a name, in the order of the base."""
    place = {name: j for j, name in enumerate(new.names)}
    shared = [name for name in base.names if name in place]
    if not shared:
        raise PsychometricsError("linking.no_anchor", "items", "items with the same name in both", "none")
    old, fresh = base.subset([base.names.index(n) for n in shared]), new.subset([place[n] for n in shared])
    if (differ := np.flatnonzero(old.categories != fresh.categories)).size:
        name = old.names[differ[0]]
        got = f"{old.categories[differ[0]]} and {fresh.categories[differ[0]]}"
        raise PsychometricsError("linking.categories", name, "as many categories in both", got)
    if (flat := np.flatnonzero((old.slope <= 0) | (fresh.slope <= 0))).size:
        raise PsychometricsError("linking.slopes", old.names[flat[0]], "positive slopes", "a slope of 0 or less")
    return old, fresh


def _by_moments(old: Items, fresh: Items, method: Linking) -> tuple[float, float]:
    b_old, b_fresh = (items.difficulty[~np.isnan(items.intercepts)] for items in (old, fresh))
    if method is Linking.MEAN_SIGMA:
        spread = float(np.std(b_fresh))
        if not spread > 0:
            hint = "one difficulty has no spread; use mean_mean"
            raise PsychometricsError("linking.one_anchor", old.names[0], "difficulties that differ", "one", hint)
        scale = float(np.std(b_old)) / spread
    else:
        scale = float(fresh.slope.mean() / old.slope.mean())
    return scale, float(b_old.mean() - scale * b_fresh.mean())


def _moved(items: Items, scale: float, shift: float) -> Items:
    slope = items.slope / scale
    return Items(items.names, slope, items.intercepts - slope[:, None] * shift, items.guessing, items.upper)


def _by_curves(
    old: Items, fresh: Items, method: Linking, curve: Curve, start: tuple[float, float]
) -> tuple[float, float, float]:
    def curves(items: Items) -> Floats:
        if method is Linking.STOCKING_LORD:
            total: Floats = items.expected(curve.nodes).sum(axis=0)
            return total
        return items.probabilities(curve.nodes).reshape(-1, curve.nodes.size)

    target, root = curves(old), np.sqrt(curve.weights)

    def misfit(constants: Floats) -> Floats:
        moved = _moved(fresh, float(np.exp(constants[0])), float(constants[1]))
        result: Floats = ((target - curves(moved)) * root).ravel()
        return result

    found = optimize.least_squares(
        misfit, [np.log(start[0]), start[1]], jac="3-point", xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    if not found.success:
        raise PsychometricsError("linking.not_found", "link", "a minimum", str(found.message))
    return float(np.exp(found.x[0])), float(found.x[1]), float(2 * found.cost)


@dataclass(frozen=True)
class Drift:
    """One row an anchor item: difference of difficulties and log slopes after linking, their robust z, the area d², the verdict."""

    names: tuple[str, ...]
    difficulty_shift: Floats
    robust_z: Floats
    slope_shift: Floats
    robust_z_slope: Floats
    d2: Floats
    drifted: NDArray[np.bool_]


@dataclass(frozen=True)
class DriftRule:
    """An anchor has drifted where |robust z| of its difficulty exceeds `z` **and** its d² exceeds `d2`, or z of its slope does."""

    z: float = 2.7
    d2: float = 0.005


def drift(base: Items, new: Items, found: Link, rule: DriftRule | None = None, curve: Curve | None = None) -> Drift:
    """Which shared items do not behave alike on the two occasions, given a link.

    Robust z = (x − median) / (0.74 · interquartile range) of x = mean b_base − A mean b_new, or ln(a_base A / a_new);
    source: Huynh & Meyer (2010), Journal of Applied Measurement 11, 38–50. Its usual limit is 1.645 at the 10 % level;
    the default 2.7 with d² keeps a good anchor in a set of ten from being called by chance.
    d² = Σ_q w_q (E_base(θ_q) − E_new→base(θ_q))², the weighted squared area between the expected scores.
    """
    limits, weights = rule or DriftRule(), curve or Curve.normal()
    old, fresh = anchors(base, new)
    moved = found.parameters(fresh)
    shift = np.nanmean(old.difficulty, axis=1) - np.nanmean(moved.difficulty, axis=1)
    tilt = np.log(old.slope / moved.slope)
    d2 = (weights.weights * (old.expected(weights.nodes) - moved.expected(weights.nodes)) ** 2).sum(axis=1)
    z, z_slope = _robust_z(shift), _robust_z(tilt)
    drifted = ((np.abs(z) > limits.z) | (np.abs(z_slope) > limits.z)) & (d2 > limits.d2)
    return Drift(old.names, shift, z, tilt, z_slope, d2, drifted)


def _robust_z(values: Floats) -> Floats:
    spread = 0.74 * float(stats.iqr(values))
    centred = values - np.median(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where(centred == 0, 0.0, centred / spread)
    return result


def link_without_drift(
    base: Items, new: Items, method: Linking = Linking.STOCKING_LORD, rule: DriftRule | None = None
) -> tuple[Link, tuple[str, ...]]:
    """Link, drop the worst drifted anchor, link again, until none has drifted; the names that were dropped, in that order.

    Raises `linking.too_few_anchors` where fewer than half of the anchors, or fewer than three, would be left.
    """
    old, _ = anchors(base, new)
    kept, dropped = list(old.names), list[str]()
    while True:
        part = base.subset([base.names.index(name) for name in kept])
        found = link(part, new, method)
        seen = drift(part, new, found, rule)
        if not seen.drifted.any():
            return found, tuple(dropped)
        worst = seen.names[int(np.argmax(np.where(seen.drifted, seen.d2, -1.0)))]
        kept.remove(worst)
        dropped.append(worst)
        _enough(kept, old.names, dropped)


def _enough(kept: Sequence[str], anchor: Sequence[str], dropped: Sequence[str]) -> None:
    if len(kept) < max(3, len(anchor) / 2):
        hint = "the two tests may not measure the same thing, or the anchors became known"
        raise PsychometricsError(
            "linking.too_few_anchors", ", ".join(dropped), f"half of {len(anchor)} anchors", str(len(kept)), hint
        )
