"""Saved web pages: the body's text in lines, data tables as tab-separated lines; scripts, styles, menus and hidden parts out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .plain import decode_text, tidy
from .result import Decoded, Unreadable
from .tables import Cell, arranges_page, one_line, tab_lines

_DROPPED = frozenset({"script", "style", "noscript", "template", "nav", "footer", "aside", "head", "title", "form", "button", "select", "textarea", "iframe", "object", "svg", "canvas", "audio", "video", "map"})  # fmt: skip
_BLOCKS = frozenset({"p", "div", "section", "article", "main", "header", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "blockquote", "pre", "address", "figure", "figcaption", "center", "hr", "body", "html", "form", "fieldset", "option"})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\r\n\f]+")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
MAX_COLUMNS = 60
LAYOUT_CELL = 1_500  # characters; a longer cell holds an article, so its table only arranges the page


def read_html(data: bytes) -> Decoded:
    """Text of a web page. Raises Unreadable("empty") for a page without text, ("malformed") for what lxml cannot parse."""
    text, warnings = _decoded(data)
    from lxml import etree  # only the child needs it

    # The text is decoded already; comments and processing instructions never reach the tree.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.LxmlError as error:
        raise Unreadable("malformed", str(error)) from error
    if root is None:
        raise Unreadable("empty")
    lines = [line.strip(" ") for line in "".join(_pieces(root)).split("\n")]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    if not body.strip():
        raise Unreadable("empty")
    return Decoded(tidy(body) + "\n", "html", warnings)


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """A page names its encoding; the name is believed when the bytes agree. gb2312 means gb18030, as in every browser."""
    named = _CHARSET.search(data[:4096])
    encoding = named.group(1).decode("ascii").lower() if named else ""
    encoding = "gb18030" if encoding in ("gb2312", "gbk", "gb_2312-80") else encoding
    if encoding and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return data.decode(encoding), ()
        except (LookupError, UnicodeDecodeError):
            pass
    return decode_text(data)


def _pieces(element: Any) -> Iterator[str]:
    """Text in reading order; line ends stand around blocks. Tabs occur only between the cells of a data table."""
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag in _DROPPED or _is_hidden(element):
        return
    if tag == "br":
        yield "\n"
        return
    if tag == "table" and (cells := _data_cells(element)):
        yield "\n" + "\n".join(tab_lines(cells)) + "\n"
        return
    block = tag in _BLOCKS
    if block:
        yield "\n"
    if tag == "li":
        yield _ordinal(element)
    yield from _inside(element, keep=tag == "pre")
    if block:
        yield "\n"


def _inside(element: Any, *, keep: bool = False) -> Iterator[str]:
    if element.text:
        yield element.text if keep else _BLANK.sub(" ", element.text)
    for child in element:
        yield from _pieces(child)
        if child.tail:
            yield child.tail if keep else _BLANK.sub(" ", child.tail)


def _is_hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _ordinal(element: Any) -> str:
    """The number that a browser prints before an item of an ordered list."""
    parent = element.getparent()
    if parent is None or parent.tag != "ol" or "list-style" in (parent.get("style") or ""):
        return ""
    start = parent.get("start") or "1"
    before = sum(1 for sibling in element.itersiblings("li", preceding=True))
    return f"{(int(start) if start.isdigit() else 1) + before}." if (parent.get("type") or "1") == "1" else ""


def _data_cells(table: Any) -> list[Cell]:
    """Cells of a table of data; none where it has a table inside, one column only, or arranges an article on the page."""
    if table.find(".//table") is not None:
        return []
    cells = _cells(table)
    widest = max(Counter(cell.row for cell in cells).values(), default=0)
    longest = max((len(cell.text) for cell in cells), default=0)
    return [] if widest < 2 or longest > LAYOUT_CELL or arranges_page(cells) else cells


def _cells(table: Any) -> list[Cell]:
    rows = list(table.iter("tr"))
    taken: set[tuple[int, int]] = set()
    cells = []
    for number, row in enumerate(rows):
        column = 0
        for element in row:
            if element.tag not in ("td", "th"):
                continue
            while (number, column) in taken:
                column += 1
            width = min(_span(element, "colspan"), MAX_COLUMNS)
            height = min(_span(element, "rowspan"), len(rows) - number)
            if column + width > MAX_COLUMNS:
                break
            taken.update((number + down, column + right) for down in range(height) for right in range(width))
            lines = tuple("".join(_inside(element)).split("\n"))
            cells.append(Cell(one_line(lines), number, column, height, width, lines))
            column += width
    return cells


def _span(element: Any, name: str) -> int:
    value = (element.get(name) or "").strip()
    return max(1, int(value)) if value.isdecimal() and len(value) < 6 else 1
