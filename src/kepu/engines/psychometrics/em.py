"""The two steps of marginal maximum likelihood, and the extrapolation that shortens the way.

E: posterior of ability for each answer pattern, summed into expected counts. M: each item's own weighted regression.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from .curves import Prior, curves, items_of, log_prior
from .grids import CHUNK, Likelihood, Population, chunks, cross_product, posterior
from .items import MISSING, Codes, Floats


@dataclass(frozen=True)
class Patterns:
    """Distinct answer patterns (U, J) by group (U,) in 0 … G−1, with their summed weights (U,)."""

    codes: Codes
    group: NDArray[np.int64]
    weight: Floats

    @classmethod
    def of(cls, codes: Codes, group: NDArray[np.int64], weight: Floats) -> "Patterns":
        """Equal patterns of one group become one. Rows of weight 0 are left out."""
        keep = np.flatnonzero(weight > 0)
        codes, group, weight = codes[keep], group[keep], weight[keep]
        # Rows are told apart by a random linear key; the check below makes that exact, not probable.
        factors = np.random.default_rng(0).integers(1, 2**63, codes.shape[1] + 1, dtype=np.uint64)
        with np.errstate(over="ignore"):
            key = (codes.astype(np.uint64) * factors[:-1]).sum(axis=1, dtype=np.uint64)
            key += group.astype(np.uint64) * factors[-1]
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        if not (np.array_equal(codes[first][inverse], codes) and np.array_equal(group[first][inverse], group)):
            return cls(codes, group, weight)
        return cls(codes[first], group[first], np.bincount(inverse, weight, len(first)).astype(np.float64))

    def every(self, step: int) -> "Patterns":
        """A systematic part of the patterns, carrying the weight of all."""
        share = self.weight.sum() / self.weight[::step].sum()
        return Patterns(self.codes[::step], self.group[::step], self.weight[::step] * share)


@dataclass(frozen=True)
class Expected:
    """Expected weighted counts: answers (J, K, Q) and persons by group (G, Q); and the marginal log-likelihood."""

    counts: Floats
    persons: Floats
    log_likelihood: float


@dataclass(frozen=True)
class Point:
    """A place in the parameter space: the table of items and, by group, mean and sd of ability."""

    table: Floats
    means: Floats
    sds: Floats


@dataclass(frozen=True)
class Problem:
    """What is fitted: patterns, nodes, which cells are free, priors. The first group's population is fixed."""

    patterns: Patterns
    nodes: Floats
    free: NDArray[np.bool_]
    priors: Sequence[Prior]
    names: Sequence[str]

    def pack(self, point: Point) -> Floats:
        """The free parameters as one vector: items row by row, then mean and log sd of each further group."""
        return np.concatenate([point.table[self.free], point.means[1:], np.log(point.sds[1:])])

    def unpack(self, vector: Floats, like: Point) -> Point:
        """The inverse; fixed cells come from `like`."""
        count, groups = int(self.free.sum()), len(like.means) - 1
        table, means, sds = like.table.copy(), like.means.copy(), like.sds.copy()
        table[self.free] = vector[:count]
        means[1:], sds[1:] = vector[count : count + groups], np.exp(vector[count + groups :])
        return Point(_bounded(table, self.free), means, sds)

    def allows(self, point: Point) -> bool:
        """Whether intercepts fall, slopes stay within reason and populations are not degenerate."""
        with np.errstate(invalid="ignore"):
            falling = not (np.diff(point.table[:, 1:-1], axis=1) >= 0).any()
        inside = (np.abs(point.table[self.free]) < 60).all() and (np.abs(np.log(point.sds)) < 4).all()
        return bool(falling and inside and np.isfinite(point.means).all())


STEEPEST = 50.0  # a slope that reaches it has no maximum
LOWEST_GUESSING, HIGHEST_GUESSING = (
    -10.0,
    3.0,
)  # as logits, 0.00005 and 0.95: beyond them a logit has no maximum to settle at


def _bounded(table: Floats, free: NDArray[np.bool_]) -> Floats:
    """The table with every free guessing within its bounds; it is changed in place."""
    at = free[:, -1]
    table[at, -1] = np.clip(table[at, -1], LOWEST_GUESSING, HIGHEST_GUESSING)
    return table


