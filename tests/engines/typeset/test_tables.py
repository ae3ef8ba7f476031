"""What stands in a made PDF, read back by another library (pypdf)."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kepu.engines.sandbox import Limits, Reason, Rejected
from kepu.engines.typeset import PdfTable, chinese_font, fonts, table_pdf
from kepu.engines.typeset.tables import TAGGED_ROWS

A4 = (595.3, 841.9)  # points


def table(rows, **more):
    given = {"title": "任务分解表", "heads": ["序号", "工作任务"], "shares": [1, 6], "aligns": ["right", "left"]}
    return PdfTable(**{**given, "rows": rows, "footer": "第{page}页，共{pages}页", **more})


def pages(data):
    return PdfReader(io.BytesIO(data)).pages


def words(text):
    """Without the room that the setter puts between Han and Latin, and without line ends."""
    return re.sub(r"\s+", "", text)


def test_every_page_repeats_the_head_and_says_which_of_how_many_it_is():
    made = pages(table_pdf(table([[str(n), f"第{n}项任务"] for n in range(1, 121)], note="截至2026年9月5日")))
    texts = [words(page.extract_text()) for page in made]
    assert len(texts) == 3
    for number, text in enumerate(texts, start=1):
        assert "序号工作任务" in text
        assert f"第{number}页，共3页" in text
    assert texts[0].startswith("任务分解表截至2026年9月5日")
    assert re.findall(r"第(\d+)项任务", "".join(texts)) == [str(n) for n in range(1, 121)]


@pytest.mark.parametrize(("across", "width"), [(False, A4[0]), (True, A4[1])])
def test_the_sheet_is_a4(across, width):
    (page,) = pages(table_pdf(table([["1", "讲座"]], across=across)))
    assert abs(float(page.mediabox.width) - width) < 0.1
    assert {float(page.mediabox.width), float(page.mediabox.height)} == {
        float(page.mediabox.width),
        float(page.mediabox.height),
    }
    assert abs(sum((float(page.mediabox.width), float(page.mediabox.height))) - sum(A4)) < 0.2


@pytest.mark.parametrize("count", [3, TAGGED_ROWS + 1])
def test_every_font_is_embedded(count):
    made = PdfReader(io.BytesIO(table_pdf(table([[str(n), "讲座"] for n in range(count)]))))
    found = {}
    for page in made.pages[:3]:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found[inner["/BaseFont"]] = any(name.startswith("/FontFile") for name in inner["/FontDescriptor"])
    assert found
    assert set(found.values()) == {True}
    # small tables can be read aloud cell by cell
    assert ("/StructTreeRoot" in made.trailer["/Root"]) is (count <= TAGGED_ROWS)


NASTY = [
    "#panic()",
    "$x$",
    "*粗*",
    "_斜_",
    "<标签>",
    "@引用",
    "// 注",
    "/* 注 */",
    "\\ ",
    "= 题",
    "- 项",
    "`码`",
    "[块]",
    '"',
]


@given(
    st.lists(st.sampled_from([*NASTY, "甲", "1", "a"]), min_size=1, max_size=8).map(
        lambda parts: f"文{''.join(parts)}字"
    )
)
@settings(max_examples=15, deadline=None)
def test_text_is_data_and_never_an_instruction(text):
    (page,) = pages(table_pdf(table([["1", text]], title=text, note=text)))
    assert words(page.extract_text()).count(words(text)) == 3


def test_rows_that_do_not_fit_the_heads_are_a_programming_error():
    with pytest.raises(ValueError, match="expected 2"):
        table([["1"]])
    with pytest.raises(ValueError, match="unknown aligns"):
        table([], aligns=["left", "middle"])


def test_a_table_that_takes_too_long_is_given_up():
    with pytest.raises(Rejected) as refused:
        table_pdf(table([[str(n), "讲座" * 30] for n in range(3000)]), Limits(memory=3 << 30, wall_seconds=0.5))
    assert refused.value.reason is Reason.TIMEOUT


def test_without_a_chinese_font_nothing_is_made(monkeypatch):
    monkeypatch.setattr(fonts, "FAMILIES", ("No Such Family",))
    chinese_font.cache_clear()
    try:
        assert chinese_font() == ""
        with pytest.raises(LookupError):
            table_pdf(table([["1", "讲座"]]))
    finally:
        chinese_font.cache_clear()
