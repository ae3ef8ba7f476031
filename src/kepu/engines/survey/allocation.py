"""How many of n go to each stratum: proportional, Neyman, power; with costs, a minimum each and never more than stand.

All three minimise Σ a²ₕ/nₕ for some aₕ, and whole numbers that do so exactly come from giving one unit after the other to
the stratum with the largest aₕ/√(nₕ(nₕ+1)): nothing is rounded, minimum and maximum just leave a stratum out.
Sources: Neyman (1934); Bankier, Power allocations, The American Statistician 42 (1988), 174–177; Wright, Exact optimal
sample allocation, Survey Methodology 43 (2017); costs: Cochran, Sampling Techniques (1977), section 5.5.
"""

import heapq
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from .errors import SurveyError
from .tables import Table

Array = np.ndarray[Any, Any]

_MOST_STEPS = 10_000_000
_LARGEST = 1e15  # squares and products of such numbers are still numbers


class Rule(StrEnum):
    """aₕ = Nₕ; NₕSₕ; Xₕ^q·Sₕ/|Ȳₕ|. Power lies between equal precision in each stratum (q = 0) and Neyman (q = 1, X = NȲ)."""

    PROPORTIONAL = "proportional"
    NEYMAN = "neyman"
    POWER = "power"


@dataclass(frozen=True)
class Strata:
    """What is known of each stratum, arrays (H,): `population` N ≥ 1 whole; `spread` S ≥ 0 (standard deviation);
    `mean` Ȳ ≠ 0 and `size` X > 0 (default N·|Ȳ|) for the power rule; `cost` c > 0 of one respondent; `least` n ≥ 1."""

    population: Array
    spread: Array | None = None
    mean: Array | None = None
    size: Array | None = None
    cost: Array | None = None
    least: Array | None = None


def allocate(
    strata: Strata, *, rule: Rule, n: int | None = None, budget: float | None = None, exponent: float = 0.5
) -> Table:
    """n respondents, or as many as `budget` pays for, over the strata.

    Returns columns `n`, `population`, `fraction` n/N, `weight` N/n, and with `spread` also `se` of the stratum's mean.
    With costs and given n the aim is the least variance for the money, nₕ ∝ aₕ/√cₕ. With a budget each step buys the
    largest gain per cost that is still paid for. Raises `allocation.*` for values out of range or an impossible n.
    """
    least, most = _limits(strata)
    worth = _worth(strata, rule, exponent)
    cost = np.ones(len(worth)) if strata.cost is None else np.asarray(strata.cost, dtype=float)
    if (n is None) == (budget is None):
        raise SurveyError("allocation.n_or_budget", "n", "either n or a budget", "both or neither")
    worth = worth / np.sqrt(cost)
    if n is not None:
        if not least.sum() <= n <= most.sum():
            raise SurveyError("allocation.n", "n", f"{least.sum()} to {most.sum()}", str(n))
        share = _within_n(worth, least, most, n)
    else:
        share = _within_budget(worth, least, most, cost, budget or 0.0)
    columns = {"n": share, "population": most, "fraction": share / most, "weight": most / share}
    if strata.spread is not None:
        columns["se"] = np.asarray(strata.spread) * np.sqrt((1 - share / most) / share)
    return Table(columns)


def mean_se(allocation: Table) -> float:
    """Standard error of the stratified mean: √Σ(Nₕ/N)²·seₕ²."""
    share = allocation["population"] / allocation["population"].sum()
    return float(np.sqrt(((share * allocation["se"]) ** 2).sum()))


def _limits(strata: Strata) -> tuple[Array, Array]:
    most = _column(strata.population, "population", len(strata.population), low=1)
    least = np.ones(len(most)) if strata.least is None else _column(strata.least, "least", len(most), low=1)
    for name, values in (("population", most), ("least", least)):
        if (values != np.floor(values)).any():
            raise SurveyError("allocation.value", name, "whole numbers", "others")
    over = np.flatnonzero(least > most)
    if len(over):
        place = over[0]
        raise SurveyError("allocation.least", f"stratum {place + 1}", f"least <= {most[place]:g}", f"{least[place]:g}")
    return least.astype(np.int64), most.astype(np.int64)


