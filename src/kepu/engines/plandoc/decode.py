"""The first stage: a file of any supported format to text whose table rows are tab-separated lines.

Plain text, Markdown and CSV are decoded in this process; their work is linear and touches no parser. Every other format
is checked from its raw bytes first and then read in a limited child process.
"""

from __future__ import annotations

import json
from dataclasses import replace

from kepu.engines.sandbox import DEFAULT, Limits, Rejected, check_size, check_zip, run_limited, sniff

from .readers.delimited import csv_lines
from .readers.plain import decode_text, markdown_lines
from .readers.result import SENTENCES, WARNINGS, Decoded, Unreadable

__all__ = ["SENTENCES", "WARNINGS", "Decoded", "Unreadable", "decode", "tidy_pasted"]

IN_PROCESS = frozenset({"text", "markdown", "csv"})
IN_CHILD = frozenset({"docx", "xlsx", "xls", "doc", "pdf", "ofd", "html"})
PICTURES = frozenset({"jpeg", "png", "gif", "webp", "bmp", "tiff"})
ZIPPED = frozenset({"docx", "xlsx", "ofd"})
MAX_CHARACTERS = 6_000_000  # twenty times the longest plan known
MAX_LINE = 200_000  # characters; a whole scraped plan on one line has less
OCR = Limits(memory=3 << 30, cpu_seconds=600, wall_seconds=300.0)  # models and page images need more of everything


def decode(data: bytes, *, name: str = "", limits: Limits = DEFAULT, ocr: bool = False) -> Decoded:
    """Read a file's bytes; `name` (with extension) decides only among plain text kinds. `ocr` allows recognition of scans.

    Returns Decoded: text with \\n line ends, tab-separated table lines, \\f between pages, and the codes of warnings.
    Raises Unreadable with a stable code and a Chinese sentence; nothing else, whatever the bytes are.
    """
    try:
        check_size(data, limits)
        if not data.strip():
            raise Unreadable("empty")
        media = sniff(data, name, limits)
        decoded = _read(data, media.name, name, limits, ocr=ocr)
    except Rejected as refusal:
        raise Unreadable(refusal.reason.value, refusal.detail) from refusal
    _check_text(decoded.text)
    if name and not media.agrees and media.name not in IN_PROCESS:
        decoded = replace(decoded, warnings=("extension", *decoded.warnings))
    return decoded


def tidy_pasted(text: str) -> Decoded:
    """Pasted text as if it had been a text file. Raises Unreadable for none, too much, or an endless line."""
    return decode(text.encode("utf-8", "replace"), name="")


def _read(data: bytes, kind: str, name: str, limits: Limits, *, ocr: bool) -> Decoded:
    if kind in IN_PROCESS:
        text, warnings = decode_text(data)
        _check_text(text)
        if kind == "markdown":
            text = markdown_lines(text)
        elif kind == "csv":
            text = csv_lines(text, name=name)
        return Decoded(text, kind, warnings)
    if kind == "locked":
        raise Unreadable("encrypted")
    if kind in PICTURES:
        if not ocr:
            raise Unreadable("picture")
        return _in_child(data, kind, OCR, ocr=True)
    if kind == "zip":
        check_zip(data, limits)  # a bomb is told as such
    if kind not in IN_CHILD:
        raise Unreadable("unsupported", kind)
    if kind in ZIPPED:
        check_zip(data, limits)
    try:
        return _in_child(data, kind, limits, ocr=False)
    except Unreadable as refusal:
        if not ocr or refusal.code not in ("scan", "garbled"):
            raise
        return _in_child(data, kind, OCR, ocr=True)


def _in_child(data: bytes, kind: str, limits: Limits, *, ocr: bool) -> Decoded:
    answer = run_limited(
        f"{__package__}.readers.child:read", data, limits, options={"kind": kind, "pages": limits.pages, "ocr": ocr}
    )
    outcome = json.loads(answer)
    if "code" in outcome:
        raise Unreadable(outcome["code"], outcome["detail"])
    return Decoded(outcome["text"], outcome["kind"], tuple(outcome["warnings"]))


def _check_text(text: str) -> None:
    if not text or text.isspace():
        raise Unreadable("empty")
    if len(text) > MAX_LINE and max(map(len, text.split("\n"))) > MAX_LINE:
        raise Unreadable("long_line")
    if len(text) > MAX_CHARACTERS:
        raise Unreadable("too_large", f"{len(text)} characters")
