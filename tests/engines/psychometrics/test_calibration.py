import numpy as np
import pytest

from kepu.engines.psychometrics.calibration import Settings, calibrate
from kepu.engines.psychometrics.curves import Family, Model, Prior
from kepu.engines.psychometrics.errors import PsychometricsError
from kepu.engines.psychometrics.grids import Grid
from kepu.engines.psychometrics.items import Items
from kepu.engines.psychometrics.linking import link_without_drift
from kepu.engines.psychometrics.mirt_adapter import calibrate_by_package, item_fit, model_fit
from kepu.engines.psychometrics.precision import empirical_reliability, form_curve, marginal_reliability
from kepu.engines.psychometrics.scoring import eap
from kepu.engines.psychometrics.uncertainty import (
    Information,
    replicate_errors,
    respondent_scores,
    standard_errors,
)

from . import reference
from .simulate import answers

pytestmark = pytest.mark.slow

SHORT = Items.of([1.2, 0.8, 1.6, 1.0], [0.5, -0.4, 0.1, 1.0])


@pytest.fixture(scope="module")
def plain():
    return calibrate(reference.responses())


def test_2pl_agrees_with_r(plain):
    block = reference.golden()["sim40_2PL"]
    expected = reference.items(block["slope_intercept"])
    np.testing.assert_allclose(plain.items.slope, expected.slope, atol=2e-6)
    np.testing.assert_allclose(plain.items.intercepts, expected.intercepts, atol=2e-6)
    difficulty = [row["b"] for row in block["IRTpars"]]
    np.testing.assert_allclose(plain.items.difficulty[:, 0], difficulty, atol=2e-6)
    np.testing.assert_allclose(
        [plain.log_likelihood, plain.aic, plain.bic], [block["loglik"], block["AIC"], block["BIC"]], rtol=0, atol=1e-7
    )
    assert (plain.converged, plain.parameters, plain.respondents) == (True, block["npar"], block["N"])


def test_standard_errors_agree_with_r(plain):
    expected = [row["SE"][:2] for row in reference.golden()["sim40_2PL"]["se_slope_intercept"].values()]
    found = standard_errors(plain, reference.responses())
    np.testing.assert_allclose(found.se[:, :2], expected, rtol=1e-5)
    assert np.isnan(found.se[:, 2]).all()
    quick = standard_errors(plain, reference.responses(), kind=Information.CROSS_PRODUCT)
    np.testing.assert_allclose(quick.se[:, :2], expected, rtol=0.08)  # another estimator of the same matrix


def test_weighted_2pl_agrees_with_r():
    weights = np.array(reference.table("data_sim2pl_weights")[1][0])
    found = calibrate(reference.responses(), weights=weights)
    expected = reference.items(reference.golden()["sim40_2PL_survey_weights"]["IRTpars"])
    np.testing.assert_allclose(found.items.slope, expected.slope, atol=2e-6)
    np.testing.assert_allclose(found.items.difficulty, expected.difficulty, atol=2e-6)


def test_two_forms_with_shared_items_agree_with_r():
    block = reference.golden()["NEAT_concurrent"]
    names, columns = reference.table("data_twoforms_NEAT")
    group, table = columns[0], np.array(columns[1:]).T
    drifted, second = names.index("Item_20") - 1, np.array(group) == "B"
    apart = np.where(second, table[:, drifted], np.nan)  # item 20 is another item in group B
    table[second, drifted] = np.nan
    found = calibrate(np.column_stack([table, apart]), names=[*names[1:], "Item_20 B"], groups=group)
    assert found.groups == ("A", "B")
    for key, given in (("A", range(25)), ("B", range(15, 40))):
        expected = reference.items(block[key])
        ours = [40 if key == "B" and j == drifted else j for j in given]
        np.testing.assert_allclose(found.items.slope[ours], expected.slope[list(given)], atol=1e-4)
        np.testing.assert_allclose(found.items.intercepts[ours], expected.intercepts[list(given)], atol=1e-4)
    np.testing.assert_allclose(found.log_likelihood, block["loglik"], rtol=0, atol=1e-5)
    population = found.populations[1]
    np.testing.assert_allclose([population.mean, population.sd**2], [block["meanB"], block["varB"]], atol=1e-4)


