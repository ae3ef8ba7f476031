"""Item parameters as one table, and the derivatives of the category curves with respect to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from .errors import PsychometricsError
from .items import Floats, Items


class Model(StrEnum):
    """Which parameters of an item are estimated. An item of two categories under GRADED is a 2PL item."""

    TWO_PL = "2PL"
    THREE_PL = "3PL"
    GRADED = "graded"


class Family(StrEnum):
    """Distribution of a prior, and of which parameter."""

    SLOPE_LOGNORMAL = "slope_lognormal"  # ln a is normal(first, second)
    INTERCEPT_NORMAL = "intercept_normal"  # every d is normal(first, second)
    GUESSING_LOGIT_NORMAL = "guessing_logit_normal"  # ln(g / (1 − g)) is normal(first, second)
    GUESSING_BETA = "guessing_beta"  # g is beta(first, second)


@dataclass(frozen=True)
class Prior:
    """A prior of one parameter of every item that has it free. Densities are of the parameter named, without its constant."""

    family: Family
    first: float
    second: float

    def __post_init__(self) -> None:
        beta = self.family is Family.GUESSING_BETA
        if not (self.second > 0 and np.isfinite(self.first) and (not beta or self.first > 0)):
            raise PsychometricsError("calibration.prior", self.family, "a proper prior", f"{self.first}, {self.second}")


def table_of(items: Items) -> Floats:
    """Items as (J, max K + 1): slope, intercepts (NaN where padded), logit of the guessing (−∞ where it is 0)."""
    with np.errstate(divide="ignore"):
        return np.column_stack([items.slope, items.intercepts, logit(items.guessing)])


def items_of(table: Floats, names: Sequence[str]) -> Items:
    """The inverse of `table_of`."""
    return Items.of(table[:, 0], table[:, 1:-1], expit(table[:, -1]), names=names)


def free_of(models: Sequence[Model], categories: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which cells of the table are estimated."""
    free = np.zeros((len(models), int(categories.max()) + 1), dtype=bool)
    for row, model, count in zip(free, models, categories, strict=True):
        row[:count] = True
        row[-1] = model is Model.THREE_PL
    return free


@dataclass(frozen=True)
class Curves:
    """At the nodes: chance of each category (J, K, Q), and the slope of its logarithm by parameter (J, P, K, Q)."""

    chance: Floats
    slopes: Floats


def curves(table: Floats, free: NDArray[np.bool_], nodes: Floats) -> Curves:
    """Chances and ∂ log P_k / ∂(a, d_1 …, logit g); cells that are not free are 0."""
    items = items_of(table, [str(j) for j in range(len(table))])
    chance = items.probabilities(nodes)
    above = expit(items.slope[:, None, None] * nodes + items.bounds[:, :, None])
    spread = above * (1 - above)
    exists = ~np.isneginf(items.bounds[:, :-1, None])
    slopes = np.zeros((*table.shape, *chance.shape[1:]))
    rise = (1 - items.guessing)[:, None] * spread[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes[:, 0] = np.where(exists, 1 - above[:, :-1] - above[:, 1:], 0.0) * nodes
        for k in range(1, chance.shape[1]):
            has = exists[:, k]
            slopes[:, k, k] = np.where(has, spread[:, k] / chance[:, k], 0.0)
            slopes[:, k, k - 1] = np.where(has, -spread[:, k] / chance[:, k - 1], 0.0)
        at = np.flatnonzero(items.asymptotic)
        for category, sign in ((0, -1.0), (1, 1.0)):
            steep = sign * rise[at] / chance[at, category]
            slopes[at, 0, category], slopes[at, 1, category] = steep * nodes, steep
            guess = items.guessing[at, None]
            slopes[at, -1, category] = sign * guess * (1 - guess) * (1 - above[at, 1]) / chance[at, category]
    slopes[~free] = 0.0
    return Curves(chance, np.nan_to_num(slopes, posinf=0.0, neginf=0.0))


def log_prior(table: Floats, free: NDArray[np.bool_], priors: Sequence[Prior]) -> tuple[Floats, Floats, Floats]:
    """Log density of each item's parameters (J,), its gradient (J, P), and minus its second derivatives (J, P)."""
    value, gradient, curvature = np.zeros(len(table)), np.zeros(table.shape), np.zeros(table.shape)
    for prior in priors:
        columns = {Family.SLOPE_LOGNORMAL: [0], Family.INTERCEPT_NORMAL: list(range(1, table.shape[1] - 1))}
        for column in columns.get(prior.family, [table.shape[1] - 1]):
            at = np.flatnonzero(free[:, column])
            density, slope, bend = _prior_terms(prior, table[at, column])
            value[at] += density
            gradient[at, column] += slope
            curvature[at, column] += bend
    return value, gradient, curvature


def _prior_terms(prior: Prior, x: Floats) -> tuple[Floats, Floats, Floats]:
    first, variance = prior.first, prior.second**2
    if prior.family is Family.GUESSING_BETA:
        g = expit(x)  # beta(α, β) of g, as a function of logit g
        rise, fall = prior.first - 1, prior.second - 1
        with np.errstate(divide="ignore"):
            density = rise * np.log(g) + fall * np.log1p(-g)
        return density, rise * (1 - g) - fall * g, (rise + fall) * g * (1 - g)
    if prior.family is Family.SLOPE_LOGNORMAL:
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log(x)
            density = np.where(x > 0, -log - 0.5 * (log - first) ** 2 / variance, -np.inf)
            slope = -(1 + (log - first) / variance) / x
            bend = (1 / variance - 1 - (log - first) / variance) / x**2
        return density, np.nan_to_num(slope), np.nan_to_num(bend)
    return -0.5 * (x - first) ** 2 / variance, -(x - first) / variance, np.full(x.shape, 1 / variance)
