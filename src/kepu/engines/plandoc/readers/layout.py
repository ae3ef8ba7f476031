"""Printed pages (PDF, OFD): from characters and ruled lines at places back to lines and tables.

Coordinates are points with y growing downwards. Lines outside tables keep their indent and wide gaps as blanks, a
Chinese character counting two, so that columns without rules stay aligned.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .tables import Cell, one_line, tab_lines

SNAP = 3.0  # points; rules nearer than this are one rule
LONG = 6.0  # points; shorter strokes are ornaments or underlines of single characters
BLANK = " "  # a blank that the writer typed
MAX_RULES = 4_000  # of one page; a page of a drawing has more and no table


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character or a run of characters with the box it fills."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight stroke, level or upright."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass
class Table:
    """A ruled grid: the places of its upright and level lines and the cells between them."""

    columns: list[float]
    rows: list[float]
    cells: list[Cell] = field(default_factory=list)
    text_of: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def top(self) -> float:
        return self.rows[0]

    def lines(self) -> list[str]:
        return tab_lines([Cell(self.text_of.get((c.row, c.column), ""), c.row, c.column, c.rows, c.columns) for c in self.cells])  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page in reading order: lines of text and tables."""

    blocks: tuple[str | Table, ...]


def read_page(glyphs: Sequence[Glyph], rules: Sequence[Rule]) -> Page:
    """Arrange one page. Characters inside a ruled grid go to its cells, the others to lines."""
    tables = [table for table in find_tables(rules) if _fill(table, glyphs)]
    outside = [glyph for glyph in glyphs if not any(_cell_at(table, glyph) for table in tables)]
    placed: list[tuple[float, str | Table]] = [(table.top, table) for table in tables]
    placed += _text_lines(outside)
    placed.sort(key=lambda block: block[0])
    return Page(tuple(block for _, block in placed))


def pages_text(pages: Iterable[Page]) -> str:
    """Pages as text, each ended by a form feed; a row cut by a page break is made whole in the page where it begins."""
    result: list[list[str | Table]] = []
    last: Table | None = None
    heading: dict[int, str] = {}
    for page in pages:
        blocks = list(page.blocks)
        tables = [block for block in blocks if isinstance(block, Table)]
        # Around a page break stand at most the page number, the running header and its second line.
        if tables and last is not None and blocks.index(tables[0]) <= 2 and _continues(last, tables[0]):
            _carry_over(last, tables[0], heading)
        elif tables:
            heading = _row(tables[0], 0)
        if len(tables) > 1:
            heading = _row(tables[-1], 0)
        last = tables[-1] if tables and len(blocks) - 1 - blocks.index(tables[-1]) <= 2 else None
        result.append(blocks)
    texts = []
    for blocks in result:
        lines = [line for block in blocks for line in (block.lines() if isinstance(block, Table) else [block])]
        texts.append("\n".join(lines) + "\n")
    return "\f".join(texts)


# Lines of text


def _text_lines(glyphs: Sequence[Glyph]) -> list[tuple[float, str]]:
    if not glyphs:
        return []
    size = statistics.median(glyph.bottom - glyph.top for glyph in glyphs) or 1.0
    rows = _rows(glyphs)
    half = _half_width(glyphs, size)
    margin = min(row[0].left for row in rows)
    lines = [_aligned(row, margin, half, half) for row in rows]
    typed = [glyph.right - glyph.left for glyph in glyphs if glyph.text == BLANK and glyph.right > glyph.left]
    blank = statistics.median(typed) if typed else half
    if blank < 0.8 * half:
        # In this font a blank is narrower than half a character: columns set with blanks line up where blanks are counted.
        counted = [_aligned(row, margin, half, blank) for row in rows]
        lines = counted if _in_columns(counted) > _in_columns(lines) else lines
    return [(min(glyph.top for glyph in row), line) for row, line in zip(rows, lines, strict=True)]


