"""Samples keep their probabilities, their seeds and their frames."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kepu.engines.survey.design import pps_design, survey_design
from kepu.engines.survey.errors import SurveyError
from kepu.engines.survey.estimates import estimate
from kepu.engines.survey.households import KISH_FORMS, Choice, choose_persons, person_grid
from kepu.engines.survey.selection import (
    EQUAL,
    Method,
    Short,
    SizeRule,
    Stage,
    draw,
    inclusion_probabilities,
    stream,
    take,
)

SIZES = np.array([3.0, 8, 1, 5, 13, 2, 7, 4, 9, 6])


def labels(*parts):
    column = np.empty(len(parts[0]), dtype=object)
    column[:] = list(zip(*parts, strict=True))
    return column


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=40), st.data())
@settings(max_examples=150, deadline=None)
def test_inclusion_probabilities_sum_to_n_and_are_proportional_below_one(sizes, data):
    size = np.array(sizes)
    n = data.draw(st.integers(1, len(size)))
    probability = inclusion_probabilities(size, n)
    assert probability.sum() == pytest.approx(n, rel=1e-9)
    assert (probability > 0).all()
    assert (probability <= 1).all()
    open_ = probability < 1
    if open_.any():
        ratio = probability[open_] / size[open_]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)
        # a unit is certain only if proportionality would have reached 1
        assert (size[~open_] * ratio[0] >= 1 - 1e-9).all()


def test_certainty_is_taken_in_rounds():
    # by hand: 4·100/160 ≥ 1; then 3·30/60 ≥ 1 (4·30/160 is not); then 2·(10, 10, 10)/30
    np.testing.assert_allclose(
        inclusion_probabilities(np.array([100.0, 30, 10, 10, 10]), 4), [1, 1, 2 / 3, 2 / 3, 2 / 3]
    )


@pytest.mark.parametrize("method", list(Method))
def test_each_unit_is_drawn_as_often_as_its_probability_says(method):
    draws = 2000
    probability = np.full(10, 0.4) if method in EQUAL else inclusion_probabilities(SIZES, 4)
    generator = stream(20, [method])
    samples = [take(generator, probability, method) for _ in range(draws)]
    assert {len(set(sample.tolist())) for sample in samples} == {4}
    frequency = np.bincount(np.concatenate(samples), minlength=10) / draws
    error = np.sqrt(probability * (1 - probability) / draws)
    assert (np.abs(frequency - probability) <= 4 * error).all()
    # the wrong probabilities would be noticed
    assert (np.abs(frequency - np.roll(SIZES, 1) * 4 / SIZES.sum()) > 4 * error).any()


def test_every_pair_is_possible_but_in_the_systematic_draws():
    probability = inclusion_probabilities(SIZES, 4)
    pairs = {}
    for method in (Method.BREWER, Method.PPS_RANDOM_SYSTEMATIC, Method.PPS_SYSTEMATIC):
        generator = stream(3, [])
        drawn = [take(generator, probability, method) for _ in range(1500)]
        pairs[method] = {(a, b) for sample in drawn for a in sample for b in sample if a < b}
    assert len(pairs[Method.BREWER]) == len(pairs[Method.PPS_RANDOM_SYSTEMATIC]) == 45
    assert len(pairs[Method.PPS_SYSTEMATIC]) < 45


def test_brewer_pair_probabilities_for_two_draws():
    """Brewer (1963), n = 2: π_ij = 2 p_i p_j (1/(1−2p_i) + 1/(1−2p_j)) / (1 + Σ p_k/(1−2p_k)) with p = π/2."""
    probability = inclusion_probabilities(np.array([1.0, 2, 3, 4]), 2)
    share = probability / 2
    scale = 1 + (share / (1 - 2 * share)).sum()
    generator, draws = stream(8, []), 10_000
    seen = np.zeros((4, 4))
    for _ in range(draws):
        first, second = take(generator, probability, Method.BREWER)
        seen[first, second] += 1 / draws
    for i in range(4):
        for j in range(i + 1, 4):
            expected = 2 * share[i] * share[j] * (1 / (1 - 2 * share[i]) + 1 / (1 - 2 * share[j])) / scale
            assert seen[i, j] == pytest.approx(expected, abs=4 * np.sqrt(expected / draws))


def test_systematic_draws_run_along_the_list():
    stage = Stage(Method.SYSTEMATIC, n=5)
    assert set(np.diff(draw(50, seed=1, stages=[stage]).rows).tolist()) == {10}
    order = np.arange(50)[::-1] % 5  # blocks of ten rows that stand apart in the frame
    ordered = draw(50, seed=1, stages=[Stage(Method.SYSTEMATIC, n=5, order=order)])
    assert sorted(order[ordered.rows].tolist()) == [0, 1, 2, 3, 4]


def test_a_seed_gives_the_same_sample_for_ever():
    """Frozen when written: a change of numpy or of the code that moves an issued sample must be seen."""
    towns = np.array([f"t{i % 6}" for i in range(24)], dtype=object)
    size = np.arange(1.0, 25)
    stages = [Stage(Method.BREWER, n=2, unit=towns, size=size), Stage(Method.SRS, n=2)]
    assert draw(24, seed=2026, stages=stages).rows.tolist() == FROZEN
    assert draw(24, seed=2027, stages=stages).rows.tolist() != FROZEN


FROZEN = [0, 17, 18, 23]


@pytest.mark.parametrize("method", list(Method))
def test_other_strata_and_the_order_of_the_frame_change_nothing(method):
    """A stratum's sample depends on seed, labels and its own units (sorted methods: on their order) alone."""
    count = 60
    district = [f"d{i % 3}" for i in range(count)]
    unit = np.array([f"u{i // 3:02}" for i in range(count)], dtype=object)
    size = 1.0 + np.arange(count) % 7
    size = None if method in EQUAL else size

    def drawn(rows):
        stage = Stage(method, n=4, unit=unit[rows], size=None if size is None else size[rows])
        sample = draw(len(rows), seed=5, stages=[stage], strata=labels([district[row] for row in rows]))
        return {(district[rows[row]], unit[rows[row]]) for row in sample.rows}

    everything = drawn(np.arange(count))
    without = np.array([row for row in range(count) if district[row] != "d1"])
    assert drawn(without) == {pair for pair in everything if pair[0] != "d1"}
    if method not in {Method.SYSTEMATIC, Method.PPS_SYSTEMATIC}:
        assert drawn(np.random.default_rng(0).permutation(count)) == everything


