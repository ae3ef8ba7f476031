"""Fay–Herriot figures agree with R `sae`, with a direct maximisation, and with what simulated worlds turn out to be.

golden/fay_herriot.json was made with R 4.2.2 and sae 1.3 on invented data:
    mseFH(y ~ x0 + x1, d, method = "REML", data = frame); each figure printed with sprintf("%.15g", …)
"""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from kepu.engines.survey.errors import SurveyError
from kepu.engines.survey.reliability import Doubt
from kepu.engines.survey.small_areas import Benchmark, benchmark, benchmarked, fay_herriot

GOLDEN = json.loads((Path(__file__).parent / "golden" / "fay_herriot.json").read_text(encoding="utf-8"))["cases"]


def case(name):
    data = GOLDEN[name]
    direct = np.array(data["direct"])
    return direct, np.array(data["variance"]), np.column_stack([np.ones(len(direct)), np.array(data["covariates"])])


def world(seed, areas=30, spread=2.0):
    generator = np.random.default_rng(seed)
    x = np.column_stack([np.ones(areas), generator.normal(0, 1, areas)])
    d = generator.uniform(0.5, 4, areas)
    truth = x @ np.array([10.0, 2.0]) + generator.normal(0, np.sqrt(spread), areas)
    return truth, truth + generator.normal(0, np.sqrt(d)), d, x


@pytest.mark.parametrize("name", GOLDEN)
def test_every_figure_of_sae(name):
    expected = GOLDEN[name]["sae"]
    fit = fay_herriot(*case(name))
    assert expected["convergence"]
    np.testing.assert_allclose(fit.variance, expected["variance"], rtol=1e-12)
    for column, key in (("estimate", "beta"), ("se", "se")):
        np.testing.assert_allclose(fit.coefficients[column], expected[key], rtol=1e-11)
    np.testing.assert_allclose(fit.coefficients["p"], expected["p"], rtol=1e-8, atol=1e-300)
    np.testing.assert_allclose(fit.areas["eblup"], expected["eblup"], rtol=1e-11)
    np.testing.assert_allclose(fit.areas["mse"], expected["mse"], rtol=1e-11)
    for figure, key in ((fit.log_likelihood, "loglike"), (fit.aic, "aic"), (fit.bic, "bic")):
        assert figure == pytest.approx(expected[key], rel=1e-11)
    if expected["variance"]:  # at zero the search stops earlier here: nothing below zero is followed to its root
        assert fit.iterations == expected["iterations"]
        assert fit.warnings == ()
    else:
        assert [doubt.code for doubt in fit.warnings] == ["variance_at_zero"]


def restricted(a, y, d, x):
    """Restricted log-likelihood of A with the full matrices, independent of the traces of the product."""
    v = np.diag(a + d)
    inverse = np.linalg.inv(v)
    middle = x.T @ inverse @ x
    p = inverse - inverse @ x @ np.linalg.inv(middle) @ x.T @ inverse
    return -0.5 * (np.linalg.slogdet(v)[1] + np.linalg.slogdet(middle)[1] + y @ p @ y)


@pytest.mark.parametrize("seed", range(8))
def test_the_variance_maximises_the_restricted_likelihood(seed):
    _, y, d, x = world(seed, spread=0.6)
    found = optimize.minimize_scalar(lambda a: -restricted(a, y, d, x), bounds=(0, 20), options={"xatol": 1e-10})
    fit = fay_herriot(y, d, x, precision=1e-12, max_iterations=500)
    assert fit.variance == pytest.approx(found.x, abs=1e-5)


def test_a_search_that_leaves_the_road_is_caught():
    """Two very exact areas that disagree and many vague ones: a scoring step goes below minus the smallest variance."""
    y = np.array([0.0, 1.0, *([0.5] * 20)])
    d = np.array([1e-3, 1e-3, *([50.0] * 20)])
    x = np.ones((22, 1))
    fit = fay_herriot(y, d, x)
    assert [doubt.code for doubt in fit.warnings] == ["scoring_failed"]
    grid = np.linspace(0, 2, 2001)
    best = grid[np.argmax([restricted(a, y, d, x) for a in grid])]
    assert fit.variance == pytest.approx(best, abs=1e-3)


def test_the_figure_lies_between_model_and_survey():
    _, y, d, x = world(3)
    areas = fay_herriot(y, d, x).areas
    low, high = np.minimum(areas["direct"], areas["synthetic"]), np.maximum(areas["direct"], areas["synthetic"])
    assert (areas["eblup"] >= low).all()
    assert (areas["eblup"] <= high).all()
    assert (np.diff(areas["gamma"][np.argsort(d)]) <= 0).all()  # the vaguer the survey, the more the model counts
    np.testing.assert_allclose(areas["mse"], areas["g1"] + areas["g2"] + 2 * areas["g3"])
    np.testing.assert_allclose(areas["cv"], np.sqrt(areas["mse"]) / np.abs(areas["eblup"]))


