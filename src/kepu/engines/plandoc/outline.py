"""Stage three: the tree of numbered items, task tables and the annex becomes sections and tasks."""

import re
from dataclasses import dataclass, field, replace

from kepu.engines.plandoc.categories import leaf_category, own_category
from kepu.engines.plandoc.clauses import find_clauses
from kepu.engines.plandoc.labels import path_part, read_label
from kepu.engines.plandoc.model import Cell, Kind, Line, Node, Stretch
from kepu.engines.plandoc.normal import bare
from kepu.engines.plandoc.tables import Column, alone, read_header

_TITLE_STOPS = "。,;!?"
_OPEN, _CLOSE = "“《(〔「『", "”》)〕」』"
_ROW_RANK = 10
ANNEX = "附件"


@dataclass(frozen=True, slots=True)
class Outline:
    """Sections and tasks in document order, and the text before the first item."""

    nodes: tuple[Node, ...]
    introduction: tuple[Stretch, ...]


@dataclass(slots=True)
class _Draft:
    """A node while its text is being collected."""

    number: str
    rank: int
    start: int
    end: int
    parent: "_Draft | None"
    kind: str = "item"
    title: str = ""
    stretches: list[Stretch] = field(default_factory=list)
    clauses: list[Stretch] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    children: int = 0

    @property
    def path(self) -> str:
        own = path_part(self.number)
        return f"{self.parent.path}/{own}" if self.parent else own

    @property
    def level(self) -> int:
        return self.parent.level + 1 if self.parent else 1


def build_outline(text: str, lines: tuple[Line, ...]) -> Outline:
    """The outline of a classified text. Every item becomes a section or a task, never both."""
    builder = _Builder(text)
    for line in lines:
        builder.take(line)
    return Outline(
        tuple(_finish(text, draft) for draft in _categorised(text, builder.drafts)), tuple(builder.introduction)
    )


def item_text(text: str, node: "Node | _Draft") -> str:
    """The item's own text without white space and clauses, heading included."""
    return bare("".join(text[s.start : s.end] for s in node.stretches))


def first_clause(text: str) -> str:
    """The text up to the first stop that no quotation, title or bracket encloses."""
    depth = 0
    for i, c in enumerate(text):
        if c in _OPEN:
            depth += 1
        elif c in _CLOSE:
            depth = max(0, depth - 1)
        elif (
            c in _TITLE_STOPS
            and depth == 0
            and not (c == "," and text[i - 1 : i].isdigit() and text[i + 1 : i + 2].isdigit())
        ):
            return text[:i]
    return text


