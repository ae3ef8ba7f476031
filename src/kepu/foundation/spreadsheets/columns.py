"""What a column is, and how the text of a cell becomes a value or a reason in words."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.foundation.spreadsheets.cells import restore

TO_CORRECT = gettext_lazy("What to correct")  # head of the column that an error file adds; means nothing when read back
EXCEL_DAY_ZERO = date(1899, 12, 30)  # serial number 1 is 1 January 1900, after Excel's invented 29 February
_DATES = (
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_SEPARATORS = re.compile(r"[、,，;；\n]+")


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    `key` names the value in a row, `label` is the printed head. `kind`: text, integer, decimal, date, choice, or list
    (texts separated by 、). `choices` are texts or (value, text) pairs; a cell may hold either of the two. `aliases` are
    other heads under which offices print the column. `max_length` bounds texts, and each text of a list.
    `hint` and `example` go to the template's second sheet.
    """

    key: str
    label: str | Promise
    kind: str = "text"
    required: bool = False
    choices: Sequence[str | tuple[str, str | Promise]] = ()
    aliases: Sequence[str] = ()
    max_length: int = 500
    hint: str | Promise = ""
    example: str = ""

    def __post_init__(self) -> None:
        if self.kind not in _PARSERS:
            raise ValueError(f"column {self.key!r}: unknown kind {self.kind!r}")

    def pairs(self) -> list[tuple[str, str]]:
        return [(c, c) if isinstance(c, str) else (c[0], str(c[1])) for c in self.choices]

    def heads(self) -> set[str]:
        """Every head that means this column, folded for comparison."""
        return {fold(str(head)) for head in (self.label, self.key, *self.aliases)}

    def shown(self, value: Any) -> Any:
        """The value as a sheet shows it: the text of a choice, a list joined by 、, anything else as it is."""
        if self.kind == "choice":
            return dict(self.pairs()).get(value, value)
        if self.kind == "list" and isinstance(value, (tuple, list)):
            return "、".join(str(item) for item in value)
        return value

    @property
    def explained(self) -> str:
        """What to write into the column, in words."""
        kinds = {
            "text": _("Text of at most %(limit)s characters") % {"limit": self.max_length},
            "list": _("One or more, separated by 、"),
            "integer": _("Whole number"),
            "decimal": _("Number"),
            "date": _("Date such as 2026-9-5"),
            "choice": _("One of: %(choices)s") % {"choices": "、".join(text for _value, text in self.pairs())},
        }
        return "；".join(part for part in (kinds[self.kind], str(self.hint)) if part)


@dataclass(frozen=True)
class Place:
    """Where a column stands in the file that was read: its head there and its letter."""

    label: str
    letter: str


@dataclass(frozen=True)
class Problem:
    """Why a cell cannot be taken: row number as the program shows it, head of the column, reason, what stands there.

    `letter` is the column's letter, empty where the fault is of the whole row.
    """

    row: int
    column: str
    reason: str
    value: str = ""
    letter: str = ""


@dataclass(frozen=True)
class Row:
    """One good row: its number in the file, a value for every column (None, or () for a list, where empty)."""

    number: int
    values: dict[str, Any]
    places: Mapping[str, Place]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def problem(self, key: str, reason: str | Promise) -> Problem:
        """The row's cell under `key` cannot be taken, for `reason`; an empty `key` means the row as a whole."""
        place = self.places.get(key, Place("", ""))
        value = self.values.get(key)
        return Problem(self.number, place.label, str(reason), "" if value is None else str(value), place.letter)


@dataclass(frozen=True)
class SheetReading:
    """What a file held: the rows whose every cell could be read, and a problem for each cell that could not.

    `total` counts rows with data, good or not. `ignored` are heads that mean nothing here; `skipped` are (row, text)
    of lines that are no data: a sum, a signature line, a head printed again.
    """

    rows: list[Row]
    problems: list[Problem]
    total: int
    header_row: int
    sheet: str
    places: dict[str, Place]
    ignored: tuple[str, ...] = ()
    skipped: tuple[tuple[int, str], ...] = ()


class BadCell(ValueError):
    """The reason in words."""


def fold(head: str) -> str:
    """A head as it is compared: width, blanks, case, and the marks of a required column do not count."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", head)).lower()
    return re.sub(r"(\(必填\)|\(required\)|\*|:)+$", "", text.lstrip("*"))


def letter(index: int) -> str:
    """Column letters of a spreadsheet program: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parse(column: Column, cell: Any) -> Any:
    """The value of a cell; None (or () for a list) where it is empty. Raises BadCell with the reason."""
    if isinstance(cell, str):
        cell = restore(cell).strip() or None
    if cell is None:
        if column.required:
            raise BadCell(_("Must be filled in"))
        return () if column.kind == "list" else None
    return _PARSERS[column.kind](column, cell)


def _text(column: Column, cell: Any) -> str:
    text = str(cell)
    if isinstance(cell, float) and cell.is_integer():
        text = str(int(cell))
    elif isinstance(cell, bool):
        text = _("Yes") if cell else _("No")
    if len(text) > column.max_length:
        raise BadCell(_("Longer than %(limit)s characters") % {"limit": column.max_length})
    return text


def _list(column: Column, cell: Any) -> tuple[str, ...]:
    parts = (part.strip() for part in _SEPARATORS.split(str(cell)))
    return tuple(dict.fromkeys(_text(column, part) for part in parts if part))


def _decimal(column: Column, cell: Any) -> Decimal:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        # 15 significant digits are what the file holds; 0.1 + 0.2 must not become 0.30000000000000004
        return Decimal(cell) if isinstance(cell, int) else Decimal(format(cell, ".15g"))
    text = unicodedata.normalize("NFKC", str(cell)).replace("−", "-").replace(" ", "")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise BadCell(_("Must be a number, without unit or other words"))
    return Decimal(text)


def _integer(column: Column, cell: Any) -> int:
    number = _decimal(column, cell)
    if number != number.to_integral_value():
        raise BadCell(_("Must be a whole number"))
    return int(number)


def _date(column: Column, cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and 10_000 <= cell < 80_000:  # 1927 to 2119, in a cell without a date format
        return EXCEL_DAY_ZERO + timedelta(days=int(cell))
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(cell)))
    for form in _DATES:
        if match := form.fullmatch(text):
            try:
                return date(*(int(part) for part in match.groups()))
            except ValueError:
                break
    raise BadCell(_("Must be a date such as 2026-9-5"))


def _choice(column: Column, cell: Any) -> str:
    wanted = fold(_text(column, cell))
    for value, text in column.pairs():
        if wanted in {fold(value), fold(text)}:
            return value
    texts = [text for _value, text in column.pairs()]
    shown = "、".join(texts[:8]) + ("…" if len(texts) > 8 else "")
    raise BadCell(_("Must be one of: %(choices)s") % {"choices": shown})


_PARSERS: dict[str, Callable[[Column, Any], Any]] = {
    "text": _text,
    "list": _list,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "choice": _choice,
}
