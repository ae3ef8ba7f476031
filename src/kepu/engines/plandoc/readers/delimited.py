"""Comma-separated tables: rows become tab-separated lines."""

from __future__ import annotations

import csv
import io
import re
from pathlib import PurePosixPath

from .result import Unreadable
from .tables import Cell, one_line, tab_lines

_HAN = re.compile("[\u3400-\u9fff]")


def csv_lines(text: str, *, name: str = "") -> str:
    """Rows of a delimited table (comma, semicolon or tab, whichever its first lines use most) as tab-separated lines.

    The first row is the title if it holds one cell; otherwise a Chinese file name is. Raises Unreadable("malformed").
    """
    head = text[:4096]
    delimiter = max(",\t;，", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable("malformed", str(error)) from error
    cells = [
        Cell(one_line(value.split("\n")), number, column)
        for number, row in enumerate(rows)
        for column, value in enumerate(row)
    ]
    lines = tab_lines(cells)
    stem = PurePosixPath(name.replace("\\", "/")).stem
    if lines and "\t" in lines[0] and _HAN.search(stem):
        lines.insert(0, stem)
    return "\n".join(lines) + "\n"