def _worth(strata: Strata, rule: Rule, exponent: float) -> Array:
    count = len(strata.population)
    population = np.asarray(strata.population, dtype=float)
    if strata.cost is not None:
        _column(strata.cost, "cost", count, above=0)
    spread = None if strata.spread is None else _column(strata.spread, "spread", count, low=0)
    if rule is Rule.PROPORTIONAL:
        return population
    if spread is None:
        raise SurveyError("allocation.no_spread", "spread", f"standard deviations, for the {rule} rule", "nothing")
    if rule is Rule.NEYMAN:
        worth = population * spread
    else:
        if strata.mean is None:
            raise SurveyError("allocation.no_mean", "mean", "means, for the power rule", "nothing")
        if not 0 <= exponent <= 1:
            raise SurveyError("allocation.exponent", "exponent", "0 to 1", f"{exponent:g}")
        mean = np.abs(_column(strata.mean, "mean", count))
        if (mean == 0).any():
            raise SurveyError("allocation.value", "mean", "means other than 0", "0")
        size = population * mean if strata.size is None else _column(strata.size, "size", count, above=0)
        worth = size**exponent * spread / mean
    if not worth.any():
        raise SurveyError("allocation.no_spread", "spread", "a stratum whose values differ", "0 in every stratum")
    return worth


def _column(values: Array, name: str, count: int, *, low: float = -math.inf, above: float = -math.inf) -> Array:
    column = np.asarray(values, dtype=float)
    if len(column) != count:
        raise SurveyError("allocation.length", name, f"{count} values", str(len(column)))
    bad = ~((np.abs(column) <= _LARGEST) & (column >= low) & (column > above))
    if bad.any():
        place = np.flatnonzero(bad)[0]
        limit = f"numbers >= {low:g}" if math.isfinite(low) else f"numbers > {above:g}"
        raise SurveyError(
            "allocation.value",
            f"{name}, stratum {place + 1}",
            limit if math.isfinite(max(low, above)) else "a number",
            f"{column[place]:g}",
        )
    return column


def _within_n(worth: Array, least: Array, most: Array, n: int) -> Array:
    """Exactly n. All steps of value above some bound are taken at once; the few that are left one by one."""

    def at(bound: float) -> Array:
        # k with worth/√(k(k−1)) ≥ bound, that is k(k−1) ≤ (worth/bound)²
        wanted = np.floor((1 + np.sqrt(1 + 4 * (worth / bound) ** 2)) / 2)
        return np.clip(np.minimum(wanted, most), least, most).astype(np.int64)

    high = float(worth.max())  # the first step costs √(1·2): at most one unit each
    low = float(worth[worth > 0].min()) / (2.0 * (int(most.max()) + 1))  # the last step of all
    full = at(low)
    if full.sum() < n:  # every stratum that gains anything is full; what is left adds nothing anywhere
        for place in np.flatnonzero(worth == 0):
            full[place] += min(int(most[place] - full[place]), int(n - full.sum()))
        return full
    for _ in range(200):
        middle = math.sqrt(low * high)
        if at(middle).sum() <= n:
            high = middle
        else:
            low = middle
    start = at(high) if at(high).sum() <= n else least.copy()
    return _one_by_one(worth, start, most, np.ones(len(worth)), float(n - start.sum()))


def _within_budget(worth: Array, least: Array, most: Array, cost: Array, budget: float) -> Array:
    needed = float((least * cost).sum())
    if not needed <= budget:
        raise SurveyError("allocation.budget", "budget", f"at least {needed:g} for the minimum", f"{budget:g}")
    if (budget - needed) / float(cost.min()) > _MOST_STEPS and (most - least).sum() > _MOST_STEPS:
        raise SurveyError(
            "allocation.budget", "budget", f"what pays for {_MOST_STEPS} at most", f"{budget:g}", "give n"
        )
    return _one_by_one(worth, least.copy(), most, cost, budget - needed)


def _one_by_one(worth: Array, share: Array, most: Array, cost: Array, money: float) -> Array:
    def step(place: int) -> tuple[float, int]:
        return -float(worth[place]) / math.sqrt(share[place] * (share[place] + 1)), place

    waiting = [step(place) for place in range(len(share)) if share[place] < most[place]]
    heapq.heapify(waiting)
    while waiting:
        _, place = heapq.heappop(waiting)
        if cost[place] > money * (1 + 1e-12):
            continue  # no longer affordable, nor ever again
        share[place] += 1
        money -= float(cost[place])
        if share[place] < most[place]:
            heapq.heappush(waiting, step(place))
    return share