def _in_columns(lines: Sequence[str]) -> int:
    """How many pieces after wide gaps begin where other lines have one as well."""
    starts = Counter(_columns(line[: gap.end()]) for line in lines for gap in re.finditer(r"(?<=\S) {2,}", line))
    return sum(count for count in starts.values() if count > 2)


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters whose middles lie within half a character's height of the line so far, from left to right."""
    rows: list[list[Glyph]] = []
    middle = height = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.middle, glyph.left)):
        tall = glyph.bottom - glyph.top
        if rows and glyph.middle - middle <= max(min(height, tall) / 2, 1.0):
            rows[-1].append(glyph)
            middle += (glyph.middle - middle) / len(rows[-1])
            height = max(height, tall)
        else:
            rows.append([glyph])
            middle, height = glyph.middle, tall
    trimmed = (_trimmed(sorted(row, key=lambda glyph: glyph.left)) for row in rows)
    return [row for row in trimmed if row]


def _trimmed(row: list[Glyph]) -> list[Glyph]:
    """Typed blanks count between characters only."""
    inked = [at for at, glyph in enumerate(row) if glyph.text != BLANK]
    return row[inked[0] : inked[-1] + 1] if inked else []


def _half_width(glyphs: Sequence[Glyph], size: float) -> float:
    """Half the width of a Chinese character of the page's main size."""
    wide = [glyph.right - glyph.left for glyph in glyphs if len(glyph.text) == 1 and _columns(glyph.text) == 2]
    return max((statistics.median(wide) if wide else size) / 2, 0.5)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def _aligned(row: Sequence[Glyph], margin: float, half: float, width: float) -> str:
    """A line with its gaps as blanks of that width; without typed blanks a gap is measured by place alone."""
    line, filled, end, blank = "", 0, margin, False
    for glyph in row:
        if glyph.text == BLANK:
            blank = True
            continue
        gap = (glyph.left - end) / half
        if width < half and (blank or not line):
            blanks = max(round((glyph.left - end) / width), 1 if line else 0)
            line, filled = line + " " * blanks + glyph.text, filled + blanks + _columns(glyph.text)
            end, blank = max(end, glyph.right), False
            continue
        # Justified lines and mixed scripts spread characters by a little; a column starts behind a whole character.
        if not line or gap >= 2:
            place = round((glyph.left - margin) / half)
            blanks = max(place - filled, 2 if line else 0)
        else:
            blanks = 1 if blank or gap > 0.8 else 0
        line += " " * blanks + glyph.text
        filled += blanks + _columns(glyph.text)
        end, blank = max(end, glyph.right), False
    return line.rstrip()


# Ruled tables


def find_tables(rules: Sequence[Rule]) -> list[Table]:
    """Grids made of touching level and upright rules, with merged cells where a rule is missing between two."""
    if len(rules) > MAX_RULES:
        return []
    level = [r for r in rules if r.bottom - r.top <= SNAP and r.right - r.left >= LONG]
    upright = [r for r in rules if r.right - r.left <= SNAP and r.bottom - r.top >= LONG]
    tables = []
    for levels, uprights in _touching(level, upright):
        columns = _snapped([(r.left + r.right) / 2 for r in uprights])
        rows = _snapped([(r.top + r.bottom) / 2 for r in levels])
        if len(columns) < 3 or len(rows) < 2 or len(columns) * len(rows) > 20_000:
            continue
        table = Table(columns, rows)
        table.cells = _cells(columns, rows, levels, uprights)
        tables.append(table)
    return tables


