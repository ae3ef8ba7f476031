"""What a test can tell at each ability, and how reliable its scores are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad

from .grids import STANDARD, Population
from .items import Floats, Items
from .scoring import Scores


@dataclass(frozen=True)
class FormCurve:
    """By ability (Q,): expected sum score, information in 1/θ², and the standard error 1/√information."""

    theta: Floats
    expected_score: Floats
    information: Floats
    se: Floats


def form_curve(items: Items, theta: ArrayLike) -> FormCurve:
    """The whole test at θ (Q,): sums over its items. `se` is infinite where there is no information. Source: Lord (1980), ch. 5."""
    points = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    information = items.information(points).sum(axis=0)
    with np.errstate(divide="ignore"):
        return FormCurve(points, items.expected(points).sum(axis=0), information, 1 / np.sqrt(information))


def marginal_reliability(items: Items, population: Population = STANDARD) -> float:
    """∫ I(θ) / (I(θ) + 1/sd²) φ(θ) dθ for one population, by adaptive quadrature: R mirt's `marginal_rxx` at sd 1."""
    mean, sd = float(population.mean), float(population.sd)

    def integrand(z: float) -> float:
        information = float(items.information(mean + sd * z).sum())
        return information / (information + 1 / sd**2) * float(np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))

    return float(quad(integrand, -10, 10, epsabs=1e-10, epsrel=1e-10, limit=200)[0])


def empirical_reliability(scores: Scores) -> float:
    """s²(θ̂) / (s²(θ̂) + mean se²) over respondents with a finite score, s² with divisor n − 1: R mirt's `empirical_rxx`."""
    finite = np.isfinite(scores.theta) & np.isfinite(scores.se)
    spread = float(np.var(scores.theta[finite], ddof=1))
    return spread / (spread + float(np.mean(scores.se[finite] ** 2)))
