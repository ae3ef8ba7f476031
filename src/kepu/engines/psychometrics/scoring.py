"""Ability of each respondent from known items: EAP, MAP, ML, WLE, EAP from the sum score, plausible values."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import PsychometricsError
from .grids import STANDARD, Grid, Likelihood, Population, chunks, posterior, product
from .items import MISSING, Codes, Floats, Items, coded
from .local import Curvature, Weight, bracketed_root, local_terms


class Method(StrEnum):
    """How ability is estimated."""

    EAP = "eap"
    MAP = "map"
    ML = "ml"
    WLE = "wle"
    EAP_SUM = "eap_sum"


class Status(StrEnum):
    """What became of a respondent's estimate."""

    OK = "ok"
    AT_BOUND = (
        "at_bound"  # the likelihood rises to the bound (all wrong or all right): the bound is given, without error
    )
    NO_ANSWER = "no_answer"  # nothing was answered: EAP and MAP give the population's mean and sd, ML and WLE nothing


@dataclass(frozen=True)
class Scores:
    """`theta` and `se` (N,), in units of the ability scale; `status` (N,) of `Status` values; `answered` items (N,)."""

    method: Method
    theta: Floats
    se: Floats
    status: NDArray[np.str_]
    answered: NDArray[np.int64]


def eap(responses: ArrayLike, items: Items, population: Population = STANDARD, grid: Grid | None = None) -> Scores:
    """Expected a posteriori: θ̂ = Σ_q θ_q L(θ_q) φ_q / Σ_q L φ_q; `se` is the posterior's standard deviation.

    Responses (N, J), missing as NaN or −1 and ignored. Without a grid 61 points from −6 to 6. Exact sums over the grid.
    Source: Bock & Mislevy (1982), Applied Psychological Measurement 6, 431–444.
    """
    codes, nodes = coded(responses, items), (grid or Grid.between()).nodes
    likelihood = Likelihood(items, nodes)
    theta, variance = np.empty(len(codes)), np.empty(len(codes))
    powers = np.stack([nodes, nodes**2], axis=1)
    shared = None if isinstance(population.mean, np.ndarray) or isinstance(population.sd, np.ndarray) else population
    prior = None if shared is None else shared.log_density(nodes)
    for rows in chunks(len(codes)):
        log_prior = population.rows(rows).log_density(nodes) if prior is None else prior
        weights, _ = posterior(likelihood, codes[rows], log_prior)
        moments = product(weights, powers)
        theta[rows] = moments[:, 0]
        variance[rows] = moments[:, 1] - moments[:, 0] ** 2
    return _scores(Method.EAP, codes, theta, np.sqrt(np.maximum(variance, 0.0)))


def maximum_likelihood(
    responses: ArrayLike,
    items: Items,
    *,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    curvature: Curvature = Curvature.OBSERVED,
) -> Scores:
    """Maximum of the likelihood (ML). All wrong or all right has none: the bound is returned, `se` infinite, `at_bound`.

    The maximum is sought within `bounds`, at most within −20 … 20; a likelihood that still rises there is at the bound.
    `se`: one over the root of the observed information −ℓ″(θ̂) (default), or of the expected information.
    Source: Lord (1980), Applications of Item Response Theory, ch. 4.
    """
    return _local(Method.ML, coded(responses, items), items, Weight.NONE, curvature, bounds)


def maximum_a_posteriori(
    responses: ArrayLike,
    items: Items,
    population: Population = STANDARD,
    *,
    curvature: Curvature = Curvature.OBSERVED,
) -> Scores:
    """Mode of the posterior under a normal population (MAP).

    `se`: one over the root of −ℓ″(θ̂) + 1/sd² (default), or of I(θ̂) + 1/sd². Source: Samejima (1969), Psychometrika
    Monograph 17.
    """
    return _local(Method.MAP, coded(responses, items), items, Weight.NONE, curvature, (-np.inf, np.inf), population)


def weighted_likelihood(
    responses: ArrayLike,
    items: Items,
    *,
    weight: Weight = Weight.JEFFREYS,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    curvature: Curvature = Curvature.OBSERVED,
) -> Scores:
    """Weighted likelihood (WLE): the root of ℓ′(θ) + w(θ) = 0, whose bias is of smaller order; finite also for all right.

    `weight` JEFFREYS: w = I′/(2I), R mirt's choice; WARM: w = J/(2I), J = Σ P′P″/P. Equal for 2PL, not for 3PL and graded.
    `se` OBSERVED (default): one over the root of −(ℓ + ½ log I)″ for both weights; EXPECTED: 1/√I(θ̂), Warm's own.
    Source: Warm (1989), Psychometrika 54, 427–450.
    """
    if weight is Weight.NONE:
        raise PsychometricsError("scoring.weight", "weight", "jeffreys or warm", weight, "ML is a method of its own")
    return _local(Method.WLE, coded(responses, items), items, weight, curvature, bounds)


