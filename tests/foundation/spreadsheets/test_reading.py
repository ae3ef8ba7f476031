import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu.foundation.errors import Refusal
from kepu.foundation.spreadsheets import Column, Place, Unreadable, WrongHeader, error_file, export_xlsx, read
from kepu.foundation.spreadsheets.columns import BadCell, parse
from kepu.foundation.spreadsheets.reading import TooLarge
from tests.engines.sheets.books import book

COLUMNS = (
    Column("name", "单位名称", required=True, aliases=("名称", "单位"), max_length=20),
    Column("code", "代码"),
    Column("people", "人数", "integer"),
    Column("money", "经费", "decimal"),
    Column("since", "接任日期", "date"),
    Column("level", "级别", "choice", choices=(("county", "县级"), ("town", "乡级"))),
    Column("units", "配合单位", "list"),
)
HEAD = ["单位名称", "代码", "人数", "经费", "接任日期", "级别", "配合单位"]


def problems(reading):
    return {(p.row, p.letter, p.column, p.reason, p.value) for p in reading.problems}


def test_every_kind_is_read():
    data = book([HEAD, ["市教育局", "007", "1,200", 0.1, "2026年9月5日", "县级", "市科协、市文旅局；市科协"]])
    reading = read(data, COLUMNS, "a.xlsx")
    assert [row.values for row in reading.rows] == [
        {
            "name": "市教育局",
            "code": "007",
            "people": 1200,
            "money": Decimal("0.1"),
            "since": date(2026, 9, 5),
            "level": "county",
            "units": ("市科协", "市文旅局"),
        }
    ]
    assert (reading.problems, reading.total, reading.header_row) == ([], 1, 1)


def test_moved_columns_aliases_title_rows_and_unknown_columns():
    rows = [
        ["某区联络员名册"],
        ["填报单位(盖章)：", None, "填报日期：2026年9月5日"],
        ["备用", "级 别", "名称（必填）"],
        ["x", "乡级", "甲镇"],
    ]
    reading = read(book(rows), COLUMNS, "a.xlsx")
    assert reading.places == {"level": Place("级 别", "B"), "name": Place("名称（必填）", "C")}
    assert (reading.header_row, reading.ignored) == (3, ("备用",))
    assert [(row.number, row["name"], row["level"], row["code"], row["units"]) for row in reading.rows] == [
        (4, "甲镇", "town", None, ())
    ]


def test_a_head_over_two_rows_with_merged_cells():
    columns = (Column("task", "工作任务", required=True), Column("lead", "牵头单位"), Column("help", "配合单位"))
    rows = [
        ["工作任务", "责任单位", None],
        [None, "牵头单位", "配合单位"],
        ["办讲座", "甲局", "乙局"],
        [None, "丙局", None],
    ]
    reading = read(book(rows, merges=["A1:A2", "B1:C1", "A3:A4"]), columns, "a.xlsx")
    assert [list(row.values.values()) for row in reading.rows] == [["办讲座", "甲局", "乙局"], ["办讲座", "丙局", None]]


def test_the_sheet_that_fits_best_is_read():
    import openpyxl

    from tests.engines.sheets.books import saved

    made = openpyxl.Workbook()
    made.active.append(["填写说明"])
    made.create_sheet("数据").append(HEAD)
    made["数据"].append(["甲局"])
    reading = read(saved(made), COLUMNS, "a.xlsx")
    assert (reading.sheet, [row["name"] for row in reading.rows]) == ("数据", ["甲局"])


def test_lines_that_are_no_data_are_skipped_and_said():
    rows = [
        HEAD,
        ["甲局", None, 3],
        HEAD,
        ["合计", None, 3],
        ["注：以上不含临时人员"],
        ["填表人：王某", None, None, "审核人：李某"],
    ]
    reading = read(book(rows), COLUMNS, "a.xlsx")
    assert [row["name"] for row in reading.rows] == ["甲局"]
    assert reading.skipped == ((3, "单位名称"), (4, "合计"), (5, "注：以上不含临时人员"), (6, "填表人：王某"))


def test_a_unit_whose_name_begins_like_a_foot_line_is_data():
    reading = read(book([HEAD, ["联系人才服务中心", "01", 3, None, None, "县级"]]), COLUMNS, "a.xlsx")
    assert [row["name"] for row in reading.rows] == ["联系人才服务中心"]