def test_separate_calibrations_link_to_the_reference_constants():
    block, (names, columns) = reference.golden()["linking"], reference.table("data_twoforms_NEAT")
    group, table = np.array(columns[0]), np.array(columns[1:]).T
    parts = {}
    for key in "AB":
        given = ~np.isnan(table[group == key]).all(axis=0)
        labels = [name for name, has in zip(names[1:], given, strict=True) if has]
        parts[key] = calibrate(table[group == key][:, given], names=labels).items
    found, dropped = link_without_drift(parts["A"], parts["B"])
    assert dropped == ("Item_20",)
    np.testing.assert_allclose([found.scale, found.shift], block["without_item20"]["stocking_lord"], atol=1e-4)


def test_fit_and_reliability_agree_with_r():
    block, data = reference.golden()["sim40_2PL"], reference.responses()
    items = reference.items(block["slope_intercept"])
    found, rows = item_fit(data, items), block["S_X2"]
    for ours, key in ((found.s_x2, "S_X2"), (found.df, "df.S_X2"), (found.p, "p.S_X2"), (found.rmsea, "RMSEA.S_X2")):
        np.testing.assert_allclose(ours, [row[key] for row in rows], atol=1e-8)
    whole, expected = model_fit(data, items), block["M2"][0]
    np.testing.assert_allclose(
        [
            whole.m2,
            whole.df,
            whole.p,
            whole.rmsea,
            whole.srmsr,
            whole.tli,
            whole.cfi,
            whole.rmsea_low,
            whole.rmsea_high,
        ],
        [expected[key] for key in ("M2", "df", "p", "RMSEA", "SRMSR", "TLI", "CFI", "RMSEA_5", "RMSEA_95")],
        atol=2e-6,
    )
    np.testing.assert_allclose(marginal_reliability(items), block["marginal_rxx"], atol=1e-8)
    np.testing.assert_allclose(empirical_reliability(eap(data, items)), block["empirical_rxx_EAP"], atol=1e-12)


def test_the_package_agrees_where_it_can_do_the_same():
    data = reference.responses()[:, :8]
    ours = calibrate(data).items
    theirs = calibrate_by_package(data)
    np.testing.assert_allclose(theirs.slope, ours.slope, atol=1e-3)
    np.testing.assert_allclose(theirs.intercepts, ours.intercepts, atol=1e-3)


def test_graded_items_agree_with_the_package():
    true = Items.of([1.5, 1.0, 2.0, 1.2], [[1.0, -0.3, -1.5]] * 4)
    data = answers(true, 1500, seed=2)
    ours, theirs = calibrate(data, Model.GRADED).items, calibrate_by_package(data, Model.GRADED)
    np.testing.assert_allclose(theirs.slope, ours.slope, atol=1e-3)
    np.testing.assert_allclose(theirs.intercepts, ours.intercepts, atol=1e-3)


# Section 6 of the Law School Admission Test, 1,000 persons, counts of the patterns 00000 … 11111:
# Bock & Lieberman (1970), Psychometrika 35, 179–197.
LSAT6 = [
    3,
    6,
    2,
    11,
    1,
    1,
    3,
    4,
    1,
    8,
    0,
    16,
    0,
    3,
    2,
    15,
    10,
    29,
    14,
    81,
    3,
    28,
    15,
    80,
    16,
    56,
    21,
    173,
    11,
    61,
    28,
    298,
]
PATTERNS = (np.arange(32)[:, None] >> np.arange(4, -1, -1)) & 1


