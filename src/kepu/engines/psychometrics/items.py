"""Items as a model knows them: slope, intercepts and asymptotes, and the chance of each answer at an ability."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from .errors import PsychometricsError

Floats = NDArray[np.float64]
Codes = NDArray[np.int16]
MISSING = -1


@dataclass(frozen=True)
class Items:
    """J items of the logistic family, in slope–intercept form without the constant 1.7.

    An item of K ordered categories 0 … K−1 (K = 2: wrong, right) has
        P(X ≥ k | θ) = g + (u − g) / (1 + exp(−(a θ + d_k))),  k = 1 … K−1,  d_1 > d_2 > …
    so 2PL is K = 2 with g = 0 and u = 1, 3PL lets g be positive, graded (Samejima 1969) has K > 2, where g = 0 and u = 1.

    `slope` (J,) in 1/unit of θ; `intercepts` (J, max K − 1), padded with NaN on the right; `guessing` g and `upper` u (J,) in [0, 1].
    Raises `items.*` for a shape that does not fit, a value that is not finite, disordered intercepts, asymptotes out of range.
    """

    names: tuple[str, ...]
    slope: Floats
    intercepts: Floats
    guessing: Floats
    upper: Floats

    @classmethod
    def of(
        cls,
        slope: ArrayLike,
        intercepts: ArrayLike,
        guessing: ArrayLike = 0.0,
        upper: ArrayLike = 1.0,
        names: Sequence[str] | None = None,
    ) -> "Items":
        """From slopes (J,) and intercepts (J,) or (J, K−1); asymptotes may be one number for all items."""
        slopes = np.atleast_1d(np.asarray(slope, dtype=np.float64))
        table = np.asarray(intercepts, dtype=np.float64)
        table = table.reshape(slopes.size, -1) if table.ndim < 2 else table
        return cls(
            names=tuple(names) if names is not None else tuple(f"item_{j + 1}" for j in range(slopes.size)),
            slope=slopes,
            intercepts=table,
            guessing=np.broadcast_to(np.asarray(guessing, dtype=np.float64), slopes.shape).copy(),
            upper=np.broadcast_to(np.asarray(upper, dtype=np.float64), slopes.shape).copy(),
        )

    @classmethod
    def from_difficulty(
        cls, slope: ArrayLike, difficulty: ArrayLike, guessing: ArrayLike = 0.0, names: Sequence[str] | None = None
    ) -> "Items":
        """From slopes (J,) and difficulties b (J,) or (J, K−1) on the scale of θ: d = −a b."""
        slopes = np.atleast_1d(np.asarray(slope, dtype=np.float64))
        table = np.asarray(difficulty, dtype=np.float64).reshape(slopes.size, -1)
        return cls.of(slopes, -slopes[:, None] * table, guessing, names=names)

    def __post_init__(self) -> None:
        count = len(self.names)
        shapes = (self.slope.shape, self.guessing.shape, self.upper.shape, self.intercepts.shape[:1])
        if count == 0 or any(shape != (count,) for shape in shapes) or self.intercepts.ndim != 2:
            raise PsychometricsError("items.shape", "items", f"{count} values each, at least one", str(shapes))
        if len(set(self.names)) < count:
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise PsychometricsError("items.name_twice", twice, "each name once", "the name twice")
        self._check_values()

    def _check_values(self) -> None:
        """The first item with a value that no model allows is named."""
        absent = np.isnan(self.intercepts)
        finite = np.isfinite(self.slope) & ~absent.all(axis=1) & ~np.isinf(self.intercepts).any(axis=1)
        with np.errstate(invalid="ignore"):
            rising = (np.diff(self.intercepts, axis=1) >= 0).any(axis=1)
        rising |= (absent[:, :-1] & ~absent[:, 1:]).any(axis=1)
        ordered = (self.guessing >= 0) & (self.guessing < self.upper) & (self.upper <= 1)
        graded = (~absent).sum(axis=1) > 1
        hint = "higher categories need lower intercepts (higher difficulties, where the slope is positive)"
        for code, bad, expected, hints in (
            ("items.not_finite", ~finite, "a finite slope and intercepts", ""),
            ("items.disordered", rising, "falling intercepts, padding on the right", hint),
            ("items.asymptotes", ~ordered, "0 ≤ guessing < upper ≤ 1", ""),
            (
                "items.asymptotes",
                graded & ((self.guessing != 0) | (self.upper != 1)),
                "guessing 0 in a graded item",
                "",
            ),
        ):
            if bad.any():
                j = int(np.flatnonzero(bad)[0])
                got = f"slope {self.slope[j]}, intercepts {self.intercepts[j].tolist()}, {self.guessing[j]} to {self.upper[j]}"
                raise PsychometricsError(code, self.names[j], expected, got, hints)

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def categories(self) -> NDArray[np.int64]:
        """Number of categories K of each item (J,)."""
        result: NDArray[np.int64] = 1 + (~np.isnan(self.intercepts)).sum(axis=1)
        return result

    @property
    def difficulty(self) -> Floats:
        """b = −d / a (J, K−1), on the scale of θ; NaN where padded."""
        result: Floats = -self.intercepts / self.slope[:, None]
        return result

    @cached_property
    def bounds(self) -> Floats:
        """Intercepts of the lower bound of each category and of the end (J, K+1): +∞, d_1 … d_{K−1}, −∞."""
        count, steps = self.intercepts.shape
        table = np.full((count, steps + 2), -np.inf)
        table[:, 0] = np.inf
        table[:, 1:-1] = np.where(np.isnan(self.intercepts), -np.inf, self.intercepts)
        return table

    @cached_property
    def asymptotic(self) -> NDArray[np.bool_]:
        """Which items have g > 0 or u < 1 (J,)."""
        result: NDArray[np.bool_] = (self.guessing > 0) | (self.upper < 1)
        return result

    def subset(self, chosen: ArrayLike) -> "Items":
        """The items at these positions, in this order."""
        at = np.arange(len(self))[np.asarray(chosen)]
        return Items(
            tuple(self.names[j] for j in at), self.slope[at], self.intercepts[at], self.guessing[at], self.upper[at]
        )

    def probabilities(self, theta: ArrayLike) -> Floats:
        """Chance of each category: θ (Q,) → (J, K, Q); categories that an item does not have are 0."""
        points = np.atleast_1d(np.asarray(theta, dtype=np.float64))
        linear = self.slope[:, None, None] * points + self.bounds[:, :, None]
        above = expit(linear)
        # The difference of two logistic curves as a product, exact in both tails; see docs/psychometrics.md.
        with np.errstate(invalid="ignore", over="ignore"):
            gap = -np.expm1(self.bounds[:, 1:] - self.bounds[:, :-1])
        gap = np.where(np.isneginf(self.bounds[:, :-1]), 0.0, gap)
        table: Floats = above[:, :-1] * expit(-linear[:, 1:]) * gap[:, :, None]
        at = np.flatnonzero(self.asymptotic)
        low, high = self.guessing[at, None], self.upper[at, None]
        table[at, 1] = low + (high - low) * above[at, 1]
        table[at, 0] = (1 - high) + (high - low) * expit(-linear[at, 1])
        return table

    def expected(self, theta: ArrayLike) -> Floats:
        """Expected category number of each item: θ (Q,) → (J, Q), from 0 to K−1."""
        table = self.probabilities(theta)
        result: Floats = np.einsum("jkq,k->jq", table, np.arange(table.shape[1], dtype=np.float64))
        return result

    def information(self, theta: ArrayLike) -> Floats:
        """Expected (Fisher) information of each item: θ (Q,) → (J, Q), Σ_k P'_k² / P_k, in 1/θ²."""
        points = np.atleast_1d(np.asarray(theta, dtype=np.float64))
        table, first, _ = slopes_of_log(self, points)
        result: Floats = (table * first**2).sum(axis=1)
        return result


