"""The gate: nothing is written anywhere before a file has passed it."""

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from django.core.files.base import File

from kepu.engines.sandbox import DEFAULT, KINDS, Limits, Rejected, check_pdf, check_zip, clean_picture, sniff
from kepu.engines.secrecy import find_mark, first_page
from kepu.foundation import audit
from kepu.foundation.files import refusals
from kepu.foundation.files.purposes import PICTURES, Purpose, purpose
from kepu.foundation.scope import Actor

_ZIPPED = frozenset({"docx", "xlsx", "pptx", "ofd"})
_NAME = 120  # characters of a kept name


@dataclass(frozen=True)
class Checked:
    """A file that may be stored: its bytes (pictures re-encoded), its cleaned name, its true type, and the request."""

    data: bytes
    name: str
    media_type: str
    purpose: Purpose
    region_path: str
    actor: Actor


def check(data: "bytes | File[bytes]", *, name: str, purpose: str, region_path: str, actor: Actor) -> Checked:
    """Pass a file through the gate. Raises FileRefused; a refused classified file leaves a note without any trace of it.

    In order: size, type by content against the purpose's list, agreement with the extension, container and PDF limits,
    macros, secrecy marks on the first page, re-encoding of pictures.
    """
    goal = _purpose(purpose)
    content = _bytes(data, goal)
    limits = replace(DEFAULT, input_bytes=goal.megabytes << 20)
    shown = clean_name(name)
    kind = _kind(content, shown, goal)
    try:
        _refuse_dangers(content, kind, limits)
        if find_mark(first_page(content, kind, limits)) or find_mark(_stem(shown)):
            audit.refused("file.upload", actor=actor, region_path=region_path, detail={"reason": "file.classified"})
            raise refusals.Classified
        if kind in PICTURES:
            content = clean_picture(content, limits)
            kind = sniff(content, shown).name
            shown = _with_extension(shown, kind)
    except Rejected as rejected:
        # From None: what a parser complains about may quote the file.
        raise refusals.BY_REASON[rejected.reason]() from None
    return Checked(content, shown, KINDS[kind][0], goal, region_path, actor)


_purpose = purpose


def _bytes(data: "bytes | File[bytes]", goal: Purpose) -> bytes:
    limit = goal.megabytes << 20
    content = data if isinstance(data, bytes) else data.read(limit + 1)
    if not content:
        raise refusals.Empty
    if len(content) > limit:
        raise refusals.TooLarge(megabytes=goal.megabytes)
    return content


def _kind(content: bytes, name: str, goal: Purpose) -> str:
    found = sniff(content, name)
    if found.name == "locked":
        raise refusals.Locked
    if found.name not in goal.types:
        raise refusals.WrongType(types="、".join(goal.extensions))
    if not found.agrees:
        raise refusals.Mismatch
    return found.name


def _refuse_dangers(content: bytes, kind: str, limits: Limits) -> None:
    if kind in _ZIPPED:
        entries = check_zip(content, limits)
        if any(entry.name.lower().endswith("vbaproject.bin") for entry in entries):
            raise refusals.Unsafe
    if kind == "pdf":
        check_pdf(content, limits)


def clean_name(name: str) -> str:
    """The name as it is shown and sent: no path, no control, format or direction signs, at most 120 characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(
        sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    kept = re.sub(r'[<>:"|?*/]+', "_", kept).strip(" .")
    path = PurePosixPath(kept or "file")
    return path.stem[: _NAME - len(path.suffix[:10])] + path.suffix[:10]


def _stem(name: str) -> str:
    """A mark in the name counts only with its ★, which no ordinary name holds."""
    return PurePosixPath(name).stem if "★" in name else ""


def _with_extension(name: str, kind: str) -> str:
    path = PurePosixPath(name)
    fits = path.suffix.lstrip(".").lower() in KINDS[kind][1]
    return name if fits else f"{path.stem}.{ {'jpeg': 'jpg'}.get(kind, kind) }"