def eap_from_sum(
    responses: ArrayLike, items: Items, population: Population = STANDARD, grid: Grid | None = None
) -> Scores:
    """EAP given the sum score only, so equal sums get equal scores; needs complete answers.

    Source: Lord & Wingersky (1984) recursion; Thissen, Pommerich, Billeaud & Williams (1995), APM 19, 39–49.
    Raises `scoring.incomplete` where an answer is missing, `population.range` for a population per respondent.
    """
    codes = coded(responses, items)
    if (codes == MISSING).any():
        row = int(np.flatnonzero((codes == MISSING).any(axis=1))[0])
        hint = "use eap, which ignores missing answers"
        raise PsychometricsError(
            "scoring.incomplete", f"row {row + 1}", "every item answered", "a missing answer", hint
        )
    table = sum_score_table(items, population, grid)
    sums = codes.sum(axis=1, dtype=np.int64)
    return _scores(Method.EAP_SUM, codes, table.theta[sums], table.se[sums])


@dataclass(frozen=True)
class SumScores:
    """For each sum score s = 0 … S (S+1,): its chance in the population, EAP and posterior standard deviation."""

    probability: Floats
    theta: Floats
    se: Floats


def sum_score_table(items: Items, population: Population = STANDARD, grid: Grid | None = None) -> SumScores:
    """From sum score to ability. Chance of each sum by Lord & Wingersky's recursion, exact on the grid."""
    nodes = (grid or Grid.between()).nodes
    log_prior = population.log_density(nodes)
    if len(log_prior) > 1:
        raise PsychometricsError("population.range", "population", "one mean and one sd", "one a respondent")
    joint = sum_score_likelihood(items.probabilities(nodes), items.categories) * np.exp(log_prior)
    mass = joint.sum(axis=1)
    theta = joint @ nodes / mass
    variance = (joint * (nodes - theta[:, None]) ** 2).sum(axis=1) / mass
    return SumScores(mass, theta, np.sqrt(variance))


def sum_score_likelihood(probabilities: Floats, categories: NDArray[np.int64]) -> Floats:
    """Chance of each sum score given ability: category probabilities (J, K, Q) → (S+1, Q), S = Σ (K_j − 1)."""
    table = np.ones((1, probabilities.shape[2]))
    for chance, count in zip(probabilities, categories, strict=True):
        longer = np.zeros((len(table) + count - 1, table.shape[1]))
        for category in range(count):
            longer[category : category + len(table)] += table * chance[category]
        table = longer
    return table


def plausible_values(
    responses: ArrayLike,
    items: Items,
    *,
    draws: int,
    seed: int,
    population: Population = STANDARD,
    grid: Grid | None = None,
) -> Floats:
    """`draws` random values from each respondent's posterior (N, draws); the same seed and data give the same values.

    The posterior is taken as constant within each cell of the grid (without a grid 241 points from −6 to 6, cells of 0.05,
    which adds 0.0002 to the variance). For estimates of groups the population must contain the groups: pass their means.
    Source: Mislevy (1991), Psychometrika 56, 177–196.
    """
    if draws < 1:
        raise PsychometricsError("scoring.draws", "draws", "1 or more", str(draws))
    codes, nodes = coded(responses, items), (grid or Grid.between(points=241)).nodes
    likelihood, step = Likelihood(items, nodes), float(nodes[1] - nodes[0])
    uniform = np.random.default_rng(seed).random((len(codes), draws, 2))
    values = np.empty((len(codes), draws))
    for rows in chunks(len(codes)):
        weights, _ = posterior(likelihood, codes[rows], population.rows(rows).log_density(nodes))
        below = np.cumsum(weights, axis=1)
        # one sorted list for all rows: row r holds its cumulative weights shifted by r
        shift = np.arange(len(below))[:, None]
        flat = (below / below[:, -1:] + shift).ravel()
        cell = np.searchsorted(flat, uniform[rows, :, 0] + shift, side="right") - shift * len(nodes)
        cell = np.clip(cell, 0, len(nodes) - 1)
        values[rows] = nodes[cell] + step * (uniform[rows, :, 1] - 0.5)
    return values


