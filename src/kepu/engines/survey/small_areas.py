"""Small areas: the Fay–Herriot model beside the direct estimate, with its error, benchmarked to the total above.

Model: direct estimate yᵢ = xᵢ'β + uᵢ + eᵢ, uᵢ ~ (0, A), eᵢ ~ (0, Dᵢ), Dᵢ known. Estimates and definitions follow the R
package `sae` 1.3 (`eblupFH`, `mseFH` with REML), also in start and stop of the iteration. See docs/survey-publishing.md.
Sources: Fay & Herriot, JASA 74 (1979), 269–277; Prasad & Rao, JASA 85 (1990), 163–171; Datta & Lahiri, Statistica
Sinica 10 (2000), 613–627; Rao & Molina, Small Area Estimation (2015), sections 6.1, 6.2.1 and 6.4.6.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from scipy import optimize, special

from .errors import SurveyError
from .reliability import Doubt
from .tables import Table

Array = np.ndarray[Any, Any]


# The model claims to explain everything; every area gets the model's figure.
VARIANCE_AT_ZERO = "variance_at_zero"
# Found by a bracketed search instead: R's sae would give no answer.
SCORING_FAILED = "scoring_failed"
# Fewer areas beyond the coefficients than the MSE, a large-sample formula, asks for.
FEW_AREAS = "few_areas"
# Their figures are the model's alone.
AREAS_WITHOUT_SAMPLE = "areas_without_sample"
ENOUGH_AREAS = 10


class Benchmark(StrEnum):
    """How the areas are moved to the total above: all by one factor, or all by one amount."""

    RATIO = "ratio"
    DIFFERENCE = "difference"


@dataclass(frozen=True)
class FayHerriot:
    """A fit.

    `areas`: one row an area: `direct`, `direct_se` (NaN where `sampled` is false), `sampled`, `synthetic` x'β, `gamma`
    A/(A+D), the weight of the direct estimate (0 without one), `eblup`, `mse`, `rmse`, `cv` = rmse/|eblup|, and the
    terms `g1 g2 g3` of the MSE (g1 + g2 + 2·g3). `coefficients`: `estimate se z p`. `variance`: A ≥ 0.
    """

    areas: Table
    coefficients: Table
    variance: float
    iterations: int
    log_likelihood: float
    aic: float
    bic: float
    warnings: tuple[Doubt, ...]


def fay_herriot(
    direct: Array, variance: Array, covariates: Array, *, precision: float = 1e-4, max_iterations: int = 100
) -> FayHerriot:
    """Fit by REML and predict every area.

    `direct` (m,) direct estimates and `variance` (m,) their sampling variances D > 0, both NaN for an area without
    sample; `covariates` (m, p) of full column rank, a column of ones for the intercept included. The iteration starts
    at the median of D and stops when A moves by a share of `precision` or less. Raises `small_areas.*`.
    """
    y, d, x = (np.asarray(values, dtype=float) for values in (direct, variance, covariates))
    sampled = _checked(y, d, x)
    own_y, own_d, own_x = y[sampled], d[sampled], x[sampled]
    a, iterations, warnings = _reml(own_y, own_d, own_x, precision, max_iterations)
    spare = len(own_y) - x.shape[1]
    if spare < ENOUGH_AREAS:
        warnings.append(Doubt(FEW_AREAS, spare, ENOUGH_AREAS))
    if not sampled.all():
        warnings.append(Doubt(AREAS_WITHOUT_SAMPLE, int((~sampled).sum()), 0))
    q, beta, residual = _fit(a, own_y, own_d, own_x)
    se = np.sqrt(np.diag(q))
    z = beta / se
    total = a + own_d
    log_likelihood = float(-0.5 * (np.log(2 * np.pi * total) + residual**2 / total).sum())
    parameters = x.shape[1] + 1
    return FayHerriot(
        _areas(a, y, d, x, sampled, q, beta),
        Table({"estimate": beta, "se": se, "z": z, "p": 2 * special.ndtr(-np.abs(z))}),
        a,
        iterations,
        log_likelihood,
        -2 * log_likelihood + 2 * parameters,
        -2 * log_likelihood + parameters * math.log(len(own_y)),
        tuple(warnings),
    )


def benchmark(estimate: Array, *, weights: Array, total: float, rule: Benchmark) -> Array:
    """(m,) estimates moved so that Σ weights·estimate = total.

    `weights` (m,) ≥ 0: population shares where the estimates are means or shares and `total` is that of the whole; ones
    where they are totals. Ratio keeps the estimates' proportions (and their sign), difference their distances.
    Raises `small_areas.benchmark` where the weighted sum is 0 (ratio) or the weights sum to 0.
    Source: Rao & Molina (2015), section 6.4.6.
    """
    estimate, weights = np.asarray(estimate, dtype=float), np.asarray(weights, dtype=float)
    if len(weights) != len(estimate):
        raise SurveyError("small_areas.length", "weights", f"{len(estimate)} values", str(len(weights)))
    if not (np.isfinite(weights) & (weights >= 0)).all() or not weights.any() or not math.isfinite(total):
        raise SurveyError("small_areas.benchmark", "weights", "numbers >= 0, not all 0, and a finite total", "others")
    reached = float(weights @ estimate)
    if rule is Benchmark.DIFFERENCE:
        return estimate + (total - reached) / float(weights.sum())
    if reached == 0 or (total < 0) != (reached < 0):
        hint = "use the difference"
        raise SurveyError("small_areas.benchmark", "total", "a total of the sum's sign", f"{reached:g}", hint)
    return estimate * (total / reached)


def benchmarked(fit: FayHerriot, *, weights: Array, total: float, rule: Benchmark = Benchmark.RATIO) -> Table:
    """The areas of a fit with `benchmarked`, `adjustment` = benchmarked − eblup, and `benchmarked_rmse`.

    The latter is √(mse + adjustment²): the move to the total may be an error of the model, so it counts as bias. The
    Prasad–Rao formula knows nothing of it.
    """
    eblup = fit.areas["eblup"]
    moved = benchmark(eblup, weights=weights, total=total, rule=rule)
    adjustment = moved - eblup
    return Table(
        {
            **fit.areas.columns,
            "benchmarked": moved,
            "adjustment": adjustment,
            "benchmarked_rmse": np.sqrt(fit.areas["mse"] + adjustment**2),
        }
    )


def _checked(y: Array, d: Array, x: Array) -> Array:
    """(m,) whether an area has a sample; refuses what cannot be fitted."""
    if d.shape != y.shape or x.ndim != 2 or len(x) != len(y):
        got = f"{d.shape} variances, {x.shape} covariates"
        raise SurveyError("small_areas.length", "areas", f"one row for each of {len(y)} areas", got)
    if not np.isfinite(x).all():
        area = int(np.flatnonzero(~np.isfinite(x).all(axis=1))[0]) + 1
        raise SurveyError("small_areas.covariate", f"area {area}", "a number in every covariate", "a gap")
    sampled: Array = ~np.isnan(y)
    bad = (sampled != ~np.isnan(d)) | (sampled & ~((d > 0) & np.isfinite(d) & np.isfinite(y)))
    if bad.any():
        area = int(np.flatnonzero(bad)[0])
        hint = "smooth the variances of areas where all or none said yes; leave both empty where nobody was asked"
        got = f"{y[area]:g} with variance {d[area]:g}"
        raise SurveyError("small_areas.variance", f"area {area + 1}", "an estimate with a variance > 0", got, hint)
    columns = x.shape[1]
    if sampled.sum() <= columns:
        raise SurveyError(
            "small_areas.too_few", "areas", f"more than {columns} areas with a sample", str(sampled.sum())
        )
    if not columns or np.linalg.matrix_rank(x[sampled]) < columns:
        raise SurveyError("small_areas.rank", "covariates", "columns that do not repeat each other", "a dependence")
    return sampled


def _fit(a: float, y: Array, d: Array, x: Array) -> tuple[Array, Array, Array]:
    """Q = (X'V⁻¹X)⁻¹, β and the residuals y − Xβ at a variance A."""
    weighted = x / (a + d)[:, None]
    q = np.linalg.inv(x.T @ weighted)
    beta = q @ (weighted.T @ y)
    return q, beta, y - x @ beta


def _score(a: float, y: Array, d: Array, x: Array) -> tuple[float, float]:
    """Score and Fisher information of A under the restricted likelihood, by traces instead of the m × m matrix P."""
    v = 1 / (a + d)
    q, _, residual = _fit(a, y, d, x)
    second = q @ (x.T @ (x * (v**2)[:, None]))
    third = q @ (x.T @ (x * (v**3)[:, None]))
    score = -0.5 * (v.sum() - np.trace(second)) + 0.5 * ((v * residual) ** 2).sum()
    information = 0.5 * ((v**2).sum() - 2 * np.trace(third) + np.trace(second @ second))
    return float(score), float(information)


def _reml(y: Array, d: Array, x: Array, precision: float, most: int) -> tuple[float, int, list[Doubt]]:
    """A ≥ 0, the number of scoring steps, and doubts. Steps may pass below 0; a root there means A = 0."""
    a = float(np.median(d))
    floor = -0.999 * float(d.min())
    for iteration in range(1, most + 1):
        score, information = _score(a, y, d, x)
        step = score / information
        if a + step <= floor:
            break  # below this a variance would be negative, and the formulas mean nothing
        moved = abs(step / a) if a else math.inf
        a += step
        if moved <= precision:
            return (a, iteration, []) if a > 0 else (0.0, iteration, [Doubt(VARIANCE_AT_ZERO, 0.0)])
    if _score(0.0, y, d, x)[0] <= 0:
        return 0.0, iteration, [Doubt(VARIANCE_AT_ZERO, 0.0)]
    high = float(d.max() + y.var())
    while _score(high, y, d, x)[0] > 0:
        high *= 2
    root = optimize.brentq(lambda value: _score(value, y, d, x)[0], 0.0, high, xtol=1e-14 * high, rtol=1e-12)
    return float(root), iteration, [Doubt(SCORING_FAILED, iteration, most)]


def _areas(a: float, y: Array, d: Array, x: Array, sampled: Array, q: Array, beta: Array) -> Table:
    """Every area's figures. Without sample: synthetic, with MSE A + x'Qx, the limit of the others as D grows."""
    synthetic = x @ beta
    leverage = ((x @ q) * x).sum(axis=1)
    own_d = np.where(sampled, d, 1.0)  # a number in the places that are not used
    gamma = np.where(sampled, a / (a + own_d), 0.0)
    rest = np.where(sampled, own_d / (a + own_d), 1.0)  # 1 - gamma, without its cancellation
    eblup = synthetic + gamma * (np.where(sampled, y, synthetic) - synthetic)
    g1 = np.where(sampled, own_d * gamma, a)
    g2 = rest**2 * leverage
    spread = 2 / ((1 / (a + d[sampled])) ** 2).sum()  # asymptotic variance of the REML estimate of A
    g3 = np.where(sampled, rest**2 * spread / (a + own_d), 0.0)
    mse = g1 + g2 + 2 * g3
    with np.errstate(divide="ignore"):  # an estimate of 0 has an infinite CV
        cv = np.sqrt(mse) / np.abs(eblup)
    return Table(
        {
            "direct": y,
            "direct_se": np.sqrt(d),
            "sampled": sampled,
            "synthetic": synthetic,
            "gamma": gamma,
            "eblup": eblup,
            "mse": mse,
            "rmse": np.sqrt(mse),
            "cv": cv,
            "g1": g1,
            "g2": g2,
            "g3": g3,
        }
    )
