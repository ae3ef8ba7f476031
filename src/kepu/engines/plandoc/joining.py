"""Joining of broken lines: which line ends are the page's, not the author's."""

import re
from dataclasses import dataclass

from kepu.engines.plandoc.labels import read_label
from kepu.engines.plandoc.model import Label

_CLOSED = re.compile(r"[。!?;:](?:[”’》)\]]{0,2})$")
_CLAUSE_START = re.compile(
    r"[(\[【]?(?:牵头|责任|配合|协办|参与|参加|负责|主办|承办|落实|实施)(?:单位|部门|机构|处室|科室)?[^:。,;、]{0,6}:"
)
_STARTS_NEW = re.compile(
    r"——|附件(?:\d{0,2}|[一二三四五六七八九十])?(?:[:：]|$)|附表(?:\d{0,2}|[一二三四五])?(?:[:：]|$)|附[:：]"
    r"|(?:\d{4}|[一二][〇○零Oo\d一二三四五六七八九]{3})年[^,。]{1,3}月[^,。]{1,3}日$"
)
_DOC_NUMBER = re.compile(r"[^,。;:]{1,16}[〔\[(【]\d{4}[〕\])】]第?\d{1,4}号")
_HANGING = "、,(《“〈[【—-·"
# A line end inside an amount: 不少于|3篇, 4500平方|米, 8万|人, 35%|左右.
_AWAITS_NUMBER = re.compile(r"(?:不少于|不低于|不超过|超过|达到|至少)$")
_AWAITS_MEASURE = re.compile(r"\d(?:[.,]\d+)?[万亿余多]{0,2}(?:平方|立方|百分|个百)?$")
_ENDS_AMOUNT = re.compile(r"左右|以[上内下](?!第)|平方米|(?:人次|场次|人|家|名|个|场|篇|米|元)(?:以上|左右)?[,;。、]")
_LATIN_EDGE = re.compile(r"[A-Za-z]$")
_LONG_HEADING = 44
_CENTRED = 14
# A bracket that stays open longer than this was never closed.
_LONGEST_BRACKET = 600


@dataclass(frozen=True, slots=True)
class Piece:
    """A kept line: its normal form, display width as printed with indent, indent, and whether it is a table row."""

    text: str
    width: int
    indent: int
    is_row: bool = False
    after_page: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of the document end: the wrap width (0 if paragraphs are whole), and whether indents were kept."""

    width: int
    indented: bool
    closes: bool

    def full(self, piece: Piece) -> bool:
        """The line reaches the right margin, so its end may be the page's."""
        slack = 6 if self.indented else 10
        # Far indented lines are set to the right or centred: signatures, dates, titles.
        return bool(self.width) and piece.indent < _CENTRED and piece.width >= self.width - slack


