"""Posterior distributions of ability on a grid, by matrix products over chunks of respondents."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import PsychometricsError
from .items import MISSING, Codes, Floats, Items

CHUNK = 4096  # respondents at a time: 61 nodes of them fit a second-level cache


@dataclass(frozen=True)
class Grid:
    """Equally spaced abilities (Q,). The default, 61 points from −6 to 6, is that of R mirt."""

    nodes: Floats

    @classmethod
    def between(cls, low: float = -6.0, high: float = 6.0, points: int = 61) -> "Grid":
        """`points` ≥ 3 abilities from low to high, ends included."""
        if not (low < high and points >= 3):
            raise PsychometricsError(
                "grid.range", "grid", "low < high and at least 3 points", f"{low}, {high}, {points}"
            )
        return cls(np.linspace(low, high, points))


@dataclass(frozen=True)
class Population:
    """Normal distribution of ability; `mean` and `sd` are one number, or one a respondent (N,) for a conditioning model."""

    mean: float | Floats = 0.0
    sd: float | Floats = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.mean).all() and np.isfinite(self.sd).all() and (np.asarray(self.sd) > 0).all()):
            raise PsychometricsError("population.range", "population", "finite mean, positive sd", str(self)[:80])

    def rows(self, rows: slice) -> "Population":
        """The distribution of these respondents."""
        mean = self.mean[rows] if isinstance(self.mean, np.ndarray) else self.mean
        sd = self.sd[rows] if isinstance(self.sd, np.ndarray) else self.sd
        return Population(mean, sd)

    def log_density(self, nodes: Floats) -> Floats:
        """Logarithm of the density, normalised over the nodes: (1, Q), or (N, Q) with a mean or sd per respondent."""
        mean, sd = (np.reshape(np.asarray(value, dtype=np.float64), (-1, 1)) for value in (self.mean, self.sd))
        log = -0.5 * ((nodes - mean) / sd) ** 2
        log -= log.max(axis=1, keepdims=True)
        result: Floats = log - np.log(np.exp(log).sum(axis=1, keepdims=True))
        return result


STANDARD = Population()


def chunks(rows: int, size: int = CHUNK) -> Iterator[slice]:
    """Slices that cover the rows in order."""
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))


SERIAL = 200_000  # multiply-adds of one product that OpenBLAS still does without waking its threads (from 262,144 on)


def product(left: Floats, right: Floats) -> Floats:
    """(n, m) @ (m, q) in blocks of rows, each too small for BLAS to share among threads.

    Products of this shape are over before the threads have met: on a busy machine sharing them costs ten times the work.
    """
    rows, (inner, outer) = len(left), right.shape
    size = max(1, SERIAL // (inner * outer))
    whole = rows - rows % size
    result = np.empty((rows, outer))
    np.matmul(left[:whole].reshape(-1, size, inner), right, out=result[:whole].reshape(-1, size, outer))
    np.matmul(left[whole:], right, out=result[whole:])
    return result


def cross_product(left: Floats, right: Floats) -> Floats:
    """(n, m)ᵀ @ (n, q), in blocks of rows like `product`."""
    rows, inner, outer = len(left), left.shape[1], right.shape[1]
    size = max(1, SERIAL // (inner * outer))
    whole = rows - rows % size
    blocks = left[:whole].reshape(-1, size, inner).transpose(0, 2, 1)
    result: Floats = np.matmul(blocks, right[:whole].reshape(-1, size, outer)).sum(axis=0)
    return result + left[whole:].T @ right[whole:]


class Likelihood:
    """Log-likelihood of answers at the nodes, as products of 0/1 matrices with tables of log-probabilities."""

    def __init__(self, items: Items, nodes: Floats) -> None:
        with np.errstate(divide="ignore"):
            log = np.log(items.probabilities(nodes))
        self.log = np.maximum(log, -700.0)  # an impossible answer stays comparable: 0 · −∞ would be NaN
        self.total = self.log[:, 0].sum(axis=0)

    def of(self, codes: Codes) -> Floats:
        """Codes (n, J) → (n, Q)."""
        answered = codes != MISSING
        complete = bool(answered.all())
        result: Floats = self.total if complete else product(answered.astype(np.float64), self.log[:, 0])
        for category in range(1, self.log.shape[1]):
            chosen = codes == category
            if chosen.any():
                result = result + product(chosen.astype(np.float64), self.log[:, category] - self.log[:, 0])
        return np.broadcast_to(result, (len(codes), self.log.shape[2]))


def posterior(likelihood: Likelihood, codes: Codes, log_prior: Floats) -> tuple[Floats, Floats]:
    """Posterior weights over the nodes (n, Q), each row of sum 1, and the log of each row's marginal likelihood (n,)."""
    log = likelihood.of(codes) + log_prior
    top = log.max(axis=1, keepdims=True)
    weights: Floats = np.exp(log - top, out=log)
    mass = weights.sum(axis=1, keepdims=True)
    weights /= mass
    return weights, (np.log(mass) + top)[:, 0]


def numbers(values: ArrayLike | None, rows: int, name: str) -> Floats:
    """Weights (N,), ones if none are given. Raises `weights.*` for a wrong length, a missing or a negative weight."""
    if values is None:
        return np.ones(rows)
    weights = np.asarray(values, dtype=np.float64)
    if weights.shape != (rows,):
        raise PsychometricsError("weights.shape", name, f"{rows} numbers", str(weights.shape))
    bad: NDArray[np.bool_] = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise PsychometricsError(
            "weights.negative", f"{name}, row {row + 1}", "a weight of 0 or more", str(weights[row])
        )
    if not weights.any():
        raise PsychometricsError("weights.all_zero", name, "a positive weight", "none")
    return weights