class _Builder:
    def __init__(self, text: str) -> None:
        self.text = text
        self.drafts: list[_Draft] = []
        self.introduction: list[Stretch] = []
        self._open: list[_Draft] = []
        self._columns: tuple[Column, ...] | None = None
        self._annex: _Draft | None = None
        self._above: _Draft | None = None
        self._loose_rows = 0

    def take(self, line: Line) -> None:
        """Add one line to the tree."""
        if line.kind == Kind.ITEM and line.label:
            self._annex = None
            self._columns = None
            self._item(line.start, line.end, line.label.text, line.label.rank)
        elif line.kind == Kind.ANNEX:
            self._annex_line(line)
        elif line.kind == Kind.HEADER_ROW:
            self._columns = read_header(self.text[line.start : line.end].split("\t"))
            self._above = self._annex or (self._open[-1] if self._open else None)
        elif line.kind == Kind.GROUP_ROW:
            self._group(line)
        elif line.kind == Kind.ROW and self._columns:
            self._row(line)
        elif line.kind in (Kind.TEXT, Kind.CLAUSE) and self._annex is None:
            self._continue(line)

    def _item(self, start: int, end: int, number: str, rank: int) -> _Draft:
        while self._open and self._open[-1].rank >= rank:
            self._open.pop()
        parent = self._open[-1] if self._open else None
        draft = _Draft(number, rank, start, end, parent)
        if parent:
            parent.children += 1
        self._open.append(draft)
        self.drafts.append(draft)
        self._add_text(draft, start + len(number), end)
        return draft

    def _add_text(self, draft: _Draft, start: int, end: int) -> None:
        """Text of an item with its clauses cut out."""
        while start < end and self.text[start].isspace():
            start += 1
        position = start
        paragraph = self.text[start:end]
        for a, b in find_clauses(paragraph, at_end=True):
            draft.clauses.append(Stretch(start + a, start + b))
            self._add_stretch(draft, position, start + a)
            position = start + b
        self._add_stretch(draft, position, end)
        draft.end = max(draft.end, end)
        if not draft.title and draft.stretches:
            first = draft.stretches[0]
            draft.title = bare(first_clause(self.text[first.start : first.end]))

    def _add_stretch(self, draft: _Draft, start: int, end: int) -> None:
        piece = self.text[start:end].strip()
        if not piece or (draft.clauses and all(c in "。,;、. " for c in piece)):
            return
        draft.stretches.append(Stretch(start, end))

    def _continue(self, line: Line) -> None:
        if not self._open:
            if line.kind == Kind.TEXT:
                self.introduction.append(Stretch(line.start, line.end))
            return
        draft = self._open[-1]
        if line.kind == Kind.CLAUSE:
            draft.clauses.append(Stretch(line.start, line.end))
            draft.end = line.end
        else:
            self._add_text(draft, line.start, line.end)

    def _annex_line(self, line: Line) -> None:
        text = self.text[line.start : line.end]
        rest = re.sub(r"^(?:附件|附表|附)(?:\d{1,2}|[一二三四五六七八九十])?(?:-\d)?:?", "", text)
        title = bare(rest)
        if self._annex is None or (self._annex.children and title):
            if self._annex is None or not self._annex.children:
                self._open.clear()
            self._annex = _Draft(ANNEX, 1, line.start, line.end, None, kind="annex")
            self.drafts.append(self._annex)
        self._annex.title += title
        self._annex.end = line.end
        self._columns = None

    def _group(self, line: Line) -> None:
        """A labelled text alone in its row is a section; in the annex it only sets rows apart."""
        content = alone(self.text[line.start : line.end].split("\t")) or ""
        label = read_label(content)
        if not label or self._annex or not self._columns:
            return
        start = line.start + self.text[line.start : line.end].find(content)
        while self._open and self._open[-1] is not self._above and self._open[-1].rank >= label.rank:
            self._open.pop()
        rank = label.rank
        if self._above and self._above in self._open and self._above.rank >= rank:
            while self._open and self._open[-1].rank >= rank:
                self._open.pop()
        self._item(start, start + len(content), label.text, rank)

    def _row(self, line: Line) -> None:
        columns = self._columns or ()
        cells: list[Cell] = []
        position = line.start
        for column, value in zip(columns, self.text[line.start : line.end].split("\t"), strict=False):
            lead = len(value) - len(value.lstrip())
            if value.strip() and value.strip("—-–/ "):
                cells.append(Cell(column.role, position + lead, position + lead + len(value.strip()), column.unit_role))
            position += len(value) + 1
        parent = self._annex or (self._open[-1] if self._open else None)
        number = next((self.text[c.start : c.end] for c in cells if c.role == "number"), "")
        rows = parent.children if parent else self._loose_rows
        body = [c for c in cells if c.role in ("name", "detail")] or [c for c in cells if c.role == "target"]
        if not body:
            return
        draft = _Draft(bare(number) or str(rows + 1), _ROW_RANK, line.start, line.end, parent, kind="row", cells=cells)
        if parent:
            parent.children += 1
        else:
            self._loose_rows += 1
        draft.stretches = [Stretch(c.start, c.end) for c in body]
        for cell in body:
            if cell.role != "target":
                for a, b in find_clauses(self.text[cell.start : cell.end], at_end=True):
                    draft.clauses.append(Stretch(cell.start + a, cell.start + b))
        draft.title = bare(first_clause(self.text[body[0].start : body[0].end]))
        self.drafts.append(draft)


def _categorised(text: str, drafts: list[_Draft]) -> list[tuple[_Draft, bool, str | None]]:
    out: list[tuple[_Draft, bool, str | None]] = []
    known: dict[int, str | None] = {}
    for draft in drafts:
        parent_category = known.get(id(draft.parent)) if draft.parent else None
        if draft.kind == "annex":
            section, category = True, None
        elif draft.children or draft.level == 1:
            category = own_category(draft.title, draft.level) or parent_category
            section = bool(draft.children) or category in ("goals", "preamble")
            if not section:
                category = category or "other"
        else:
            title = draft.parent.title if draft.parent else ""
            category = leaf_category(draft.title, item_text(text, draft), title, parent_category)
            section = category in ("goals", "preamble")
        known[id(draft)] = category
        out.append((draft, section, category))
    return out


def _finish(text: str, item: tuple[_Draft, bool, str | None]) -> Node:
    draft, section, category = item
    node = Node(
        path=draft.path,
        number=bare(draft.number),
        rank=draft.rank,
        parent=draft.parent.path if draft.parent else None,
        level=draft.level,
        title=draft.title,
        start=draft.start,
        end=draft.end,
        stretches=tuple(draft.stretches),
        clauses=tuple(draft.clauses),
        cells=tuple(draft.cells),
        is_section=section,
        category=category,
        kind=draft.kind,
    )
    if not node.title or len(node.title) > 60:
        node = replace(node, confidence=0.6, reason="long_title" if node.title else "no_title")
    return node
