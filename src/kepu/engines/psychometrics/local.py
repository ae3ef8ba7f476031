"""The likelihood of each respondent at an ability of their own: slope, curvature, information; and a root finder for it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from .errors import PsychometricsError
from .items import MISSING, Codes, Floats, Items


class Weight(StrEnum):
    """What is added to the slope of the log-likelihood."""

    NONE = "none"
    JEFFREYS = "jeffreys"
    WARM = "warm"


class Curvature(StrEnum):
    """Which information a standard error is taken from."""

    OBSERVED = "observed"
    EXPECTED = "expected"


@dataclass(frozen=True)
class Local:
    """At each respondent's θ (n,): slope of the weighted log-likelihood, −ℓ″ without the weight, expected information."""

    slope: Floats
    precision: Floats
    information: Floats


def local_terms(codes: Codes, items: Items, theta: Floats, weight: Weight) -> Local:
    """Codes (n, J) and θ (n,) → the sums over answered items. Formulas: `items.slopes_of_log`, `scoring`."""
    log, first, second = _terms(items, theta)
    answered = codes != MISSING
    picked = np.where(answered, codes, 0)[:, :, None].astype(np.int64)
    slope = np.where(answered, np.take_along_axis(first, picked, 2)[:, :, 0], 0.0).sum(axis=1)
    precision = -np.where(answered, np.take_along_axis(second, picked, 2)[:, :, 0], 0.0).sum(axis=1)
    information = np.where(answered, (log * first**2).sum(axis=2), 0.0).sum(axis=1)
    if weight is not Weight.NONE:
        # dI/dθ = Σ P (2 ℓ′ℓ″ + ℓ′³) and J = Σ P′P″/P = Σ P ℓ′(ℓ″ + ℓ′²), over the categories k with ℓ = log P_k
        factor = 2 * second + first**2 if weight is Weight.JEFFREYS else second + first**2
        moment = np.where(answered, (log * first * factor).sum(axis=2), 0.0).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = slope + np.where(information > 0, moment / (2 * information), 0.0)
    return Local(slope, precision, information)


def _terms(items: Items, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """P, (log P)′, (log P)″ of every category (n, J, K), each respondent at their own θ; see `items.slopes_of_log`."""
    slope = items.slope[:, None]
    linear = theta[:, None, None] * slope + items.bounds[:, 1:-1]
    above, below = np.empty((2, len(theta), *items.bounds.shape))
    above[:, :, 0], above[:, :, -1] = 1.0, 0.0
    below[:, :, 0], below[:, :, -1] = 0.0, 1.0
    expit(linear, out=above[:, :, 1:-1])
    expit(-linear, out=below[:, :, 1:-1])
    with np.errstate(invalid="ignore", over="ignore"):
        gap = -np.expm1(items.bounds[:, 1:] - items.bounds[:, :-1])
    exists = ~np.isneginf(items.bounds[:, :-1])
    gap = np.where(exists, gap, 0.0)
    chance = above[:, :, :-1] * below[:, :, 1:] * gap
    spread = above * below
    first = np.where(exists, slope * (below[:, :, :-1] - above[:, :, 1:]), 0.0)
    second = np.where(exists, -(slope**2) * (spread[:, :, :-1] + spread[:, :, 1:]), 0.0)
    at = np.flatnonzero(items.asymptotic)
    if at.size:
        low, high, a = items.guessing[at], items.upper[at], items.slope[at]
        rise = (high - low) * spread[:, at, 1]
        chance[:, at, 1] = low + (high - low) * above[:, at, 1]
        chance[:, at, 0] = (1 - high) + (high - low) * below[:, at, 1]
        bend = a**2 * rise * (below[:, at, 1] - above[:, at, 1])
        for category, sign in ((0, -1.0), (1, 1.0)):
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = np.nan_to_num(sign * a * rise / chance[:, at, category])
                first[:, at, category] = ratio
                second[:, at, category] = np.nan_to_num(sign * bend / chance[:, at, category]) - ratio**2
    return chance, first, second


def bracketed_root(
    function: Callable[[Floats, NDArray[np.int64]], Floats], low: Floats, high: Floats, tolerance: float = 1e-12
) -> Floats:
    """Root of a falling function in [low, high] for every row at once, by Chandrupatla's method.

    `function(x, rows)` gives the values of the rows still open. Where both ends have one sign the nearer-zero end is kept.
    Source: Chandrupatla (1997), Advances in Engineering Software 28, 145–149.
    """
    everyone = np.arange(len(low))
    a, b = low.astype(np.float64).copy(), high.astype(np.float64).copy()
    fa, fb = function(a, everyone), function(b, everyone)
    root = np.where(np.abs(fa) < np.abs(fb), a, b)
    rows = np.flatnonzero((np.sign(fa) * np.sign(fb)) < 0)
    a, b, fa, fb = a[rows], b[rows], fa[rows], fb[rows]
    c, fc = a.copy(), fa.copy()
    t = np.full(len(rows), 0.5)
    for _ in range(100):
        if not rows.size:
            return root
        x = a + t * (b - a)
        fx = function(x, rows)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        root[rows] = best
        width = tolerance * (1.0 + np.abs(best)) / np.maximum(np.abs(b - a), 1e-300)
        open_ = (width <= 0.5) & (fa != 0)
        a, b, c, fa, fb, fc, width, rows = (v[open_] for v in (a, b, c, fa, fb, fc, width, rows))
        t = _next(a, b, c, fa, fb, fc, width)
    raise PsychometricsError("scoring.no_root", "bracketed_root", "a root within 100 steps", f"{rows.size} rows open")


def _next(a: Floats, b: Floats, c: Floats, fa: Floats, fb: Floats, fc: Floats, width: Floats) -> Floats:
    """Where between a and b to look next: inverse quadratic interpolation where it is safe, else the middle."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        alpha = (c - a) / (b - a)
        quadratic = fa / (fb - fa) * fc / (fb - fc) + alpha * fa / (fc - fa) * fb / (fc - fb)
        safe = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi) & np.isfinite(quadratic)
    result: Floats = np.clip(np.where(safe, quadratic, 0.5), width, 1 - width)
    return result
