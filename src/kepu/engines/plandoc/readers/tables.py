"""Tables of every format become the same tab-separated lines.

A merged cell belongs to all rows it covers, so its text is repeated in each of them (a unit named once beside three
tasks answers for all three). Two exceptions: where the number column itself is merged the rows are one task and become
one line, and a merged heading gives way to the narrower headings below it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .result import Unreadable

MAX_POSITIONS = 2_000_000  # rows × columns of one table; a task table of a province has a few thousand
NUMBER_HEADINGS = frozenset({"序号", "编号", "序", "项次", "项目编号", "号"})
HEADING_WORDS = ("序号", "编号", "任务", "项目", "内容", "单位", "措施", "目标", "指标", "时限", "时间", "部门", "类别")
# A cell's paragraph that ends like the name of a body stands in a list of bodies.
_BODY_ENDING = re.compile(r"[局委部会办院校厅室镇乡街市县区州旗团处站所队馆司行社心联协府道校)）]$")
_CLOSED = re.compile(r"[、，。；：！？,.;:!?（(“《]$")
_OPENS = re.compile(r"^[、，。；：！？,.;:!?）)”》]")
_HEADING = re.compile(r"[ \u3000]*(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十]+[章节部])")
ARTICLE_SHARE = 0.6  # of a table's text, in one cell: it holds an article, and the table only arranges the page
ARTICLE_LINES = 8  # lines from which a cell without headings of its own is an article
LONG_PARAGRAPH = 12  # characters; shorter ones without an ending are a word broken by hand to fit a narrow column


@dataclass(frozen=True)
class Cell:
    """One cell of a table: text on one line, position from 0, how many rows and columns it covers, its paragraphs."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    paragraphs: tuple[str, ...] = ()


def one_line(paragraphs: Sequence[str]) -> str:
    """Join the paragraphs of a cell to one line, with the mark that the paragraph break stood for."""
    joined = ""
    for paragraph in paragraphs:
        text = " ".join(paragraph.split())
        if not text:
            continue
        if joined and not _CLOSED.search(joined) and not _OPENS.search(text):
            joined += _mark(joined, text)
        joined += text
    return joined


def _mark(before: str, after: str) -> str:
    last = re.split("[、；。]", before)[-1]
    if len(last) >= LONG_PARAGRAPH or len(after) >= LONG_PARAGRAPH:
        return "；"
    if len(last) >= 3 and len(after) >= 3 and _BODY_ENDING.search(last) and _BODY_ENDING.search(after):
        return "、"
    return ""


def arranges_page(cells: Sequence[Cell]) -> bool:
    """Whether a table only arranges a page: one cell holds nearly all its text, as an article with headings or many lines.

    A row that names columns above the long cell makes it a table of data.
    """
    lines = [[line for line in cell.paragraphs if line.strip()] for cell in cells]
    sizes = [sum(map(len, of_cell)) for of_cell in lines]
    if not sum(sizes):
        return False
    longest = sizes.index(max(sizes))
    headings = sum(1 for line in lines[longest] if _HEADING.match(line))
    is_article = headings > 1 or len(lines[longest]) >= ARTICLE_LINES
    if not is_article or sizes[longest] < ARTICLE_SHARE * sum(sizes):
        return False
    rows: dict[int, list[str]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell.text)
    beside = rows[cells[longest].row]
    return not any(len(texts) == len(beside) and _is_heading(texts) for texts in rows.values())


def tab_lines(cells: Sequence[Cell]) -> list[str]:
    """Lines of a table; a row whose only text stands at its start or fills its width is a line without tabs.

    Raises Unreadable("too_large") above MAX_POSITIONS.
    """
    cells = _compact(cells)
    if not cells:
        return []
    height = max(cell.row + cell.rows for cell in cells)
    width = max(cell.column + cell.columns for cell in cells)
    if height * width > MAX_POSITIONS:
        raise Unreadable("too_large", f"table of {height} x {width}")
    grid: list[list[Cell | None]] = [[None] * width for _ in range(height)]
    for cell in cells:
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                grid[row][column] = cell
    return _lines(grid)


def _lines(grid: list[list[Cell | None]]) -> list[str]:
    heading = next((at for at, row in enumerate(grid) if _is_heading(_texts(row, at))), -1)
    number_column = _number_column(grid, heading)
    rows: list[list[str]] = []
    for at, row in enumerate(grid):
        texts = _texts(row, at)
        if not any(texts):
            continue
        key = row[number_column] if number_column is not None else None
        continued = key is not None and key.row < at and bool(key.text) and bool(rows) and not _fills(key, row)
        if continued and heading >= 0 and key is grid[heading][number_column or 0]:
            rows[-1] = [_narrower(old, new) for old, new in zip(rows[-1], texts, strict=True)]
        elif continued:
            rows[-1] = [
                old if cell is None or cell.row < at or not new else one_line([old + ("" if _ends(old) else "。"), new])
                for old, new, cell in zip(rows[-1], texts, row, strict=True)
            ]
        else:
            rows.append(texts)
    return ["\t".join(texts).rstrip("\t") for texts in rows]


def _texts(row: Sequence[Cell | None], at: int) -> list[str]:
    """Texts of a row; a cell over several columns counts in its first one, a cell over several rows in each."""
    return [
        cell.text if cell is not None and cell.column == column and (cell.row == at or not _fills(cell, row)) else ""
        for column, cell in enumerate(row)
    ]


def _fills(cell: Cell, row: Sequence[Cell | None]) -> bool:
    return cell.columns >= len(row)


def _is_heading(texts: Sequence[str]) -> bool:
    found = [text for text in texts if text]
    named = [text for text in found if len(text) <= 14 and any(word in text for word in HEADING_WORDS)]
    return len(found) > 1 and len(named) * 2 > len(found)


def _number_column(grid: Sequence[Sequence[Cell | None]], heading: int) -> int | None:
    if heading < 0:
        return None
    row = grid[heading]
    return next((at for at, cell in enumerate(row) if cell and "".join(cell.text.split()) in NUMBER_HEADINGS), None)


def _narrower(old: str, new: str) -> str:
    """The lower of two headings; 「责任单位」 over 「牵头」 is 「牵头单位」."""
    if not new or new == old:
        return old
    if len(new) <= 2 and old.endswith("单位"):
        return new + "单位"
    return new


def _ends(text: str) -> bool:
    return not text or bool(_CLOSED.search(text))


def _compact(cells: Sequence[Cell]) -> list[Cell]:
    """Drop rows and columns in which no cell with text begins: merging and page layout leave many of them."""
    rows = sorted({cell.row for cell in cells if cell.text})
    columns = sorted({cell.column for cell in cells if cell.text})
    kept = []
    for cell in cells:
        row, below = bisect_left(rows, cell.row), bisect_left(rows, cell.row + cell.rows)
        column, behind = bisect_left(columns, cell.column), bisect_left(columns, cell.column + cell.columns)
        if row < below and column < behind:
            kept.append(replace(cell, row=row, rows=below - row, column=column, columns=behind - column))
    return kept
