import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu.engines.psychometrics.analysis import analyse, distractors
from kepu.engines.psychometrics.errors import PsychometricsError

from . import reference

SMALL = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]])


def test_four_respondents_by_hand():
    # sums 3 2 1 0, variance 5/3; item variances 1/4, 1/3, 1/4; alpha = 3/2 · (1 − (10/12)/(5/3)) = 3/4
    found = analyse(SMALL)
    np.testing.assert_allclose(found.difficulty, [0.75, 0.5, 0.25])
    np.testing.assert_allclose([found.alpha, found.sum_mean, found.sum_sd], [0.75, 1.5, np.sqrt(5 / 3)])
    np.testing.assert_allclose(found.corrected[1], np.corrcoef(SMALL[:, 1], SMALL[:, 0] + SMALL[:, 2])[0, 1])
    np.testing.assert_allclose(found.upper_lower, [0.5, 1, 0.5])  # 27 % of four is two: sums 3 and 2 against 1 and 0


def test_against_numpy_on_the_reference_data():
    data = reference.responses()
    found = analyse(data)
    rest = data.sum(axis=1, keepdims=True) - data
    for j in range(40):
        np.testing.assert_allclose(found.corrected[j], np.corrcoef(data[:, j], rest[:, j])[0, 1], rtol=1e-12)
        np.testing.assert_allclose(found.point_biserial[j], np.corrcoef(data[:, j], data.sum(axis=1))[0, 1], rtol=1e-12)
    np.testing.assert_allclose(found.alpha_without[7], analyse(np.delete(data, 7, axis=1)).alpha, rtol=1e-12)
    ranks = np.argsort(data.sum(axis=1), kind="stable")
    rough = data[ranks[-810:]].mean(axis=0) - data[ranks[:810]].mean(axis=0)
    np.testing.assert_allclose(found.upper_lower, rough, atol=0.06)  # ties stay whole here


def test_an_item_without_spread_has_no_correlation():
    found = analyse(np.column_stack([SMALL, np.ones(4)]))
    assert np.isnan([found.point_biserial[3], found.corrected[3]]).all()
    assert np.isfinite(found.alpha)


def test_missing_answers_and_graded_items():
    data = [[2, 1], [1, np.nan], [0, 0], [2, 1]]
    found = analyse(data)
    assert found.answered.tolist() == [4, 3]
    np.testing.assert_allclose(found.difficulty, [5 / 8, 2 / 3])
    np.testing.assert_allclose(analyse(data, tops=[4, 1]).difficulty, [5 / 16, 2 / 3])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 50))
def test_the_scale_of_weights_changes_nothing(seed, factor):
    rng = np.random.default_rng(seed)
    data, weights = rng.integers(0, 2, (40, 5)), rng.uniform(0.5, 2, 40)
    one, other = analyse(data, weights=weights), analyse(data, weights=weights * factor)
    for name in ("difficulty", "corrected", "alpha_without", "upper_lower"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=1e-9)
    np.testing.assert_allclose(one.alpha, other.alpha, atol=1e-9)


def test_distractors_by_hand():
    chosen = [["A", "x"], ["A", "x"], ["B", "x"], [None, "y"], ["C", "y"]]
    found = distractors(chosen, ["A", "x"], names=["p", "q"])
    assert list(zip(found.item, found.option, found.is_key, found.count, strict=True)) == [
        ("p", "A", True, 2),
        ("p", "B", False, 1),
        ("p", "C", False, 1),
        ("q", "x", True, 3),
        ("q", "y", False, 2),
    ]
    np.testing.assert_allclose(found.share, [0.4, 0.2, 0.2, 0.6, 0.4])
    np.testing.assert_allclose(found.correlation[1], np.corrcoef([0, 0, 1, 0, 0], [1, 1, 1, 0, 0])[0, 1])
    np.testing.assert_allclose(found.correlation[3], -found.correlation[4])
    assert (found.share_upper[0], found.share_lower[0]) == (1, 0)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: analyse([[1], [0]]), "analysis.too_few"),
        (lambda: analyse([[1, 0]]), "analysis.too_few"),
        (lambda: analyse(SMALL, share=0.5), "analysis.share"),
        (lambda: analyse(SMALL, names=["a"]), "analysis.too_few"),
        (lambda: distractors([["A"]], ["A", "B"]), "analysis.shape"),
    ],
)
def test_refusals(call, code):
    with pytest.raises(PsychometricsError) as refusal:
        call()
    assert refusal.value.code == code
