"""Chinese print form of plan text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kepu.plans.printing import in_print
from kepu.plans.templatetags.plans import item_place

CASES = {
    "实施方案(2026—2030年)": "实施方案（2026—2030年）",
    "2028年底前完成,面积1,200平方米;时间:10:30": "2028年底前完成，面积1,200平方米；时间：10:30",
    "(1)推进": "（1）推进",
    "(a+b)": "(a+b)",
    "各县(市、区)(含开发区)政府": "各县（市、区）（含开发区）政府",
    "(未完\n待续)": "(未完\n待续)",
    "PISA(2022),中国": "PISA(2022)，中国",
    "PM2.5(细颗粒物)": "PM2.5（细颗粒物）",
    "https://example.org/a,b": "https://example.org/a,b",
    "《办法》:“好!”": "《办法》：“好！”",
}


@pytest.mark.parametrize("plain", CASES)
def test_marks_beside_chinese_are_full_width(plain):
    assert in_print(plain) == CASES[plain]


@given(st.text(alphabet="科普,;:?!().1a \n“”《》、", max_size=60))
def test_nothing_but_width_changes_and_places_stay(plain):
    shown = in_print(plain)
    assert len(shown) == len(plain)
    assert unicodedata.normalize("NFKC", shown) == unicodedata.normalize("NFKC", plain)
    assert in_print(shown) == shown


@pytest.mark.parametrize(
    ("path", "shown"), [("四/(三)/1", "四（三）1"), ("四/12", "四、12"), ("三/(二)/1/①", "三（二）1①")]
)
def test_a_place_reads_as_people_write_it(path, shown):
    assert item_place(path) == shown
