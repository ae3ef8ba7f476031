"""What must hold for any survey: scale, order, additivity, replicates against linearization, coverage of intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu.engines.survey.calibration import Margin, calibrate, poststratify, rake, trim_weights
from kepu.engines.survey.design import pps_design, survey_design
from kepu.engines.survey.errors import SurveyError
from kepu.engines.survey.estimates import Options, estimate, quantiles
from kepu.engines.survey.hadamard import hadamard
from kepu.engines.survey.intervals import limits
from kepu.engines.survey.replicates import make_replicates, rake_replicates


def drawn(seed, n=120, strata=4, units=5):
    """Weights, strata, clusters, domains and values of a small survey."""
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, strata, n)
    stratum[: strata * units] = np.repeat(np.arange(strata), units)
    unit = stratum * units + rng.integers(0, units, n)
    unit[: strata * units] = np.arange(strata * units)
    return rng.lognormal(3, 0.5, n), stratum, unit, rng.integers(0, 3, n), rng.normal(20, 5, n)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-3, 1e3))
def test_scaling_the_weights_leaves_means_and_errors(seed, factor):
    w, stratum, unit, domain, y = drawn(seed)
    plain, scaled = (
        estimate(survey_design(v, strata=[stratum], clusters=[unit]), y, by=domain, deff="wr") for v in (w, w * factor)
    )
    for name in ("estimate", "se", "low", "high", "deff"):
        assert scaled[name] == pytest.approx(plain[name], rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(seed):
    w, stratum, unit, domain, y = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(w))
    here = estimate(survey_design(w, strata=[stratum], clusters=[unit]), y, by=domain, statistic="total")
    there = estimate(
        survey_design(w[order], strata=[stratum[order]], clusters=[unit[order]]),
        y[order],
        by=domain[order],
        statistic="total",
    )
    for name in ("estimate", "se", "deff", "n"):
        assert there[name] == pytest.approx(here[name], rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_domains_add_up_to_the_whole(seed):
    w, stratum, unit, domain, y = drawn(seed)
    design = survey_design(w, strata=[stratum], clusters=[unit])
    parts = estimate(design, y, by=domain, statistic="total")
    whole = estimate(design, y, statistic="total")
    assert parts["estimate"].sum() == pytest.approx(whole["estimate"][0])
    assert parts["n"].sum() == whole["n"][0]
    # every respondent a cell of their own in sparse form gives what the dense form gives
    many = estimate(design, y, by=domain.astype(str), statistic="total")
    assert many["se"] == pytest.approx(parts["se"], rel=1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_raked_totals_are_met_and_have_no_error(seed):
    w, stratum, unit, domain, y = drawn(seed)
    other = (y > 20).astype(np.int64)
    design = survey_design(w, strata=[stratum], clusters=[unit])
    totals = [np.array([30.0, 40, 30]), np.array([55.0, 45])]
    fit = rake(design, [Margin(domain, totals[0], "a"), Margin(other, totals[1], "b")])
    assert fit.converged
    assert np.bincount(domain, weights=fit.design.weights) == pytest.approx(totals[0], rel=1e-9)
    assert np.bincount(other, weights=fit.design.weights) == pytest.approx(totals[1], rel=1e-9)
    row = estimate(fit.design, other.astype(float), statistic="total")
    assert row["se"][0] < 1e-2  # ten rounds of projections, not the limit
    exact = poststratify(design, Margin(domain, totals[0], "a")).design
    assert estimate(exact, (domain == 1).astype(float), statistic="total")["se"][0] < 1e-10
    model = np.column_stack([np.ones(len(w)), y])
    linear = calibrate(design, model, np.array([100.0, 2010.0])).design
    assert estimate(linear, y, statistic="total")["se"][0] < 1e-7


def test_ratio_estimator_is_calibration_with_spread_x():
    w, stratum, unit, _, y = drawn(3)
    design = survey_design(w, strata=[stratum], clusters=[unit])
    x = y + 3
    total = 1.1 * (w * x).sum()
    made = calibrate(design, x[:, None], np.array([total]), spread=x).design
    assert made.weights == pytest.approx(w * 1.1)


def test_trimmed_weights_keep_their_sum():
    w = np.array([1.0, 2, 3, 50])
    design = trim_weights(survey_design(w), upper=20, strict=True)
    assert design.weights.sum() == pytest.approx(56)
    assert design.weights[3] == 20
    with pytest.raises(SurveyError):
        trim_weights(survey_design(w), upper=0.5, strict=True)


@pytest.mark.parametrize("kind", ["JKn", "BRR", "Fay", "bootstrap", "subbootstrap"])
def test_replicates_agree_with_linearization_in_a_large_sample(kind):
    rng = np.random.default_rng(5)
    stratum, unit = np.repeat(np.arange(60), 40), np.repeat(np.arange(240), 10)
    w, y = rng.lognormal(3, 0.3, 2400), rng.normal(50, 10, 2400) + np.repeat(rng.normal(0, 3, 240), 10)
    design = survey_design(w, strata=[stratum], clusters=[unit])
    made = make_replicates(design, kind, replicates=300, seed=2)
    linear, replicated = estimate(design, y)["se"][0], estimate(made, y)["se"][0]
    assert replicated == pytest.approx(linear, rel=0.12 if "bootstrap" in kind else 0.02)
    assert 60 <= made.df <= (180 if kind in {"JKn", "bootstrap", "subbootstrap"} else made.count)


def test_a_seed_makes_the_same_bootstrap_again():
    w, stratum, unit, _, _y = drawn(1)
    design = survey_design(w, strata=[stratum], clusters=[unit])
    first, again = (make_replicates(design, "bootstrap", replicates=20, seed=9).factors for _ in range(2))
    assert (first == again).all()
    assert first.mean() == pytest.approx(1, abs=0.2)


def test_raking_inside_replicates_lowers_the_error_of_what_is_known():
    w, stratum, unit, domain, _y = drawn(8, n=400)
    design = survey_design(w, strata=[stratum], clusters=[unit])
    made = make_replicates(design, "JKn")
    raked, fit = rake_replicates(made, [Margin(domain, np.array([1000.0, 900, 1100]), "m")])
    assert fit.converged
    share = (domain == 0).astype(float)
    assert estimate(raked, share)["se"][0] < 1e-9 < estimate(made, share)["se"][0]


@pytest.mark.parametrize("least", [1, 2, 3, 9, 21, 25, 37, 93])
def test_hadamard_rows_are_orthogonal(least):
    matrix = hadamard(least)
    assert len(matrix) >= least
    assert (matrix @ matrix.T == len(matrix) * np.eye(len(matrix))).all()


def test_an_exhausted_stratum_adds_nothing_and_is_never_lonely():
    w, stratum = np.ones(5), np.array([0, 1, 1, 1, 1])
    design = survey_design(w, strata=[stratum], fpc=[np.array([1.0, 8, 8, 8, 8])])
    y = np.array([100.0, 1, 2, 3, 4])
    row = estimate(design, y, statistic="total")
    assert row["se"][0] ** 2 == pytest.approx(0.5 * 4 * np.var(y[1:], ddof=1))


def test_unequal_probabilities_take_clusters_and_refuse_a_negative_variance():
    p = np.array([0.2, 0.3, 0.4, 0.5])
    whole = pps_design(p, method="brewer")
    rows = pps_design(np.repeat(p, 2), method="brewer", clusters=np.repeat(np.arange(4), 2))
    y = np.array([3.0, 4, 5, 6])
    assert estimate(rows, np.repeat(y / 2, 2), statistic="total")["se"] == pytest.approx(
        estimate(whole, y, statistic="total")["se"]
    )


def test_intervals_cover():
    """1,000 draws of 60 units in 5 strata from a known population: 95 % within Monte-Carlo error of three deviations."""
    rng = np.random.default_rng(12)
    stratum = np.repeat(np.arange(5), 200)
    population = rng.binomial(30, rng.beta(4, 6, 1000)) / 30
    methods = ("t", "normal", "logit", "beta", "wilson", "arcsine", "likelihood")
    rows = np.stack(
        [np.concatenate([h * 200 + rng.choice(200, 12, replace=False) for h in range(5)]) for _ in range(1000)]
    )
    design = survey_design(np.full(60, 1000 / 60), strata=[stratum[rows[0]]], fpc=[np.full(60, 200.0)])
    made = estimate(design, population[rows].T)
    for method in methods:
        n = np.full(1000, 60.0)
        low, high = limits(made["estimate"], made["se"] ** 2, method=method, df=made["df"], n=n)
        assert 0.929 <= ((low <= population.mean()) & (population.mean() <= high)).mean() <= 0.971, method


def test_quantiles_of_equal_weights_are_order_statistics():
    design = survey_design(np.ones(9))
    made = quantiles(
        design, np.arange(1.0, 10), np.zeros(9, dtype=np.int64), 1, np.array([1 / 9, 0.5, 0.8]), options=Options()
    )
    assert made.estimate.tolist() == [1, 5, 8]
    assert (made.se > 0).all()