def test_each_fault_is_named_at_its_cell():
    rows = [HEAD, [None, "1", "12人", "abc", "2026-02-30", "省级"], ["甲" * 21, None, 1.5, "NaN", "明天"], ["乙局"]]
    reading = read(book(rows), COLUMNS, "a.xlsx")
    assert [row["name"] for row in reading.rows] == ["乙局"]
    assert problems(reading) == {
        (2, "A", "单位名称", "此项必填", ""),
        (2, "C", "人数", "应填数字，不带单位和其他文字", "12人"),
        (2, "D", "经费", "应填数字，不带单位和其他文字", "abc"),
        (2, "E", "接任日期", "应填日期，如2026-9-5", "2026-02-30"),
        (2, "F", "级别", "只能填：县级、乡级", "省级"),
        (3, "A", "单位名称", "超过20个字", "甲" * 21),
        (3, "C", "人数", "应填整数", "1.5"),
        (3, "D", "经费", "应填数字，不带单位和其他文字", "NaN"),
        (3, "E", "接任日期", "应填日期，如2026-9-5", "明天"),
    }


def test_a_required_column_that_is_missing_is_named():
    with pytest.raises(WrongHeader) as caught:
        read(book([["代码", "人数"], ["1", 2]]), COLUMNS, "a.xlsx")
    assert "单位名称" in str(caught.value)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=25, deadline=None)
def test_any_bytes_are_read_or_refused_in_words(data):
    try:
        read(data, COLUMNS, "a.csv")
    except Refusal as refusal:
        assert str(refusal)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%\n", b"PK\x03\x04 broken"])
def test_what_is_no_spreadsheet_is_refused(data):
    with pytest.raises((Unreadable, WrongHeader)):
        read(data, COLUMNS, "a.xlsx")


def test_too_many_rows_are_refused_before_anything_is_taken():
    rows = [HEAD, *([f"单位{n}"] for n in range(201))]
    with pytest.raises(TooLarge):
        read(book(rows), COLUMNS, "a.xlsx", max_rows=200)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (46270, date(2026, 9, 5)),
        ("20260905", date(2026, 9, 5)),
        ("2026/9/5", date(2026, 9, 5)),
        ("２０２６．９．５", date(2026, 9, 5)),
        ("2026 年 9 月 5 日", date(2026, 9, 5)),
    ],
)
def test_dates_as_offices_write_them(cell, expected):
    assert parse(Column("d", "日期", "date"), cell) == expected


@pytest.mark.parametrize("cell", ["12,00", "1e999", "inf", "１２人", "", None])
def test_what_is_no_number(cell):
    column = Column("n", "数", "decimal", required=True)
    with pytest.raises(BadCell):
        parse(column, cell)


def test_a_phone_number_that_the_program_took_for_a_number_is_text_again():
    assert parse(Column("p", "电话"), 13800000000) == "13800000000"


def planted(count, total, seed=7):
    """A table of `total` rows with `count` faults, at most one a cell; and the set of (row, letter)."""
    chance = random.Random(seed)
    rows = [HEAD] + [[f"单位{n}", f"{n:06}", n, n / 10, "2026-09-05", "县级", "甲局、乙局"] for n in range(total)]
    bad = {"A": "", "C": "许多", "D": "1.2.3", "E": "九月", "F": "地级"}
    places = set()
    while len(places) < count:
        places.add((chance.randrange(1, total + 1), chance.choice(sorted(bad))))
    for row, column in places:
        rows[row][ord(column) - 65] = bad[column]
    return rows, {(row + 1, column) for row, column in places}


@pytest.mark.slow
def test_137_faults_in_10_000_rows_are_all_named_at_the_right_cell():
    rows, places = planted(137, 10_000)
    data = book(rows)
    reading = read(data, COLUMNS, "a.xlsx")
    assert {(p.row, p.letter) for p in reading.problems} == places
    assert len(reading.problems) == 137
    assert len(reading.rows) == 10_000 - len({row for row, _ in places})
    marked = error_file(data, reading.problems, "a.xlsx", sheet=reading.sheet, header_row=reading.header_row)
    again = read(marked, COLUMNS, "错误.xlsx")
    assert {(p.row, p.letter) for p in again.problems} == places
    assert again.ignored == ()


def test_an_export_can_be_read_back():
    rows = [
        {
            "name": "甲局",
            "code": "007",
            "people": -3,
            "money": Decimal("1.50"),
            "since": date(2026, 9, 5),
            "level": "town",
            "units": ("乙局", "丙局"),
        }
    ]
    reading = read(export_xlsx("名册", COLUMNS, rows, note="截至 9 月 30 日"), COLUMNS, "a.xlsx")
    assert [row.values for row in reading.rows] == rows
