"""Spreadsheets out: templates, exports, and the uploaded table again with the offending cells marked.

XlsxWriter is told the kind of every cell; it is never left to guess, since its guess turns text into formulas and links.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kepu.engines.sheets import read_sheets
from kepu.foundation.spreadsheets.cells import clean, neutralise
from kepu.foundation.spreadsheets.columns import TO_CORRECT, Column, Problem, letter

CELL_LIMIT = 32_767  # characters that one cell of the format may hold
TEMPLATE_ROWS = 2_000  # rows for which the template offers choices and text format
WIDE = 7  # columns that fit A4 upright; more lie across (artefacts.md)
_FONT = {"font_name": "宋体", "font_size": 11}
_HEAD = {
    **_FONT,
    "bold": True,
    "bg_color": "#E8EEF4",
    "border": 1,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
}
_BODY = {**_FONT, "border": 1, "valign": "vcenter", "text_wrap": True}


class _Book:
    """One workbook in memory that writes each value as what it is."""

    def __init__(self, *, streaming: bool = False) -> None:
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.buffer, {"constant_memory": streaming, "default_date_format": "yyyy-mm-dd"}
        )
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **settings: Any) -> Format:
        key = tuple(sorted(settings.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(settings)
        return self._formats[key]

    def write(self, sheet: Worksheet, row: int, column: int, value: Any, settings: Mapping[str, Any]) -> None:
        match value:
            case None | "":
                sheet.write_blank(row, column, None, self.format(**settings))
            case bool():
                sheet.write_string(row, column, _("Yes") if value else _("No"), self.format(**settings))
            case datetime():
                local = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
                sheet.write_datetime(row, column, local, self.format(**settings, num_format="yyyy-mm-dd hh:mm"))
            case date():
                sheet.write_datetime(row, column, value, self.format(**settings, num_format="yyyy-mm-dd"))
            case int() | float() | Decimal() if _exact(value):
                sheet.write_number(row, column, value, self.format(**settings))
            case _:
                self._write_text(sheet, row, column, str(value), settings)

    def _write_text(self, sheet: Worksheet, row: int, column: int, text: str, settings: Mapping[str, Any]) -> None:
        text = clean(text)
        if len(text) > CELL_LIMIT:
            text = text[: CELL_LIMIT - 1] + "…"
        # The quote prefix is the format's own apostrophe: the text stays text also after somebody edits the cell.
        quoted = {**settings, "quote_prefix": True} if neutralise(text) != text else settings
        sheet.write_string(row, column, text, self.format(**quoted))

    def done(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def _exact(value: int | float | Decimal) -> bool:
    """Whether the format can hold the number: finite and within 15 significant digits; others are written as text."""
    if isinstance(value, int):
        return abs(value) < 10**15
    number = Decimal(value)
    return number.is_finite() and (isinstance(value, float) or len(number.as_tuple().digits) <= 15)


def template(columns: Sequence[Column], title: str | Promise) -> bytes:
    """An .xlsx to fill in: the head with required columns marked, choices to pick, and a second sheet that explains."""
    book = _Book()
    sheet = book.book.add_worksheet(_sheet_name(str(title)))
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(columns):
        head = str(column.label) + (_("(required)") if column.required else "")
        book.write(sheet, 0, index, head, {**_HEAD, "bg_color": "#FCE8D8"} if column.required else _HEAD)
        shown = {"text": "@", "list": "@", "choice": "@", "date": "yyyy-mm-dd"}.get(column.kind, "General")
        sheet.set_column(index, index, _width(head, 14), book.format(**_FONT, num_format=shown))
        texts = [text for _value, text in column.pairs()]
        if column.kind == "choice" and len(",".join(texts)) < 255 and "," not in "".join(texts):  # limits of the format
            sheet.data_validation(1, index, TEMPLATE_ROWS, index, {"validate": "list", "source": texts})
    guide = book.book.add_worksheet(_("How to fill in"))
    heads = [_("Column"), _("Required"), _("What to write"), _("Example")]
    rows = [[str(c.label), c.required, c.explained, c.example] for c in columns]
    for index, (head, width) in enumerate(zip(heads, (20, 10, 60, 24), strict=True)):
        book.write(guide, 0, index, head, _HEAD)
        guide.set_column(index, index, width)
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            book.write(guide, number, index, value, _BODY)
    return book.done()


def export_xlsx(
    title: str | Promise, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], *, note: str | Promise = ""
) -> bytes:
    """A table to hand over and to print: title, note (filter and 截至 date), head repeated on each page, rows.

    `rows` give a value per column key; they are taken one by one, so 100,000 rows need no more memory than a hundred.
    Numbers stay numbers, dates dates; text that could be a formula is marked as text and keeps every character.
    """
    book = _Book(streaming=True)
    sheet = book.book.add_worksheet(_sheet_name(str(title)))
    _page(sheet, columns)
    last = len(columns) - 1
    for index, column in enumerate(columns):
        sheet.set_column(index, index, _width(str(column.label), 30 if column.kind in {"text", "list"} else 14))
    book.write(sheet, 0, 0, str(title), {"font_name": "宋体", "font_size": 16, "bold": True, "align": "center_across"})
    for index in range(
        1, last + 1
    ):  # centred over the table without merging, which would upset sorting and reading back
        sheet.write_blank(0, index, None, book.format(align="center_across"))
    head = 1
    if note:
        book.write(sheet, 1, 0, str(note), _FONT)
        head = 2
    for index, column in enumerate(columns):
        book.write(sheet, head, index, str(column.label), _HEAD)
    sheet.repeat_rows(head)
    sheet.freeze_panes(head + 1, 0)
    number = head
    for number, row in enumerate(rows, start=head + 1):
        for index, column in enumerate(columns):
            book.write(sheet, number, index, column.shown(row.get(column.key)), _BODY)
    sheet.autofilter(head, 0, number, last)
    return book.done()


def export_csv(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows as CSV: UTF-8 with byte order mark, the head in the first line, text that could be a formula neutralised."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([neutralise(str(column.label)) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(column.shown(row.get(column.key))) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _("Yes") if value else _("No")
        case datetime():
            return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case int() | float():
            return str(value)
        case _:
            return neutralise(str(value))


def error_file(data: bytes, problems: Sequence[Problem], name: str, *, sheet: str = "", header_row: int = 1) -> bytes:
    """The uploaded sheet as .xlsx with each offending cell coloured and commented, and the reasons in a last column.

    Rows keep their numbers, so that the corrected file can be uploaded as it is. `sheet` and `header_row` are those of
    the reading.
    """
    sheets = read_sheets(data, name)
    grid = next((each for each in sheets if each.name == sheet), sheets[0])
    book = _Book()
    page = book.book.add_worksheet(_sheet_name(grid.name))
    page.freeze_panes(header_row, 0)
    width = max((len(row) for row in grid.rows), default=0)
    faults: dict[tuple[int, str], list[str]] = {}
    lines: dict[int, list[str]] = {}
    for problem in problems:
        faults.setdefault((problem.row, problem.letter), []).append(problem.reason)
        lines.setdefault(problem.row, []).append(
            f"{problem.column}：{problem.reason}" if problem.column else problem.reason
        )
    page.set_column(0, max(width - 1, 0), 16)
    page.set_column(width, width, 50)
    for number, row in enumerate(grid.rows, start=1):
        for index, cell in enumerate(row):
            book.write(page, number - 1, index, cell, _HEAD if number == header_row else _FONT)
        for index in range(width):
            reasons = faults.get((number, letter(index)))
            if reasons:
                value = row[index] if index < len(row) else None
                book.write(page, number - 1, index, value, {**_FONT, "bg_color": "#FFC7CE", "font_color": "#9C0006"})
                page.write_comment(number - 1, index, "\n".join(reasons), {"author": "", "x_scale": 2})
        if number in lines:
            book.write(page, number - 1, width, "；".join(lines[number]), {**_FONT, "font_color": "#9C0006"})
    book.write(page, header_row - 1, width, str(TO_CORRECT), _HEAD)
    return book.done()


def _page(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.set_paper(9)  # A4
    if len(columns) > WIDE:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    sheet.set_footer("&C" + _("Page &P of &N"))


def _sheet_name(title: str) -> str:
    """At most 31 characters without those that the format forbids, never empty."""
    name = "".join(sign for sign in clean(title) if sign not in "[]:*?/\\\n").strip(" '")[:31].strip(" '")
    return name or "Sheet1"


def _width(label: str, widest: int) -> float:
    """Wide enough for the head: Chinese characters take two columns."""
    return min(max(sum(2 if ord(sign) > 0x2E80 else 1 for sign in label) + 3, widest), 60)
