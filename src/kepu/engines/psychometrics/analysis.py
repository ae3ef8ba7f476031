"""Classical item analysis: how hard an item is, how well it separates, what its wrong answers attract, how reliable the sum is."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import PsychometricsError
from .grids import numbers
from .items import MISSING, Codes, Floats, codes_of


@dataclass(frozen=True)
class ItemAnalysis:
    """One row an item, over the respondents who answered it.

    `difficulty`: mean share of the item's top score (0 hard … 1 easy). `point_biserial`: correlation of the item with the sum,
    `corrected` with the sum of the other items. `upper_lower`: difficulty among the highest 27 % of sums minus the lowest 27 %.
    `alpha_without`: alpha of the other items. `answered`: number of respondents. NaN where an item has no spread.
    `alpha`: of the whole test. `sum_mean`, `sum_sd`: of the sum score.
    """

    names: tuple[str, ...]
    answered: NDArray[np.int64]
    difficulty: Floats
    point_biserial: Floats
    corrected: Floats
    upper_lower: Floats
    alpha_without: Floats
    alpha: float
    sum_mean: float
    sum_sd: float


def analyse(
    responses: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    tops: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    share: float = 0.27,
) -> ItemAnalysis:
    """Item analysis of scored answers (N, J); a missing answer counts 0 in sums, as an answer not known does.

    `tops` (J,): highest score of each item, without it the highest seen. Weights (N,) enter every moment. `share` is Kelley's
    27 %: the groups are the respondents at or beyond the weighted quantiles of the sum, ties kept whole.
    Sources: Kelley (1939), J. Educ. Psych. 30, 17–24; Cronbach (1951), Psychometrika 16, 297–334; Henrysson (1963).
    Raises `responses.*`, `weights.*`, `analysis.share`, `analysis.too_few`.
    """
    codes = codes_of(responses)
    labels = tuple(names) if names is not None else tuple(f"item_{j + 1}" for j in range(codes.shape[1]))
    weight = numbers(weights, len(codes), "weights")
    if not 0 < share < 0.5:
        raise PsychometricsError("analysis.share", "share", "between 0 and 0.5", str(share))
    if len(labels) != codes.shape[1] or codes.shape[1] < 2 or (weight > 0).sum() < 2:
        got = f"{len(codes)} × {codes.shape[1]}"
        raise PsychometricsError("analysis.too_few", "responses", "2 items, 2 respondents, a name each", got)
    scored = np.where(codes == MISSING, 0, codes).astype(np.float64)
    answered = codes != MISSING
    given = weight @ answered
    top = np.maximum(scored.max(axis=0), 1) if tops is None else np.asarray(tops, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        difficulty = (weight @ (scored * answered)) / given / top
    total = scored.sum(axis=1)
    covariance = _covariance(scored, weight)
    return ItemAnalysis(
        names=labels,
        answered=answered.sum(axis=0),
        difficulty=difficulty,
        point_biserial=_with_sum(covariance, corrected=False),
        corrected=_with_sum(covariance, corrected=True),
        upper_lower=_upper_lower(scored / top, answered, total, weight, share),
        alpha_without=_alphas_without(covariance),
        alpha=_alpha(covariance),
        sum_mean=float(weight @ total / weight.sum()),
        sum_sd=float(np.sqrt(covariance.sum())),
    )


def _covariance(scored: Floats, weight: Floats) -> Floats:
    """Weighted covariances of the items (J, J), with divisor Σw − Σw²/Σw, which is n − 1 for weights of 1."""
    total = weight.sum()
    centred = scored - weight @ scored / total
    divisor = total - (weight**2).sum() / total
    result: Floats = (centred * weight[:, None]).T @ centred / divisor
    return result


def _with_sum(covariance: Floats, *, corrected: bool) -> Floats:
    own = np.diag(covariance)
    with_sum = covariance.sum(axis=1)
    spread = np.full(len(own), covariance.sum())
    if corrected:  # the sum of the others: cov(i, S − i), var(S − i)
        spread = spread - 2 * with_sum + own
        with_sum = with_sum - own
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((own > 0) & (spread > 0), with_sum / np.sqrt(own * spread), np.nan)


def _alpha(covariance: Floats) -> float:
    """Cronbach's α = J/(J−1) · (1 − Σ var_j / var(sum)); NaN without spread or with one item."""
    count, total = len(covariance), float(covariance.sum())
    return count / (count - 1) * (1 - float(np.trace(covariance)) / total) if total > 0 and count > 1 else float("nan")


