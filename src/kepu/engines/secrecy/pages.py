"""The text of a first page, read in a limited child: enough to look for a mark, not a faithful rendering."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from kepu.engines.sandbox import DEFAULT, Limits, Reason, Rejected, check_xml, check_zip, run_limited
from kepu.engines.sandbox.pdfs import open_pdf

PAGE = 1_500  # characters; a printed page of GB/T 9704 holds 616, a dense one twice that
_ROWS = 40  # of a sheet
_ZIPPED = {"docx", "xlsx", "pptx", "ofd", "odt", "ods"}


def first_page(data: bytes, kind: str, limits: Limits = DEFAULT) -> str:
    """Text of the first page of a file of `kind` (a name of sandbox.KINDS), page head included, marks first.

    Pages of pictures alone, and kinds without text, give an empty text. Raises Rejected for a file that is locked,
    damaged or costs more than the limits.
    """
    if kind not in _READERS:
        return ""
    if kind in _ZIPPED:
        check_zip(data, limits)
    return run_limited(f"{__name__}:read", data, limits, options={"kind": kind}).decode()


def read(data: bytes, *, kind: str) -> bytes:
    """The child's part of `first_page`."""
    return _READERS[kind](data).encode("utf-8", "replace")


def _docx(data: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(data))
    heads = [name for name in archive.namelist() if re.fullmatch(r"word/header\d*\.xml", name)]
    head = "\n".join("".join(_word_text(archive.read(name))) for name in heads)
    return head[:PAGE] + "\n" + _until(_word_text(archive.read("word/document.xml")), PAGE)


def _word_text(part: bytes) -> Iterator[str]:
    """Text in the order of the file, boxes included; a form feed at each page break, also one that Word remembers."""
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for event, element in _events(part):
        match (event, element.tag.removeprefix(space)):
            case ("end", "t"):
                yield element.text or ""
            case ("end", "tab"):
                yield "\t"
            case (_, "p") | ("end", "tr"):  # also where it begins: a box stands in the middle of a paragraph
                yield "\n"
            case ("end", "br"):
                yield "\f" if element.get(space + "type") == "page" else "\n"
            case ("end", "lastRenderedPageBreak"):
                yield "\f"


def _events(part: bytes) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    check_xml(part)
    source = io.BytesIO(part)
    for event, element in etree.iterparse(source, ("start", "end"), resolve_entities=False, no_network=True):
        if isinstance(element.tag, str):
            yield event, element


def _elements(part: bytes) -> Iterator[Any]:
    return (element for event, element in _events(part) if event == "end")


def _until(pieces: Iterator[str], limit: int) -> str:
    text = ""
    for piece in pieces:
        if piece == "\f" and text.strip():
            break
        text += piece
        if len(text) >= limit:
            break
    return text[:limit]


def _pdf(data: bytes) -> str:
    document = open_pdf(data, pages=DEFAULT.pages)
    if not len(document):
        return ""
    text: str = document[0].get_textpage().get_text_range()
    return text[: 2 * PAGE].replace("\r\n", "\n")


def _ofd(data: bytes) -> str:
    """GB/T 33190-2016, 7.7 and 11.3: text codes of the first page and of the templates that may print its head."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    pages = [name for name in archive.namelist() if name.endswith("Content.xml")]
    numbered = sorted((int(found[1]), name) for name in pages if (found := re.search(r"Page_?(\d+)/", name)))
    templates = [name for name in pages if "Tpl" in name]
    first = [numbered[0][1]] if numbered else pages[:1]
    texts = []
    for name in [*first, *templates]:
        for element in _elements(archive.read(name)):
            if element.tag.rpartition("}")[2] == "TextCode":
                texts.append(element.text or "")
    return "\n".join(texts)[: 2 * PAGE]


def _xlsx(data: bytes) -> str:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    archive = zipfile.ZipFile(io.BytesIO(data))
    texts = []
    for sheet in book.worksheets[:1]:
        page = archive.read(sheet._worksheet_path)
        texts += re.findall(rb"<(?:odd|first)Header>([^<]{0,400})", page)
        texts += [_line(row).encode() for row in sheet.iter_rows(max_row=_ROWS, max_col=30, values_only=True)]
    return b"\n".join(texts).decode("utf-8", "replace")[:PAGE]


def _xls(data: bytes) -> str:
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True)
    except xlrd.XLRDError as error:
        raise Rejected(
            Reason.ENCRYPTED if "encrypted" in str(error).lower() else Reason.MALFORMED, str(error)
        ) from error
    sheet = book.sheet_by_index(0)
    return "\n".join(_line(sheet.row_values(number)) for number in range(min(sheet.nrows, _ROWS)))[:PAGE]


def _line(values: Any) -> str:
    return "\t".join(str(value) for value in values if value not in (None, ""))


def _doc(data: bytes) -> str:
    from legacy_doc import extract_text
    from legacy_doc.exceptions import LegacyDocError

    try:
        text: str = extract_text(data).text
    except LegacyDocError as error:
        raise Rejected(Reason.ENCRYPTED if "ncrypt" in str(error) else Reason.MALFORMED, str(error)) from error
    return text[:PAGE].replace("\r", "\n").partition("\f")[0]


def _pptx(data: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(data))
    slide = archive.read("ppt/slides/slide1.xml")
    pieces = ((element.text or "") if element.tag.endswith("}t") else "\n" for element in _elements(slide))
    return "".join(piece for piece in pieces)[:PAGE]


def _text(data: bytes) -> str:
    head = data[: 4 * PAGE]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "replace")
    else:
        # cut inside a character only the last one is lost; GBK bytes are hardly ever valid UTF-8
        text = head.decode("utf-8-sig", "ignore" if _is_utf8(head) else "replace")
        if "\ufffd" in text:
            text = head.decode("gb18030", "replace")
    return text[:PAGE].lstrip().partition("\f")[0]


def _is_utf8(head: bytes) -> bool:
    try:
        head[:-3].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 6
    return True


def _html(data: bytes) -> str:
    from lxml import html

    text = _text_whole(data)
    tree = html.fromstring(text)
    for element in tree.xpath("//script|//style|//head"):
        element.drop_tree()
    return "\n".join(piece.strip() for piece in tree.itertext() if piece.strip())[: 2 * PAGE]


def _text_whole(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


_READERS: dict[str, Callable[[bytes], str]] = {
    "docx": _docx,
    "pdf": _pdf,
    "ofd": _ofd,
    "xlsx": _xlsx,
    "xls": _xls,
    "doc": _doc,
    "pptx": _pptx,
    "text": _text,
    "markdown": _text,
    "csv": _text,
    "html": _html,
}
