from hypothesis import given
from hypothesis import strategies as st

from kepu.plans.matching import dice, nearest

UPPER = [
    "每年培训科学教师和科技辅导员5000人次",
    "建设科技小院120个",
    "居民健康素养水平到2030年达到38%",
    "每两年举办职工技术创新成果展",
]


def test_the_same_promise_in_other_words_comes_first():
    found = nearest(["加强科技辅导员和科学教师培养，每年培训800人次", "新建科技小院12个"], UPPER)
    assert [matches[0].index for matches in found] == [0, 1]
    assert all(0 < match.score <= 1 for matches in found for match in matches)


def test_nothing_alike_is_no_match():
    assert nearest(["xyz"], UPPER) == [[]]
    assert nearest(["xyz"], []) == [[]]
    assert nearest([], UPPER) == []


@given(st.text(max_size=20), st.text(max_size=20))
def test_dice_is_a_symmetric_share(one, other):
    assert 0 <= dice(one, other) <= 1
    assert dice(one, other) == dice(other, one)
    assert dice(one, one) == 1
