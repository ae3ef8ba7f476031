"""Two-way tables and the test of independence with Rao and Scott's corrections (1984).

X² of the weighted shares is compared with F by the second-order (Satterthwaite) correction: with δ the eigenvalues of
the generalized design effects of the interaction contrasts, F = X²/Σδ on d0 = (Σδ)²/Σδ² and d0·ν degrees of freedom
(Thomas and Rao 1987), ν those of the design.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from .arrays import Anything, Floats, Mask, ranks
from .errors import SurveyError
from .estimates import Sample, weights_of
from .replicates import Replicates
from .replication import ReplicatePass
from .tables import Table
from .variance import covariance


@dataclass(frozen=True)
class RaoScott:
    """F with its degrees of freedom and p; `chi2`, `first_order_p`: X² over the mean of δ against χ²."""

    f: float
    df: float
    denominator_df: float
    p: float
    chi2: float
    chi2_df: int
    first_order_p: float


@dataclass(frozen=True)
class CrossTable:
    """`cells`: row, column, share of the whole, se, row_share, column_share, n, weighted_n; `test` of independence."""

    cells: Table
    test: RaoScott


def crosstable(sample: Sample, rows: Anything, columns: Anything, *, where: Mask | None = None) -> CrossTable:
    """Shares of all combinations of two labels (n,); `where` (n,) is a domain of the whole design.

    Raises SurveyError crosstable.size if a label takes one value only.
    """
    weights = weights_of(sample)
    inside = np.ones(len(weights), dtype=bool) if where is None else np.asarray(where, dtype=bool)
    kept = np.flatnonzero(inside & (weights != 0))
    r, row_names = ranks(np.asarray(rows)[kept])
    c, column_names = ranks(np.asarray(columns)[kept])
    nr, nc = len(row_names), len(column_names)
    if nr < 2 or nc < 2:
        raise SurveyError("crosstable.size", "labels", "two or more values each", f"{nr} and {nc}")
    cell = np.full(len(weights), -1)
    cell[kept] = c * nr + r
    total = weights[kept].sum()
    sums = np.bincount(cell[kept], weights=weights[kept], minlength=nr * nc)
    share = sums / total
    spread = _covariance(sample, cell, share, inside)
    df = float(sample.domain_df(np.where(inside, 0, -1), 1)[0])
    grid = share.reshape(nc, nr)
    cells = Table(
        {
            "row": np.tile(row_names, nc),
            "column": np.repeat(column_names, nr),
            "share": share,
            "se": np.sqrt(np.maximum(np.diag(spread), 0)),
            "row_share": (grid / grid.sum(axis=0)).reshape(-1),
            "column_share": (grid / grid.sum(axis=1, keepdims=True)).reshape(-1),
            "n": np.bincount(cell[kept], minlength=nr * nc),
            "weighted_n": sums,
        }
    )
    return CrossTable(cells, rao_scott(grid, spread, n=len(kept), df=df))


def rao_scott(share: Floats, spread: Floats, *, n: int, df: float) -> RaoScott:
    """The test from shares (columns, rows) and the covariance of their flattened form."""
    nc, nr = share.shape
    p = share.reshape(-1)
    expected = np.outer(share.sum(axis=1), share.sum(axis=0)).reshape(-1)
    x2 = n * float((np.divide((p - expected) ** 2, expected, out=np.zeros_like(p), where=expected > 0)).sum())
    column, row = np.divmod(np.arange(nr * nc), nr)
    main = np.column_stack(
        [np.ones(nr * nc), row[:, None] == np.arange(1, nr), column[:, None] == np.arange(1, nc)]
    ).astype(np.float64)
    joint = np.column_stack([(row == i) & (column == j) for j in range(1, nc) for i in range(1, nr)]).astype(np.float64)
    contrasts = joint - main @ np.linalg.lstsq(main, joint, rcond=None)[0]
    inverse = np.divide(1, p, out=np.zeros_like(p), where=p > 0)
    scaled = contrasts * inverse[:, None]
    effects = np.linalg.solve(contrasts.T @ scaled / n, scaled.T @ spread @ scaled)
    size = float(np.trace(effects))
    d0 = size**2 / float(np.trace(effects @ effects))
    f = x2 / size
    k = contrasts.shape[1]
    return RaoScott(
        f, d0, d0 * df, float(stats.f.sf(f, d0, d0 * df)), x2 * k / size, k, float(stats.chi2.sf(x2 * k / size, k))
    )


def _covariance(sample: Sample, cell: Anything, share: Floats, inside: Mask) -> Floats:
    if isinstance(sample, Replicates):
        indicators = (cell[:, None] == np.arange(len(share))).astype(np.float64)
        values = ReplicatePass(sample, np.where(inside, 0, -1), 1).values(indicators)[:, 0]
        return sample.covariance(values, share)
    w = np.where(inside, sample.weights, 0)
    scores = ((cell[:, None] == np.arange(len(share))) - share) * (w / w.sum())[:, None]
    return covariance(sample, scores, np.where(inside, 0, -1))
