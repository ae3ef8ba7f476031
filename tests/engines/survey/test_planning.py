"""Sizes and powers agree with textbook formulas, with R and with simulation."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu.engines.survey.allocation import Rule, Strata, allocate, mean_se
from kepu.engines.survey.errors import SurveyError
from kepu.engines.survey.planning import (
    Change,
    Clusters,
    Conditions,
    Sides,
    Verdict,
    change_power,
    detectable_change,
    precision,
    share_spread,
    size_for_change,
    size_for_cv,
    size_for_margin,
    size_for_target,
    target_power,
)

Z = 1.959963984540054  # R: qnorm(0.975)


def test_the_margin_that_a_county_gets():
    """p = 15 %, n = 1,200: ±2.0 points; with a design effect of 2, ±2.9; a step of 1.2 points cannot be shown."""
    assert precision(0.15, share_spread(0.15), 1200, Conditions()).margin == pytest.approx(0.0202, abs=5e-5)
    assert precision(0.15, share_spread(0.15), 1200, Conditions(deff=2)).margin == pytest.approx(0.0286, abs=5e-5)
    step = Change(0.1414, 0.1534, (share_spread(0.1414), share_spread(0.1534)))
    got = change_power(step, (1200, 1200), Conditions(deff=2))
    assert got.verdict is Verdict.CANNOT_SHOW
    assert got.power == pytest.approx(0.0902289949120808, rel=1e-10)  # R: pnorm(d/se-z) + pnorm(-d/se-z)


def test_sizes_by_the_closed_formula():
    assert size_for_margin(0.25, 0.03, Conditions()) == math.ceil(Z**2 * 0.25 / 0.03**2) == 1068
    n0 = 2 * Z**2 * share_spread(0.15, 5000) / 0.02**2
    assert size_for_margin(share_spread(0.15, 5000), 0.02, Conditions(deff=2, population=5000)) == math.ceil(
        n0 / (1 + n0 / 5000)
    )
    assert size_for_cv(0.15, share_spread(0.15), 0.05, Conditions()) == math.ceil(0.85 / 0.15 / 0.05**2 - 1e-9)


def test_a_census_has_no_error():
    assert precision(0.5, share_spread(0.5, 200), 200, Conditions(population=200)).margin == 0
    assert precision(0.0, 1.0, 100, Conditions()).cv == math.inf
    assert size_for_margin(share_spread(0.5, 200), 1e-9, Conditions(population=200)) == 200


def test_clusters_bring_their_effect_and_their_degrees_of_freedom():
    conditions = Conditions(deff=1.2, clusters=Clusters(take=20, rho=0.05, strata=4))
    got = precision(0.15, share_spread(0.15), 481, conditions)
    assert got.deff == pytest.approx(1.2 * 1.95)
    assert got.df == 25 - 4
    few = precision(0.15, share_spread(0.15), 480, Conditions(df=20))
    assert few.margin / few.se == pytest.approx(2.08596344726586, rel=1e-12)  # R: qt(.975, 20)
    # the smallest size counts whole clusters beyond the strata, however wide the margin
    assert size_for_margin(0.25, 100, conditions) == 4 * 20 + 1


@given(
    st.floats(0.02, 0.98), st.floats(0.005, 0.3), st.floats(0.5, 5), st.none() | st.integers(50, 10**6),
    st.none() | st.floats(2, 100),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_a_size_is_enough_and_one_less_is_not(share, margin, deff, population, df):
    conditions = Conditions(deff=deff, population=population, df=df)
    spread = share_spread(share, population)
    n = size_for_margin(spread, margin, conditions)
    assert precision(share, spread, n, conditions).margin <= margin * (1 + 1e-9)
    if n > 1:
        assert precision(share, spread, n - 1, conditions).margin > margin


@pytest.mark.parametrize(
    ("n", "distance", "sd", "level", "sides", "power"),
    [  # R 4.2: power.t.test(n=, delta=, sd=, sig.level=, strict=TRUE)$power; the last with alternative="one.sided"
        (64, 0.5, 1.0, 0.95, Sides.TWO, 0.801459557922328),
        (12, 0.9, 1.2, 0.90, Sides.TWO, 0.554142260342143),
        (30, 0.4, 1.0, 0.95, Sides.ONE, 0.45471469548981),
    ],
)
def test_power_agrees_with_r(n, distance, sd, level, sides, power):
    change = Change(10, 10 - distance, (sd**2, sd**2), sides=sides)
    got = change_power(change, (n, n), Conditions(level=level, df=2 * n - 2))
    assert got.power == pytest.approx(power, rel=1e-9)


def test_detectable_change_agrees_with_r():
    # R 4.2: power.t.test(n=64, sd=1, power=0.8, strict=TRUE, tol=1e-12)$delta
    change = Change(0, 1, (1.0, 1.0))
    assert detectable_change(change, (64, 64), Conditions(df=126)) == pytest.approx(0.499069177965776, rel=1e-9)


def test_the_three_questions_of_a_change_agree():
    conditions = Conditions(deff=1.8, clusters=Clusters(15, 0.03, 6))
    change = Change(0.14, 0.17, (share_spread(0.14), share_spread(0.17)), overlap=0.4, correlation=0.6)
    n = size_for_change(change, conditions, ratio=1.5)
    assert n[1] == math.ceil(1.5 * n[0])
    assert change_power(change, n, conditions).verdict is Verdict.CAN_SHOW
    less = (n[0] - 1, math.ceil(1.5 * (n[0] - 1)))
    assert change_power(change, less, conditions).power < 0.8
    assert change_power(change, less, conditions).verdict is Verdict.UNCERTAIN
    assert detectable_change(change, n, conditions, share=True) <= 0.03
    assert detectable_change(change, less, conditions, share=True) > 0.03


def test_a_panel_shows_more_than_two_samples():
    spread = (0.2, 0.2)
    alone = change_power(Change(0.1, 0.13, spread), (2000, 2000), Conditions())
    panel = change_power(Change(0.1, 0.13, spread, overlap=0.5, correlation=0.8), (2000, 2000), Conditions())
    # Kish (1965), 12.4: V = 2·S²/n·(1 − overlap·correlation)
    assert panel.se == pytest.approx(alone.se * math.sqrt(1 - 0.4), rel=1e-12)


def test_power_is_what_a_simulation_finds():
    """20,000 pairs of waves of clusters; the t test rejects as often as planned, within four Monte-Carlo errors."""
    generator = np.random.default_rng(3)
    clusters, take, runs, distance = 12, 10, 20_000, 0.5
    between, within = 0.1, 0.9
    error = np.sqrt(between + within / take)
    waves = generator.normal(0, error, (2, runs, clusters))
    waves[1] += distance
    means, variances = waves.mean(axis=2), waves.var(axis=2, ddof=1) / clusters
    statistic = (means[1] - means[0]) / np.sqrt(variances.sum(axis=0))
    critical = 2.07387306790403  # R: qt(.975, 22)
    found = (np.abs(statistic) > critical).mean()
    conditions = Conditions(clusters=Clusters(take, between / (between + within)))
    planned = change_power(Change(0, distance, (1.0, 1.0)), (clusters * take,) * 2, conditions)
    assert planned.df == 22
    assert found == pytest.approx(planned.power, abs=4 * math.sqrt(0.25 / runs))


def test_a_target_is_shown_by_enough_answers():
    """One side: n = (z.95 + z.8)²·p(1−p)/d², by hand (1.644854 + 0.841621)²·0.1344/0.0001 = 8309.3."""
    spread = share_spread(0.16)
    n = size_for_target(0.16, 0.15, spread, Conditions())
    # the level of the one-sided test is 95 %
    assert n == math.ceil((1.6448536269514722 + 0.8416212335729143) ** 2 * 0.1344 / 0.01**2) == 8310
    assert target_power(0.16, 0.15, spread, n, Conditions()).verdict is Verdict.CAN_SHOW
    assert target_power(0.16, 0.15, spread, n - 1, Conditions()).power < 0.8
    # R 4.2: power.t.test(n=25, delta=0.5, sd=1, type="one.sample", strict=TRUE)$power
    got = target_power(0.5, 0, 1.0, 25, Conditions(df=24), sides=Sides.TWO)
    assert got.power == pytest.approx(ONE_SAMPLE, rel=1e-9)
    assert target_power(1.5, 2, 1.0, 25, Conditions(df=24), sides=Sides.TWO).power == pytest.approx(
        ONE_SAMPLE, rel=1e-9
    )


ONE_SAMPLE = 0.669707704179833


def test_a_past_wave_can_be_too_small_for_any_second_one():
    change = Change(0.14, 0.16, (share_spread(0.14), share_spread(0.16)))
    first, second = size_for_change(change, Conditions(), first=5000)
    assert first == 5000
    assert change_power(change, (5000, second), Conditions()).power >= 0.8
    assert change_power(change, (5000, second - 1), Conditions()).power < 0.8
    with pytest.raises(SurveyError) as refused:
        size_for_change(change, Conditions(), first=1000)
    assert refused.value.code == "planning.unreachable"
    # nothing up to a share of 1 can be seen with three answers
    assert detectable_change(Change(0.5, 1, (0.25, 0.25)), (3, 3), Conditions(df=2), share=True) is None


REFUSED = {
    "planning.share": lambda: share_spread(1.0),
    "planning.n": lambda: precision(0.5, 0.25, 300, Conditions(population=200)),
    "planning.df": lambda: precision(0.5, 0.25, 30, Conditions(clusters=Clusters(10, 0.1, 3))),
    "planning.overlap": lambda: change_power(Change(0, 1, (1, 1), overlap=1), (20, 10), Conditions()),
    "planning.no_change": lambda: size_for_change(Change(1, 1, (1, 1)), Conditions()),
    "planning.no_change ": lambda: size_for_target(0.15, 0.15, 0.1, Conditions()),
    "planning.unreachable": lambda: size_for_cv(0.5, 0.25, 1e-9, Conditions()),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_planned_is_refused(code):
    with pytest.raises(SurveyError) as refused:
        REFUSED[code]()
    assert refused.value.code == code.strip()


POPULATION = np.array([400, 250, 90, 12])
SPREAD = np.array([4.0, 9, 20, 1])
MEAN = np.array([10.0, 12, 30, 5])


def test_allocation_is_exact_where_the_shares_are_whole():
    strata = Strata(np.array([500, 300, 200]))
    assert allocate(strata, rule=Rule.PROPORTIONAL, n=100)["n"].tolist() == [50, 30, 20]
    # Neyman by hand: N·S = 2000, 3000, 5000
    strata = Strata(np.array([500, 300, 200]), spread=np.array([4.0, 10, 25]))
    assert allocate(strata, rule=Rule.NEYMAN, n=100)["n"].tolist() == [20, 30, 50]
    # with costs 1, 4, 25: n ∝ N·S/√c = 2000, 1500, 1000
    strata = Strata(np.array([500, 300, 200]), spread=np.array([4.0, 10, 25]), cost=np.array([1.0, 4, 25]))
    assert allocate(strata, rule=Rule.NEYMAN, n=90)["n"].tolist() == [40, 30, 20]
    assert allocate(strata, rule=Rule.NEYMAN, budget=40 + 120 + 500)["n"].tolist() == [40, 30, 20]


def test_power_allocation_lies_between_equal_precision_and_neyman():
    strata = Strata(POPULATION * 100, spread=SPREAD, mean=MEAN)
    ends = [allocate(strata, rule=Rule.POWER, n=400, exponent=q)["n"].tolist() for q in (0.0, 1.0)]
    assert ends[1] == allocate(strata, rule=Rule.NEYMAN, n=400)["n"].tolist()
    cv = SPREAD / MEAN
    np.testing.assert_allclose(ends[0], 400 * cv / cv.sum(), atol=1)


@given(
    st.lists(st.tuples(st.integers(1, 6), st.floats(0.1, 10), st.integers(1, 2)), min_size=2, max_size=4), st.data()
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_neyman_in_whole_numbers_is_the_best_of_all(rows, data):
    population, spread, least = (np.array(column) for column in zip(*rows, strict=True))
    least = np.minimum(least, population)
    n = data.draw(st.integers(int(least.sum()), int(population.sum())))
    got = allocate(Strata(population, spread=spread, least=least), rule=Rule.NEYMAN, n=n)
    ranges = [range(low, high + 1) for low, high in zip(least, population, strict=True)]
    best = min(
        sum((N * S) ** 2 / k for N, S, k in zip(population, spread, share, strict=True))
        for share in itertools.product(*ranges)
        if sum(share) == n
    )
    assert got["n"].sum() == n
    assert (got["n"] >= least).all()
    assert (got["n"] <= population).all()
    assert ((population * spread) ** 2 / got["n"]).sum() == pytest.approx(best, rel=1e-9)


def test_a_large_allocation_is_quick_and_complete():
    generator = np.random.default_rng(1)
    population = generator.integers(1000, 1_000_000, 400)
    table = allocate(Strata(population, spread=generator.uniform(0.2, 0.5, 400)), rule=Rule.NEYMAN, n=300_000)
    assert table["n"].sum() == 300_000
    share = population * 1.0 / population.sum()
    assert mean_se(table) == pytest.approx(math.sqrt(((share * table["se"]) ** 2).sum()))


def test_what_adds_nothing_is_filled_last():
    strata = Strata(np.array([5, 10**12, 7]), spread=np.array([1.0, 0, 2]))
    assert allocate(strata, rule=Rule.NEYMAN, n=10**11)["n"].tolist() == [5, 10**11 - 12, 7]


ALLOCATION_REFUSED = {
    "allocation.n_or_budget": (Strata(POPULATION), {"rule": Rule.PROPORTIONAL}),
    "allocation.n": (Strata(POPULATION), {"rule": Rule.PROPORTIONAL, "n": 3}),
    "allocation.budget": (Strata(POPULATION), {"rule": Rule.PROPORTIONAL, "budget": 3}),
    "allocation.no_spread": (Strata(POPULATION), {"rule": Rule.NEYMAN, "n": 10}),
    "allocation.no_mean": (Strata(POPULATION, spread=SPREAD), {"rule": Rule.POWER, "n": 10}),
    "allocation.exponent": (
        Strata(POPULATION, spread=SPREAD, mean=MEAN),
        {"rule": Rule.POWER, "n": 10, "exponent": 2},
    ),
    "allocation.value": (Strata(POPULATION, spread=-SPREAD), {"rule": Rule.NEYMAN, "n": 10}),
    "allocation.budget ": (Strata(POPULATION * 10**6), {"rule": Rule.PROPORTIONAL, "budget": 1e9}),
    "allocation.value ": (Strata(POPULATION * 1e300), {"rule": Rule.PROPORTIONAL, "n": 10}),
    "allocation.length": (Strata(POPULATION, spread=SPREAD[:2]), {"rule": Rule.NEYMAN, "n": 10}),
    "allocation.least": (Strata(POPULATION, least=np.full(4, 20)), {"rule": Rule.PROPORTIONAL, "n": 100}),
}


@pytest.mark.parametrize("code", ALLOCATION_REFUSED)
def test_what_cannot_be_allocated_is_refused(code):
    strata, options = ALLOCATION_REFUSED[code]
    with pytest.raises(SurveyError) as refused:
        allocate(strata, **options)
    assert refused.value.code == code.strip()