def test_stages_chain_and_the_frame_stays_as_it_was():
    towns = np.array(["a", "a", "a", "b", "b", "c", "c", "c", "c", "d"], dtype=object)
    size = np.array([4.0, 5, 6, 7, 8, 3, 4, 5, 6, 7])
    kept = towns.copy(), size.copy()
    stages = [Stage(Method.BREWER, n=2, unit=towns, size=size), Stage(Method.SRS, n=2, short=Short.TAKE_ALL)]
    sample = draw(10, seed=4, stages=stages)
    total = {town: size[towns == town].sum() for town in "abcd"}
    for row, chance, population, taken in zip(
        sample.rows, sample.probability, sample.population, sample.taken, strict=True
    ):
        units = (towns == towns[row]).sum()
        assert chance.tolist() == pytest.approx([2 * total[towns[row]] / 55, min(2, units) / units])
        assert population.tolist() == [4, units]
        assert taken.tolist() == [2, min(2, units)]
    np.testing.assert_allclose(sample.weight, 1 / sample.probability.prod(axis=1))
    assert (towns == kept[0]).all()
    assert (size == kept[1]).all()


def test_all_rows_of_a_drawn_unit_are_taken_and_sizes_may_be_repeated_in_them():
    towns = np.array(["a", "a", "b", "b", "c"], dtype=object)
    size = np.array([10.0, 10, 4, 4, 1])
    sample = draw(5, seed=1, stages=[Stage(Method.BREWER, n=2, unit=towns, size=size, size_rule=SizeRule.SAME)])
    assert {0, 1} <= set(sample.rows.tolist())  # 2·10/15 ≥ 1: certain
    assert sample.certainty[:2, 0].tolist() == [True, True]
    assert not sample.certainty[2:].any()
    np.testing.assert_allclose(sample.probability[2:, 0], size[sample.rows[2:]] / 5)


def test_given_probabilities_are_kept():
    given_ = np.array([0.2, 0.8, 0.5, 0.5, 1.0])
    sample = draw(5, seed=3, stages=[Stage(Method.BREWER, probability=given_)])
    assert len(sample.rows) == 3
    assert 4 in sample.rows
    np.testing.assert_array_equal(sample.probability[:, 0], given_[sample.rows])


