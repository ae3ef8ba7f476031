"""Word 97 to 2003 and WPS documents (.doc, .wps): paragraphs with generated labels, tables as tab-separated lines.

Only the main text is read; headers, footnotes and text boxes are other stories of such a file. Left out as in `docx`:
tracked deletions, hidden text, field instructions.
Source: [MS-DOC] Word (.doc) Binary File Format: 2.5 (Fib), 2.8.35 (PlcPcd), 2.9.172 (PapxFkp), 2.9.33 (ChpxFkp),
2.6 (Sprm), 2.9.321 (TDefTableOperand).
"""

from __future__ import annotations

import io
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from .doclists import Lists, read_lists, read_styles
from .plain import tidy
from .result import Decoded, Unreadable
from .sprms import Sprm, flag, number, read_sprms
from .tables import Cell, one_line, tab_lines

IDENT = 0xA5EC
ENCRYPTED, SECOND_TABLE = 0x0100, 0x0200
# Places in the Fib's list of (offset, length) pairs.
STYLES, CHARACTERS, PARAGRAPHS, PIECES, LISTS, LIST_OVERRIDES = 1, 12, 13, 33, 73, 74
PAGE = 512
IN_TABLE, ROW_END, LIST_LEVEL, LIST_INDEX, TABLE_SHAPE = 0x2416, 0x2417, 0x260A, 0x460B, 0xD608
DELETED, HIDDEN = 0x0800, 0x083C
CELL_MARK, PARAGRAPH_MARK, PAGE_MARK = "\x07", "\r", "\x0c"
CONTINUES, STARTS = 1, 3  # vertical merge of a cell
EDGE = 40  # twentieths of a point; column edges nearer than this are one


def read_doc(data: bytes) -> Decoded:
    """The text of an old Word document. Raises Unreadable: "encrypted", "malformed", "empty"."""
    from olefile import OleFileIO  # only the child needs it

    with OleFileIO(io.BytesIO(data)) as storage:
        stream = storage.openstream("WordDocument").read()
        if struct.unpack_from("<H", stream)[0] != IDENT:
            raise Unreadable("malformed", "no Word document")
        flags = struct.unpack_from("<H", stream, 0x0A)[0]
        if flags & ENCRYPTED:
            raise Unreadable("encrypted")
        table = storage.openstream("1Table" if flags & SECOND_TABLE else "0Table").read()
    text = "\n".join(_lines(_File(stream, table)))
    return Decoded(tidy(text).rstrip() + "\n", "doc")


