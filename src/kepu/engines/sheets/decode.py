"""The child's side: bytes of one format in, the grids as JSON out. Runs only inside the sandbox."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from kepu.engines.sandbox import Reason, Rejected

Grid = list[list[Any]]
Range = tuple[int, int, int, int]  # first row, first column, last row, last column; counted from 0, ends included

MAX_COLUMNS = 256
_ZEROS = re.compile(r"0{2,20}")  # number format that pads with zeros: codes of divisions, serial numbers
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")


def xlsx(data: bytes, *, max_rows: int) -> bytes:
    import openpyxl  # slow import, and only the child needs it

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    archive = zipfile.ZipFile(io.BytesIO(data))
    sheets = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # some programs write a wrong extent, which would cut the sheet
        rows = [[_xlsx_value(cell) for cell in row[:MAX_COLUMNS]] for row in _first(sheet.iter_rows(), max_rows + 1)]
        with archive.open(sheet._worksheet_path) as source:  # read-only sheets do not offer their merged ranges
            merges = list(_xlsx_merges(source))
        sheets.append(_sheet(sheet.title, rows, merges, max_rows))
    return _answer(sheets)


def _xlsx_value(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value, cell.number_format or "")
    return _plain(value)


def _xlsx_merges(source: Any) -> Iterator[Range]:
    from lxml import etree

    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    tags = (f"{space}mergeCell", f"{space}row")
    for _, element in etree.iterparse(source, tag=tags, resolve_entities=False, no_network=True, huge_tree=False):
        match = _REFERENCE.fullmatch(element.get("ref", ""))
        if match and match[3]:
            yield int(match[2]) - 1, _column(match[1]), int(match[4]) - 1, _column(match[3])
        element.clear()
        while element.getprevious() is not None:  # emptied rows still cost memory: a sheet may have a million of them
            del element.getparent()[0]


def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def xls(data: bytes, *, max_rows: int) -> bytes:
    import xlrd  # slow import, and only the child needs it

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        locked = "encrypted" in str(error).lower()
        raise Rejected(Reason.ENCRYPTED if locked else Reason.MALFORMED, str(error)) from error
    sheets = []
    for sheet in book.sheets():
        if sheet.visibility:
            continue
        rows = [
            [_xls_value(book, cell) for cell in sheet.row(r)[:MAX_COLUMNS]]
            for r in range(min(sheet.nrows, max_rows + 1))
        ]
        merges = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
        sheets.append(_sheet(sheet.name, rows, merges, max_rows))
    return _answer(sheets)


def _xls_value(book: Any, cell: Any) -> Any:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        return _plain(xlrd.xldate_as_datetime(cell.value, book.datemode))
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        shown = book.format_map[book.xf_list[cell.xf_index].format_key]
        return _number(cell.value, shown.format_str)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return _plain(cell.value) if cell.ctype == xlrd.XL_CELL_TEXT else None


def csv_text(data: bytes, *, max_rows: int) -> bytes:
    text = _decoded(data)
    lines = text[:20_000].splitlines()[:20]
    # The sign that cuts most of the first lines; a comma wins a tie.
    delimiter = max(",\t;", key=lambda sign: (sum(line.count(sign) for line in lines), sign == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = [[_plain(cell) for cell in row[:MAX_COLUMNS]] for row in _first(reader, max_rows + 1)]
    return _answer([_sheet("", rows, [], max_rows)])


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in ("utf-8-sig", "gb18030"):  # GB18030 covers GBK and GB2312
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Rejected(Reason.MALFORMED, "neither UTF-8 nor GB18030")


def _first(rows: Iterable[Any], count: int) -> Iterator[Any]:
    for number, row in enumerate(rows):
        if number >= count:
            return
        yield row


def _number(value: float, shown: str) -> Any:
    whole = value == int(value) if value == value and abs(value) < 1e15 else False
    if not whole:
        return value
    return str(int(value)).zfill(len(shown)) if _ZEROS.fullmatch(shown) else int(value)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return value.isoformat("minutes")
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value).replace("\0", "")
    return text if text.strip() else None


def _sheet(name: str, rows: Grid, merges: list[Range], max_rows: int) -> dict[str, Any]:
    cut = len(rows) > max_rows
    del rows[max_rows:]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    # Only rows that hold something of their own: where each entry is merged over two rows, the second is no entry.
    filled = [bool(row) for row in rows]
    for merge in merges:
        _fill(rows, merge, filled)
    return {"name": name, "rows": rows, "cut": cut}


def _fill(rows: Grid, merge: Range, filled: list[bool]) -> None:
    """Give every cell of a merged range the value of its first cell; ranges beyond the data end with it."""
    top, left, bottom, right = merge
    if top >= len(rows) or left >= len(rows[top]) or rows[top][left] is None:
        return
    value = rows[top][left]
    for number in range(top, min(bottom + 1, len(rows))):
        if not filled[number]:
            continue
        row = rows[number]
        end = min(right + 1, MAX_COLUMNS)
        row.extend([None] * (end - len(row)))
        row[left:end] = [value] * (end - left)


def _answer(sheets: list[dict[str, Any]]) -> bytes:
    return json.dumps(sheets, ensure_ascii=False).encode("utf-8", "replace")