def test_persons_are_chosen_with_their_probability():
    eligible = np.repeat([1, 2, 3, 4, 5, 6], 6000)
    for choice in Choice:
        person, probability = choose_persons(stream(1, [choice]).random(len(eligible)), eligible, choice)
        for count in range(1, 7):
            chosen = person[eligible == count]
            assert set(chosen.tolist()) == set(range(1, count + 1))
            for number in range(1, count + 1):
                expected = probability[(eligible == count) & (person == number)]
                assert len(set(expected.tolist())) == 1
                error = np.sqrt(expected[0] * (1 - expected[0]) / 6000)
                assert np.mean(chosen == number) == pytest.approx(expected[0], abs=4 * error + 1e-12)
            if choice is Choice.EQUAL or count != 5:
                np.testing.assert_allclose(probability[eligible == count], 1 / count)
    assert sum(share for share, _ in KISH_FORMS) == 12


def test_a_grid_says_whom_to_take_before_the_household_is_known():
    chance = stream(2, []).random(500)
    for choice in Choice:
        grid = person_grid(chance, 6, choice)
        assert grid.shape == (500, 6)
        for count in range(1, 7):
            known = choose_persons(chance, np.full(500, count), choice)[0]
            np.testing.assert_array_equal(grid[:, count - 1], known)
    with pytest.raises(SurveyError) as refused:
        person_grid(chance, 7, Choice.KISH)
    assert refused.value.code == "household.too_many"


def test_a_person_carries_the_whole_chain():
    eligible = np.array([1.0, 2, 3, 4])
    sample = draw(4, seed=1, stages=[Stage(Method.SRS, n=4)]).choose(eligible)
    np.testing.assert_allclose(sample.weight, eligible)
    assert (sample.person <= eligible).all()
    assert not sample.certainty.any()  # a census of the stratum is not a certainty by size


def variance_of_total(values, probability):
    """Brewer's form for PPS without replacement; with equal probabilities it is N²(1−f)s²/n.

    Written down here because it is asked ten thousand times; `same_as_the_engine` holds it against the estimates.
    """
    n = len(values)
    expanded = values / probability
    return n / (n - 1) * ((1 - probability) * (expanded - expanded.mean()) ** 2).sum()


def same_as_the_engine(method, sample, values, total, error, quantile):
    strata = np.array(["/".join(label) for label in sample.stratum])
    if method in EQUAL:
        design = survey_design(sample.weight, strata=[strata], fpc=[sample.population[:, 0]])
    else:
        design = pps_design(sample.inclusion, method="brewer", strata=strata)
    (row,) = estimate(design, values, statistic="total").to_records()
    assert row["estimate"] == pytest.approx(total, rel=1e-12)
    assert row["se"] == pytest.approx(error, rel=1e-9)
    assert row["high"] - row["estimate"] == pytest.approx(quantile * error, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("method", list(Method))
def test_intervals_cover_the_truth_as_often_as_they_say(method):
    """1,000 draws; a 95 % interval must cover within three Monte-Carlo errors (0.0069 each).

    The list is shuffled before each draw: for the systematic methods the variance formula holds over orders of the list,
    as no formula holds for one order.
    """
    generator = np.random.default_rng(77)
    count, per = 360, 30
    strata = labels([f"s{i % 2}" for i in range(count)])
    size = generator.uniform(1, 5, count)
    values = size * generator.normal(8, 2, count)
    truth = values.sum()
    quantile = stats.t.ppf(0.975, 2 * (per - 1))
    covered, totals = 0, []
    for seed in range(1000):
        shuffled = generator.permutation(count)
        size, values = size[shuffled], values[shuffled]
        stage = Stage(method, n=per, size=None if method in EQUAL else size)
        sample = draw(count, seed=seed, stages=[stage], strata=strata)
        probability = sample.inclusion
        total = (values[sample.rows] / probability).sum()
        inside = [sample.rows % 2 == stratum for stratum in range(2)]
        variance = sum(variance_of_total(values[sample.rows[own]], probability[own]) for own in inside)
        covered += abs(total - truth) <= quantile * np.sqrt(variance)
        if seed < 3:
            same_as_the_engine(method, sample, values[sample.rows], total, np.sqrt(variance), quantile)
        totals.append(total)
    assert covered / 1000 == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 1000))
    assert np.mean(totals) == pytest.approx(truth, abs=4 * np.std(totals) / np.sqrt(1000))


