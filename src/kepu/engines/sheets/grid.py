"""The caller's side: check the file, let the child decode it, build the values."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kepu.engines.sandbox import DEFAULT, Limits, check_zip, run_limited, sniff

Cell = str | int | float | bool | date | datetime | None

# kind of file -> function of `decode` that reads it
_READERS = {"xlsx": "xlsx", "xls": "xls", "csv": "csv_text", "text": "csv_text"}


class UnknownFormat(ValueError):
    """Not a spreadsheet that can be read; `kind` is what the file is."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Sheet:
    """One sheet: `rows[r][c]` is the value of row r + 1, column c + 1; rows may be shorter than the widest.

    Every cell of a merged range holds the range's value, but for rows that hold nothing else. `cut` says that rows beyond the asked limit were left out.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    cut: bool = False


def read_sheets(data: bytes, name: str, *, max_rows: int = 20_000, limits: Limits = DEFAULT) -> tuple[Sheet, ...]:
    """The visible sheets of a file in their order; a CSV is one sheet without a name.

    `name` is the file's name; it only decides among text kinds. Whole numbers come as int, dates as date (or datetime
    if they carry a time), numbers shown with leading zeros (000000) as the text that is shown, formulas as their last
    computed value. Raises UnknownFormat, or Rejected of the sandbox for a damaged, locked or oversized file.
    """
    kind = sniff(data, name, limits).name
    if kind not in _READERS:
        raise UnknownFormat(kind)
    if kind == "xlsx":
        check_zip(data, limits)
    # A grid of numbers unpacks to more text than it had bytes; the child's answer may be large, not its input.
    answer = run_limited(
        f"kepu.engines.sheets.decode:{_READERS[kind]}",
        data,
        replace(limits, output_bytes=max(limits.output_bytes, 64 << 20)),
        options={"max_rows": max_rows},
    )
    return tuple(
        Sheet(sheet["name"], tuple(tuple(_value(cell) for cell in row) for row in sheet["rows"]), sheet["cut"])
        for sheet in json.loads(answer)
    )


def _value(cell: Any) -> Cell:
    if not isinstance(cell, dict):
        value: Cell = cell
        return value
    moment = datetime.fromisoformat(cell["date"])
    return moment.date() if moment.time() == datetime.min.time() else moment