class _File:
    """The two streams of a document with its text and the properties of each stretch of it."""

    def __init__(self, stream: bytes, table: bytes) -> None:
        self.stream, self.table = stream, table
        self.length = struct.unpack_from("<i", stream, 0x4C)[0]
        self.pieces = list(self._pieces())
        self.paragraphs = self._properties(PARAGRAPHS)
        self.characters = self._properties(CHARACTERS)
        self.lists: Lists = read_lists(table, self.part(LISTS)[0], *self.part(LIST_OVERRIDES))
        self.styles = read_styles(table[slice(*self._range(STYLES))])

    def part(self, place: int) -> tuple[int, int]:
        """Offset and length of a part of the table stream."""
        count = struct.unpack_from("<H", self.stream, 0x98)[0]
        if place >= count:
            return 0, 0
        offset, length = struct.unpack_from("<2I", self.stream, 0x9A + 8 * place)
        return offset, length

    def _range(self, place: int) -> tuple[int, int]:
        offset, length = self.part(place)
        return offset, offset + length

    def _pieces(self) -> Iterator[tuple[int, int, bool, str]]:
        """(first character, offset in the stream, one byte a character, text) of each piece of the main text."""
        data = self.table[slice(*self._range(PIECES))]
        at = 0
        while at < len(data) and data[at] == 1:
            at += 3 + struct.unpack_from("<H", data, at + 1)[0]
        if at >= len(data) or data[at] != 2:
            raise Unreadable("malformed", "no piece table")
        count = (struct.unpack_from("<I", data, at + 1)[0] - 4) // 12
        places = struct.unpack_from(f"<{count + 1}I", data, at + 5)
        for number_, (start, end) in enumerate(pairwise(places)):
            end = min(end, self.length)
            if start >= end:
                continue
            offset = struct.unpack_from("<I", data, at + 5 + 4 * (count + 1) + 8 * number_ + 2)[0]
            narrow = bool(offset & 0x40000000)
            offset = (offset & 0x3FFFFFFF) // (2 if narrow else 1)
            raw = self.stream[offset : offset + (end - start) * (1 if narrow else 2)]
            yield start, offset, narrow, raw.decode("cp1252" if narrow else "utf-16-le", "replace")

    def _properties(self, place: int) -> tuple[list[int], list[tuple[int, list[Sprm]]]]:
        """Ends of the stretches by offset in the stream, and (style, changes) of each, from 512-byte pages."""
        data = self.table[slice(*self._range(place))]
        count = max(0, (len(data) - 4) // 8)
        ends: list[int] = []
        values: list[tuple[int, list[Sprm]]] = []
        for page in struct.unpack_from(f"<{count}I", data, 4 * (count + 1)) if count else ():
            block = self.stream[(page & 0x3FFFFF) * PAGE :][:PAGE]
            if len(block) < PAGE:
                continue
            runs = block[-1]
            width = 13 if place == PARAGRAPHS else 1
            for run in range(min(runs, PAGE // (4 + width))):
                ends.append(struct.unpack_from("<I", block, 4 * (run + 1))[0])
                at = block[4 * (runs + 1) + width * run] * 2
                values.append(_paragraph_run(block, at) if place == PARAGRAPHS else (0, _character_run(block, at)))
        order = sorted(range(len(ends)), key=ends.__getitem__)
        return [ends[at] for at in order], [values[at] for at in order]


def _paragraph_run(block: bytes, at: int) -> tuple[int, list[Sprm]]:
    if not at:
        return 0, []
    size = 2 * block[at] - 1
    at += 1
    if size < 0:
        size = 2 * block[at]
        at += 1
    run = block[at : at + size]
    return (int.from_bytes(run[:2], "little"), read_sprms(run[2:])) if len(run) >= 2 else (0, [])


def _character_run(block: bytes, at: int) -> list[Sprm]:
    return read_sprms(block[at + 1 : at + 1 + block[at]]) if at else []


def _value(properties: tuple[list[int], list[tuple[int, list[Sprm]]]], offset: int) -> tuple[int, list[Sprm]]:
    ends, values = properties
    at = bisect_right(ends, offset)
    return values[at] if at < len(values) else (0, [])


@dataclass
class _Paragraph:
    """Visible text of a paragraph, the mark that ends it and its properties."""

    text: str
    mark: str
    style: int = 0
    sprms: list[Sprm] = field(default_factory=list)


def _paragraphs(file: _File) -> Iterator[_Paragraph]:
    text: list[str] = []
    fields: list[bool] = []  # open fields: True while in the instruction
    for _, offset, narrow, piece in file.pieces:
        step = 1 if narrow else 2
        checked, skipped = -1, False
        for at, char in enumerate(piece):
            place = offset + at * step
            if char in (PARAGRAPH_MARK, CELL_MARK, PAGE_MARK):
                style, sprms = _value(file.paragraphs, place)
                yield _Paragraph("".join(text), char, style, sprms)
                text = []
                continue
            if place >= checked:  # another stretch of character properties begins
                run = bisect_right(file.characters[0], place)
                checked = file.characters[0][run] if run < len(file.characters[0]) else place + len(piece) * 2
                changes = file.characters[1][run][1] if run < len(file.characters[1]) else []
                skipped = flag(changes, DELETED) or flag(changes, HIDDEN)
            if char == "\x13":
                fields.append(True)
            elif char == "\x14" and fields:
                fields[-1] = False
            elif char == "\x15" and fields:
                fields.pop()
            elif not skipped and not any(fields):
                text.append(
                    {"\t": "\u3000", "\x0b": "\n", "\x1e": "-", "\x1f": ""}.get(char, char if char >= " " else "")
                )
    if text:
        yield _Paragraph("".join(text), PARAGRAPH_MARK)


def _lines(file: _File) -> Iterator[str]:
    rows: list[_Row] = []
    cells: list[str] = []
    parts: list[str] = []
    for paragraph in _paragraphs(file):
        text = _label(file, paragraph) + paragraph.text
        if flag(paragraph.sprms, ROW_END) and paragraph.mark == CELL_MARK:
            rows.append(_row(cells, paragraph.sprms))
            cells, parts = [], []
        elif flag(paragraph.sprms, IN_TABLE) or paragraph.mark == CELL_MARK:
            parts += text.split("\n")
            if paragraph.mark == CELL_MARK:
                cells.append(one_line(parts))
                parts = []
        else:
            yield from _table(rows)
            rows = []
            yield from text.split("\n")
    if cells or parts:
        rows.append(_row([*cells, one_line(parts)], []))
    yield from _table(rows)


def _label(file: _File, paragraph: _Paragraph) -> str:
    styled = file.styles.get(paragraph.style, (0, 0))
    index = number(paragraph.sprms, LIST_INDEX, styled[0])
    level = number(paragraph.sprms, LIST_LEVEL, styled[1])
    label = file.lists.label(str(index), level) if 0 < index < 0x7FF else ""
    return label + " " if label and label[-1].isascii() and label[-1].isalnum() and paragraph.text else label


@dataclass(frozen=True)
class _Row:
    """Texts of a row, the edges of its cells and how each is merged downwards; edges are empty if not stored."""

    texts: list[str]
    edges: tuple[int, ...]
    merges: tuple[int, ...]


def _row(texts: list[str], sprms: list[Sprm]) -> _Row:
    shape = next((sprm.operand for sprm in sprms if sprm.code == TABLE_SHAPE), b"")
    count = shape[0] if shape else 0
    if count < len(texts) or len(shape) < 1 + 2 * (count + 1):
        return _Row(texts, (), ())
    edges = struct.unpack_from(f"<{count + 1}h", shape, 1)
    described = shape[1 + 2 * (count + 1) :]
    merges = tuple(described[20 * at] >> 5 & 3 if 20 * at < len(described) else 0 for at in range(count))
    return _Row(texts, edges, merges)


def _table(rows: list[_Row]) -> list[str]:
    """Lines of a table; the common grid comes from the edges of all rows."""
    grid: list[int] = []
    for edge in sorted({edge for row in rows for edge in row.edges}):
        if not grid or edge - grid[-1] > EDGE:
            grid.append(edge)
    cells: list[Cell] = []
    above: dict[int, int] = {}  # column -> index of the cell that goes on downwards
    for at, row in enumerate(rows):
        open_: dict[int, int] = {}
        for place, text in enumerate(row.texts):
            column, behind = _columns(grid, row.edges, place)
            merge = row.merges[place] if row.merges else 0
            if merge == CONTINUES and column in above:
                owner = cells[above[column]]
                cells[above[column]] = Cell(owner.text, owner.row, owner.column, at - owner.row + 1, owner.columns)
                open_[column] = above[column]
                continue
            if merge in (CONTINUES, STARTS):
                open_[column] = len(cells)
            cells.append(Cell(text, at, column, 1, behind - column))
        above = open_
    return tab_lines(cells)


def _columns(grid: list[int], edges: tuple[int, ...], place: int) -> tuple[int, int]:
    """First column of a cell and the one behind it."""
    if not edges:
        return place, place + 1
    column = bisect_right(grid, edges[place]) - 1
    return column, max(column + 1, bisect_right(grid, edges[place + 1]) - 1)