def measure_layout(pieces: list[Piece]) -> Layout:
    """The wrap width is where most lines without final punctuation end, if there are many and they agree."""
    text = [p for p in pieces if not p.is_row and len(p.text) > 7]
    open_widths = sorted(p.width for p in text if not _CLOSED.search(p.text))
    closed = sum(bool(_CLOSED.search(p.text)) for p in text)
    indented = sum(p.indent >= 2 for p in text) >= max(3, len(text) // 20)
    closes = closed >= 0.4 * len(text)
    if len(open_widths) < 5:
        return Layout(0, indented, closes)
    margin = open_widths[int(len(open_widths) * 0.9)]
    near = sum(margin - 8 <= w <= margin + 4 for w in open_widths)
    beyond = sum(p.width > margin * 1.3 + 4 for p in text)
    wrapped = 24 <= margin <= 160 and near >= 0.4 * len(open_widths) and near >= 5 and beyond <= len(text) // 12
    return Layout(margin if wrapped else 0, indented, closes)


def join_lines(pieces: list[Piece]) -> list[str]:
    """Paragraphs, headings and rows, each on one line; broken lines are joined without a space."""
    layout = measure_layout(pieces)
    labels = _LabelOrder()
    out: list[list[str]] = []
    previous: Piece | None = None
    state = _Open()
    for piece in pieces:
        label = None if piece.is_row else read_label(piece.text)
        broken = (
            previous is not None and not previous.is_row and not piece.is_row and state.broken(previous, piece, layout)
        )
        if (label and broken and not (state.hangs or state.in_bracket) and labels.expected(label)) or (
            _starts_new(piece.text) and not label and not (state.in_quote or state.in_bracket)
        ):
            broken = False
        if broken:
            glue = (
                " " if _LATIN_EDGE.search(out[-1][-1]) and piece.text[:1].isascii() and piece.text[:1].isalpha() else ""
            )
            out[-1].append(glue + piece.text)
            state.extend(piece.text)
        else:
            out.append([piece.text])
            state = _Open()
            state.extend(piece.text, label)
            if label:
                labels.saw(label)
        previous = piece
    return ["".join(parts) for parts in out]


class _LabelOrder:
    """The last label value of each rank, to tell a real label from one that a line break moved to the front."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def expected(self, label: Label) -> bool:
        """The label is the next of its rank, or the first."""
        return label.value == self._last.get(label.rank, 0) + 1 or (label.value == 1 and label.rank > 1)

    def saw(self, label: Label) -> None:
        """Remember the label; lower ranks start again."""
        self._last[label.rank] = label.value
        for rank in [r for r in self._last if r > label.rank and r != 3]:
            del self._last[rank]


class _Open:
    """What the paragraph read so far leaves open."""

    def __init__(self) -> None:
        self.label: Label | None = None
        self.depth = 0
        self.open_for = 0
        self.quotes = 0
        self.sentences = False
        self.commas = False
        self.length = 0
        self.tail = ""

    def extend(self, text: str, label: Label | None = None) -> None:
        """Take in the next piece of the paragraph."""
        self.label = self.label or label
        body = text[label.length :] if label else text
        self.depth = max(0, self.depth + body.count("(") - body.count(")"))
        self.open_for = self.open_for + len(text) if self.depth else 0
        self.quotes = max(0, self.quotes + text.count("“") + text.count("《") - text.count("”") - text.count("》"))
        self.sentences = self.sentences or "。" in text
        self.commas = self.commas or any(c in text for c in ",;:")
        self.length += len(text)
        self.tail = (self.tail + text)[-8:]

    @property
    def hangs(self) -> bool:
        """The text ends on a mark that cannot end a paragraph."""
        return self.tail[-1:] in _HANGING and not self.tail.endswith("——")

    @property
    def in_bracket(self) -> bool:
        """A bracket is open."""
        return self.depth > 0 and self.open_for < _LONGEST_BRACKET

    @property
    def in_quote(self) -> bool:
        """A quotation or a title is open."""
        return self.quotes > 0 and self.length < 2000

    def _inside_amount(self, following: str) -> bool:
        """The line end parts a number from its measure word, or an amount from the words that bound it."""
        if _AWAITS_NUMBER.search(self.tail):
            return following[:1].isdigit()
        if _AWAITS_MEASURE.search(self.tail):
            return bool(_ENDS_AMOUNT.match(following)) or self.tail.endswith(("平方", "立方", "百分"))
        if self.tail.endswith("左"):
            return following.startswith("右")
        return following.startswith(("左右", "以上,", "以上;", "以上。")) and self.commas

    def broken(self, previous: Piece, piece: Piece, layout: Layout) -> bool:
        """The last line end is the page's, so the piece goes on with the same paragraph."""
        if self.hangs or self.in_bracket or self.in_quote or self._inside_amount(piece.text):
            return True
        if self.tail.endswith(":") and self.length < 10 and _CLAUSE_START.match(previous.text):
            return True
        closed = bool(_CLOSED.search(self.tail))
        if layout.width:
            if closed:
                # A full line that ends a sentence goes on only where indents would show a new paragraph.
                return layout.indented and layout.full(previous) and piece.indent < 2 and not self.tail.endswith(":")
            # A head that reaches the margin (公报 2022年第4期) does not go on with the document number under it.
            numbered = _DOC_NUMBER.fullmatch(piece.text) and not (self.sentences or self.commas)
            return layout.full(previous) and not numbered
        if closed:
            return False
        if self.tail.endswith(")") and self.sentences:
            return False
        if _DOC_NUMBER.match(piece.text):
            return False
        if self.sentences:
            return True
        if self.commas and self.tail[-1:].isascii() and (self.tail[-1:].isalnum() or self.tail[-1:] == "%"):
            return True
        if self.label and self.length > _LONG_HEADING:
            return True
        return self.commas and self.length >= (24 if layout.closes else 40) and not self.label


def _starts_new(text: str) -> bool:
    return bool(_STARTS_NEW.match(text) or _CLAUSE_START.match(text))
