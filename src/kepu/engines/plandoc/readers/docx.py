"""Word (.docx): paragraphs with the labels Word generates, tables as tab-separated lines.

Text boxes stand before the paragraph that holds them. Left out: headers, footers, footnotes, comments, the table of contents, tracked deletions, hidden text.
Source: ECMA-376-1, chapter 17; element names are those of the transitional and the strict form alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from .numbering import Numbering, read_numbering
from .packages import Package, resolve
from .result import Decoded, Unreadable
from .tables import Cell, arranges_page, one_line, tab_lines

# Wrappers whose content counts as if they were not there; everything else that is not named below is skipped.
_OPEN = frozenset({"ins", "moveTo", "hyperlink", "smartTag", "fldSimple", "customXml", "sdt", "sdtContent", "dir", "bdo", "ruby", "rubyBase", "oMathPara", "oMath"})  # fmt: skip
_OFF = ("0", "false", "off")


@dataclass(frozen=True)
class Style:
    """What a paragraph style says about lists."""

    name: str
    based_on: str
    list_id: str
    depth: int | None


def read_docx(data: bytes) -> Decoded:
    """The text of a Word document. Raises Unreadable, or the sandbox's Rejected for hostile XML."""
    package = Package(data)
    main = _main_part(package)
    body = package.required(main).find("body")
    if body is None:
        raise Unreadable("malformed", "no body")
    reader = _Reader(
        _styles(package.xml(_beside(package, main, "styles"))),
        read_numbering(package.xml(_beside(package, main, "numbering"))),
    )
    return Decoded("\n".join(reader.blocks(body)) + "\n", "docx")


def _main_part(package: Package) -> str:
    relations = package.xml("_rels/.rels")
    for relation in relations if relations is not None else ():
        if (relation.get("Type") or "").endswith("/officeDocument"):
            return resolve("", relation.get("Target") or "")
    return "word/document.xml"


def _beside(package: Package, main: str, kind: str) -> str:
    folder, _, name = main.rpartition("/")
    relations = package.xml(f"{folder}/_rels/{name}.rels")
    for relation in relations if relations is not None else ():
        if (relation.get("Type") or "").endswith("/" + kind):
            return resolve(main, relation.get("Target") or "")
    return f"{folder}/{kind}.xml"


def _styles(root: Element | None) -> dict[str, Style]:
    styles = {}
    for element in root.findall("style") if root is not None else ():
        list_id, depth = _list_of(element.find("pPr"))
        styles[element.get("styleId") or ""] = Style(
            name=_value(element, "name").lower(), based_on=_value(element, "basedOn"), list_id=list_id, depth=depth
        )
    return styles


def _list_of(properties: Element | None) -> tuple[str, int | None]:
    number = None if properties is None else properties.find("numPr")
    if number is None:
        return "", None
    depth = _value(number, "ilvl")
    return _value(number, "numId"), int(depth) if depth.isdigit() else None


def _value(element: Element, name: str) -> str:
    found = element.find(name)
    return "" if found is None else found.get("val") or ""


def _on(properties: Element | None, name: str) -> bool:
    found = None if properties is None else properties.find(name)
    return found is not None and found.get("val") not in _OFF