def test_published_estimates_of_lsat6():
    found = calibrate(PATTERNS, weights=LSAT6)
    # Rizopoulos (2006), Journal of Statistical Software 17(5): R ltm with 21 Gauss–Hermite points, four decimals
    np.testing.assert_allclose(found.items.difficulty[:, 0], [-3.3597, -1.3696, -0.2799, -1.8659, -3.1236], atol=3e-3)
    np.testing.assert_allclose(found.items.slope, [0.8254, 0.7229, 0.8905, 0.6886, 0.6575], atol=1e-3)
    np.testing.assert_allclose(found.log_likelihood, -2466.653, atol=1e-3)


def test_a_guessing_that_is_not_there_ends_at_its_bound():
    two = calibrate(PATTERNS, weights=LSAT6)
    three = calibrate(PATTERNS, Model.THREE_PL, weights=LSAT6, settings=Settings(most=70))
    assert three.log_likelihood > two.log_likelihood  # more parameters cannot fit worse
    assert (three.items.guessing < 5e-5).sum() >= 3
    one = calibrate(PATTERNS, [Model.THREE_PL, *[Model.TWO_PL] * 4], weights=LSAT6)
    errors = standard_errors(one, PATTERNS, weights=LSAT6)
    assert np.isnan(errors.se[:, -1]).all()
    assert np.isfinite(errors.se[:, :-1]).all()


def test_a_weight_of_two_is_a_row_twice():
    data = answers(SHORT, 400, seed=5)
    weights = np.where(np.arange(400) < 150, 2.0, 1.0)
    tight = Settings(tolerance=1e-9)
    weighted = calibrate(data, weights=weights, settings=tight)
    doubled = calibrate(np.vstack([data, data[:150]]), settings=tight)
    np.testing.assert_allclose(weighted.items.slope, doubled.items.slope, atol=1e-7)
    np.testing.assert_allclose(weighted.log_likelihood, doubled.log_likelihood, rtol=1e-12)


def test_scaled_weights_and_another_order_change_no_estimate():
    data, weights = answers(SHORT, 400, seed=6), np.random.default_rng(6).uniform(0.5, 3, 400)
    order = np.random.default_rng(7).permutation(400)
    tight = Settings(tolerance=1e-9)
    one = calibrate(data, weights=weights, settings=tight)
    other = calibrate(data[order], weights=1000 * weights[order], settings=tight)
    np.testing.assert_allclose(one.items.slope, other.items.slope, atol=1e-7)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_true_parameters_lie_within_their_errors(seed):
    true = Items.of(
        [1.2, 0.9, 1.6, 1.1, 1.4, 1.3],
        [[0.5, np.nan], [-0.4, np.nan], [0.8, -0.6], [1.0, -0.2], [0.0, np.nan], [-0.3, np.nan]],
        [0, 0, 0, 0, 0.2, 0],
    )
    models = [Model.TWO_PL, Model.TWO_PL, Model.GRADED, Model.GRADED, Model.THREE_PL, Model.TWO_PL]
    data = answers(true, 6000, seed)
    found = calibrate(data, models, priors=[Prior(Family.GUESSING_BETA, 5, 17)])
    assert found.converged
    errors = standard_errors(found, data)
    z = (
        np.column_stack([found.items.slope, found.items.intercepts]) - np.column_stack([true.slope, true.intercepts])
    ) / (errors.se[:, :-1])
    assert np.nanmax(np.abs(z)) < 4
    assert 0.05 < found.items.guessing[4] < 0.4