def _alphas_without(covariance: Floats) -> Floats:
    keep = ~np.eye(len(covariance), dtype=bool)
    return np.array([_alpha(covariance[np.ix_(row, row)]) for row in keep])


def _upper_lower(shares: Floats, answered: NDArray[np.bool_], total: Floats, weight: Floats, share: float) -> Floats:
    order = np.argsort(total, kind="stable")
    rank = np.cumsum(weight[order]) / weight.sum()
    low = total <= total[order][np.searchsorted(rank, share)]
    high = total >= total[order][np.searchsorted(rank, 1 - share)]
    groups = []
    for chosen in (high, low):
        part = answered * (weight * chosen)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            groups.append((part * shares).sum(axis=0) / part.sum(axis=0))
    result: Floats = groups[0] - groups[1]
    return result


@dataclass(frozen=True)
class Options:
    """One row an item and answer option: how many chose it, as share of all, and the option's correlation with the rest sum.

    `is_key`: the right answer. A distractor with a positive correlation attracts those who know: look at the item.
    """

    item: NDArray[np.str_]
    option: NDArray[np.str_]
    is_key: NDArray[np.bool_]
    count: NDArray[np.int64]
    share: Floats
    share_upper: Floats
    share_lower: Floats
    correlation: Floats


def distractors(
    chosen: Sequence[Sequence[Hashable]],
    keys: Sequence[Hashable],
    *,
    names: Sequence[str] | None = None,
    share: float = 0.27,
) -> Options:
    """Distractor analysis of raw options (N rows of J), keys (J,); None is no answer.

    The sum is the number of right answers; the correlation is with the sum of the other items.
    Source: Haladyna (2004), Developing and Validating Multiple-Choice Test Items, ch. 9.
    """
    table = np.array([[None if value is None else str(value) for value in row] for row in chosen], dtype=object)
    if table.ndim != 2 or table.shape[1] != len(keys) or len(table) < 2:
        raise PsychometricsError("analysis.shape", "chosen", f"rows of {len(keys)}, at least 2", str(table.shape))
    labels = tuple(names) if names is not None else tuple(f"item_{j + 1}" for j in range(len(keys)))
    right = np.stack([table[:, j] == str(key) for j, key in enumerate(keys)], axis=1).astype(np.float64)
    total = right.sum(axis=1)
    low, high = total <= np.quantile(total, share), total >= np.quantile(total, 1 - share)
    rows: list[tuple[Any, ...]] = []
    for j, key in enumerate(keys):
        rest = total - right[:, j]
        for option in sorted({value for value in table[:, j] if value is not None} | {str(key)}):
            picked = table[:, j] == option
            rows.append(
                (
                    labels[j],
                    option,
                    option == str(key),
                    int(picked.sum()),
                    picked.mean(),
                    picked[high].mean(),
                    picked[low].mean(),
                    _correlation(picked.astype(np.float64), rest),
                )
            )
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Options(*columns)


def _correlation(x: Floats, y: Floats) -> float:
    spread = float(np.std(x) * np.std(y))
    return float(np.mean((x - x.mean()) * (y - y.mean())) / spread) if spread > 0 else float("nan")


def sums(codes: Codes) -> NDArray[np.int64]:
    """Sum score of each respondent (N,), a missing answer as 0."""
    result: NDArray[np.int64] = np.where(codes == MISSING, 0, codes).sum(axis=1, dtype=np.int64)
    return result
