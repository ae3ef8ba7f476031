"""Items that behave differently for two groups of equal ability: Mantel–Haenszel and logistic regression."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import expit

from .analysis import sums
from .errors import PsychometricsError
from .items import MISSING, Codes, Floats, codes_of


@dataclass(frozen=True)
class MantelHaenszel:
    """One row an item.

    `chisq_corrected` (with the continuity correction) and its chance `p`, `chisq` without; `odds_ratio` of a right answer,
    focal over reference; `delta` = 2.35 ln(odds_ratio), the ETS scale: negative is against the focal group; `se` of delta;
    `ets`: A negligible, B, C large; `levels`: score levels with both groups and both answers.
    """

    names: tuple[str, ...]
    chisq_corrected: Floats
    chisq: Floats
    p: Floats
    odds_ratio: Floats
    delta: Floats
    se: Floats
    ets: NDArray[np.str_]
    levels: NDArray[np.int64]


def mantel_haenszel(
    responses: ArrayLike,
    focal: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    matching: ArrayLike | None = None,
    purify: bool = False,
) -> MantelHaenszel:
    """DIF of right/wrong items (N, J) between `focal` (N,) 1 and 0, at equal sum score (the item included).

    Missing answers count 0 in the sum, and leave that item's tables. `matching` (N,): whole numbers in place of the sum.
    `purify`: items of class C are taken out of the sum (but for the item itself) and all is done again, until nothing changes.
    Class: A where |delta| < 1 or delta does not differ from 0 at 5 %; C where |delta| ≥ 1.5 and |delta| is above 1 at 5 %
    (one-sided); else B. Variance of the log odds ratio: Phillips & Holland (1987), Biometrics 43, 425–431.
    Source: Holland & Thayer (1988); Zieky (1993); for the test R's `mantelhaen.test`, whose correction is min(½, |Σ|).
    Raises `dif.group`, `dif.not_binary`.
    """
    codes, group, labels = _checked(responses, focal, names)
    if matching is not None:
        return _mantel_haenszel(codes, group, labels, [_levels(matching, len(codes))] * codes.shape[1])
    bad = np.zeros(codes.shape[1], dtype=bool)
    for _ in range(10):
        kept = sums(codes[:, ~bad])
        score = [kept + (np.maximum(codes[:, j], 0) if bad[j] else 0) for j in range(codes.shape[1])]
        found = _mantel_haenszel(codes, group, labels, score)
        now = found.ets == "C"
        if not purify or (now == bad).all() or now.all():
            break
        bad = now
    return found


def _mantel_haenszel(
    codes: Codes, group: NDArray[np.bool_], labels: tuple[str, ...], scores: Sequence[NDArray[np.int64]]
) -> MantelHaenszel:
    columns = np.array([_one_item(codes[:, j], group, scores[j]) for j in range(codes.shape[1])])
    corrected, chisq, ratio, variance, levels = columns.T
    with np.errstate(divide="ignore", invalid="ignore"):
        delta, se = 2.35 * np.log(ratio), 2.35 * np.sqrt(variance)
    size = np.abs(delta)
    with np.errstate(invalid="ignore"):
        negligible = (size < 1) | (size < 1.959963984540054 * se)
        large = (size >= 1.5) & (size - 1 > 1.6448536269514722 * se)
    ets = np.where(np.isnan(delta), "", np.where(negligible, "A", np.where(large, "C", "B")))
    p = stats.chi2.sf(corrected, 1)
    return MantelHaenszel(labels, corrected, chisq, p, ratio, delta, se, ets, levels.astype(np.int64))


def _one_item(answer: NDArray[np.int16], group: NDArray[np.bool_], score: NDArray[np.int64]) -> tuple[float, ...]:
    """Corrected and plain chi-square, odds ratio, variance of its logarithm, number of levels; NaN where no level compares."""
    given = answer != MISSING
    cell = score[given] * 4 + answer[given] * 2 + group[given]
    table = np.bincount(cell, minlength=4 * (int(score.max(initial=0)) + 1)).reshape(-1, 2, 2).astype(np.float64)
    table = table[(table.sum(axis=1) > 0).all(axis=1) & (table.sum(axis=2) > 0).all(axis=1)]
    if not len(table):
        return (np.nan,) * 4 + (0.0,)
    (wrong_ref, wrong_foc), (right_ref, right_foc) = table[:, 0].T, table[:, 1].T
    total = table.sum(axis=(1, 2))
    right, focal = right_ref + right_foc, wrong_foc + right_foc
    excess = float((right_foc - right * focal / total).sum())
    variance = float((right * (total - right) * focal * (total - focal) / (total**2 * (total - 1))).sum())
    correction = min(0.5, abs(excess))
    up, down = right_foc * wrong_ref / total, right_ref * wrong_foc / total
    ratio = up.sum() / down.sum() if down.sum() > 0 else np.inf
    # Phillips & Holland, with U = right_foc·wrong_ref and V = right_ref·wrong_foc
    spread = (up + ratio * down) * (right_foc + wrong_ref + ratio * (right_ref + wrong_foc)) / total
    log_variance = spread.sum() / (2 * up.sum() ** 2) if up.sum() > 0 and np.isfinite(ratio) else np.nan
    return (
        (abs(excess) - correction) ** 2 / variance,
        excess**2 / variance,
        float(ratio),
        float(log_variance),
        len(table),
    )


@dataclass(frozen=True)
class LogisticDif:
    """One row an item: likelihood-ratio tests of the group (uniform), of its product with the score (nonuniform), of both.

    `effect`: gain in Nagelkerke's R² by both; `effect_class` by Jodoin & Gierl: A below 0.035 or not significant at 5 %,
    B below 0.070, C from there. `group` and `product`: coefficients of the full model, on the scale of the sum score.
    """

    names: tuple[str, ...]
    lr_uniform: Floats
    p_uniform: Floats
    lr_nonuniform: Floats
    p_nonuniform: Floats
    lr_both: Floats
    p_both: Floats
    effect: Floats
    effect_class: NDArray[np.str_]
    group: Floats
    product: Floats


def logistic(
    responses: ArrayLike, focal: ArrayLike, *, names: Sequence[str] | None = None, matching: ArrayLike | None = None
) -> LogisticDif:
    """DIF by three nested logistic regressions of a right answer: on the sum; and the group; and their product.

    Responses (N, J) right/wrong, `focal` (N,) 0/1, `matching` (N,) whole numbers in place of the sum with the item.
    Sources: Swaminathan & Rogers (1990), J. Educ. Meas. 27, 361–370; Zumbo (1999); Jodoin & Gierl (2001), Appl. Meas. Educ. 14.
    Raises `dif.group`, `dif.not_binary`, `dif.separated` where the answers are separated perfectly.
    """
    codes, group, labels = _checked(responses, focal, names)
    score = sums(codes) if matching is None else _levels(matching, len(codes))
    rows = np.array([_logistic_item(labels[j], codes[:, j], group, score) for j in range(codes.shape[1])])
    uniform, product, both, effect, b_group, b_product = rows.T
    p_both = stats.chi2.sf(both, 2)
    classes = np.where((effect < 0.035) | (p_both >= 0.05), "A", np.where(effect < 0.070, "B", "C"))
    return LogisticDif(
        labels,
        uniform,
        stats.chi2.sf(uniform, 1),
        product,
        stats.chi2.sf(product, 1),
        both,
        p_both,
        effect,
        classes,
        b_group,
        b_product,
    )


def _logistic_item(
    name: str, answer: NDArray[np.int16], group: NDArray[np.bool_], score: NDArray[np.int64]
) -> tuple[float, ...]:
    """On the table of score × group, which holds all that the three models use."""
    given = answer != MISSING
    top = int(score.max(initial=0)) + 1
    cell = score[given] * 2 + group[given]
    count = np.bincount(cell, minlength=2 * top).astype(np.float64)
    right = np.bincount(cell, answer[given], minlength=2 * top).astype(np.float64)
    used = np.flatnonzero(count)
    value, member = (used // 2).astype(np.float64), (used % 2).astype(np.float64)
    design = np.stack([np.ones(used.size), value, member, value * member], axis=1)
    fits = [_binomial(name, design[:, :k], right[used], count[used]) for k in (1, 2, 3, 4)]
    null, base, with_group, full = (log_likelihood for log_likelihood, _ in fits)
    number = count.sum()

    def nagelkerke(log_likelihood: float) -> float:
        return float(-np.expm1(2 * (null - log_likelihood) / number) / -np.expm1(2 * null / number))

    coefficients = fits[3][1]
    return (
        2 * (with_group - base),
        2 * (full - with_group),
        2 * (full - base),
        nagelkerke(full) - nagelkerke(base),
        float(coefficients[2]),
        float(coefficients[3]),
    )


def _binomial(name: str, design: Floats, right: Floats, count: Floats) -> tuple[float, Floats]:
    """Log-likelihood (of single answers) and coefficients of a logistic regression, by Newton steps on scaled columns."""
    scale = np.abs(design).max(axis=0)
    scale[scale == 0] = 1.0
    x = design / scale
    beta = np.zeros(x.shape[1])
    for _ in range(60):
        chance = expit(x @ beta)
        information = (x * (count * chance * (1 - chance))[:, None]).T @ x
        step = np.linalg.lstsq(information, x.T @ (right - count * chance), rcond=None)[0]
        beta += np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            break
    linear = x @ beta
    log_likelihood = float((right * linear - count * np.logaddexp(0, linear)).sum())
    if not np.abs(step).max() < 1e-4:
        hint = "no one, or everyone, of some score is right; leave the item out or match on another score"
        raise PsychometricsError(
            "dif.separated", name, "right and wrong answers at like scores", "a perfect split", hint
        )
    return log_likelihood, beta / scale


def _checked(
    responses: ArrayLike, focal: ArrayLike, names: Sequence[str] | None
) -> tuple[Codes, NDArray[np.bool_], tuple[str, ...]]:
    codes, group = codes_of(responses), np.asarray(focal)
    labels = tuple(names) if names is not None else tuple(f"item_{j + 1}" for j in range(codes.shape[1]))
    if (over := np.flatnonzero((codes > 1).any(axis=0))).size:
        raise PsychometricsError("dif.not_binary", labels[over[0]], "0 and 1", str(codes[:, over[0]].max()))
    if group.shape != (len(codes),) or set(np.unique(group).tolist()) != {0, 1}:
        got = str(np.unique(group).tolist()[:5])
        raise PsychometricsError("dif.group", "focal", "0 and 1 for each respondent, both present", got)
    return codes, group.astype(bool), labels


def _levels(matching: ArrayLike, rows: int) -> NDArray[np.int64]:
    values = np.asarray(matching)
    if values.shape != (rows,) or (values < 0).any() or (values != np.floor(values)).any():
        raise PsychometricsError("dif.matching", "matching", f"{rows} whole numbers from 0", str(values.shape))
    return values.astype(np.int64)
