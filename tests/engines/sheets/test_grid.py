import openpyxl
import pytest

from kepu.engines.sandbox import Reason, Rejected
from kepu.engines.sheets import Sheet, UnknownFormat, read_sheets

from .books import MERGED_ROWS, book, merged_book, saved, with_merges, xls_book

XLS = xls_book(
    "分解表",
    [
        (0, 0, "任务分解表", "General"),
        *((1, index, text, "General") for index, text in enumerate(["序号", "工作任务", "年度目标", "完成时限"])),
        *(
            (2, index, value, form)
            for index, (value, form) in enumerate([(1, "0"), ("举办科普讲座", "@"), (120, "0"), (46270, "yyyy/m/d")])
        ),
        *(
            (3, index, value, form)
            for index, value, form in [(0, 2, "0"), (2, 0.5, "0.0"), (3, 46270 + 14.5 / 24, "yyyy/m/d h:mm")]
        ),
        *((4, index, value, form) for index, (value, form) in enumerate([(7, "000000"), ("代码", "@"), (3206, "0")])),
    ],
    merges=[(0, 0, 0, 3), (2, 3, 1, 1)],
)


def test_xlsx_gives_typed_cells_and_fills_merged_ranges():
    assert read_sheets(merged_book(), "a.xlsx") == (Sheet("分解表", MERGED_ROWS),)


def test_xls_reads_the_same_as_xlsx():
    assert read_sheets(XLS, "a.et") == (Sheet("分解表", MERGED_ROWS),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_encoding_and_delimiter(encoding, delimiter):
    text = delimiter.join(["名称", "电话"]) + "\r\n" + delimiter.join(["市教育局", "13800000000"]) + "\r\n"
    assert read_sheets(text.encode(encoding), "a.csv") == (Sheet("", (("名称", "电话"), ("市教育局", "13800000000"))),)


def test_csv_keeps_quoted_line_breaks_and_drops_nul():
    (sheet,) = read_sheets('名称,说明\n甲,"一,\n二\0"\n'.encode(), "a.csv")
    assert sheet.rows == (("名称", "说明"), ("甲", "一,\n二"))


def test_empty_rows_inside_keep_the_numbers_of_the_others():
    (sheet,) = read_sheets(book([["甲"], [], [], ["乙"]]), "a.xlsx")
    assert sheet.rows == (("甲",), (), (), ("乙",))


def test_hidden_sheets_are_not_read():
    assert [sheet.name for sheet in read_sheets(book([["甲"]], hidden=["暗"]), "a.xlsx")] == ["表"]


def test_a_formula_counts_as_its_last_value_never_as_text():
    (sheet,) = read_sheets(book([["甲", "=1+1"], ["乙", 3]]), "a.xlsx")
    assert sheet.rows == (("甲",), ("乙", 3))  # written without a computed value


def test_rows_beyond_the_limit_are_cut_and_said():
    (sheet,) = read_sheets(book([[n] for n in range(12)]), "a.xlsx", max_rows=10)
    assert (len(sheet.rows), sheet.cut) == (10, True)


def test_a_merge_over_whole_columns_costs_no_more_than_the_data():
    whole = with_merges(book([["题"], ["甲"]]), ["A1:XFD1", "A2:A1048576"])
    (sheet,) = read_sheets(whole, "a.xlsx")
    assert [len(row) for row in sheet.rows] == [256, 1]


@pytest.mark.parametrize(
    ("data", "kind"), [(b"%PDF-1.7\n", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\0\0\0\3" * 50, "binary")]
)
def test_other_files_are_named(data, kind):
    with pytest.raises(UnknownFormat) as caught:
        read_sheets(data, "a.xlsx")
    assert caught.value.kind == kind


def test_a_damaged_workbook_is_refused():
    whole = merged_book()
    middle = whole.index(b"xl/worksheets/sheet1.xml") + 60
    with pytest.raises(Rejected) as caught:
        read_sheets(whole[:middle] + b"\0" * 20 + whole[middle + 20 :], "a.xlsx")
    assert caught.value.reason is Reason.MALFORMED


def test_text_in_neither_encoding_is_refused():
    with pytest.raises(Rejected) as caught:
        read_sheets(b"\xff\xff,\x80\x80\n", "a.csv")
    assert caught.value.reason is Reason.MALFORMED


def test_a_wrong_extent_does_not_cut_the_sheet():
    made = openpyxl.Workbook()
    made.active.append(["甲", "乙"])
    made.active.append(["丙", "丁"])
    data = saved(made)
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1"'))
    (sheet,) = read_sheets(out.getvalue(), "a.xlsx")
    assert sheet.rows == (("甲", "乙"), ("丙", "丁"))