def slopes_of_log(items: Items, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """P, (log P)' and (log P)'' with respect to θ (Q,): each (J, K, Q); the derivatives are 0 where P is 0 by definition.

    Graded and 2PL: (log P_k)' = a (1 − s_k − s_{k+1}) and (log P_k)'' = −a² (s_k(1−s_k) + s_{k+1}(1−s_{k+1})),
    s_k the logistic curve of bound k (s_0 = 1, s_K = 0): no difference of near numbers and no quotient.
    """
    table = items.probabilities(theta)
    curve = expit(items.slope[:, None, None] * theta + items.bounds[:, :, None])
    spread = curve * (1 - curve)
    slope = items.slope[:, None, None]
    exists = ~np.isneginf(items.bounds[:, :-1, None])
    first = np.where(exists, slope * (1 - curve[:, :-1] - curve[:, 1:]), 0.0)
    second = np.where(exists, -(slope**2) * (spread[:, :-1] + spread[:, 1:]), 0.0)
    for j in np.flatnonzero(items.asymptotic):
        a, rise = items.slope[j], (items.upper[j] - items.guessing[j]) * spread[j, 1]
        sign = np.array([-1.0, 1.0])[:, None]
        first[j, :2] = sign * a * rise / table[j, :2]
        second[j, :2] = sign * a**2 * rise * (1 - 2 * curve[j, 1]) / table[j, :2] - first[j, :2] ** 2
    return table, first, second


def coded(responses: Any, items: Items) -> Codes:
    """Answers as category numbers (N, J), −1 where missing (NaN, None, masked or negative).

    Raises `responses.shape`, `responses.not_whole`, `responses.out_of_range` with the first column and row at fault.
    """
    table = codes_of(responses)
    if table.shape[1] != len(items):
        raise PsychometricsError("responses.shape", "responses", f"{len(items)} columns", str(table.shape[1]))
    top = items.categories - 1
    if table.size and (wrong := np.argwhere(table > top)).size:
        row, column = wrong[0]
        raise PsychometricsError(
            "responses.out_of_range",
            f"{items.names[column]}, row {row + 1}",
            f"0 to {top[column]}",
            str(table[row, column]),
            "categories are numbered from 0",
        )
    return table


def codes_of(responses: Any) -> Codes:
    """Answers as whole numbers (N, J), −1 where missing; for data whose items are not known yet."""
    if isinstance(responses, np.ma.MaskedArray):
        responses = responses.filled(MISSING)
    table = np.asarray(responses)
    if table.ndim != 2:
        raise PsychometricsError(
            "responses.shape", "responses", "one row a person, one column an item", str(table.shape)
        )
    if table.dtype.kind not in "iub":
        numbers = table.astype(np.float64)
        numbers = np.where(np.isnan(numbers), MISSING, numbers)
        if (odd := np.argwhere(numbers != np.floor(numbers))).size:
            row, column = odd[0]
            where = f"column {column + 1}, row {row + 1}"
            raise PsychometricsError("responses.not_whole", where, "a whole number", str(numbers[row, column]))
        table = numbers
    if table.size and table.max() > np.iinfo(np.int16).max:
        raise PsychometricsError("responses.out_of_range", "responses", "small category numbers", str(table.max()))
    return np.where(table < 0, MISSING, table).astype(np.int16)