def expectation(problem: Problem, point: Point) -> Expected:
    """E-step: one pass over the patterns, in chunks that stay in the processor's cache."""
    patterns, items = problem.patterns, items_of(point.table, problem.names)
    likelihood = Likelihood(items, problem.nodes)
    counts: Floats = np.zeros(likelihood.log.shape)
    persons: Floats = np.zeros((len(point.means), problem.nodes.size))
    total = 0.0
    log_density = Population(point.means, point.sds).log_density(problem.nodes)
    for rows in chunks(len(patterns.codes), CHUNK):
        codes, group, weight = patterns.codes[rows], patterns.group[rows], patterns.weight[rows]
        density = log_density if len(log_density) == 1 else log_density[group]
        shares, log_mass = posterior(likelihood, codes, density)
        total += float(weight @ log_mass)
        shares *= weight[:, None]
        for g in range(len(persons)):
            persons[g] += shares.sum(axis=0) if len(persons) == 1 else shares[group == g].sum(axis=0)
        answered = codes != MISSING
        chosen = np.zeros((codes.shape[1], problem.nodes.size))
        for category in range(1, counts.shape[1]):
            part = cross_product((codes == category).astype(np.float64), shares)
            counts[:, category] += part
            chosen += part
        whole = shares.sum(axis=0) if answered.all() else cross_product(answered.astype(np.float64), shares)
        counts[:, 0] += whole - chosen
    return Expected(counts, persons, total)


def maximisation(problem: Problem, point: Point, expected: Expected) -> Point:
    """M-step: Fisher scoring of every item at once, damped by Marquardt's rule where an item's objective would fall."""
    table = point.table.copy()
    value = _objective(problem, table, expected)
    damping = np.full(len(table), 1e-10)
    for _ in range(40):
        step = _scoring_step(problem, table, expected, damping)
        trial = _bounded(table + step, problem.free)
        after = _objective(problem, trial, expected)
        better = (after >= value) & np.isfinite(after)
        moved = np.abs(np.subtract(trial, table, out=np.zeros(table.shape), where=problem.free)).max(axis=1)
        table[better] = trial[better]
        value = np.where(better, after, value)
        damping = np.where(better, np.maximum(damping / 100, 1e-10), np.maximum(damping * 100, 1e-4))
        # an item whose damping has grown this far moves by less than its objective can tell
        if ((moved < 1e-10) | (damping > 1e6)).all():
            break
    mass = expected.persons / expected.persons.sum(axis=1, keepdims=True)
    # A population is normalised over the nodes, so its moments there are not quite its mean and sd: match those.
    density = np.exp(Population(point.means, point.sds).log_density(problem.nodes))
    (mean, sd), (own_mean, own_sd) = _moments(mass, problem.nodes), _moments(density, problem.nodes)
    means, sds = point.means + mean - own_mean, point.sds * sd / own_sd
    means[0], sds[0] = point.means[0], point.sds[0]
    return Point(table, means, sds)


