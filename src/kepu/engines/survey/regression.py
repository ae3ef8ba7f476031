"""Linear and logistic regression with design-based errors.

Coefficients solve the weighted score equations Σ w x (y - μ) = 0; their influence values are A⁻¹ x (y - μ) with
A = Σ w x xᵀ dμ/dη (Binder 1983). Replicates refit the model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special, stats

from .arrays import Anything, Floats, Mask, ranks
from .errors import SurveyError
from .estimates import Sample, weights_of
from .intervals import t_quantile
from .replicates import Replicates
from .tables import Table
from .variance import covariance

Family = Literal["linear", "logistic"]


@dataclass(frozen=True)
class Regression:
    """Coefficients (k,) with covariance (k, k). `df` = design df + 1 - k."""

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    df: float
    iterations: int

    @property
    def se(self) -> Floats:
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def table(self, *, level: float = 0.95) -> Table:
        """One row a term: estimate, se, t, p (two-sided), limits by t."""
        t = self.coefficients / self.se
        half = t_quantile(np.full(len(t), self.df), (1 + level) / 2) * self.se
        p = 2 * stats.t.sf(np.abs(t), self.df) if self.df > 0 else np.full(len(t), np.nan)
        columns = {"term": np.array(self.names), "estimate": self.coefficients, "se": self.se, "t": t, "p": p}
        return Table({**columns, "low": self.coefficients - half, "high": self.coefficients + half})

    def wald(self, terms: list[str]) -> tuple[float, int, float, float]:
        """F, its degrees of freedom and p for all the named terms being 0 (Korn and Graubard 1990, unadjusted)."""
        at = [self.names.index(term) for term in terms]
        b, v = self.coefficients[at], self.covariance[np.ix_(at, at)]
        f = float(b @ np.linalg.solve(v, b)) / len(at)
        return f, len(at), self.df, float(stats.f.sf(f, len(at), self.df))


def model_matrix(terms: Mapping[str, Anything], *, intercept: bool = True) -> tuple[Floats, tuple[str, ...]]:
    """Columns (n, k) and their names: numbers as they are, labels by treatment contrasts to the first in order."""
    columns, names = [], []
    n = len(next(iter(terms.values())))
    if intercept:
        columns.append(np.ones(n))
        names.append("(Intercept)")
    for name, values in terms.items():
        array = np.asarray(values)
        if np.issubdtype(array.dtype, np.number) or array.dtype == bool:
            columns.append(array.astype(np.float64))
            names.append(name)
            continue
        codes, labels = ranks(array)
        for number in range(1, len(labels)):
            columns.append((codes == number).astype(np.float64))
            names.append(f"{name}{labels[number]}")
    return np.column_stack(columns), tuple(names)


def regress(
    sample: Sample,
    y: Floats,
    x: Floats,
    *,
    names: tuple[str, ...] | None = None,
    family: Family = "linear",
    where: Mask | None = None,
    epsilon: float = 1e-13,
    max_iterations: int = 100,
) -> Regression:
    """Fit y (n,) on x (n, k); `where` (n,) is a domain of the whole design; logistic y lies in [0, 1].

    Raises SurveyError: data.missing, regression.collinear, regression.not_converged, regression.response.
    """
    weights = weights_of(sample)
    inside = np.ones(len(weights), dtype=bool) if where is None else np.asarray(where, dtype=bool)
    if not inside.any():
        raise SurveyError("domain.empty", "where", "at least one row", "0")
    if not (np.isfinite(y[inside]).all() and np.isfinite(x[inside]).all()):
        raise SurveyError("data.missing", "regression", "values in every row", "missing", "restrict with where")
    if family == "logistic" and ((y[inside] < 0) | (y[inside] > 1)).any():
        raise SurveyError("regression.response", "y", "values in [0, 1]", "others")
    y0, x0 = np.where(inside, y, 0), np.where(inside[:, None], x, 0)
    w = np.where(inside, weights, 0)
    beta, rounds = _fit(w, y0, x0, family, np.zeros(x.shape[1]), epsilon, max_iterations)
    if isinstance(sample, Replicates):
        again = np.empty((sample.count, len(beta)))
        for r in range(sample.count):
            wr = np.where(inside, sample.weights(slice(None), slice(r, r + 1))[:, 0], 0)
            again[r] = _fit(wr, y0, x0, family, beta, epsilon, max_iterations)[0]
        spread = sample.covariance(again, beta)
    else:
        mean, slope = _mean(x0 @ beta, family)
        information = (x0 * (w * slope)[:, None]).T @ x0
        scores: Floats = np.linalg.solve(information, (x0 * (w * (y0 - mean))[:, None]).T).T.astype(np.float64)
        spread = covariance(sample, scores, np.where(inside, 0, -1))
    domain = np.where(inside, 0, -1)
    df = float(sample.domain_df(domain, 1)[0]) + 1 - len(beta)
    labels = names or tuple(f"x{j + 1}" for j in range(len(beta)))
    return Regression(labels, beta, spread, df, rounds)


def _mean(eta: Floats, family: Family) -> tuple[Floats, Floats]:
    if family == "linear":
        return eta, np.ones_like(eta)
    p = special.expit(eta)
    return p, p * (1 - p)


def _fit(
    w: Floats, y: Floats, x: Floats, family: Family, start: Floats, epsilon: float, max_iterations: int
) -> tuple[Floats, int]:
    """Newton steps, halved while they do not help, until the step is below epsilon of the coefficients."""
    beta = start.copy()
    if np.linalg.matrix_rank(x * np.sqrt(np.abs(w))[:, None]) < x.shape[1]:
        raise SurveyError("regression.collinear", "x", "columns that differ", "a column that the others make up")
    for rounds in range(1, max_iterations + 1):
        mean, slope = _mean(x @ beta, family)
        information = (x * (w * slope)[:, None]).T @ x
        try:
            step = np.linalg.solve(information, x.T @ (w * (y - mean)))
        except np.linalg.LinAlgError:
            break
        beta = beta + step
        if np.abs(beta).max() > 1e3 and family == "logistic":
            break
        if (np.abs(step) <= epsilon * (1 + np.abs(beta))).all() or family == "linear":
            return beta, rounds
    raise SurveyError(
        "regression.not_converged",
        "x",
        "finite coefficients",
        f"none after {max_iterations} rounds",
        "a column may separate the answers completely",
    )
