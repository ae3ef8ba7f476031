"""Confidence limits from an estimate and its variance.

t and normal: p ± q·se. logit, arcsine: the same on the transformed scale, by the delta method, then back.
beta: Korn and Graubard 1998 (Survey Methodology 24), n_eff = p(1-p)/V · (t(n-1)/t(df))², not capped at n.
wilson: Wilson 1927 with n_eff = p(1-p)/V and t in place of z. likelihood: every q whose scaled binomial deviance from p
is at most t² (Rao and Scott 1984 scaling).
"""

from typing import Literal

import numpy as np
from scipy import special

from .arrays import Floats
from .errors import SurveyError

Method = Literal["t", "normal", "logit", "beta", "likelihood", "arcsine", "wilson"]
METHODS = ("t", "normal", "logit", "beta", "likelihood", "arcsine", "wilson")
SHARES_ONLY = ("logit", "beta", "likelihood", "arcsine", "wilson")


def limits(
    estimate: Floats, variance: Floats, *, method: Method = "t", level: float = 0.95, df: Floats, n: Floats
) -> tuple[Floats, Floats]:
    """Lower and upper limits, arrays of the shape of `estimate`; nan where the estimate or a needed df is missing.

    `df` (…) degrees of freedom, ≤ 0 gives nan but for the normal interval; `n` (…) answered rows, used by beta and
    likelihood. Raises SurveyError for a share method and an estimate outside [0, 1]. Limits of t and normal may leave it.
    """
    if method not in METHODS:
        raise SurveyError("interval.method", "interval", ", ".join(METHODS), str(method))
    if not 0 < level < 1:
        raise SurveyError("interval.level", "level", "a number between 0 and 1", f"{level:g}")
    p, v, df, n = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in (estimate, variance, df, n)))
    if method in SHARES_ONLY and ((p < 0) | (p > 1)).any():
        raise SurveyError(
            "interval.share", "interval", f"a share in [0, 1] for {method}", f"{p[(p < 0) | (p > 1)][0]:g}"
        )
    tail = (1 + level) / 2
    quantile = np.full(p.shape, special.ndtri(tail)) if method == "normal" else t_quantile(df, tail)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if method in {"t", "normal"}:
            half = quantile * np.sqrt(v)
            return p - half, p + half
        low, high = _share_limits(method, p, v, quantile, n, tail)
    certain = np.isfinite(p) & (v == 0) & (p > 0) & (p < 1)
    return np.where(certain, p, low), np.where(certain, p, high)


def t_quantile(df: Floats, tail: float) -> Floats:
    """Student quantile; nan for df ≤ 0, the normal quantile for infinite df."""
    df = np.asarray(df, dtype=np.float64)
    usable = np.where(df > 0, df, 1)
    value = np.where(
        np.isinf(usable), special.ndtri(tail), special.stdtrit(np.where(np.isinf(usable), 1, usable), tail)
    )
    return np.where(df > 0, value, np.nan)


def _share_limits(method: str, p: Floats, v: Floats, t: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    edge = (p <= 0) | (p >= 1)
    if method == "logit":
        half = t * np.sqrt(v) / (p * (1 - p))
        low, high = special.expit(special.logit(p) - half), special.expit(special.logit(p) + half)
        return np.where(edge, p, low), np.where(edge, p, high)
    if method == "arcsine":
        angle, half = np.arcsin(np.sqrt(p)), t * np.sqrt(v) / (2 * np.sqrt(p * (1 - p)))
        return np.where(edge, p, np.sin(angle - half) ** 2), np.where(edge, p, np.sin(angle + half) ** 2)
    if method == "likelihood":
        return _likelihood(p, t**2 * v * n / (2 * (n - 1) * p * (1 - p)))
    effective = np.where(edge, n, p * (1 - p) / v)  # nobody or everybody: as if drawn at random
    if method == "beta":
        effective = effective * (t_quantile(n - 1, tail) / t) ** 2
        low = special.betaincinv(effective * p, effective * (1 - p) + 1, 1 - tail)
        high = special.betaincinv(effective * p + 1, effective * (1 - p), tail)
        return np.where(p <= 0, 0.0, low), np.where(p >= 1, 1.0, high)
    middle, half = p + t**2 / (2 * effective), t / (2 * effective) * np.sqrt(4 * effective * p * (1 - p) + t**2)
    low, high = (middle - half) / (1 + t**2 / effective), (middle + half) / (1 + t**2 / effective)
    return np.where(p <= 0, 0.0, low), np.where(p >= 1, 1.0, high)


def _likelihood(p: Floats, bound: Floats) -> tuple[Floats, Floats]:
    """Roots q of p ln(p/q) + (1-p) ln((1-p)/(1-q)) = bound on both sides of p, by bisection on a closed interval."""
    inner = np.isfinite(bound)
    limits = []
    for edge in (0.0, 1.0):
        far, near = np.full(p.shape, edge), p.copy()
        for _ in range(100):
            middle = (far + near) / 2
            deviance = special.rel_entr(p, middle) + special.rel_entr(1 - p, 1 - middle)
            outside = deviance > bound
            far, near = np.where(outside, middle, far), np.where(outside, near, middle)
        limits.append(np.where(inner, near, p))
    return limits[0], limits[1]