def _moments(mass: Floats, nodes: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each row of masses (G, Q)."""
    means = mass @ nodes
    sds: Floats = np.sqrt((mass * (nodes - means[:, None]) ** 2).sum(axis=1))
    return means, sds


def _objective(problem: Problem, table: Floats, expected: Expected) -> Floats:
    """Expected complete-data log-likelihood plus log prior of each item (J,); −∞ where intercepts are disordered or a slope too steep."""
    with np.errstate(invalid="ignore"):
        disordered = (np.diff(table[:, 1:-1], axis=1) >= 0).any(axis=1) | (np.abs(table[:, 0]) > STEEPEST)
    safe = np.where(disordered[:, None], np.array([0.0, *(-np.arange(table.shape[1] - 2.0)), -9.0]), table)
    safe[:, 1:-1] = np.where(np.isnan(table[:, 1:-1]), np.nan, safe[:, 1:-1])
    with np.errstate(divide="ignore"):
        log = np.log(items_of(safe, problem.names).probabilities(problem.nodes))
    value = (expected.counts * np.maximum(log, -700.0)).sum(axis=(1, 2)) + log_prior(
        table, problem.free, problem.priors
    )[0]
    return np.where(disordered, -np.inf, value)


def item_gradient(problem: Problem, table: Floats, expected: Expected) -> Floats:
    """Slope of the marginal log-likelihood plus log prior by the items' parameters (J, P), by Fisher's identity."""
    found = curves(table, problem.free, problem.nodes)
    gradient: Floats = np.einsum("jkq,jpkq->jp", expected.counts, found.slopes)
    return gradient + log_prior(table, problem.free, problem.priors)[1]


def _scoring_step(problem: Problem, table: Floats, expected: Expected, damping: Floats) -> Floats:
    """(information + damping · its diagonal)⁻¹ gradient for each item, shortened as a whole to at most 2 in any parameter."""
    found = curves(table, problem.free, problem.nodes)
    _, prior_gradient, prior_bend = log_prior(table, problem.free, problem.priors)
    gradient = np.einsum("jkq,jpkq->jp", expected.counts, found.slopes) + prior_gradient
    weight = found.chance * expected.counts.sum(axis=1)[:, None]
    information = np.einsum("jpkq,jrkq->jpr", found.slopes * weight[:, None], found.slopes)
    diagonal = np.arange(table.shape[1])
    information[:, diagonal, diagonal] += np.maximum(prior_bend, 0.0) + ~problem.free
    information[:, diagonal, diagonal] *= 1 + damping[:, None]
    step = np.where(problem.free, np.linalg.solve(information, gradient[:, :, None])[:, :, 0], 0.0)
    result: Floats = step * np.minimum(1.0, 2.0 / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-300))
    return result


@dataclass(frozen=True)
class Fit:
    """Where the search ended: the point, its counts, passes over the data, largest last change, and whether it settled."""

    point: Point
    expected: Expected
    passes: int
    change: float
    converged: bool


def fit(problem: Problem, start: Point, tolerance: float, most: int, memory: int = 8) -> Fit:
    """EM with Anderson's extrapolation, which falls back to a plain step wherever the likelihood would drop.

    Stops when one EM step moves no parameter by `tolerance`. Source: Anderson (1965), J. ACM 12, 547–560;
    Walker & Ni (2011), SIAM J. Numer. Anal. 49, 1715–1735; Henderson & Varadhan (2019), J. Comp. Graph. Stat. 28.
    """
    point, safe = start, start
    best, change = -np.inf, np.inf
    residuals, images = list[Floats](), list[Floats]()
    for step in range(1, most + 1):
        expected = expectation(problem, point)
        objective = expected.log_likelihood + log_prior(point.table, problem.free, problem.priors)[0].sum()
        if objective < best - 1e-9 * abs(best):
            point, residuals, images = safe, [], []
            continue
        best = objective
        image = maximisation(problem, point, expected)
        change = _change(problem, point, image)
        if change < tolerance:
            return Fit(point, expected, step, change, converged=True)
        here, there = problem.pack(point), problem.pack(image)
        residuals, images = [*residuals[-memory:], there - here], [*images[-memory:], there]
        safe = image
        point = problem.unpack(_extrapolated(residuals, images), start)
        if not problem.allows(point):
            point, residuals, images = safe, [], []
    return Fit(point, expectation(problem, point), most, change, converged=False)


def _change(problem: Problem, point: Point, image: Point) -> float:
    """Largest change of a parameter, of the guessing as a probability: near 0 its logit moves without moving a curve."""
    moves = [image.table[:, :-1] - point.table[:, :-1], expit(image.table[:, -1:]) - expit(point.table[:, -1:])]
    largest = np.abs(np.where(problem.free, np.concatenate(moves, axis=1), 0.0)).max(initial=0.0)
    populations = (image.means - point.means, np.log(image.sds / point.sds))
    return float(max(largest, *(np.abs(values).max() for values in populations)))


def _extrapolated(residuals: Sequence[Floats], images: Sequence[Floats]) -> Floats:
    """The combination of past images whose combined residual is least."""
    if len(residuals) == 1:
        return images[-1]
    differences = np.diff(np.stack(residuals), axis=0).T
    moves = np.diff(np.stack(images), axis=0).T
    share, *_ = np.linalg.lstsq(differences, residuals[-1], rcond=1e-10)
    result: Floats = images[-1] - moves @ share
    return result


def gradient_of(problem: Problem, like: Point) -> Callable[[Floats], Floats]:
    """The slope of the marginal log-posterior as a function of the packed parameters."""

    def gradient(vector: Floats) -> Floats:
        point = problem.unpack(vector, like)
        expected = expectation(problem, point)
        slopes = item_gradient(problem, point.table, expected)[problem.free]
        centred = (problem.nodes - point.means[1:, None]) / point.sds[1:, None]
        persons = expected.persons[1:]
        # the prior is normalised over the nodes, so its own moments are subtracted
        density = np.exp(Population(point.means, point.sds).log_density(problem.nodes))[1:]
        number = persons.sum(axis=1)
        means = (((persons * centred).sum(axis=1)) - number * (density * centred).sum(axis=1)) / point.sds[1:]
        sds = (persons * centred**2).sum(axis=1) - number * (density * centred**2).sum(axis=1)
        return np.concatenate([slopes, means, sds])

    return gradient