def _scores(
    method: Method, codes: Codes, theta: Floats, se: Floats, at_bound: NDArray[np.bool_] | None = None
) -> Scores:
    answered = (codes != MISSING).sum(axis=1)
    status = np.full(len(codes), Status.OK.value, dtype="<U16")
    if at_bound is not None:
        status[at_bound] = Status.AT_BOUND
    status[answered == 0] = Status.NO_ANSWER
    return Scores(method, theta, se, status, answered)


def _local(
    method: Method,
    codes: Codes,
    items: Items,
    weight: Weight,
    curvature: Curvature,
    bounds: tuple[float, float],
    population: Population | None = None,
) -> Scores:
    """Maximise the (penalised) log-likelihood of each row: best node of a coarse grid, then a bracketed root of its slope."""
    low, high = max(bounds[0], -20.0), min(bounds[1], 20.0)
    if not low < high:
        raise PsychometricsError("scoring.bounds", "bounds", "low < high within −20 … 20", str(bounds))
    theta, se = np.empty(len(codes)), np.empty(len(codes))
    at_bound = np.zeros(len(codes), dtype=bool)
    nodes = np.unique(np.concatenate([np.linspace(low, high, 41), np.linspace(max(low, -6.0), min(high, 6.0), 49)]))
    likelihood, information = Likelihood(items, nodes), items.information(nodes)
    for rows in chunks(len(codes), 256):
        part = codes[rows]
        prior = None if population is None else population.rows(rows)
        objective = likelihood.of(part) + (0.0 if prior is None else prior.log_density(nodes))
        if weight is not Weight.NONE:
            with np.errstate(divide="ignore"):
                objective = objective + 0.5 * np.log(product((part != MISSING).astype(np.float64), information))
        best = objective.argmax(axis=1)
        theta[rows], se[rows], at_bound[rows] = _refine(part, items, nodes, best, weight, curvature, prior)
    nothing = (codes == MISSING).all(axis=1) & (population is None)
    theta[nothing], se[nothing] = np.nan, np.nan  # the status says why
    outside = at_bound & ~nothing
    theta[outside] = np.where(theta[outside] > (low + high) / 2, bounds[1], bounds[0])
    se[outside] = np.inf
    return _scores(method, codes, theta, se, outside)


def _refine(
    codes: Codes,
    items: Items,
    nodes: Floats,
    best: NDArray[np.int64],
    weight: Weight,
    curvature: Curvature,
    population: Population | None,
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Root of the slope beside each row's best node; its standard error; whether the slope still points out of the grid."""

    def slope(theta: Floats, rows: NDArray[np.int64]) -> Floats:
        value = local_terms(codes[rows], items, theta, weight).slope
        return value if population is None else value - _pull(population, theta, rows)

    everyone = np.arange(len(codes))
    at = nodes[best]
    rising = slope(at, everyone) > 0
    out = (rising & (best == len(nodes) - 1)) | (~rising & (best == 0))
    low = np.where(rising, at, nodes[np.maximum(best - 1, 0)])
    high = np.where(rising, nodes[np.minimum(best + 1, len(nodes) - 1)], at)
    theta = np.where(out, at, 0.0)
    inside = np.flatnonzero(~out)
    if inside.size:
        theta[inside] = bracketed_root(_on(slope, inside), low[inside], high[inside])
    terms = local_terms(codes, items, theta, weight)
    if curvature is Curvature.EXPECTED:
        precision = terms.information
    elif weight is Weight.NONE:
        precision = terms.precision
    else:
        precision = _penalised_precision(codes, items, theta)
    if population is not None:
        precision = precision + 1.0 / np.asarray(population.sd) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return theta, np.where(precision > 0, 1.0 / np.sqrt(precision), np.inf), out


def _on(slope: Callable[[Floats, NDArray[np.int64]], Floats], rows: NDArray[np.int64]) -> Callable[..., Floats]:
    """The slope of these rows only, addressed by their position among them."""
    return lambda theta, active: slope(theta, rows[active])


def _pull(population: Population, theta: Floats, rows: NDArray[np.int64]) -> Floats:
    """Slope of −log of the normal density."""
    mean, sd = (
        value[rows] if isinstance(value, np.ndarray) else np.full(len(rows), value)
        for value in (population.mean, population.sd)
    )
    result: Floats = (theta - mean) / sd**2
    return result


def _penalised_precision(codes: Codes, items: Items, theta: Floats) -> Floats:
    """−(ℓ + ½ log I)″ by a central difference of its exact slope; the error is of the order of step², 1e−9."""
    step = 1e-4
    above, below = (local_terms(codes, items, theta + move, Weight.JEFFREYS).slope for move in (step, -step))
    result: Floats = (below - above) / (2 * step)
    return result