class _Reader:
    """One pass over the document in reading order; the lists count along."""

    def __init__(self, styles: dict[str, Style], numbering: Numbering) -> None:
        self.styles = styles
        self.numbering = numbering
        for abstract, style in numbering.links.items():
            owner = numbering.lists.get(self._chain(style)[0])
            if owner in numbering.definitions:
                numbering.definitions[abstract] = numbering.definitions[owner]
        self.style_levels = {
            (abstract, level.style): depth
            for abstract, levels in numbering.definitions.items()
            for depth, level in enumerate(levels)
            if level.style
        }

    def blocks(self, parent: Element) -> Iterator[str]:
        """Lines of the paragraphs and tables under `parent`."""
        pending = ""
        for element in self._flat(parent):
            if element.tag == "tbl":
                yield from self.table(element)
                continue
            if self._is_contents(element):
                continue
            for box in _boxes(element):
                yield from self.blocks(box)
            line = pending + self.paragraph(element)
            properties = element.find("pPr")
            if _on(None if properties is None else properties.find("rPr"), "del"):
                pending = line  # the paragraph mark is deleted: the next paragraph joins this one
                continue
            pending = ""
            yield from line.split("\n")
        if pending:
            yield pending

    def _flat(self, parent: Element) -> Iterator[Element]:
        for element in parent:
            if element.tag in ("p", "tbl"):
                yield element
            elif element.tag == "sdt":
                gallery = element.find("sdtPr/docPartObj/docPartGallery")
                if gallery is None or "Contents" not in (gallery.get("val") or ""):
                    yield from self._flat(element)
            elif element.tag in _OPEN:
                yield from self._flat(element)

    def _is_contents(self, paragraph: Element) -> bool:
        style = self.styles.get(_value(paragraph, "pPr/pStyle"))
        return style is not None and style.name.startswith("toc ")

    def paragraph(self, element: Element) -> str:
        """Label and text of a paragraph; manual line breaks stay."""
        text = "".join(_runs(element))
        label = self._label(element.find("pPr"))
        if label and text and label[-1].isascii() and label[-1].isalnum():
            label += " "  # 「1 2025年」, never 「12025年」
        return label + text

    def _label(self, properties: Element | None) -> str:
        list_id, depth = _list_of(properties)
        style = "" if properties is None else _value(properties, "pStyle")
        if not list_id:
            list_id, styled, style = self._chain(style)
            depth = styled if depth is None else depth
        if not list_id or list_id == "0":
            return ""
        if depth is None:  # the level then names the style
            depth = self.style_levels.get((self.numbering.lists.get(list_id, ""), style), 0)
        return self.numbering.label(list_id, depth)

    def _chain(self, style: str) -> tuple[str, int | None, str]:
        """List and level that a style or one of its ancestors names, and which of them."""
        depth: int | None = None
        for _ in range(20):
            found = self.styles.get(style)
            if found is None:
                break
            depth = found.depth if depth is None else depth
            if found.list_id:
                return found.list_id, depth, style
            style = found.based_on
        return "", depth, style

    def table(self, table: Element) -> list[str]:
        """Lines of a table: tab-separated, or those of its cells one after the other where it only arranges the page."""
        cells = self.cells(table)
        if arranges_page(cells):
            return [line for cell in cells for line in cell.paragraphs]
        return tab_lines(cells)

    def cells(self, table: Element) -> list[Cell]:
        """The table's cells; a vertical merge is one cell over several rows."""
        cells: list[Cell] = []
        open_merges: dict[int, int] = {}  # column -> index of the cell that goes on downwards
        row = 0
        for line in _children(table, "tr"):
            properties = line.find("trPr")
            if properties is not None and properties.find("del") is not None:
                continue
            column = _grid(properties, "gridBefore")
            for element in _children(line, "tc"):
                column = self._cell(element, row, column, cells, open_merges)
            row += 1
        return cells

    def _cell(self, element: Element, row: int, column: int, cells: list[Cell], merges: dict[int, int]) -> int:
        properties = element.find("tcPr")
        span = max(1, _grid(properties, "gridSpan"))
        merge = None if properties is None else properties.find("vMerge")
        above = merges.pop(column, None)
        if merge is not None and merge.get("val") != "restart" and above is not None:
            owner = cells[above]
            cells[above] = replace(owner, rows=row - owner.row + 1)
            merges[column] = above
            return column + span
        lines = tuple(self.blocks(element))
        text = one_line([part for line in lines for part in line.split("\t")])
        if merge is not None:
            merges[column] = len(cells)
        cells.append(Cell(text, row, column, 1, span, lines))
        return column + span


def _boxes(parent: Element) -> Iterator[Element]:
    """Contents of the text boxes of a paragraph, once each: newer and older drawings of the same box stand side by side."""
    for element in parent:
        if element.tag == "txbxContent":
            yield element
        elif element.tag == "AlternateContent":
            newer = element.find("Choice")
            yield from _boxes(element if newer is None else newer)
        elif element.tag not in ("del", "moveFrom") and not _on(element.find("rPr"), "vanish"):
            yield from _boxes(element)


def _grid(properties: Element | None, name: str) -> int:
    value = "" if properties is None else _value(properties, name)
    return min(int(value), 100) if value.isdigit() else 0


def _children(parent: Element, tag: str) -> Iterator[Element]:
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag in _OPEN:
            yield from _children(element, tag)


def _runs(parent: Element) -> Iterator[str]:
    """Visible text of a paragraph; a tab becomes a wide blank, since tabs mean columns here."""
    for element in parent:
        match element.tag:
            case "r":
                if not _on(element.find("rPr"), "vanish"):
                    yield from _runs(element)
            case "t":
                yield (element.text or "").replace("\t", "\u3000").replace("\n", " ")
            case "tab" | "ptab":
                yield "\u3000"
            case "br" | "cr":
                yield "\n"
            case "noBreakHyphen":
                yield "-"
            case tag if tag in _OPEN:
                yield from _runs(element)
