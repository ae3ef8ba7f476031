import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu.engines.psychometrics.dif import logistic, mantel_haenszel
from kepu.engines.psychometrics.errors import PsychometricsError
from kepu.engines.psychometrics.items import Items

from . import reference
from .simulate import answers


def planted():
    table = np.array(reference.table("data_dif20")[1]).T
    return table[:, 1:], table[:, 0]


def test_mantel_haenszel_agrees_with_r():
    found, expected = mantel_haenszel(*planted()), reference.golden()["DIF_MH"]
    for ours, key in (
        (found.chisq_corrected, "chisq_corrected"),
        (found.chisq, "chisq"),
        (found.p, "p"),
        (found.odds_ratio, "or"),
        (found.delta, "delta_ETS"),
    ):
        np.testing.assert_allclose(ours, [row[key] for row in expected], rtol=1e-11)


def test_logistic_agrees_with_r():
    found, expected = logistic(*planted()), reference.golden()["DIF_logistic"]
    for ours, key in (
        (found.lr_uniform, "lr_uniform"),
        (found.lr_nonuniform, "lr_nonuniform"),
        (found.lr_both, "lr_both"),
        (found.effect, "dR2_nagelkerke"),
    ):
        np.testing.assert_allclose(ours, [row[key] for row in expected], atol=1e-10)


def test_only_the_planted_item_is_classed():
    assert mantel_haenszel(*planted()).ets.tolist() == ["A", "A", "C", *["A"] * 17]
    assert mantel_haenszel(*planted(), purify=True).ets.tolist() == ["A", "A", "C", *["A"] * 17]
    found = logistic(*planted())
    assert found.effect_class.tolist() == ["A", "A", "B", *["A"] * 17]
    assert found.group[2] < 0  # against the focal group, as delta is


def test_one_level_by_hand():
    # one score level: reference 30 right, 10 wrong; focal 20 right, 20 wrong: odds 3 and 1
    right = np.repeat([1, 0, 1, 0], [30, 10, 20, 20])[:, None]
    group = np.repeat([0, 1], [40, 40])
    found = mantel_haenszel(right, group, matching=np.zeros(80))
    np.testing.assert_allclose(found.odds_ratio, 1 / 3)
    np.testing.assert_allclose(found.delta, -2.35 * np.log(3))
    # a single table's log odds ratio has variance 1/30 + 1/10 + 1/20 + 1/20
    np.testing.assert_allclose(found.se, 2.35 * np.sqrt(1 / 30 + 1 / 10 + 1 / 20 + 1 / 20))
    variance = 50 * 30 * 40 * 40 / (80**2 * 79)
    np.testing.assert_allclose(found.chisq, 25 / variance)
    np.testing.assert_allclose(found.chisq_corrected, 4.5**2 / variance)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_swapping_the_groups_turns_delta_round(seed):
    data = answers(Items.of([1.0] * 6, [0.5, 0, -0.5, 1, 0.2, -1]), 300, seed)
    group = np.random.default_rng(seed).integers(0, 2, 300)
    one, other = mantel_haenszel(data, group), mantel_haenszel(data, 1 - group)
    np.testing.assert_allclose(one.delta, -other.delta, atol=1e-10)
    np.testing.assert_allclose(one.se, other.se, rtol=1e-9)
    np.testing.assert_allclose(one.chisq, other.chisq, rtol=1e-9, atol=1e-12)
    assert one.ets.tolist() == other.ets.tolist()


def test_missing_answers_leave_the_tables_of_their_item_alone():
    data, group = planted()
    gaps = data.copy()
    gaps[:50, 4] = np.nan
    score = data.sum(axis=1)
    whole, part = (mantel_haenszel(d, group, matching=score) for d in (data, gaps))
    np.testing.assert_array_equal(np.delete(whole.chisq, 4), np.delete(part.chisq, 4))
    cut = mantel_haenszel(data[50:, 4:5], group[50:], matching=score[50:])
    np.testing.assert_allclose(part.chisq[4], cut.chisq[0])


@pytest.mark.parametrize("method", [mantel_haenszel, logistic])
@pytest.mark.parametrize(
    ("data", "group", "code"),
    [
        ([[2, 0], [0, 1]], [0, 1], "dif.not_binary"),
        ([[1, 0], [0, 1]], [0, 0], "dif.group"),
        ([[1, 0], [0, 1]], [0, 1, 1], "dif.group"),
        ([[1, 0], [0, 1]], [0, 2], "dif.group"),
    ],
)
def test_refusals(method, data, group, code):
    with pytest.raises(PsychometricsError) as refusal:
        method(data, group)
    assert refusal.value.code == code


def test_a_matching_score_must_be_whole():
    with pytest.raises(PsychometricsError) as refusal:
        mantel_haenszel([[1], [0]], [0, 1], matching=[0.5, 1])
    assert refusal.value.code == "dif.matching"


def test_a_perfect_split_has_no_logistic_maximum():
    score = np.arange(20)
    with pytest.raises(PsychometricsError) as refusal:
        logistic((score >= 10)[:, None].astype(int), score % 2, matching=score)
    assert refusal.value.code == "dif.separated"
