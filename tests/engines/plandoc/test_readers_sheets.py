import io
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from tests.engines.plandoc.files import HEADING, LINES, ROWS

from kepu.engines.plandoc.decode import Unreadable, decode

OLD = Path(__file__).parent / "legacy_files"  # made from the same rows by LibreOffice 7.4


def book(*sheets):
    """A workbook of (title, rows) sheets; a row of one text is merged over the width of the heading."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets:
        sheet = workbook.create_sheet(title)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column, value)
            if len(row) == 1:
                sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(HEADING))
    return workbook


def saved(workbook):
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def lines(workbook, name="a.xlsx"):
    decoded = decode(saved(workbook), name=name)
    assert (decoded.kind, decoded.warnings) == ("xlsx", ())
    return [line for line in decoded.text.split("\n") if line]


TITLE = "松岭县2025年全民科学素质工作要点任务分解表"


def test_the_sheet_title_is_the_title():
    assert lines(book((TITLE, [HEADING, *ROWS]))) == [TITLE, *LINES]


@pytest.mark.parametrize("name", ["Sheet1", "工作表1", "任务表"])
def test_a_title_row_is_the_title_when_it_says_more(name):
    assert lines(book((name, [[TITLE], HEADING, *ROWS]))) == [TITLE, *LINES]


def test_unnamed_sheets_and_empty_rows_leave_no_line():
    assert lines(book(("Sheet1", [HEADING, [], *ROWS]), ("Sheet2", []))) == LINES


def test_hidden_sheets_rows_and_columns_stay_out():
    workbook = book(
        (TITLE, [[*HEADING, "内部"], *[[*row, "不公开"] if len(row) > 1 else row for row in ROWS], ["9", "旧任务"]]),
        ("草稿", [["密"]]),
    )
    workbook["草稿"].sheet_state = "hidden"
    sheet = workbook[TITLE]
    sheet.column_dimensions["G"].hidden = True
    sheet.row_dimensions[len(ROWS) + 2].hidden = True
    assert lines(workbook) == [TITLE, *LINES]


def test_several_sheets_follow_each_other():
    assert lines(book(("第一张", [["序号", "任务"], [1, "甲"]]), ("第二张", [["序号", "任务"], [1, "乙"]]))) == [
        "第一张", "序号\t任务", "1\t甲", "第二张", "序号\t任务", "1\t乙",
    ]  # fmt: skip


def test_values_are_printed_as_the_sheet_shows_them():
    values = [
        1,
        2.0,
        0.125,
        12000000,
        "＝3",
        date(2025, 6, 30),
        datetime.fromisoformat("2025-12-01T09:30"),
        date(2025, 9, 1),
        True,
        None,
        "#REF!",
        "甲\n乙",
        1200,
        30,
    ]
    workbook = book(("Sheet1", [["序号", "任务"], *[[at, value] for at, value in enumerate(values, start=1)]]))
    sheet = workbook["Sheet1"]
    sheet["B4"].number_format = "0.0%"
    sheet["B9"].number_format = 'yyyy"年"m"月"'
    sheet["A3"].number_format = "0.00"
    sheet["B14"].number_format = '#,##0"人次"'
    sheet["B15"].number_format = "0场"
    assert [line.split("\t") for line in lines(workbook)[1:]] == [
        ["1", "1"], ["2", "2"], ["3", "12.5%"], ["4", "12000000"], ["5", "＝3"], ["6", "2025年6月30日"],
        ["7", "2025年12月1日"], ["8", "2025年9月"], ["9"], ["10"], ["11"], ["12", "甲乙"], ["13", "1200人次"], ["14", "30场"],
    ]  # fmt: skip


def test_merged_cells_belong_to_every_row():
    workbook = book(("Sheet1", [["类别", "任务", "单位"], ["科普设施", "建馆", "县科协"], [None, "修站", None]]))
    workbook["Sheet1"].merge_cells("A2:A3")
    workbook["Sheet1"].merge_cells("C2:C3")
    assert lines(workbook) == ["类别\t任务\t单位", "科普设施\t建馆\t县科协", "科普设施\t修站\t县科协"]


def test_a_far_cell_does_not_blow_up_the_table():
    workbook = book(("Sheet1", [["序号", "任务"], [1, "甲"]]))
    workbook["Sheet1"]["XFD1048576"] = "远"
    assert lines(workbook) == ["序号\t任务", "1\t甲", "\t\t远"]


def test_a_merge_over_the_whole_sheet_is_refused_soon():
    workbook = book(("Sheet1", [["序号", "任务"]]))
    workbook["Sheet1"].merge_cells("D1:E1")
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(workbook))) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"D1:E1", b"D1:XFD1048576"))
    started = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        decode(stream.getvalue(), name="a.xlsx")
    assert refused.value.code == "too_large"
    assert time.monotonic() - started < 10


def test_a_workbook_without_text_is_empty():
    with pytest.raises(Unreadable) as refused:
        decode(saved(book(("Sheet1", []))), name="a.xlsx")
    assert refused.value.code == "empty"


@pytest.mark.parametrize("name", ["要点.xls", "要点.et"])
def test_old_workbooks_are_read(name):
    decoded = decode((OLD / "points.xls").read_bytes(), name=name)
    assert decoded.text.split("\n")[: len(LINES) + 1] == [TITLE, *LINES]
    assert decoded.text.split("\n")[len(LINES) + 1 :] == ["4\t评估\t2025年6月30日\t12.5%", ""]
    assert (decoded.kind, decoded.warnings) == ("xls", ())
