"""What the limited child process runs: one file of a binary or marked-up format to text, the outcome as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

from .result import Decoded, Unreadable


def read(data: bytes, *, kind: str, pages: int, ocr: bool) -> bytes:
    """Read a file of a known kind; returns JSON with text, kind and warnings, or with code and detail of Unreadable."""
    try:
        decoded = _recognised(data, kind) if ocr else _reader(kind, pages)(data)
    except Unreadable as refusal:
        outcome: dict[str, object] = {"code": refusal.code, "detail": refusal.detail}
    else:
        outcome = {"text": decoded.text, "kind": decoded.kind, "warnings": decoded.warnings}
    return json.dumps(outcome, ensure_ascii=False).encode("utf-8", "replace")


def _recognised(data: bytes, kind: str) -> Decoded:
    from .ocr import recognise

    return recognise(data, kind=kind)


def _reader(kind: str, pages: int) -> Callable[[bytes], Decoded]:
    # Each import here costs 20 to 300 ms, so a reader is loaded when its format comes.
    match kind:
        case "docx":
            from .docx import read_docx

            return read_docx
        case "xlsx":
            from .workbook import read_xlsx

            return read_xlsx
        case "xls":
            from .workbook import read_xls

            return read_xls
        case "doc":
            from .doc import read_doc

            return read_doc
        case "html":
            from .webpage import read_html

            return read_html
        case "pdf":
            from .pdf import read_pdf

            return lambda data: read_pdf(data, pages=pages)
        case "ofd":
            from .ofd import read_ofd

            return lambda data: read_ofd(data, pages=pages)
    raise Unreadable("unsupported", kind)
