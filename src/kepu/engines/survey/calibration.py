"""Weights that meet known totals, and what is left of the errors once they do.

Raking: iterative proportional fitting (Deming and Stephan 1940). Linear, raking and logit distances: Deville and
Särndal 1992, by Newton steps. The residual rules are those of R `survey` (see docs/survey.md): raking takes class means
off margin by margin, ten rounds; the others regress on the model with the weights before calibration.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy import linalg, sparse

from .arrays import Floats, Ints, ranks
from .design import Design, Residuals, indicator
from .errors import SurveyError

Distance = Literal["linear", "raking", "logit"]
DISTANCES = ("linear", "raking", "logit")
ROUNDS = 10  # of the projections of a raked score


@dataclass(frozen=True)
class Margin:
    """A known margin: `codes` (n,) class of each row, `totals` (q,) population totals of the classes, `name` for errors."""

    codes: Ints
    totals: Floats
    name: str = "margin"


@dataclass(frozen=True)
class Calibrated:
    """The calibrated design and how the fit ended: `misfit` is the measure that is compared with epsilon."""

    design: Design
    converged: bool
    iterations: int
    misfit: float

    @property
    def extremes(self) -> tuple[float, float]:
        """Smallest and largest weight after calibration; a negative one deserves a look."""
        return float(self.design.weights.min()), float(self.design.weights.max())


def rake(design: Design, margins: Sequence[Margin], *, epsilon: float = 1e-12, max_iterations: int = 500) -> Calibrated:
    """Fit to margins one after the other until a whole round moves no margin by epsilon·Σw.

    Rows of one combination of classes move together, so the work grows with combinations, not rows.
    Raises SurveyError: calibration.class_without_total, calibration.empty_class, calibration.totals_contradict.
    """
    checked(design.weights, margins)
    cell, classes = combinations(margins)
    start = np.bincount(cell, weights=design.weights, minlength=len(classes)).astype(np.float64)
    factors, converged, rounds, moved = fit_margins(
        start, classes, [m.totals for m in margins], epsilon=epsilon * start.sum(), max_iterations=max_iterations
    )
    weights = design.weights * factors[cell]
    return Calibrated(design.calibrated(weights, _raked_residuals(margins)), converged, rounds, moved / start.sum())


def combinations(margins: Sequence[Margin]) -> tuple[Ints, Ints]:
    """Combination of each row (n,) and the class of each combination in each margin (combinations, margins)."""
    sizes = [len(m.totals) for m in margins]
    joint = np.zeros(len(margins[0].codes), dtype=np.int64)
    for margin, size in zip(margins, sizes, strict=True):
        joint = joint * size + margin.codes
    if np.prod([float(s) for s in sizes]) <= 10_000_000:
        seen = np.bincount(joint, minlength=int(np.prod(sizes)))
        keys, cell = np.flatnonzero(seen), (np.cumsum(seen > 0) - 1)[joint]
    else:
        cell, keys = ranks(joint)
    return cell, np.stack(np.unravel_index(keys, sizes), axis=1)


def fit_margins(
    start: Floats, classes: Ints, totals: Sequence[Floats], *, epsilon: float, max_iterations: int
) -> tuple[Floats, bool, int, float]:
    """Factors of the combinations (c,) that bring `start` (c,) to the margins; converged, rounds, last largest move."""
    columns = [np.ascontiguousarray(column) for column in classes.T]
    fitted = start.copy()
    before = [np.bincount(c, weights=fitted, minlength=len(t)) for c, t in zip(columns, totals, strict=True)]
    moved, rounds = np.inf, 0
    while rounds < max_iterations:
        for column, target in zip(columns, totals, strict=True):
            found = np.bincount(column, weights=fitted, minlength=len(target))
            with np.errstate(invalid="ignore", divide="ignore"):
                fitted *= np.where(found > 0, target / found, 0)[column]
        rounds += 1
        after = [np.bincount(c, weights=fitted, minlength=len(t)) for c, t in zip(columns, totals, strict=True)]
        moved = max(float(np.abs(a - b).max()) for a, b in zip(after, before, strict=True))
        if moved < epsilon:
            break
        before = after
    factors = np.divide(fitted, start, out=np.ones_like(start), where=start > 0)
    return factors, bool(moved < epsilon), rounds, float(moved)


def poststratify(design: Design, margin: Margin) -> Calibrated:
    """Weights times N/Σw by class (Holt and Smith 1979)."""
    checked(design.weights, [margin])
    found = np.bincount(margin.codes, weights=design.weights, minlength=len(margin.totals))
    factors = np.divide(margin.totals, found, out=np.zeros_like(found), where=found > 0)

    def means(moments: Floats) -> Floats:
        return np.divide(moments, found[:, None], out=np.zeros_like(moments), where=found[:, None] > 0)

    classes = indicator(margin.codes, len(margin.totals))
    weights = design.weights * factors[margin.codes]
    return Calibrated(design.calibrated(weights, Residuals(classes, design.weights, means)), True, 1, 0.0)


def calibrate(
    design: Design,
    model: Floats,
    totals: Floats,
    *,
    distance: Distance = "linear",
    bounds: tuple[float, float] | None = None,
    spread: Floats | None = None,
    epsilon: float = 1e-12,
    max_iterations: int = 500,
) -> Calibrated:
    """Weights w·g with Σ w g x = totals and g as near 1 as the distance allows.

    `model` X (n, q), `totals` (q,), `bounds` on g (needed for logit), `spread` (n,) variance of the residuals of the
    model (the x itself gives the ratio estimator). Stops at max |misfit|/(1+|total|) < epsilon.
    Raises SurveyError: calibration.bounds, calibration.infeasible.
    """
    x, totals = np.asarray(model, dtype=np.float64), np.asarray(totals, dtype=np.float64)
    low, high = _checked_bounds(distance, bounds)
    variance = np.ones(len(design)) if spread is None else np.asarray(spread, dtype=np.float64)
    g, converged, rounds, misfit = fit_model(
        design.weights,
        x,
        totals,
        distance=distance,
        bounds=(low, high),
        spread=variance,
        epsilon=epsilon,
        max_iterations=max_iterations,
    )
    if not converged and misfit > 1e-4:
        raise SurveyError(
            "calibration.infeasible",
            "calibration",
            f"weights within the bounds that meet the totals to {epsilon:g}",
            f"{misfit:.2g} after {rounds} rounds",
            "widen the bounds or check the totals",
        )
    residuals = model_residuals(design.weights / variance, x)
    return Calibrated(design.calibrated(design.weights * g, residuals), converged, rounds, misfit)


def fit_model(
    weights: Floats,
    x: Floats,
    totals: Floats,
    *,
    distance: Distance,
    bounds: tuple[float, float],
    spread: Floats,
    epsilon: float,
    max_iterations: int,
) -> tuple[Floats, bool, int, float]:
    """g (n,), whether the misfit fell under epsilon, rounds, and the last misfit."""
    multiplier, slope = _distance(distance, *bounds)
    eta = np.zeros(x.shape[1])
    g, rounds, misfit = np.ones(len(weights)), 0, np.inf
    best = (g, np.inf)
    while rounds < max_iterations:
        missing = totals - x.T @ (weights * g)
        misfit = float((np.abs(missing) / (1 + np.abs(totals))).max())
        if misfit < best[1]:
            best = (g, misfit)
        if misfit < epsilon:
            break
        u = x @ eta / spread
        information = (x * (weights * slope(u) / spread)[:, None]).T @ x
        step = linalg.pinvh(information, rtol=256 * np.finfo(float).eps) @ missing
        eta = eta + step
        g = multiplier(x @ eta / spread)
        for _ in range(60):
            if np.isfinite(g).all():
                break
            step = step / 2
            eta = eta - step
            g = multiplier(x @ eta / spread)
        rounds += 1
        if rounds > 20 and misfit > 0.999 * best[1] and best[1] < 1e-10:
            break  # rounding stands in the way of more digits
    return best[0], best[1] < epsilon, rounds, best[1]


def model_residuals(weights: Floats, x: Floats) -> Residuals:
    """Residuals of the regression on x with the given weights, through columns made orthonormal under them."""
    root = np.sqrt(weights)
    triangle, order = linalg.qr(x * root[:, None], mode="r", pivoting=True)
    size = np.abs(np.diag(triangle))
    rank = int((size > size.max() * 1e-11).sum())
    basis = linalg.solve_triangular(triangle[:rank, :rank].T, x[:, order[:rank]].T, lower=True).T
    return Residuals(basis, weights, lambda moments: moments)


def trim_weights(design: Design, *, lower: float = 0.0, upper: float = np.inf, strict: bool = False) -> Design:
    """Weights cut to [lower, upper], what is cut off shared equally among the others; strict: again until none is outside.

    The total is kept. Raises SurveyError calibration.trim when every weight is outside.
    """
    weights, fixed = design.weights, np.zeros(len(design), dtype=bool)
    outside = (weights < lower) | (weights > upper)
    while outside.any():
        free = ~outside & ~fixed
        if not free.any():
            raise SurveyError("calibration.trim", "bounds", "some weights inside", "none", "widen the bounds")
        cut = np.clip(weights, lower, upper)
        cut[free] += (weights - cut).sum() / free.sum()
        weights, fixed = cut, fixed | outside
        if not strict:
            break
        outside = (weights < lower) | (weights > upper)
    return replace(design, weights=weights)


def checked(weights: Floats, margins: Sequence[Margin]) -> None:
    """Refuse margins that no weights can meet."""
    if not margins:
        raise SurveyError("calibration.margins", "margins", "at least one", "none")
    for margin in margins:
        if (margin.totals < 0).any() or not np.isfinite(margin.totals).all():
            raise SurveyError("calibration.totals", margin.name, "totals ≥ 0", f"{margin.totals.min():g}")
        if len(margin.codes) and (margin.codes.min() < 0 or margin.codes.max() >= len(margin.totals)):
            raise SurveyError("calibration.class_without_total", margin.name, "a total for every class", "one without")
        found = np.bincount(margin.codes, weights=weights, minlength=len(margin.totals))
        if ((found == 0) & (margin.totals > 0)).any():
            raise SurveyError(
                "calibration.empty_class",
                margin.name,
                "respondents in every class with a total",
                f"none in {int(((found == 0) & (margin.totals > 0)).sum())} classes",
                "join classes",
            )
    sums = [float(m.totals.sum()) for m in margins]
    if max(sums) - min(sums) > 1e-6 * max(sums):
        raise SurveyError(
            "calibration.totals_contradict",
            ", ".join(m.name for m in margins),
            "margins of one population",
            "sums " + ", ".join(f"{s:.15g}" for s in sums),
        )


def _raked_residuals(margins: Sequence[Margin]) -> Residuals:
    """Ten rounds of unweighted class means, margin by margin, written as coefficients of class indicators."""
    sizes = [len(m.totals) for m in margins]
    auxiliary = sparse.hstack([indicator(m.codes, s) for m, s in zip(margins, sizes, strict=True)]).tocsr()
    together = np.asarray((auxiliary.T @ auxiliary).todense())  # how often two classes meet
    rows = np.maximum(np.diag(together), 1)[:, None]
    stops = np.cumsum([0, *sizes])
    parts = [slice(a, b) for a, b in pairwise(stops)]

    def effects(moments: Floats) -> Floats:
        b = np.zeros_like(moments)
        for _ in range(ROUNDS):
            for part in parts:
                b[part] += (moments[part] - together[part] @ b) / rows[part]
        return b

    return Residuals(auxiliary, np.ones(len(margins[0].codes)), effects)


def _checked_bounds(distance: str, bounds: tuple[float, float] | None) -> tuple[float, float]:
    if distance not in DISTANCES:
        raise SurveyError("calibration.method", "method", ", ".join(DISTANCES), str(distance))
    low, high = (-np.inf, np.inf) if bounds is None else bounds
    if not low < 1 < high or (distance == "logit" and not (np.isfinite(low) and np.isfinite(high))):
        raise SurveyError("calibration.bounds", "bounds", "lower < 1 < upper, finite for logit", f"{low:g}, {high:g}")
    return float(low), float(high)


def _distance(distance: Distance, low: float, high: float):  # type: ignore[no-untyped-def]  # two functions of an array
    """The multiplier g(u) and its slope (Deville and Särndal 1992, cases 1, 2, 6 and 7)."""

    def cut(value: Floats) -> Floats:
        return np.clip(value, low, high)

    def inside(value: Floats) -> Floats:
        return np.asarray((value > low) & (value < high), dtype=np.float64)

    if distance == "linear":
        return lambda u: cut(1 + u), lambda u: inside(1 + u)
    if distance == "raking":
        return lambda u: cut(np.exp(u)), lambda u: np.exp(u) * inside(np.exp(u))
    a = (high - low) / ((high - 1) * (1 - low))

    def logit(u: Floats) -> Floats:
        grown = np.exp(np.clip(a * u, -700, 700))
        return np.asarray((low * (high - 1) + high * (1 - low) * grown) / (high - 1 + (1 - low) * grown))

    return logit, lambda u: (high - logit(u)) * (logit(u) - low) / ((1 - low) * (high - 1))
