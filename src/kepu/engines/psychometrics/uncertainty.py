"""Standard errors of item parameters: from the likelihood's curvature, from the respondents' scores, or from replicates."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .calibration import Calibration, calibrate, checked_categories
from .curves import curves, free_of, items_of, table_of
from .em import HIGHEST_GUESSING, LOWEST_GUESSING, Patterns, Point, Problem, gradient_of
from .errors import PsychometricsError
from .grids import Likelihood, Population, chunks, numbers, posterior, product
from .items import MISSING, Codes, Floats, codes_of


class Information(StrEnum):
    """Where the covariance of the estimates comes from."""

    OBSERVED = "observed"  # minus the second derivatives of the marginal log-posterior
    CROSS_PRODUCT = "cross_product"  # sum of w s sᵀ over respondents
    SANDWICH = "sandwich"  # H⁻¹ (Σ w² s sᵀ) H⁻¹: for weights that are no counts, respondents independent


@dataclass(frozen=True)
class Uncertainty:
    """Standard errors (J, max K + 1) of slope, intercepts, logit guessing (NaN where fixed or 0), and the covariance (P, P).

    The covariance is ordered as the free cells of the table, row by row, then means and log sds of further groups.
    """

    kind: str
    se: Floats
    covariance: Floats


def standard_errors(
    calibration: Calibration,
    responses: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    groups: Sequence[Hashable] | None = None,
    kind: Information = Information.OBSERVED,
) -> Uncertainty:
    """Standard errors at the estimates, from the data they were estimated on.

    OBSERVED differentiates the exact gradient (Fisher's identity) by central differences: two passes a parameter, as in
    Oakes (1999), JRSS B 61, 479–482, to about 1e-7. CROSS_PRODUCT takes one pass, for large data. For a clustered sample use
    `replicate_errors`, or hand `respondent_scores` to a design-based variance.
    Raises `uncertainty.singular` where the data do not determine the parameters.
    """
    problem, point = _problem(calibration, responses, weights, groups)
    if kind is Information.CROSS_PRODUCT:
        scores, weight = _weighted_scores(problem, point)
        covariance = _inverse((scores * weight[:, None]).T @ scores)
    else:
        covariance = _inverse(_curvature(problem, point))
    if kind is Information.SANDWICH:
        given = numbers(weights, calibration.respondents, "weights")[:, None]
        given_scores = respondent_scores(calibration, responses, groups=groups) * given
        covariance = covariance @ (given_scores.T @ given_scores) @ covariance
    return _uncertainty(kind, problem, covariance)


def replicate_errors(
    calibration: Calibration,
    responses: ArrayLike,
    replicate_weights: ArrayLike,
    *,
    scale: float,
    rscales: ArrayLike = 1.0,
    groups: Sequence[Hashable] | None = None,
) -> Uncertainty:
    """Standard errors from a survey's replicate weights (N, R): V = scale · Σ_r rscales_r (ψ_r − ψ)(ψ_r − ψ)ᵀ, ψ the full estimate.

    Every replicate is calibrated from the full estimate on, with the same model, priors, quadrature and tolerance.
    Raises `uncertainty.replicate` with the number of a replicate that did not converge.
    """
    table = np.asarray(replicate_weights, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != calibration.respondents:
        raise PsychometricsError(
            "uncertainty.shape", "replicate_weights", f"{calibration.respondents} rows", str(table.shape)
        )
    problem, point = _problem(calibration, responses, None, groups)
    full = problem.pack(point)
    moves = np.empty((table.shape[1], full.size))
    for r, column in enumerate(table.T):
        again = calibrate(
            responses,
            calibration.models,
            names=calibration.items.names,
            weights=column,
            groups=groups,
            priors=calibration.priors,
            settings=calibration.settings,
            start=calibration.items,
        )
        if not again.converged:
            raise PsychometricsError(
                "uncertainty.replicate", f"replicate {r + 1}", "convergence", f"{again.change:.1e}"
            )
        moves[r] = problem.pack(_point(again)) - full
    factors = np.broadcast_to(np.asarray(rscales, dtype=np.float64), len(moves))
    return _uncertainty("replicates", problem, scale * (moves * factors[:, None]).T @ moves)


def respondent_scores(
    calibration: Calibration, responses: ArrayLike, *, groups: Sequence[Hashable] | None = None
) -> Floats:
    """Slope of each respondent's marginal log-likelihood by the item parameters (N, P), without weights.

    Times the inverse of the observed information these are influence values: the design-based variance of the estimates is
    that of their weighted total.
    """
    problem, point = _problem(calibration, responses, None, groups)
    return _scores(problem, point, codes_of(responses), _numbered(calibration, groups))


def _problem(
    calibration: Calibration, responses: ArrayLike, weights: ArrayLike | None, groups: Sequence[Hashable] | None
) -> tuple[Problem, Point]:
    codes = codes_of(responses)
    if codes.shape != (calibration.respondents, len(calibration.items)):
        expected = f"{calibration.respondents} rows, {len(calibration.items)} columns"
        raise PsychometricsError(
            "uncertainty.shape", "responses", expected, str(codes.shape), "give the calibrated data"
        )
    weight = numbers(weights, len(codes), "weights")
    categories = checked_categories(codes, weight, calibration.items.names, calibration.models)
    free = free_of(calibration.models, categories)
    guessing = table_of(calibration.items)[:, -1]  # at a bound it is no estimate
    free[:, -1] &= (guessing > LOWEST_GUESSING + 1e-6) & (guessing < HIGHEST_GUESSING - 1e-6)
    problem = Problem(
        Patterns.of(codes, _numbered(calibration, groups), weight),
        calibration.settings.grid.nodes,
        free,
        calibration.priors,
        calibration.items.names,
    )
    return problem, _point(calibration)


def _numbered(calibration: Calibration, groups: Sequence[Hashable] | None) -> NDArray[np.int64]:
    if groups is None:
        return np.zeros(calibration.respondents, dtype=np.int64)
    place = {label: g for g, label in enumerate(calibration.groups)}
    return np.array([place[label] for label in groups], dtype=np.int64)


def _point(calibration: Calibration) -> Point:
    means, sds = (np.array([getattr(p, name) for p in calibration.populations]) for name in ("mean", "sd"))
    return Point(table_of(calibration.items), means, sds)


def _curvature(problem: Problem, point: Point) -> Floats:
    gradient, at = gradient_of(problem, point), problem.pack(point)
    matrix = np.empty((at.size, at.size))
    for p in range(at.size):
        step = np.zeros(at.size)
        step[p] = 1e-4 * max(1.0, abs(at[p]))
        matrix[p] = (gradient(at - step) - gradient(at + step)) / (2 * step[p])
    result: Floats = (matrix + matrix.T) / 2
    return result


def _weighted_scores(problem: Problem, point: Point) -> tuple[Floats, Floats]:
    patterns = problem.patterns
    return _scores(problem, point, patterns.codes, patterns.group), patterns.weight


def _scores(problem: Problem, point: Point, codes: Codes, group: NDArray[np.int64]) -> Floats:
    found = curves(point.table, problem.free, problem.nodes)
    likelihood = Likelihood(items_of(point.table, problem.names), problem.nodes)
    priors = Population(point.means, point.sds).log_density(problem.nodes)
    items, cells, categories, nodes = found.slopes.shape
    slopes = found.slopes.transpose(3, 0, 2, 1).reshape(nodes, -1)  # (Q, J·K·P)
    scores = np.empty((len(codes), int(problem.free.sum()) + 2 * (len(point.means) - 1)))
    where = np.arange(items)[None, :]
    for rows in chunks(len(codes), 1024):
        shares, _ = posterior(likelihood, codes[rows], priors[group[rows]])
        table = product(shares, slopes).reshape(-1, items, categories, cells)
        picked = table[np.arange(len(table))[:, None], where, np.maximum(codes[rows], 0)]
        picked[codes[rows] == MISSING] = 0.0
        blocks = [picked[:, problem.free]]
        for power in (1, 2):
            for g in range(1, len(point.means)):
                centred = ((problem.nodes - point.means[g]) / point.sds[g]) ** power
                part = (shares @ centred - np.exp(priors[g]) @ centred) / (point.sds[g] if power == 1 else 1.0)
                blocks.append(np.where(group[rows] == g, part, 0.0)[:, None])
        scores[rows] = np.concatenate(blocks, axis=1)
    return scores


def _inverse(matrix: Floats) -> Floats:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        hint = "an item may need a prior, or the estimate is not at a maximum"
        raise PsychometricsError(
            "uncertainty.singular", "information", "a positive definite matrix", "none", hint
        ) from None
    result: Floats = np.linalg.inv(matrix).astype(np.float64)
    return result


def _uncertainty(kind: str, problem: Problem, covariance: Floats) -> Uncertainty:
    se = np.full(problem.free.shape, np.nan)
    se[problem.free] = np.sqrt(np.diag(covariance))[: int(problem.free.sum())]
    return Uncertainty(str(kind), se, covariance)
