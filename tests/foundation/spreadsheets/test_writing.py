import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kepu.foundation.spreadsheets import Column, Problem, error_file, export_csv, export_xlsx, read, template
from kepu.foundation.spreadsheets.cells import clean, neutralise, restore
from tests.engines.sheets.books import book

TEXT = (Column("t", "文字", max_length=50_000),)
DANGEROUS = "=+-@\t\r\0＝＋－＠"
# Text as an attacker would mix it: signs, blanks, breaks and apostrophes more often than chance gives them.
tricky = st.lists(
    st.sampled_from([*DANGEROUS, " ", "\u3000", "\n", "'", "1", "甲", "cmd|' /C calc'!A1", "\ufeff"]) | st.characters(),
    max_size=12,
).map("".join)


def sheet_of(data):
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def csv_rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(tricky)
@settings(max_examples=500)
def test_neutralised_text_never_starts_like_a_formula_and_comes_back(text):
    safe = neutralise(text)
    for line in safe.split("\n"):
        if line.strip()[:1] in {*"=+-@＝＋－＠"} or line[:1] in {"\t", "\r", "\0"}:
            assert line.lstrip("+-").replace(".", "").replace("-", "").replace(" ", "").rstrip("%").isdigit()
    assert restore(safe) == clean(text)


@given(st.lists(tricky, min_size=1, max_size=20))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_cell_of_an_xlsx_is_a_formula_and_every_text_comes_back(texts):
    sheet = sheet_of(export_xlsx("表", TEXT, [{"t": text} for text in texts]))
    cells = [sheet.cell(row=number, column=1) for number in range(3, 3 + len(texts))]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert [cell.value or "" for cell in cells] == [clean(text) for text in texts]
    assert [cell.quotePrefix for cell in cells] == [neutralise(text) != clean(text) for text in texts]


@given(st.lists(tricky, min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_csv_texts_come_back(texts):
    rows = csv_rows(export_csv(TEXT, [{"t": text} for text in texts]))
    assert [restore(row[0]) if row else "" for row in rows[1:]] == [clean(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", " =1", "＝1", "＋1", "－1", "＠a", "甲\n=1", "\r=1", "\0=1", "　=1"],
)
def test_each_dangerous_start_is_marked_in_both(text):
    assert csv_rows(export_csv(TEXT, [{"t": text}]))[1][0] != clean(text)
    assert sheet_of(export_xlsx("表", TEXT, [{"t": text}]))["A3"].quotePrefix


@pytest.mark.parametrize(
    "text", ["13800000000", "+8613800000000", "+86 138 0000 0000", "+86 0513-80000000", "-5", "-3.5%", "0513-80000000"]
)
def test_phone_and_negative_numbers_in_text_stay_as_they_are(text):
    assert csv_rows(export_csv(TEXT, [{"t": text}]))[1] == [text]
    assert sheet_of(export_xlsx("表", TEXT, [{"t": text}]))["A3"].value == text


def test_numbers_stay_numbers_and_dates_dates():
    columns = tuple(Column(key, key) for key in "abcde")
    values = {"a": -7, "b": Decimal("-0.25"), "c": 1e-7, "d": date(2026, 9, 5), "e": 12345678901234567}
    data = export_xlsx("表", columns, [values])
    row = sheet_of(data)[3]
    assert [cell.value for cell in row][:3] == [-7, -0.25, 1e-7]
    assert [cell.data_type for cell in row] == ["n", "n", "n", "d", "s"]
    assert row[4].value == "12345678901234567"  # more digits than the format can hold stay text
    assert csv_rows(export_csv(columns, [values]))[1] == ["-7", "-0.25", "1e-07", "2026-09-05", "12345678901234567"]


def test_csv_is_utf8_with_mark_and_head():
    data = export_csv(TEXT, [{"t": "甲,乙"}])
    assert data == b"\xef\xbb\xbf" + '文字\r\n"甲,乙"\r\n'.encode()


def test_long_text_is_cut_where_the_format_ends():
    value = sheet_of(export_xlsx("表", TEXT, [{"t": "长" * 40_000}]))["A3"].value
    assert (len(value), value[-1]) == (32_767, "…")


def test_export_prints_on_a4_with_repeated_head():
    columns = tuple(Column(f"k{n}", f"列{n}") for n in range(8))
    data = export_xlsx("任务分解表", columns, [{"k0": 1}], note="截至 9 月 30 日")
    sheet = sheet_of(data)
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "A4"
    assert sheet.oddFooter.center.text == "第 &P页　共 &N页"
    assert [cell.value for cell in sheet["A"]][:4] == ["任务分解表", "截至 9 月 30 日", "列0", 1]
    assert sheet_of(export_xlsx("表", columns[:7], []))["A3"].value is None
    assert sheet_of(export_xlsx("表", columns[:7], [])).page_setup.orientation in {None, "portrait", "default"}


@pytest.mark.parametrize("title", ["", "[甲]:*?/\\", "很长的标题" * 20, "'引号'"])
def test_any_title_makes_a_sheet(title):
    assert sheet_of(export_xlsx(title, TEXT, [])).title


def test_template_holds_head_choices_and_explanation():
    columns = (
        Column("name", "单位名称", required=True, example="甲局", hint="写全称"),
        Column("level", "级别", "choice", choices=(("county", "县级"), ("town", "乡级"))),
    )
    data = template(columns, "单位")
    made = openpyxl.load_workbook(io.BytesIO(data))
    assert made.sheetnames == ["单位", "填写说明"]
    assert [cell.value for cell in made["单位"][1]] == ["单位名称（必填）", "级别"]
    (rule,) = made["单位"].data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ('"县级,乡级"', "B2:B2001")
    assert [[cell.value for cell in row] for row in made["填写说明"].rows] == [
        ["列名", "是否必填", "填写要求", "示例"],
        ["单位名称", "是", "文字，不超过500个字；写全称", "甲局"],
        ["级别", "否", "只能填：县级、乡级", None],
    ]
    assert read(data, columns, "t.xlsx").total == 0


def test_error_file_marks_cells_and_says_why():
    data = book([["名册"], ["名称", "人数"], ["甲局", "许多"], ["=1+1", 2]], title="名册")
    marked = error_file(
        data,
        [Problem(3, "人数", "应填整数", "许多", "B"), Problem(4, "", "与第 3 行重复")],
        "a.xlsx",
        sheet="名册",
        header_row=2,
    )
    sheet = sheet_of(marked)
    assert sheet["B3"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["B3"].comment.text == "应填整数"
    assert [cell.value for cell in sheet["C"]] == [None, "需要修改的内容", "人数：应填整数", "与第 3 行重复"]
    assert {cell.coordinate for row in sheet for cell in row if cell.comment} == {"B3"}


def test_no_file_holds_a_formula_or_an_outside_link():
    data = export_xlsx("表", TEXT, [{"t": "=HYPERLINK(1)"}, {"t": "https://example.invalid"}])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = b"".join(archive.read(name) for name in archive.namelist() if "worksheets" in name)
    assert b"<f>" not in text
    assert b"hyperlink" not in text
