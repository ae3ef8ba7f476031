"""Estimates of domains as rows with their errors, from a design or from replicates."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from .arrays import Anything, Floats, Ints, Mask, ranks
from .design import Design
from .errors import SurveyError
from .intervals import Method, limits, t_quantile
from .linearization import DomainPass, Kind, Moments, design_effect
from .quantiles import SortedDomains
from .reliability import Doubt, Thresholds, doubts
from .replicates import Replicates
from .replication import ReplicatePass
from .tables import Table

Reference = Literal["wor", "wr"]
Freedom = Literal["design", "domain"]
Sample = Design | Replicates


@dataclass(frozen=True)
class Options:
    """How errors are shown: interval method, level, degrees of freedom, reference of the design effect."""

    interval: Method = "t"
    level: float = 0.95
    df: Freedom = "design"
    deff: Reference = "wor"
    thresholds: Thresholds = field(default_factory=Thresholds)

    def __post_init__(self) -> None:
        if self.df not in {"design", "domain"}:
            raise SurveyError("estimate.df", "df", "design, domain", str(self.df))
        if self.deff not in {"wor", "wr"}:
            raise SurveyError("estimate.deff", "deff", "wor, wr", str(self.deff))


class Pass(Protocol):
    """What a design or replicates, cut into domains, can do."""

    def moments(self, y: Floats, x: Floats | None = None, *, kind: Kind = "mean") -> Moments: ...


@dataclass(frozen=True)
class Rows:
    """Estimates as flat columns (m,), domain by domain, column by column; `deff` nan where not defined, `cv` nan at 0."""

    domain: Ints
    column: Ints
    estimate: Floats
    se: Floats
    cv: Floats
    low: Floats
    high: Floats
    df: Floats
    deff: Floats
    n: Ints
    weighted_n: Floats
    doubts: list[tuple[Doubt, ...]]

    def table(self) -> Table:
        """The same as a Table; `doubts` as a column of tuples."""
        kept = np.empty(len(self.doubts), dtype=object)
        kept[:] = self.doubts
        names = [name for name in self.__dataclass_fields__ if name != "doubts"]
        return Table({**{name: getattr(self, name) for name in names}, "doubts": kept})


def weights_of(sample: Sample) -> Floats:
    """The full-sample weights (n,)."""
    return sample.weights if isinstance(sample, Design) else sample.design.weights


def cut(sample: Sample, domain: Ints, count: int) -> DomainPass | ReplicatePass:
    """The sample cut into domains, by linearization or replication."""
    return DomainPass(sample, domain, count) if isinstance(sample, Design) else ReplicatePass(sample, domain, count)


def freedom(sample: Sample, domain: Ints, count: int, which: Freedom) -> Floats:
    """Degrees of freedom of each domain (count,)."""
    if which == "design":
        return np.full(count, float(sample.df))
    return sample.domain_df(domain, count).astype(np.float64)


def estimate(
    sample: Sample,
    y: Floats,
    *,
    statistic: Literal["mean", "total", "proportion", "ratio"] = "mean",
    denominator: Floats | None = None,
    by: Anything | None = None,
    where: Mask | None = None,
    missing: Literal["fail", "drop"] = "fail",
    interval: Method = "t",
    level: float = 0.95,
    df: Freedom = "design",
    deff: Reference = "wor",
) -> Table:
    """One row for each domain and column of y.

    `y` (n,) or (n, k); for a proportion 0 and 1. `by` (n,) labels of the domains; `where` (n,) who counts, a domain of
    the whole design and not a cut of the file; nan is missing. Columns of the result: domain (index into the sorted
    labels), by, column, estimate, se, cv, low, high, df, deff, n, weighted_n, doubts.
    Raises SurveyError: data.missing, domain.empty, interval.*, design.lonely_psu.
    """
    values = np.asarray(y)
    values = values.reshape(len(values), -1)
    inside = np.ones(len(values), dtype=bool) if where is None else np.asarray(where, dtype=bool)
    labels = np.zeros(len(values), dtype=np.int64) if by is None else np.asarray(by)
    codes = np.full(len(values), -1)
    codes[inside], names = ranks(labels[inside])
    if not inside.any():
        raise SurveyError("domain.empty", "where", "at least one row", "0")
    options = Options(interval, level, df, deff)
    kind: Kind = "mean" if statistic == "proportion" else statistic
    gap = np.zeros(len(values), dtype=bool) if denominator is None else np.isnan(denominator)
    blocks = []
    for columns, answered in _alike(values, gap, inside, missing):
        domain = np.where(answered, codes, -1)
        moments = cut(sample, domain, len(names)).moments(values[:, columns], denominator, kind=kind)
        part = rows(moments, kind=kind, options=options, df=freedom(sample, domain, len(names), df)).table()
        numbers = np.arange(values.shape[1])[columns]
        blocks.append({**part.columns, "by": names[part["domain"]], "column": numbers[part["column"]]})
    return Table({name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]})


def _alike(values: Anything, gap: Mask, inside: Mask, missing: str) -> list[tuple[slice, Mask]]:
    """Runs of columns that the same rows answered, and those rows."""
    if missing not in {"fail", "drop"}:
        raise SurveyError("estimate.missing", "missing", "fail, drop", missing)
    floats = np.issubdtype(values.dtype, np.floating)
    complete = not floats or bool(np.isfinite(values.sum(axis=0)).all())
    if complete and not gap.any():
        return [(slice(None), inside)]
    out = []
    for j in range(values.shape[1]):
        absent = gap | (np.isnan(values[:, j]) if floats else False)
        if missing == "fail" and (absent & inside).any():
            row = int(np.flatnonzero(absent & inside)[0])
            raise SurveyError(
                "data.missing",
                f"column {j + 1}, row {row + 1}",
                "a value",
                f"{int((absent & inside).sum())} missing",
                "say missing: drop to estimate over those who answered",
            )
        out.append((slice(j, j + 1), inside & ~absent))
    return out


def rows(moments: Moments, *, kind: Kind, options: Options, df: Floats) -> Rows:
    """Rows of linear estimates; domains without members are left out."""
    k = moments.estimate.shape[1]
    effects = design_effect(moments, kind=kind, reference=options.deff)
    kept = np.flatnonzero(moments.n > 0)
    domain, column = np.repeat(kept, k), np.tile(np.arange(k), len(kept))
    estimate, variance = moments.estimate[kept].reshape(-1), moments.variance[kept].reshape(-1)
    n, weighted = moments.n[domain], moments.weighted_n[domain]
    low, high = limits(
        estimate, variance, method=options.interval, level=options.level, df=df[domain], n=n.astype(np.float64)
    )
    return finished(
        domain, column, estimate, np.sqrt(checked_variance(variance)), (low, high), df[domain],
        effects[kept].reshape(-1), n, weighted, options,
    )  # fmt: skip


def checked_variance(variance: Floats) -> Floats:
    """The variance, refused where a design gives a negative or undefined one."""
    if (variance < 0).any():
        raise SurveyError(
            "variance.negative",
            "pps",
            "a variance ≥ 0",
            f"{variance[variance < 0][0]:g}",
            "this approximation fails for these probabilities; use brewer",
        )
    if np.isnan(variance).any():
        raise SurveyError(
            "variance.undefined", "design", "a variance", "none", "no replicate has members of the domain"
        )
    return variance


def finished(
    domain: Ints,
    column: Ints,
    estimate: Floats,
    se: Floats,
    interval: tuple[Floats, Floats],
    df: Floats,
    deff: Floats,
    n: Ints,
    weighted_n: Floats,
    options: Options,
) -> Rows:
    """Rows with cv and doubts filled in."""
    with np.errstate(invalid="ignore", divide="ignore"):
        cv = np.where(estimate == 0, np.nan, se / np.abs(estimate))
    found = [doubts(n=int(a), df=float(b), thresholds=options.thresholds) for a, b in zip(n, df, strict=True)]
    return Rows(domain, column, estimate, se, cv, *interval, df, deff, n, weighted_n, found)


def quantiles(sample: Sample, y: Floats, domain: Ints, count: int, probabilities: Floats, *, options: Options) -> Rows:
    """Quantiles of each domain at each probability, limits and errors by Woodruff's method; no design effect.

    Limits beyond the observed values are the smallest or largest one, with the doubt `limit_beyond_data`.
    """
    probabilities = np.asarray(probabilities, dtype=np.float64)
    if not ((probabilities > 0) & (probabilities < 1)).all():
        raise SurveyError("estimate.probabilities", "probabilities", "numbers between 0 and 1", str(probabilities))
    ordered = SortedDomains.of(y, weights_of(sample), domain, count)
    at = np.stack([ordered.at(np.full(count, p)) for p in probabilities], axis=1)
    below = (y[:, None] <= at[np.maximum(domain, 0)]).astype(np.float64)
    moments = cut(sample, domain, count).moments(below)
    df = freedom(sample, domain, count, options.df)
    n = moments.n.astype(np.float64)[:, None]
    low, high = limits(
        moments.estimate, checked_variance(moments.variance), method=options.interval, level=options.level,
        df=df[:, None], n=n,
    )  # fmt: skip
    ends = [np.stack([ordered.at(p) for p in side.T], axis=1) for side in (low, high)]
    tail = (1 + options.level) / 2
    t = t_quantile(np.full(count, np.inf) if options.interval == "normal" else df, tail)
    se = (ends[1] - ends[0]) / (2 * t[:, None])
    kept = np.flatnonzero(moments.n > 0)
    k = len(probabilities)
    where, column = np.repeat(kept, k), np.tile(np.arange(k), len(kept))
    flat = [a[kept].reshape(-1) for a in (at, se, ends[0], ends[1])]
    out = finished(
        where, column, flat[0], flat[1], (flat[2], flat[3]), df[where], np.full(len(where), np.nan),
        moments.n[where], moments.weighted_n[where], options,
    )  # fmt: skip
    beyond = ((low < 0) | (high > 1))[kept].reshape(-1)
    for i in np.flatnonzero(beyond):
        out.doubts[i] = (*out.doubts[i], Doubt("limit_beyond_data"))
    return out