@pytest.mark.slow
def test_a_multi_stage_sample_with_persons_covers_too():
    """Towns by size, households at random, one person each; the variance between towns as if with replacement."""
    generator = np.random.default_rng(5)
    towns = np.repeat(np.arange(150), generator.integers(5, 15, 150))
    count = len(towns)
    effect = generator.normal(0, 2, 150)
    eligible = generator.integers(1, 5, count)
    person_values = [50 + effect[town] + generator.normal(0, 4, k) for town, k in zip(towns, eligible, strict=True)]
    truth = sum(values.sum() for values in person_values)
    unit = np.array([f"t{town:03}" for town in towns], dtype=object)
    stages = [
        Stage(Method.BREWER, n=8, unit=unit, size=eligible.astype(float)),
        Stage(Method.SRS, n=5),
    ]
    covered, totals = 0, []
    for seed in range(1000):
        sample = draw(count, seed=seed, stages=stages).choose(eligible)
        answers = np.array([person_values[row][who - 1] for row, who in zip(sample.rows, sample.person, strict=True)])
        by_town = np.bincount(np.unique(towns[sample.rows], return_inverse=True)[1], answers * sample.weight)
        error = np.sqrt(8 / 7 * ((by_town - by_town.mean()) ** 2).sum())
        totals.append(by_town.sum())
        if seed < 3:
            design = survey_design(sample.weight, clusters=[towns[sample.rows]])
            assert estimate(design, answers, statistic="total")["se"][0] == pytest.approx(error, rel=1e-9)
        covered += abs(by_town.sum() - truth) <= stats.t.ppf(0.975, 7) * error
    assert np.mean(totals) == pytest.approx(truth, abs=4 * np.std(totals) / np.sqrt(1000))
    # 8 of 150 without replacement: slightly wide, so up to one point more than the Monte-Carlo error
    assert 0.95 - 0.0207 <= covered / 1000 <= 0.95 + 0.0307


TOWNS = np.array(["a", "a", "b"], dtype=object)
BAD = {
    "selection.size_not_positive": [Stage(Method.BREWER, n=1, size=np.array([1.0, 0, 2]))],
    "selection.too_few_units": [Stage(Method.SRS, n=4)],
    "selection.differs_in_unit": [
        Stage(Method.BREWER, n=1, unit=TOWNS, size=np.array([1.0, 2, 2]), size_rule=SizeRule.SAME)
    ],
    "selection.no_size": [Stage(Method.BREWER, n=1)],
    "selection.no_n": [Stage(Method.SRS)],
    "selection.two_sources": [Stage(Method.BREWER, n=1, probability=np.full(3, 1 / 3))],
    "selection.probability": [Stage(Method.BREWER, probability=np.array([0.5, 1.5, 1]))],
    "selection.probability_sum": [Stage(Method.BREWER, probability=np.full(3, 0.5))],
    "selection.length": [Stage(Method.BREWER, n=1, size=np.ones(2))],
    "selection.missing_label": [Stage(Method.SRS, n=1, unit=np.array(["a", None, "b"], dtype=object))],
    "selection.stratum_without_n": [Stage(Method.SRS, n={("x",): 1})],
}


@pytest.mark.parametrize("code", BAD)
def test_what_cannot_be_drawn_is_refused(code):
    with pytest.raises(SurveyError) as refused:
        draw(3, seed=1, stages=BAD[code])
    assert refused.value.code == code


def test_strata_must_match_the_numbers_and_the_frame():
    strata = labels(["x", "x", "y"])
    for n, code in (
        ({("x",): 1}, "selection.stratum_without_n"),
        ({("x",): 1, ("y",): 1, ("z",): 1}, "selection.no_such_stratum"),
        (2, "selection.too_few_units"),
        ({("x",): 0, ("y",): 1}, "selection.too_few_units"),
    ):
        with pytest.raises(SurveyError) as refused:
            draw(3, seed=1, stages=[Stage(Method.SRS, n=n)], strata=strata)
        assert refused.value.code == code
    with pytest.raises(SurveyError) as refused:
        draw(4, seed=1, stages=[Stage(Method.SRS, n=1)], strata=strata)
    assert refused.value.code == "selection.length"
    with pytest.raises(SurveyError) as refused:
        draw(0, seed=1, stages=[Stage(Method.SRS, n=1)])
    assert refused.value.code == "selection.empty_frame"


@pytest.mark.parametrize(
    ("eligible", "choice", "code"),
    [
        ([0, 1], Choice.EQUAL, "household.eligible"),
        ([1.5, 1], Choice.EQUAL, "household.eligible"),
        ([np.nan, 1], Choice.KISH, "household.eligible"),
        ([7, 1], Choice.KISH, "household.too_many"),
    ],
)
def test_households_that_cannot_be_chosen_from_are_refused(eligible, choice, code):
    with pytest.raises(SurveyError) as refused:
        choose_persons(np.array([0.5, 0.5]), np.array(eligible), choice)
    assert refused.value.code == code