def _touching(level: Sequence[Rule], upright: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of level and upright rules that are connected by crossings."""
    level = sorted(level, key=lambda r: r.top)
    tops = [r.top for r in level]
    parent = list(range(len(level) + len(upright)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for number, rule in enumerate(upright):
        for at in range(bisect_left(tops, rule.top - SNAP), bisect_right(tops, rule.bottom + SNAP)):
            if level[at].left - SNAP <= rule.left and rule.right <= level[at].right + SNAP:
                parent[root(len(level) + number)] = root(at)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for at, rule in enumerate(level):
        groups.setdefault(root(at), ([], []))[0].append(rule)
    for number, rule in enumerate(upright):
        groups.setdefault(root(len(level) + number), ([], []))[1].append(rule)
    return [group for group in groups.values() if group[0] and group[1]]


def _snapped(places: Sequence[float]) -> list[float]:
    snapped: list[float] = []
    for place in sorted(places):
        if not snapped or place - snapped[-1] > SNAP:
            snapped.append(place)
    return snapped


def _cells(columns: list[float], rows: list[float], level: Sequence[Rule], upright: Sequence[Rule]) -> list[Cell]:
    """Fields of the grid, joined to the right and downwards while no rule stands between them."""
    walls = _covered(columns, rows, [((r.left + r.right) / 2, r.top, r.bottom) for r in upright])
    floors = _covered(rows, columns, [((r.top + r.bottom) / 2, r.left, r.right) for r in level])
    taken: set[tuple[int, int]] = set()
    cells = []
    for row in range(len(rows) - 1):
        for column in range(len(columns) - 1):
            if (row, column) in taken:
                continue
            width = height = 1
            while (
                column + width < len(columns) - 1
                and (column + width, row) not in walls
                and (row, column + width) not in taken
            ):
                width += 1
            while row + height < len(rows) - 1 and all(
                (row + height, column + right) not in floors for right in range(width)
            ):
                height += 1
            taken.update((row + down, column + right) for down in range(height) for right in range(width))
            cells.append(Cell("", row, column, height, width))
    return cells


def _covered(
    lines: list[float], crossing: list[float], strokes: Sequence[tuple[float, float, float]]
) -> set[tuple[int, int]]:
    """(line, field) pairs: the line at that place is drawn along the field between two crossing lines."""
    drawn = set()
    for place, start, end in strokes:
        line = bisect_left(lines, place - SNAP)
        if line >= len(lines):
            continue
        for at in range(max(0, bisect_left(crossing, start) - 1), len(crossing) - 1):
            if crossing[at] > end:
                break
            if start <= (crossing[at] + crossing[at + 1]) / 2 <= end:
                drawn.add((line, at))
    return drawn


def _cell_at(table: Table, glyph: Glyph) -> Cell | None:
    centre = (glyph.left + glyph.right) / 2
    column = bisect_right(table.columns, centre) - 1
    row = bisect_right(table.rows, glyph.middle) - 1
    if not (0 <= column < len(table.columns) - 1 and 0 <= row < len(table.rows) - 1):
        return None
    return next(
        (
            cell
            for cell in table.cells
            if cell.row <= row < cell.row + cell.rows and cell.column <= column < cell.column + cell.columns
        ),
        None,
    )


def _fill(table: Table, glyphs: Sequence[Glyph]) -> bool:
    """Give each cell its text; False for a frame or drawing in which fewer than two cells have any."""
    inside: dict[tuple[int, int], list[Glyph]] = {}
    for glyph in glyphs:
        cell = _cell_at(table, glyph)
        if cell is not None:
            inside.setdefault((cell.row, cell.column), []).append(glyph)
    for cell in table.cells:
        found = inside.get((cell.row, cell.column))
        if found:
            table.text_of[cell.row, cell.column] = _cell_text(found, table.columns[cell.column + cell.columns])
    return len(table.text_of) > 1


def _cell_text(glyphs: Sequence[Glyph], edge: float) -> str:
    """A line that reaches the cell's edge runs on in the next; one that ends early ends a paragraph."""
    size = statistics.median(glyph.bottom - glyph.top for glyph in glyphs)
    paragraphs = [""]
    rows = _rows(glyphs)
    for at, row in enumerate(rows):
        paragraphs[-1] += _aligned(row, row[0].left, size / 2, size / 2)
        centred = at > 0 and abs(row[0].left - rows[0][0].left) > size / 2
        if edge - row[-1].right > 2.5 * size and not centred and at + 1 < len(rows):
            paragraphs.append("")
    return one_line(paragraphs)


def _continues(above: Table, below: Table) -> bool:
    return len(above.columns) == len(below.columns) and all(
        abs(a - b) <= 2 * SNAP for a, b in zip(above.columns, below.columns, strict=True)
    )


def _row(table: Table, row: int) -> dict[int, str]:
    return {column: text for (at, column), text in table.text_of.items() if at == row}


def _carry_over(above: Table, below: Table, heading: dict[int, str]) -> None:
    """Take the repeated heading and the rest of a cut row out of the lower table."""
    row = 0
    if heading and _row(below, 0) == heading:
        _clear(below, 0)
        row = 1
    rest, cut = _row(below, row), _row(above, len(above.rows) - 2)
    # A whole row has its number or group name in the first column.
    if rest and 0 not in rest and 0 in cut and set(rest) <= set(cut):
        for column, text in rest.items():
            above.text_of[len(above.rows) - 2, column] += text
        _clear(below, row)


def _clear(table: Table, row: int) -> None:
    for key in [key for key in table.text_of if key[0] == row]:
        del table.text_of[key]
