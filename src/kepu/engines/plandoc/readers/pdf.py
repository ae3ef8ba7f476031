"""PDF with text: characters and ruled lines of each page, arranged by `layout`.

pdfium reads them: it knows the Chinese character maps that are not in the file, is fast (1 ms a page) and is only
called inside the limited child process.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from typing import Any

from kepu.engines.sandbox.pdfs import open_pdf

from .layout import BLANK, Glyph, Page, Rule, pages_text, read_page
from .plain import tidy
from .result import Decoded, Unreadable

MAX_GLYPHS = 20_000  # of one page
MAX_PATHS = 5_000  # of one page
# Private use, replacement marks: what a font without character codes leaves.
_NO_CODE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")


def read_pdf(data: bytes, *, pages: int) -> Decoded:
    """Text of a PDF, pages separated by form feeds. Raises Unreadable: "scan" without text, "garbled" without codes."""
    document = open_pdf(data, pages=pages)
    read: list[Page] = []
    bare = characters = unknown = 0
    for page in document:
        glyphs = list(_glyphs(page))
        text = "".join(glyph.text for glyph in glyphs if glyph.text != BLANK)
        characters += len(text)
        unknown += len(_NO_CODE.findall(text))
        bare += not text and _has_picture(page)
        read.append(read_page(glyphs, list(_rules(page))))
        page.close()
    if not characters:
        raise Unreadable("scan" if bare else "empty")
    # A scan often bears a typed stamp or page number.
    if bare * 2 >= len(read) and characters < 100 * len(read):
        raise Unreadable("scan")
    if unknown * 5 > characters:
        raise Unreadable("garbled", f"{unknown} of {characters} characters")
    return Decoded(tidy(pages_text(read)), "pdf", ("pages_without_text",) if bare else ())


def _glyphs(page: Any) -> Iterator[Glyph]:
    from pypdfium2 import raw

    turn = _turn(page)
    text = page.get_textpage()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    for at in range(min(raw.FPDFText_CountChars(text), MAX_GLYPHS)):
        code = raw.FPDFText_GetUnicode(text, at)
        blank = code in (0x20, 0xA0, 0x3000)
        if code < 0x20 or code == 0xFFFE or 0xD800 <= code < 0xE000 or (blank and raw.FPDFText_IsGenerated(text, at)):
            continue
        if not (raw.FPDFText_GetLooseCharBox(text, at, box) and raw.FPDFText_GetCharOrigin(text, at, x, y)):
            continue
        left, top, right, bottom = turn(box.left, box.bottom, box.right, box.top)
        start, base, *_ = turn(x.value, y.value, x.value, y.value)
        # Boxes differ with the font, and in some fonts with the ink of the character; base line and size do not.
        size = raw.FPDFText_GetFontSize(text, at)
        if raw.FPDFText_GetMatrix(text, at, matrix):
            size *= math.hypot(matrix.c, matrix.d)
        size = size if 0.5 < size < 500 else max(bottom - top, 1.0)
        if code > 0x2E7F:
            left, right = min(left, start), max(right, start + size)
        yield Glyph(BLANK if blank else chr(code), left, base - 0.8 * size, right, base + 0.2 * size)
    text.close()


def _turn(page: Any) -> Any:
    """A function from PDF's box (origin below, before the page is turned) to left, top, right, bottom as seen."""
    rotation = page.get_rotation()
    x0, y0, x1, y1 = page.get_mediabox()

    def seen(left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        match rotation:
            case 90:
                return bottom - y0, left - x0, top - y0, right - x0
            case 180:
                return x1 - right, bottom - y0, x1 - left, top - y0
            case 270:
                return y1 - top, x1 - right, y1 - bottom, x1 - left
        return left - x0, y1 - top, right - x0, y1 - bottom

    return seen


def _has_picture(page: Any) -> bool:
    from pypdfium2 import raw

    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _rules(page: Any) -> Iterator[Rule]:
    from pypdfium2 import raw

    turn = _turn(page)
    for number, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)):
        if number > MAX_PATHS:
            return
        matrix = item.get_matrix()
        for (x0, y0), (x1, y1) in _strokes(item, raw):
            ax, ay = matrix.on_point(x0, y0)
            bx, by = matrix.on_point(x1, y1)
            left, top, right, bottom = turn(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
            if right - left <= 1 or bottom - top <= 1:
                yield Rule(left, top, right, bottom)


def _strokes(item: Any, raw: Any) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Straight pieces of a path; a closed one returns to its start."""
    x, y = ctypes.c_float(), ctypes.c_float()
    start = here = (0.0, 0.0)
    for at in range(min(raw.FPDFPath_CountSegments(item), MAX_PATHS)):
        segment = raw.FPDFPath_GetPathSegment(item, at)
        if not raw.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        there = (x.value, y.value)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO:
            yield here, there
        else:
            start = there
        here = there
        if raw.FPDFPathSegment_GetClose(segment):
            yield here, start
