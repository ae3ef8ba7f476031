"""How large a sample must be, and what a sample of a given size can show.

Every answer comes from one variance, V = deff·S²/n·(1 − n/N), where deff is the design effect against simple random
sampling without replacement. Formulas and worked examples: docs/survey-sampling.md.
Sources: Cochran, Sampling Techniques (1977), chapter 4; Kish, Survey Sampling (1965), sections 8.2 and 12.4;
Valliant, Dever & Kreuter, Practical Tools for Designing and Weighting Survey Samples (2018), chapters 3 and 4.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from scipy import special

from .errors import SurveyError

_LARGEST = 10**9  # a sample beyond this is no plan


class Verdict(StrEnum):
    """What a sample can say of a difference: power reached, at least even odds, or less."""

    CAN_SHOW = "can_show"
    UNCERTAIN = "uncertain"
    CANNOT_SHOW = "cannot_show"


class Sides(StrEnum):
    """The test that is planned: any change, or a change in the expected direction only."""

    TWO = "two"
    ONE = "one"


@dataclass(frozen=True)
class Clusters:
    """`take` respondents in each cluster (> 0), `rho` intraclass correlation (0 … 1), clusters drawn in `strata` strata."""

    take: float
    rho: float
    strata: int = 1


@dataclass(frozen=True)
class Conditions:
    """What is known of the design before it is fielded.

    `level`: of the interval or test, in (0, 1). `deff` > 0: design effect, of the weights alone if `clusters` are
    given, since theirs, 1 + (take − 1)·rho, is then multiplied in. `population`: N of the target population, None if
    very large. `df`: design degrees of freedom; None: clusters − strata if clusters are given, else infinite.
    """

    level: float = 0.95
    deff: float = 1.0
    population: int | None = None
    df: float | None = None
    clusters: Clusters | None = None

    def design_effect(self) -> float:
        """deff of weights and clustering together."""
        return self.deff * (1 + (self.clusters.take - 1) * self.clusters.rho if self.clusters else 1)

    def freedom(self, n: float) -> float:
        """Degrees of freedom with n respondents; ≤ 0 where there are too few clusters for any estimate of error."""
        if self.df is not None:
            return self.df
        return math.ceil(n / self.clusters.take) - self.clusters.strata if self.clusters else math.inf

    def variance(self, spread: float, n: float) -> float:
        """V of a mean or share from n respondents; `spread` = S²."""
        left = 1 - n / self.population if self.population else 1.0
        return self.design_effect() * spread / n * max(left, 0.0)


@dataclass(frozen=True)
class Precision:
    """What n respondents give: standard error and half the interval's width in the unit of the estimate; cv = se/|value|,
    infinite at 0."""

    n: int
    se: float
    margin: float
    cv: float
    deff: float
    df: float


@dataclass(frozen=True)
class Change:
    """A change from `start` to `end` between two waves; `spread`: S² in each wave.

    `overlap`: share of the first wave's respondents who answer again, `correlation` of their two answers (−1 … 1);
    the two estimates then correlate by correlation · overlap · √(n₁/n₂).
    """

    start: float
    end: float
    spread: tuple[float, float]
    overlap: float = 0.0
    correlation: float = 0.0
    sides: Sides = Sides.TWO


@dataclass(frozen=True)
class Power:
    """Chance that a sample shows a distance from a target, or two waves a change (`difference`), and what to make of it."""

    n: tuple[int, ...]
    difference: float
    se: float
    df: float
    power: float
    verdict: Verdict


def share_spread(share: float, population: int | None = None) -> float:
    """S² = p(1−p)·N/(N−1) of a yes-or-no value; 0 < p < 1."""
    if not 0 < share < 1:
        raise SurveyError("planning.share", "share", "a share between 0 and 1, both excluded", f"{share:g}")
    return share * (1 - share) * (population / (population - 1) if population and population > 1 else 1)


def precision(value: float, spread: float, n: int, conditions: Conditions) -> Precision:
    """What a sample of n respondents gives for an expected value; `spread` = S² > 0, 1 ≤ n ≤ N.

    Raises `planning.n`, `planning.df` (no degree of freedom).
    """
    _check_n(n, conditions, "n")
    freedom = conditions.freedom(n)
    if freedom <= 0:
        raise SurveyError("planning.df", "clusters", "more clusters than strata", f"{freedom:g} degrees of freedom")
    se = math.sqrt(conditions.variance(spread, n))
    margin = _quantile(conditions.level, freedom) * se
    return Precision(n, se, margin, se / abs(value) if value else math.inf, conditions.design_effect(), freedom)


def size_for_margin(spread: float, margin: float, conditions: Conditions) -> int:
    """Smallest n whose interval is the estimate ± `margin` (> 0) or narrower; t with the design's degrees of freedom.

    Without clusters and population it is ⌈deff·t²S²/margin²⌉, with population N it is n₀/(1 + n₀/N).
    """

    def reached(n: int) -> bool:
        freedom = conditions.freedom(n)
        se = math.sqrt(conditions.variance(spread, n))
        return freedom > 0 and _quantile(conditions.level, freedom) * se <= margin * (1 + 1e-12)

    return _smallest(reached, conditions, "margin")


def size_for_cv(value: float, spread: float, cv: float, conditions: Conditions) -> int:
    """Smallest n whose coefficient of variation, se/value, is `cv` (> 0) or less."""

    def reached(n: int) -> bool:
        return conditions.freedom(n) > 0 and math.sqrt(conditions.variance(spread, n)) <= cv * abs(value) * (1 + 1e-12)

    return _smallest(reached, conditions, "cv")


def change_power(change: Change, n: tuple[int, int], conditions: Conditions, *, wanted: float = 0.8) -> Power:
    """Power of the t test of the difference of two waves, and whether the sample can show the change.

    V = V₁ + V₂ − 2·r·√(V₁V₂), r the correlation of the estimates; the test divides by √V, as an estimate of the
    difference later will (not by a pooled variance). Power from the noncentral t, from the normal if df is infinite.
    Degrees of freedom of the two waves are added, if not given. Raises `planning.n`, `planning.df`, `planning.overlap`.
    """
    for wave in n:
        _check_n(wave, conditions, "n")
    variance = _change_variance(change, n, conditions)
    return _power(
        n, change.end - change.start, variance, _change_freedom(n, conditions), conditions, change.sides, wanted
    )


def target_power(
    value: float, target: float, spread: float, n: int, conditions: Conditions, *,
    wanted: float = 0.8, sides: Sides = Sides.ONE,
) -> Power:  # fmt: skip
    """Power of the t test that an expected `value` lies beyond `target` (two sides: differs from it), with n respondents.

    The variance is that at the expected value, as the estimate's own will be. Raises `planning.n`, `planning.df`.
    """
    _check_n(n, conditions, "n")
    variance = conditions.variance(spread, n)
    return _power((n,), value - target, variance, conditions.freedom(n), conditions, sides, wanted)


def size_for_target(
    value: float, target: float, spread: float, conditions: Conditions, *,
    wanted: float = 0.8, sides: Sides = Sides.ONE,
) -> int:  # fmt: skip
    """Smallest n that shows an expected `value` to lie beyond `target` with power `wanted`; raises `planning.no_change`."""
    if value == target:
        raise SurveyError("planning.no_change", "target", "a target that differs from the value", f"{target:g}")

    def reached(n: int) -> bool:
        if conditions.freedom(n) <= 0:
            return False
        return target_power(value, target, spread, n, conditions, sides=sides).power >= wanted

    return _smallest(reached, conditions, "target")


def size_for_change(
    change: Change, conditions: Conditions, *, wanted: float = 0.8, ratio: float = 1.0, first: int | None = None
) -> tuple[int, int]:
    """Smallest (n₁, n₂) with power `wanted`: n₂ = ⌈ratio·n₁⌉, or n₁ = `first` where the first wave is past.

    Raises `planning.unreachable` where no second wave is large enough, `planning.no_change` for a change of 0.
    """
    if change.start == change.end:
        raise SurveyError("planning.no_change", "change", "an end that differs from the start", f"{change.end:g}")

    def waves(n: int) -> tuple[int, int]:
        return (first, n) if first is not None else (n, math.ceil(ratio * n - 1e-9))

    def reached(n: int) -> bool:
        if max(waves(n)) > (conditions.population or _LARGEST) or _change_freedom(waves(n), conditions) <= 0:
            return False
        if first is not None and change.overlap * first > n:
            return False  # those who answer again are themselves more than n
        return change_power(change, waves(n), conditions).power >= wanted

    return waves(_smallest(reached, conditions, "change", ratio=ratio if first is None else 1.0))


def detectable_change(
    change: Change, n: tuple[int, int], conditions: Conditions, *, wanted: float = 0.8, share: bool = False
) -> float | None:
    """Smallest distance from `change.start`, in the direction of `change.end`, that n shows with power `wanted`.

    With `share` the variance follows the share as it moves. None where not even a move to the end of the scale would do.
    """
    direction = 1.0 if change.end >= change.start else -1.0
    room = (1 - change.start if direction > 0 else change.start) if share else math.inf

    def power(distance: float) -> float:
        end = change.start + direction * distance
        spread = share_spread(end, conditions.population) if share else change.spread[1]
        moved = Change(change.start, end, (change.spread[0], spread), change.overlap, change.correlation, change.sides)
        return change_power(moved, n, conditions).power

    low, high = 0.0, math.sqrt(_change_variance(change, n, conditions)) or 1e-12
    while high < room and power(high) < wanted:
        low, high = high, 2 * high
    if high >= room:
        high = room * (1 - 1e-9)
        if power(high) < wanted:
            return None
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= wanted else (middle, high)
        if high - low <= 1e-12 * high:
            break
    return high


def _power(
    n: tuple[int, ...], distance: float, variance: float, freedom: float, conditions: Conditions, sides: Sides,
    wanted: float,
) -> Power:  # fmt: skip
    if freedom <= 0:
        raise SurveyError("planning.df", "clusters", "more clusters than strata", f"{freedom:g} degrees of freedom")
    if variance == 0:  # a census: every difference is seen, none is none
        power = float(distance != 0)
    else:
        power = _test_power(abs(distance) / math.sqrt(variance), freedom, conditions.level, sides)
    verdict = Verdict.CAN_SHOW if power >= wanted else Verdict.UNCERTAIN if power >= 0.5 else Verdict.CANNOT_SHOW
    return Power(n, distance, math.sqrt(variance), freedom, power, verdict)


def _change_freedom(n: tuple[int, int], conditions: Conditions) -> float:
    return conditions.df if conditions.df is not None else sum(conditions.freedom(wave) for wave in n)


def _change_variance(change: Change, n: tuple[int, int], conditions: Conditions) -> float:
    again = change.overlap * n[0]
    if again > n[1] * (1 + 1e-9):
        raise SurveyError("planning.overlap", "overlap", f"at most n2 = {n[1]} who answer again", f"{again:g}")
    first, second = (conditions.variance(spread, wave) for spread, wave in zip(change.spread, n, strict=True))
    correlation = change.correlation * again / math.sqrt(n[0] * n[1])
    return max(first + second - 2 * correlation * math.sqrt(first * second), 0.0)


def _quantile(level: float, freedom: float) -> float:
    upper = (1 + level) / 2
    return float(special.ndtri(upper) if math.isinf(freedom) else special.stdtrit(freedom, upper))


def _test_power(distance: float, freedom: float, level: float, sides: Sides) -> float:
    """Chance that |t| (one side: t) passes its critical value when the true difference is `distance` standard errors."""
    critical = _quantile(level if sides is Sides.TWO else 2 * level - 1, freedom)
    if math.isinf(freedom):
        power = special.ndtr(distance - critical)
        wrong_side = special.ndtr(-distance - critical)
    else:
        power = 1 - special.nctdtr(freedom, distance, critical)
        wrong_side = special.nctdtr(freedom, distance, -critical)
    return float(power + (wrong_side if sides is Sides.TWO else 0.0))


def _smallest(reached: Callable[[int], bool], conditions: Conditions, where: str, *, ratio: float = 1.0) -> int:
    """Smallest n that is enough; more respondents never make it worse."""
    most = conditions.population or _LARGEST
    most = max(1, math.floor(most / max(ratio, 1.0)))
    high = 1
    while not reached(high):
        if high == most:
            hint = "no sample does; allow less precision, or a larger other wave"
            raise SurveyError("planning.unreachable", where, f"a size up to {most}", "none is enough", hint)
        high = min(2 * high, most)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _check_n(n: int, conditions: Conditions, where: str) -> None:
    if n < 1 or (conditions.population is not None and n > conditions.population):
        limit = f"1 to {conditions.population}" if conditions.population else "at least 1"
        raise SurveyError("planning.n", where, limit, str(n))