@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-50, 50))
@settings(max_examples=30, deadline=None)
def test_another_unit_gives_the_same_figures(seed, factor, shift):
    _, y, d, x = world(seed)
    fit, other = fay_herriot(y, d, x), fay_herriot(y * factor + shift, d * factor**2, x)
    np.testing.assert_allclose(other.areas["eblup"], fit.areas["eblup"] * factor + shift, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(other.areas["mse"], fit.areas["mse"] * factor**2, rtol=1e-6)


def test_the_mse_is_what_simulated_worlds_show():
    """1,000 worlds: the average estimated MSE meets the average squared error within three Monte-Carlo errors and 5 %."""
    squared, estimated, survey = [], [], []
    for seed in range(1000):
        truth, y, d, x = world(seed)
        areas = fay_herriot(y, d, x).areas
        squared.append(((areas["eblup"] - truth) ** 2).mean())
        survey.append(((y - truth) ** 2).mean())
        estimated.append(areas["mse"].mean())
    error = np.std(squared) / np.sqrt(1000)
    assert np.mean(estimated) == pytest.approx(np.mean(squared), abs=3 * error + 0.05 * np.mean(squared))
    assert np.mean(squared) < 0.7 * np.mean(survey)  # and it is worth the trouble


def test_an_area_without_sample_gets_the_model_s_figure():
    _, y, d, x = world(5)
    y[[2, 9]] = d[[2, 9]] = np.nan
    fit = fay_herriot(y, d, x, precision=1e-12)
    rest = np.setdiff1d(np.arange(30), [2, 9])
    alone = fay_herriot(y[rest], d[rest], x[rest], precision=1e-12)
    assert fit.warnings == (Doubt("areas_without_sample", 2, 0),)
    np.testing.assert_allclose(fit.areas["eblup"][rest], alone.areas["eblup"])
    np.testing.assert_array_equal(fit.areas["eblup"][[2, 9]], fit.areas["synthetic"][[2, 9]])
    assert fit.areas["sampled"].tolist().count(False) == 2
    # a hopelessly vague survey comes to the same
    y[2], d[2] = 0.0, 1e14
    vague = fay_herriot(y, d, x, precision=1e-12)
    assert vague.areas["mse"][2] == pytest.approx(fit.areas["mse"][2], rel=1e-6)


def test_few_areas_are_a_doubt():
    _, y, d, x = world(4, areas=8)
    assert Doubt("few_areas", 6, 10) in fay_herriot(y, d, x).warnings


@pytest.mark.parametrize("rule", list(Benchmark))
def test_benchmarked_figures_meet_the_total_above(rule):
    _, y, d, x = world(7)
    weights = np.random.default_rng(1).uniform(1, 9, 30)
    weights /= weights.sum()
    fit = fay_herriot(y, d, x)
    table = benchmarked(fit, weights=weights, total=10.5, rule=rule)
    assert weights @ table["benchmarked"] == pytest.approx(10.5, rel=1e-12)
    moved = table["benchmarked"]
    if rule is Benchmark.RATIO:
        np.testing.assert_allclose(moved / fit.areas["eblup"], moved[0] / fit.areas["eblup"][0])
    else:
        np.testing.assert_allclose(table["adjustment"], table["adjustment"][0])
    np.testing.assert_allclose(table["benchmarked_rmse"] ** 2, fit.areas["mse"] + table["adjustment"] ** 2)
    assert (table["direct"] == y).all()  # beside the direct estimate


GOOD = (np.array([1.0, 2, 4, 3]), np.ones(4), np.ones((4, 1)))
NAN = float("nan")
REFUSED = [
    ("small_areas.length", (GOOD[0], np.ones(3), GOOD[2])),
    ("small_areas.length", (GOOD[0], GOOD[1], np.ones(4))),
    ("small_areas.covariate", (GOOD[0], GOOD[1], np.array([[1.0], [1], [NAN], [1]]))),
    ("small_areas.variance", (GOOD[0], np.array([1.0, 0, 1, 1]), GOOD[2])),
    ("small_areas.variance", (GOOD[0], np.array([1.0, -1, 1, 1]), GOOD[2])),
    ("small_areas.variance", (GOOD[0], np.array([1.0, NAN, 1, 1]), GOOD[2])),
    ("small_areas.variance", (np.array([1.0, NAN, 1, 1]), GOOD[1], GOOD[2])),
    ("small_areas.variance", (np.array([1.0, np.inf, 1, 1]), GOOD[1], GOOD[2])),
    ("small_areas.too_few", (GOOD[0][:1], GOOD[1][:1], GOOD[2][:1])),
    ("small_areas.rank", (GOOD[0], GOOD[1], np.ones((4, 2)))),
    ("small_areas.rank", (GOOD[0], GOOD[1], np.ones((4, 0)))),
]


@pytest.mark.parametrize(("code", "arguments"), REFUSED)
def test_what_cannot_be_fitted_is_refused(code, arguments):
    with pytest.raises(SurveyError) as refused:
        fay_herriot(*arguments)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "weights", "total", "rule"),
    [
        ("small_areas.length", [1, 1], 1.0, Benchmark.RATIO),
        ("small_areas.benchmark", [1, -1, 1], 1.0, Benchmark.DIFFERENCE),
        ("small_areas.benchmark", [0, 0, 0], 1.0, Benchmark.DIFFERENCE),
        ("small_areas.benchmark", [1, 1, 1], NAN, Benchmark.DIFFERENCE),
        ("small_areas.benchmark", [1, 1, 1], -1.0, Benchmark.RATIO),
        ("small_areas.benchmark", [0, 0, 1], 1.0, Benchmark.RATIO),
    ],
)
def test_what_cannot_be_benchmarked_is_refused(code, weights, total, rule):
    with pytest.raises(SurveyError) as refused:
        benchmark(np.array([1.0, 2, 0]), weights=np.array(weights), total=total, rule=rule)
    assert refused.value.code == code
