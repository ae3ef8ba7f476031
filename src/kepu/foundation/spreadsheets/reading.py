"""From a file to rows: find the sheet and its head, match the columns, read every cell, say what is wrong where."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from kepu.engines.sandbox import Reason, Rejected
from kepu.engines.sheets import Cell, Sheet, UnknownFormat, read_sheets
from kepu.foundation.errors import Refusal
from kepu.foundation.spreadsheets.columns import (
    TO_CORRECT,
    BadCell,
    Column,
    Place,
    Problem,
    Row,
    SheetReading,
    fold,
    letter,
    parse,
)

HEAD_ROWS = 30  # a head further down is not looked for; offices print a title, a unit line and a date above it
# First words of lines that stand in a table without being data.
_FOOT = (
    "合计",
    "总计",
    "小计",
    "填表人",
    "审核人",
    "制表",
    "填报人",
    "单位负责人",
    "联系人",
    "注:",
    "备注:",
    "说明:",
    "填表说明",
)


class Unreadable(Refusal):
    code = "sheet.unreadable"
    sentence = _("This file cannot be read as a spreadsheet. Save it as .xlsx and upload it again.")
    status = 422


class Locked(Refusal):
    code = "sheet.locked"
    sentence = _("This spreadsheet is protected by a password. Remove the password, save, and upload it again.")
    status = 422


class TooLarge(Refusal):
    code = "sheet.too_large"
    sentence = _("This spreadsheet is too large. Split it so that no file holds more than %(rows)s rows.")
    status = 422


class WrongHeader(Refusal):
    code = "sheet.header"
    sentence = _(
        "These columns are missing from the head of the table: %(missing)s. Use the template, or rename the columns."
    )
    status = 422


def read(data: bytes, columns: Sequence[Column], name: str, *, max_rows: int = 10_000) -> SheetReading:
    """Read the sheet of a file that fits the columns best.

    The head may stand below title rows, in any order of columns, under aliases, over two rows with merged cells.
    Raises Unreadable, Locked, TooLarge (more than `max_rows` rows of data), WrongHeader (a required column is missing).
    """
    try:
        sheets = read_sheets(data, name, max_rows=max_rows + HEAD_ROWS + 100)
    except UnknownFormat as unknown:
        raise Unreadable from unknown
    except Rejected as rejected:
        refusal = {Reason.ENCRYPTED: Locked(), Reason.TOO_LARGE: TooLarge(rows=max_rows)}
        raise refusal.get(rejected.reason, Unreadable()) from rejected
    sheet, at, found = max(
        (_head(sheet, columns) for sheet in sheets), key=lambda hit: len(hit[2]), default=(None, 0, {})
    )
    missing = [str(column.label) for column in columns if column.required and column.key not in found]
    if sheet is None or not found or missing:
        raise WrongHeader(missing="、".join(missing or [str(column.label) for column in columns]))
    reading = _rows(sheet, at, found, columns)
    if sheet.cut or reading.total > max_rows:
        raise TooLarge(rows=max_rows)
    return reading


def _head(sheet: Sheet, columns: Sequence[Column]) -> tuple[Sheet, int, dict[str, int]]:
    """The row (from 0) that matches most columns, and where each stands; of two equal rows the first."""
    keys = {head: column.key for column in reversed(columns) for head in column.heads()}
    best: tuple[int, dict[str, int]] = (0, {})
    for number, row in enumerate(sheet.rows[:HEAD_ROWS]):
        found: dict[str, int] = {}
        for index, cell in enumerate(row):
            key = keys.get(fold(cell)) if isinstance(cell, str) else None
            if key:
                found.setdefault(key, index)
        if len(found) > len(best[1]):
            best = (number, found)
    return sheet, *best


def _rows(sheet: Sheet, at: int, found: dict[str, int], columns: Sequence[Column]) -> SheetReading:
    head = sheet.rows[at]
    places = {key: Place(_shown(head[index]), letter(index)) for key, index in found.items()}
    rows, problems, skipped, total = [], [], [], 0
    for number, cells in enumerate(sheet.rows[at + 1 :], start=at + 2):
        if all(cell is None for cell in cells):
            continue
        if reason := _no_data(cells, head):
            skipped.append((number, reason))
            continue
        total += 1
        row, wrong = _row(number, cells, columns, found, places)
        problems.extend(wrong)
        if not wrong:
            rows.append(row)
    known = set(found.values())
    unknown = (_shown(cell) for index, cell in enumerate(head) if cell is not None and index not in known)
    ignored = dict.fromkeys(text for text in unknown if text != str(TO_CORRECT))
    return SheetReading(rows, problems, total, at + 1, sheet.name, places, tuple(ignored), tuple(skipped))


def _row(
    number: int, cells: Sequence[Cell], columns: Sequence[Column], found: dict[str, int], places: dict[str, Place]
) -> tuple[Row, list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for column in columns:
        index = found.get(column.key)
        cell = cells[index] if index is not None and index < len(cells) else None
        try:
            values[column.key] = None if index is None and column.kind != "list" else parse(column, cell)
        except BadCell as bad:
            place = places[column.key]
            problems.append(Problem(number, place.label, str(bad), _shown(cell), place.letter))
    return Row(number, values, places), problems


def _no_data(cells: Sequence[Cell], head: Sequence[Cell]) -> str:
    """What a line is if it is no data: the head printed again, a sum, a signature line; empty for data."""
    filled = [cell for cell in cells if cell is not None]
    printed = [fold(str(cell)) for cell in filled]
    if printed == [fold(str(cell)) for cell in head if cell is not None]:
        return _shown(filled[0])
    # A sum line has numbers beside its word, never another text; a signature line is one or a few texts.
    starts = printed[0].startswith(_FOOT)
    texts = [cell for cell in filled[1:] if isinstance(cell, str) and cell != filled[0]]
    alone = len(set(printed)) <= 2 and printed[0].startswith(_FOOT[3:])
    return _shown(filled[0]) if starts and (not texts or alone or _signature(printed)) else ""


def _signature(printed: Sequence[str]) -> bool:
    return sum(text.startswith(_FOOT[3:]) for text in printed) >= 2


def _shown(cell: Cell) -> str:
    if isinstance(cell, float):
        return format(cell, ".15g")
    return cell.isoformat() if isinstance(cell, date) else "" if cell is None else str(cell).strip()
