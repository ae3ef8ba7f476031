"""OFD, the national format of fixed pages: text by its place on the page, ruled tables as in PDF.

Source: GB/T 33190-2016: OFD.xml (7.4) names the document, Document.xml (7.5) its pages, Content.xml (7.7) holds layers
of text objects (11.2) and path objects (9.1). Lengths are millimetres, y grows downwards. Page templates carry what is
printed on every page (frames, heads) and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from .layout import BLANK, Glyph, Page, Rule, pages_text, read_page
from .packages import Package, resolve
from .plain import tidy
from .result import Decoded, Unreadable

POINTS = 72 / 25.4  # of a millimetre
MAX_GLYPHS = 20_000  # of one page
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?")
Matrix = tuple[float, float, float, float, float, float]
UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def read_ofd(data: bytes, *, pages: int) -> Decoded:
    """Text of an OFD document, pages separated by form feeds. Raises Unreadable: "scan" for pages of pictures alone."""
    package = Package(data)
    root = package.required("OFD.xml")
    read: list[Page] = []
    characters = bare = 0
    for body in root.findall("DocBody"):
        main = resolve("", _text(body.find("DocRoot")))
        document = package.required(main)
        for page in document.findall("Pages/Page"):
            if len(read) >= pages:
                raise Unreadable("too_large", f"more than {pages} pages")
            content = package.xml(resolve(main, page.get("BaseLoc") or ""))
            objects = list(_objects(content)) if content is not None else []
            glyphs = [glyph for item in objects if item.tag == "TextObject" for glyph in _glyphs(item)][:MAX_GLYPHS]
            rules = [rule for item in objects if item.tag == "PathObject" for rule in _rules(item)]
            written = sum(glyph.text != BLANK for glyph in glyphs)
            characters += written
            bare += not written and any(item.tag == "ImageObject" for item in objects)
            read.append(read_page(glyphs, rules))
    if not characters:
        raise Unreadable("scan" if bare else "empty")
    return Decoded(tidy(pages_text(read)), "ofd", ("pages_without_text",) if bare else ())


def _text(element: Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _objects(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag in ("TextObject", "PathObject", "ImageObject"):
            yield child
        elif child.tag in ("Content", "Layer", "PageBlock"):
            yield from _objects(child)


def _numbers(text: str | None) -> list[float]:
    return [float(found) for found in _NUMBER.findall(text or "")]


def _place(item: Element) -> tuple[Matrix, float, float]:
    """Matrix of an object and the place of its own origin on the page."""
    matrix, box = _numbers(item.get("CTM")), _numbers(item.get("Boundary"))
    known: Matrix = (matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5]) if len(matrix) == 6 else UNIT
    return (known, box[0], box[1]) if len(box) == 4 else (known, 0.0, 0.0)


def _on_page(matrix: Matrix, x0: float, y0: float, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return (x0 + a * x + c * y + e) * POINTS, (y0 + b * x + d * y + f) * POINTS


def _glyphs(item: Element) -> Iterator[Glyph]:
    matrix, x0, y0 = _place(item)
    size = (_numbers(item.get("Size")) or [4.0])[0]
    wide, tall = size * abs(matrix[0] or 1.0) * POINTS, size * abs(matrix[3] or 1.0) * POINTS
    x = y = 0.0
    for code in item.iter("TextCode"):
        text = code.text or ""
        x, y = (_numbers(code.get("X")) or [x])[0], (_numbers(code.get("Y")) or [y])[0]
        right, down = _steps(code.get("DeltaX"), len(text)), _steps(code.get("DeltaY"), len(text))
        for at, char in enumerate(text):
            left, base = _on_page(matrix, x0, y0, x, y)
            width = wide if ord(char) > 0x2E7F else wide / 2
            yield Glyph(BLANK if char.isspace() else char, left, base - 0.85 * tall, left + width, base + 0.15 * tall)
            # Without steps the font's own widths apply; half and full widths come near enough to order a line.
            x += right[at] if at < len(right) else (0.0 if down else size if ord(char) > 0x2E7F else size / 2)
            y += down[at] if at < len(down) else 0.0


def _steps(text: str | None, count: int) -> list[float]:
    """Distances between characters; "g 3 4.2" stands for three times 4.2 (GB/T 33190-2016, 11.3)."""
    words = (text or "").split()
    steps: list[float] = []
    at = 0
    while at < len(words) and len(steps) < count:
        if words[at] == "g" and at + 2 < len(words):
            times, step = _numbers(words[at + 1]), _numbers(words[at + 2])
            steps += [step[0] if step else 0.0] * min(int(times[0]) if times else 0, count)
            at += 3
        else:
            steps += _numbers(words[at])[:1]
            at += 1
    return steps


def _rules(item: Element) -> Iterator[Rule]:
    """Straight strokes of a path: M and S move, L draws a line, C closes; curves only move on."""
    matrix, x0, y0 = _place(item)
    words = _text(item.find("AbbreviatedData")).split()
    taken = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
    start = here = _on_page(matrix, x0, y0, 0.0, 0.0)
    at = 0
    while at < len(words):
        order = words[at]
        count = taken.get(order, 0)
        values = [number for word in words[at + 1 : at + 1 + count] for number in _numbers(word)]
        at += 1 + count
        if order == "C":
            there = start
        elif len(values) == count and count:
            there = _on_page(matrix, x0, y0, values[-2], values[-1])
        else:
            continue
        if order in ("L", "C"):
            left, right = sorted((here[0], there[0]))
            top, bottom = sorted((here[1], there[1]))
            if right - left <= 1 or bottom - top <= 1:
                yield Rule(left, top, right, bottom)
        elif order in ("M", "S"):
            start = there
        here = there
