"""Scans and pictures by character recognition: the optional extra `kepu[ocr]`, never loaded without being asked for."""

from __future__ import annotations

import importlib.util
import io
from typing import Any

from kepu.engines.sandbox.pdfs import open_pdf

from .layout import Glyph, Page, pages_text, read_page
from .plain import tidy
from .result import Decoded, Unreadable

SCALE = 200 / 72  # 200 dots an inch: small print of an official document is 30 dots high
MAX_PAGES = 60


def is_installed() -> bool:
    """Whether the extra `kepu[ocr]` is there; imports nothing."""
    return importlib.util.find_spec("rapidocr") is not None and importlib.util.find_spec("onnxruntime") is not None


def recognise(data: bytes, *, kind: str) -> Decoded:
    """Text of a scanned PDF or a picture. Raises Unreadable: "no_ocr", "too_large", "empty"."""
    if not is_installed():
        raise Unreadable("no_ocr")
    from rapidocr import RapidOCR  # the extra, and slow to import

    engine = RapidOCR()
    pages = [_page(engine(image)) for image in _images(data, kind)]
    if not any(page.blocks for page in pages):
        raise Unreadable("empty")
    return Decoded(tidy(pages_text(pages)), kind, ("recognised",))


def _images(data: bytes, kind: str) -> Any:
    import numpy
    from PIL import Image

    if kind != "pdf":
        with Image.open(io.BytesIO(data)) as picture:
            yield numpy.asarray(picture.convert("RGB"))
        return
    document = open_pdf(data, pages=MAX_PAGES)
    for page in document:
        yield numpy.asarray(page.render(scale=SCALE).to_pil().convert("RGB"))


def _page(result: Any) -> Page:
    """Recognised lines (quadrilaterals with text) in the order of the page."""
    glyphs = []
    for corners, text in zip(result.boxes if result.boxes is not None else (), result.txts or (), strict=False):
        across, down = [float(x) for x, _ in corners], [float(y) for _, y in corners]
        glyphs.append(Glyph(text, min(across) / SCALE, min(down) / SCALE, max(across) / SCALE, max(down) / SCALE))
    return read_page(glyphs, ())