def test_priors_pull():
    data = answers(SHORT, 300, seed=9)
    free = calibrate(data).items
    bound = calibrate(
        data, priors=[Prior(Family.SLOPE_LOGNORMAL, 0, 0.05), Prior(Family.INTERCEPT_NORMAL, 0, 0.05)]
    ).items
    assert (np.abs(np.log(bound.slope)) < np.abs(np.log(free.slope))).all()
    assert (np.abs(bound.intercepts) < np.abs(free.intercepts)).all()
    data = answers(SHORT, 3000, seed=9)
    guessing = calibrate(data, Model.THREE_PL, priors=[Prior(Family.GUESSING_LOGIT_NORMAL, -1.1, 0.01)]).items.guessing
    np.testing.assert_allclose(guessing, 1 / (1 + np.exp(1.1)), atol=1e-3)


def test_scores_of_respondents_add_to_zero_at_the_maximum():
    data = answers(SHORT, 500, seed=11)
    group = ["x"] * 250 + ["y"] * 250
    found = calibrate(data, groups=group, settings=Settings(tolerance=1e-9))
    scores = respondent_scores(found, data, groups=group)
    assert scores.shape == (500, 8 + 2)
    np.testing.assert_allclose(scores.sum(axis=0), 0, atol=1e-4)


def test_jackknife_errors_are_near_the_models():
    data = answers(SHORT, 600, seed=12)
    found = calibrate(data)
    blocks = np.arange(600) % 60
    replicates = np.where(blocks[:, None] == np.arange(60), 0.0, 60 / 59)
    jackknife = replicate_errors(found, data, replicates, scale=59 / 60)
    model = standard_errors(found, data)
    # 60 replicates know an error to about 1/√120, nine per cent; eight errors within a third
    np.testing.assert_allclose(jackknife.se[:, :2], model.se[:, :2], rtol=0.34)


def test_a_finer_grid_changes_nothing_that_matters():
    data = answers(SHORT, 400, seed=13)
    coarse, fine = (
        calibrate(data, settings=Settings(Grid.between(-6, 6, points), 1e-9)).items.slope for points in (61, 201)
    )
    np.testing.assert_allclose(coarse, fine, atol=1e-6)


def test_not_converged_is_reported():
    found = calibrate(answers(SHORT, 400, seed=14), settings=Settings(tolerance=1e-12, most=3))
    assert (found.converged, found.passes) == (False, 3)
    assert found.change > 1e-12


def test_form_curve_of_one_item():
    found = form_curve(Items.of([2.0], [0.0]), [0.0])
    assert (found.expected_score[0], found.information[0], found.se[0]) == (0.5, 1.0, 1.0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: (d * 2, {}), "calibration.empty_category"),
        (lambda d: (d * 0, {}), "calibration.empty_category"),
        (lambda d: (np.where(np.arange(4) == 1, np.nan, d), {}), "calibration.no_answers"),
        (lambda d: (d + (np.arange(20) % 2)[:, None], {}), "calibration.too_many_categories"),
        (lambda d: (np.repeat(d[:, :1], 4, axis=1), {}), "calibration.diverged"),
        (lambda d: (d, {"weights": -np.ones(20)}), "weights.negative"),
        (lambda d: (d, {"weights": np.ones(3)}), "weights.shape"),
        (lambda d: (d, {"weights": np.zeros(20)}), "weights.all_zero"),
        (lambda d: (d, {"groups": ["a"]}), "calibration.shape"),
        (lambda d: (d, {"names": ["a"]}), "calibration.shape"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(change, code):
    data, options = change(answers(SHORT, 20, seed=1).astype(float))
    with pytest.raises(PsychometricsError) as refusal:
        calibrate(data, **options)
    assert refusal.value.code == code


def test_a_prior_must_be_proper():
    with pytest.raises(PsychometricsError) as refusal:
        Prior(Family.GUESSING_BETA, 0, 17)
    assert refusal.value.code == "calibration.prior"


def test_too_few_pairs_for_a_model_test():
    with pytest.raises(PsychometricsError) as refusal:
        model_fit(answers(Items.of([1, 1, 1], [0, 0, 0]), 100, 1), Items.of([1, 1, 1], [0, 0, 0]))
    assert refusal.value.code == "fit.too_few_items"
