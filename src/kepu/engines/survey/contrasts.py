"""Any linear combination of domain estimates, with their covariance kept.

Covariance comes from the influence values of all estimates together (or from the replicates), never from adding
variances as if samples were apart (Lumley 2010, 2.4).
"""

from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Ints, Mask
from .design import Design
from .errors import SurveyError
from .estimates import Options, Rows, Sample, checked_variance, cut, finished, freedom, weights_of
from .intervals import limits, t_quantile
from .linearization import Kind
from .quantiles import SortedDomains
from .replicates import Replicates
from .replication import ReplicatePass
from .variance import covariance


@dataclass(frozen=True)
class Joint:
    """Estimates (m,) of m domains and their covariance (m, m)."""

    estimate: Floats
    covariance: Floats


def joint(
    sample: Sample,
    y: Floats,
    domain: Ints,
    count: int,
    *,
    kind: Kind = "mean",
    x: Floats | None = None,
    present: Ints | None = None,
) -> Joint:
    """Estimates of y (n,) in each domain, and their covariance.

    `domain` (n,) codes, -1 outside; `present` (n,) 0 for rows whose strata count when a unit is lonely (default: all).
    """
    table = y.reshape(-1, 1)
    if isinstance(sample, Replicates):
        passed = ReplicatePass(sample, domain, count)
        estimate = passed.moments(table, x, kind=kind).estimate[:, 0]
        return Joint(estimate, sample.covariance(passed.values(table, x, kind=kind)[:, :, 0], estimate))
    estimate = cut(sample, domain, count).moments(table, x, kind=kind).estimate[:, 0]  # type: ignore[union-attr]
    return Joint(estimate, covariance(sample, influence(sample, y, domain, estimate, kind=kind, x=x), present))


def influence(
    design: Design, y: Floats, domain: Ints, estimate: Floats, *, kind: Kind = "mean", x: Floats | None = None
) -> Floats:
    """Weighted influence values (n, domains): w·(y - θx)/Σwx inside the domain and 0 outside; w·y for a total."""
    out = np.zeros((len(design), len(estimate)))
    rows = np.flatnonzero(domain >= 0)
    d, w = domain[rows], design.weights[rows]
    if kind == "total":
        out[rows, d] = w * y[rows]
        return out
    below = w if x is None else w * x[rows]
    size = np.bincount(d, weights=below, minlength=len(estimate))
    out[rows, d] = (w * y[rows] - estimate[d] * below) / size[d]
    return out


def contrast(estimates: Joint, coefficients: Floats) -> Joint:
    """Combinations (r,) with their covariance from coefficients (r, m) or (m,)."""
    matrix = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
    if matrix.shape[1] != len(estimates.estimate):
        raise SurveyError("contrast.size", "coefficients", f"{len(estimates.estimate)} a row", str(matrix.shape[1]))
    return Joint(matrix @ estimates.estimate, matrix @ estimates.covariance @ matrix.T)


def difference(
    sample: Sample,
    y: Floats,
    start: Mask,
    end: Mask,
    *,
    options: Options,
    kind: Kind = "mean",
    x: Floats | None = None,
    probability: float | None = None,
    present: Ints | None = None,
) -> Rows:
    """estimate(end) - estimate(start) for two sets of rows (n,) bool, which may overlap; a quantile if `probability`.

    One row; n counts both sets. A quantile enters by its influence -(1{y ≤ q} - F(q)) / f(q), with 1/f the length of
    its Woodruff interval over that of the interval of F(q).
    """
    either = start | end
    if isinstance(sample, Replicates) and probability is None:
        passes = [ReplicatePass(sample, np.where(part, 0, -1), 1) for part in (start, end)]
        values = [p.moments(y[:, None], x, kind=kind).estimate[0, 0] for p in passes]
        theta = np.subtract(*(p.values(y[:, None], x, kind=kind)[:, 0, 0] for p in reversed(passes)))
        value = values[1] - values[0]
        variance = float(sample.variance(theta, np.float64(value)))  # type: ignore[arg-type]
    else:
        sides = [_side(sample, y, part, options, kind, x, probability) for part in (start, end)]
        value = sides[1][0] - sides[0][0]
        variance = _spread(sample, sides[1][1] - sides[0][1], present)
    domain = np.where(either, 0, -1)
    df = freedom(sample, domain, 1, options.df)
    w = weights_of(sample)
    n = np.array([sum(int((part & (w != 0)).sum()) for part in (start, end))])
    total = np.array([sum(float(w[part].sum()) for part in (start, end))])
    v = checked_variance(np.array([variance]))
    low, high = limits(
        np.array([value]), v, method=options.interval, level=options.level, df=df, n=n.astype(np.float64)
    )
    zero = np.zeros(1, dtype=np.int64)
    return finished(zero, zero, np.array([value]), np.sqrt(v), (low, high), df, np.full(1, np.nan), n, total, options)


def _side(
    sample: Sample, y: Floats, part: Mask, options: Options, kind: Kind, x: Floats | None, probability: float | None
) -> tuple[float, Floats]:
    """Estimate of one set of rows and what each row adds to it: weighted influence values or, replicated, (R,) values."""
    domain = np.where(part, 0, -1)
    if probability is None:
        if isinstance(sample, Replicates):
            raise TypeError("replicates carry values, not influence")
        value = sample_moments(sample, y, domain, kind, x)
        return float(value[0]), influence(sample, y, domain, value, kind=kind, x=x)[:, 0]
    ordered = SortedDomains.of(y, weights_of(sample), domain, 1)
    q = ordered.at(np.array([probability]))[0]
    below = (y <= q).astype(np.float64)
    moments = cut(sample, domain, 1).moments(below[:, None])
    df = freedom(sample, domain, 1, options.df)
    t = t_quantile(df, (1 + options.level) / 2)
    half = t * np.sqrt(moments.variance[0])
    share = moments.estimate[0]
    slope = float((ordered.at(share + half) - ordered.at(share - half))[0] / (2 * half[0])) if half[0] > 0 else 0.0
    if isinstance(sample, Replicates):
        return float(q), -slope * ReplicatePass(sample, domain, 1).values(below[:, None])[:, 0, 0]
    return float(q), -slope * influence(sample, below, domain, share)[:, 0]


def sample_moments(sample: Design, y: Floats, domain: Ints, kind: Kind, x: Floats | None) -> Floats:
    """The estimate (1,) of one domain."""
    passed = cut(sample, domain, 1)
    return passed.moments(y[:, None], x, kind=kind).estimate[:, 0]


def _spread(sample: Sample, scores: Floats, present: Ints | None) -> float:
    if isinstance(sample, Replicates):
        return float(sample.variance(scores, scores.mean()))
    return float(covariance(sample, scores[:, None], present)[0, 0])
