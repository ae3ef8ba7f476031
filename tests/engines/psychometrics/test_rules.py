import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu.engines.psychometrics.errors import PsychometricsError
from kepu.engines.psychometrics.rules import Bound, Missing, apply, known_rule, known_rules, rule_from

CITIZEN = known_rule("citizen-100", "2024")
FIFTY = known_rule("benchmark-50", "2016")
NAMES = ["knowledge"] * 10 + ["method"] * 5 + ["spirit"] * 5 + ["ability"] * 5


def answers(knowledge, method, spirit, ability):
    """One respondent with so many right in each dimension of NAMES."""
    return [[1] * knowledge + [0] * (10 - knowledge)
            + [v for right in (method, spirit, ability) for v in [1] * right + [0] * (5 - right)]]  # fmt: skip


def test_the_rules_that_come_with_kepu():
    assert [(rule.name, rule.version, rule.top) for rule in known_rules()] == [
        ("citizen-100", "2024", 100),
        ("benchmark-50", "2016", 50),
    ]
    assert CITIZEN.dimensions == (("knowledge", 40), ("method", 20), ("spirit", 20), ("ability", 20))


@pytest.mark.parametrize(
    ("right", "score", "tier", "literate"),
    [
        ((10, 5, 5, 5), 100, "advanced", True),
        ((10, 5, 4, 3), 88, "advanced", True),
        ((10, 5, 4, 2), 84, "literate", True),
        ((5, 5, 5, 2), 68, "basic", False),
        ((5, 4, 4, 3), 64, "basic", False),
        ((3, 4, 3, 3), 52, "low", False),
        ((0, 0, 0, 0), 0, "low", False),
    ],
)
def test_a_hundred_points(right, score, tier, literate):
    found = apply(CITIZEN, answers(*right), NAMES)
    assert (found.total.tolist(), found.tier.tolist(), found.literate.tolist()) == ([score], [tier], [literate])
    np.testing.assert_allclose(found.dimensions.sum(axis=1), score)


@pytest.mark.parametrize(("bound", "tier"), [(55, "basic"), (70, "literate"), (85, "advanced")])
def test_a_score_on_the_bound_belongs_above_or_below_as_the_rule_says(bound, tier):
    # seven thirtieths of 40 and the like: the sum is the bound on paper, and must be so here
    names = ["knowledge"] * 40 + ["method"] * 6 + ["spirit"] * 6 + ["ability"] * 6
    rows = {55: (30, 5, 1, 1.5), 70: (40, 3, 3, 3), 85: (40, 6, 6, 1.5)}[bound]
    data = [[1] * int(rows[0]) + [0] * (40 - int(rows[0]))]
    top = [1] * 40
    for share in rows[1:]:
        data[0] += [2] * int(share) + [1] * (share % 1 > 0) + [0] * (6 - int(share) - (share % 1 > 0))
        top += [2] * 6
    found = apply(CITIZEN, data, names, top)
    assert (found.total.tolist(), found.tier.tolist()) == ([bound], [tier])
    strict = dataclasses.replace(
        CITIZEN,
        tiers=tuple(
            t if t.bound is None else dataclasses.replace(t, bound=Bound(t.bound.start, False)) for t in CITIZEN.tiers
        ),
    )
    assert apply(strict, data, names, top).tier.tolist() != [tier]


@pytest.mark.parametrize(("right", "passed"), [(29, False), (30, True), (31, True)])
def test_fifty_items_and_thirty_right(right, passed):
    found = apply(FIFTY, [[1] * right + [0] * (50 - right)], ["all"] * 50)
    assert (found.total.tolist(), found.literate.tolist()) == ([right], [passed])
    assert found.tier.tolist() == ["passed" if passed else "not_passed"]


def test_missing_answers_by_rule():
    data = np.array(answers(10, 5, 5, 5), dtype=float)
    data[0, :5] = np.nan
    assert apply(CITIZEN, data, NAMES).total.tolist() == [80]
    left_out = dataclasses.replace(CITIZEN, missing=Missing.LEFT_OUT)
    assert apply(left_out, data, NAMES).total.tolist() == [100]
    with pytest.raises(PsychometricsError) as refusal:
        apply(dataclasses.replace(CITIZEN, missing=Missing.REFUSED), data, NAMES)
    assert refusal.value.code == "rule.missing"


@given(st.lists(st.integers(0, 1), min_size=25, max_size=25), st.integers(0, 24))
def test_one_more_right_answer_never_costs(row, place):
    better = [*row[:place], 1, *row[place + 1 :]]
    before, after = (apply(CITIZEN, [r], NAMES) for r in (row, better))
    assert after.total[0] >= before.total[0]
    assert 0 <= before.total[0] <= 100
    assert before.literate[0] == (before.total[0] >= 70)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: apply(FIFTY, [[1] * 49], ["all"] * 49), "rule.items"),
        (lambda: apply(CITIZEN, [[1] * 25], ["other", *NAMES[1:]]), "rule.dimension"),
        (lambda: apply(CITIZEN, [[1] * 20], NAMES[:20]), "rule.dimension"),
        (lambda: apply(CITIZEN, [[2] * 25], NAMES), "responses.out_of_range"),
        (lambda: known_rule("citizen-100", "1999"), "rule.unknown"),
        (lambda: rule_from({"name": "x"}), "rule.form"),
    ],
)
def test_refusals(call, code):
    with pytest.raises(PsychometricsError) as refusal:
        call()
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        {"missing": "sometimes"},
        {"literate": {"from": 70, "inclusive": "yes"}},
        {"tiers": []},
        {"tiers": [{"name": "a", "from": 10, "inclusive": True}]},
        {"tiers": [{"name": n, "from": f, "inclusive": True} for n, f in (("a", None), ("b", 70), ("c", 55))]},
        {"dimensions": {"all": -1}},
        {"dimensions": []},
    ],
)
def test_a_rule_of_another_form_is_refused(change):
    whole = {
        "name": "own",
        "version": "1",
        "source": "a test",
        "dimensions": {"all": 10},
        "items": None,
        "missing": "wrong",
        "literate": {"from": 6, "inclusive": True},
        "tiers": [{"name": "all", "from": None, "inclusive": True}],
    }
    assert rule_from(whole).top == 10
    with pytest.raises(PsychometricsError) as refusal:
        rule_from(whole | change)
    assert refusal.value.code == "rule.form"
