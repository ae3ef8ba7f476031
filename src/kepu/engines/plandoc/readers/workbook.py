"""Spreadsheets (.xlsx, .xls, .et): rows as tab-separated lines under the sheet's title. Hidden sheets, rows and columns stay out."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from .result import Decoded, Unreadable
from .tables import Cell, one_line, tab_lines

MAX_CELLS = 500_000
_MERGE = re.compile(rb'mergeCell\s[^>]{0,80}?ref="\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"')
_UNNAMED = re.compile(r"(sheet|工作表|表|表格|worksheet)\s*\d*", re.IGNORECASE)

# A number form with words around the digits: 0"人次", #,##0场.
_WORDED = re.compile(r'(?:"([^"]*)")?[#0,.]+(?:"([^"]*)"|([\u4e00-\u9fff]+))?(?:_ )?')


def read_xlsx(data: bytes) -> Decoded:
    """The visible sheets of an Excel workbook. Raises Unreadable; the formulas' stored results are read."""
    # openpyxl would load numpy (0.3 s) only to recognise its number types, which no file holds.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]
    from openpyxl import load_workbook  # slow import, and only the child needs it

    _check_merges(data)
    book = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    parts = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if len(sheet._cells) > MAX_CELLS:
            raise Unreadable("too_large", f"{len(sheet._cells)} cells")
        merged = {
            (area.min_row, area.min_col): (area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
            for area in sheet.merged_cells.ranges
        }
        hidden_rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
        hidden_columns = _hidden_columns(sheet)
        cells = [
            (cell.row, cell.column, _shown(cell.value, cell.number_format))
            for (row, column), cell in sorted(sheet._cells.items())
            if row not in hidden_rows and column not in hidden_columns and cell.value is not None
        ]
        parts.append(_sheet(sheet.title, cells, merged))
    return _document(parts, "xlsx")


def _check_merges(data: bytes) -> None:
    """openpyxl makes an object of every cell under a merge, and one merge may cover seventeen thousand million."""
    from openpyxl.utils import column_index_from_string

    area = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                for left, top, right, bottom in _MERGE.findall(archive.read(name)):
                    width = column_index_from_string(right.decode()) - column_index_from_string(left.decode()) + 1
                    area += abs(width) * abs(int(bottom) - int(top) + 1)
    if area > MAX_CELLS:
        raise Unreadable("too_large", f"merges over {area} cells")


def _hidden_columns(sheet: Any) -> set[int]:
    from openpyxl.utils import column_index_from_string

    hidden: set[int] = set()
    for letter, column in sheet.column_dimensions.items():
        if column.hidden:
            first = column.min or column_index_from_string(letter)
            hidden.update(range(first, min(column.max or first, first + 500) + 1))
    return hidden


def read_xls(data: bytes) -> Decoded:
    """The visible sheets of an old Excel or WPS workbook (.xls, .et). Raises Unreadable."""
    import xlrd  # only the child needs it

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        raise Unreadable("encrypted" if "ncrypt" in str(error) else "malformed", str(error)) from error
    parts = []
    for sheet in book.sheets():
        if sheet.visibility:
            continue
        if sheet.nrows * sheet.ncols > MAX_CELLS:
            raise Unreadable("too_large", f"{sheet.nrows} x {sheet.ncols} cells")
        merged = {(r0 + 1, c0 + 1): (r1 - r0, c1 - c0) for r0, r1, c0, c1 in sheet.merged_cells}
        cells = [
            (row + 1, column + 1, _old_value(book, sheet.cell(row, column)))
            for row in range(sheet.nrows)
            for column in range(sheet.ncols)
            if not _is_hidden(sheet.rowinfo_map.get(row)) and not _is_hidden(sheet.colinfo_map.get(column))
        ]
        parts.append(_sheet(sheet.name, [cell for cell in cells if cell[2]], merged))
    return _document(parts, "xls")


def _is_hidden(info: Any) -> bool:
    return info is not None and bool(info.hidden)


def _old_value(book: Any, cell: Any) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return _shown(xlrd.xldate_as_datetime(cell.value, book.datemode), "yyyy-m-d")
        except (xlrd.xldate.XLDateError, OverflowError, ValueError):
            return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        form = book.format_map.get(book.xf_list[cell.xf_index].format_key) if cell.xf_index is not None else None
        return _shown(cell.value, form.format_str if form else "General")
    if cell.ctype in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    return _shown(cell.value, "")


def _shown(value: Any, form: str | None) -> str:
    """A cell's value as the sheet shows it: whole numbers without .0, percentages as such, dates in Chinese."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, datetime | date):
        if form and "d" not in form.lower() and "日" not in form:
            return f"{value.year}年{value.month}月"
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, int | float):
        if form and "%" in form:
            return f"{value * 100:.10g}%"
        digits = f"{value:.10g}" if abs(value) < 1e10 else f"{value:.0f}"
        worded = _WORDED.fullmatch(form or "")
        return (worded[1] or "") + digits + (worded[2] or worded[3] or "") if worded else digits
    text = str(value)
    return "" if text.startswith("#") and text.rstrip("!?").isupper() else one_line(text.split("\n"))


def _sheet(title: str, cells: Iterable[tuple[int, int, str]], merged: dict[tuple[int, int], tuple[int, int]]) -> str:
    placed = list(cells)
    last = max((row for row, _, _ in placed), default=0)
    lines = tab_lines(
        [
            Cell(text, row - 1, column - 1, min(height, last - row + 1), min(width, 200))
            for row, column, text in placed
            for height, width in [merged.get((row, column), (1, 1))]
        ]
    )
    if not lines:
        return ""
    if not _UNNAMED.fullmatch(title.strip()) and not _has_title(lines, title):
        lines.insert(0, title.strip())
    return "\n".join(lines) + "\n"


def _has_title(lines: Sequence[str], title: str) -> bool:
    """A title typed into the first row says more than the name on the tab, which Excel cuts at 31 characters."""
    return "\t" not in lines[0] and len(lines[0]) >= len(title)


def _document(parts: Sequence[str], kind: str) -> Decoded:
    text = "\n".join(part for part in parts if part)
    if not text:
        raise Unreadable("empty")
    return Decoded(text, kind)
