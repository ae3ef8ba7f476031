"""Zip archives (docx, xlsx, ofd, zip): measured before any library opens them.

Only the central directory and the raw deflate streams are read, in constant memory. The directory must account for the
whole file: an archive with bytes before or behind it can be read in two ways, and a check of one is no check of the other.
Format: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end record).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from .limits import DEFAULT, Limits, Reason, Rejected, check_size

LOCAL = b"PK\x03\x04"
CENTRAL = b"PK\x01\x02"
END = b"PK\x05\x06"
LOCAL_SIZE, CENTRAL_SIZE, END_SIZE = 30, 46, 22
STORED, DEFLATED = 0, 8
ENCRYPTED_FLAG = 0x1
SYMLINK = 0o120000
CHUNK = 1 << 16


@dataclass(frozen=True)
class Entry:
    """One file of an archive as its central directory describes it; sizes in bytes, `offset` of its local header."""

    name: str
    packed: int
    size: int
    offset: int
    method: int


def list_zip(data: bytes, limits: Limits = DEFAULT) -> tuple[Entry, ...]:
    """List the archive's entries without unpacking. Raises Rejected for a damaged, unsafe or oversized directory."""
    check_size(data, limits)
    at = data.rfind(END, max(0, len(data) - END_SIZE - 0xFFFF))
    if at < 0 or len(data) - at < END_SIZE:
        raise Rejected(Reason.MALFORMED, "no end record")
    _, disk, start_disk, here, total, length, start, comment = struct.unpack_from("<4s4H2LH", data, at)
    if total > limits.entries:
        raise Rejected(Reason.TOO_LARGE, f"{total} entries")
    if disk or start_disk or here != total or start + length != at or at + END_SIZE + comment != len(data):
        raise Rejected(Reason.MALFORMED, "directory does not account for the file")
    entries = []
    for _ in range(total):
        entry, start = _central_entry(data, start, at)
        entries.append(entry)
    if start != at:
        raise Rejected(Reason.MALFORMED, "more entries than declared")
    if len({entry.name for entry in entries}) != total:
        raise Rejected(Reason.UNSAFE, "two entries of one name")
    return tuple(entries)


def _central_entry(data: bytes, at: int, end: int) -> tuple[Entry, int]:
    if at + CENTRAL_SIZE > end or data[at : at + 4] != CENTRAL:
        raise Rejected(Reason.MALFORMED, "broken directory")
    fields = struct.unpack_from("<4s6H3L5H2L", data, at)
    made_by, flags, method = fields[1], fields[3], fields[4]
    packed, size, name_length, extra_length, comment_length = fields[8:13]
    external, offset = fields[15], fields[16]
    following = at + CENTRAL_SIZE + name_length + extra_length + comment_length
    if following > end:
        raise Rejected(Reason.MALFORMED, "broken directory")
    raw = data[at + CENTRAL_SIZE : at + CENTRAL_SIZE + name_length]
    name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")
    if flags & ENCRYPTED_FLAG:
        raise Rejected(Reason.ENCRYPTED, "locked entry")
    if method not in (STORED, DEFLATED):
        raise Rejected(Reason.MALFORMED, f"packing method {method}")
    if _leaves_its_folder(name) or (made_by >> 8 == 3 and (external >> 16) & 0o170000 == SYMLINK):
        raise Rejected(Reason.UNSAFE, "entry name leaves the archive")
    return Entry(name, packed, size, offset, method), following


def _leaves_its_folder(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return not name or "\0" in name or ".." in parts or parts[0] == "" or parts[0].endswith(":")


def check_zip(data: bytes, limits: Limits = DEFAULT) -> tuple[Entry, ...]:
    """Unpack every entry once in constant memory and refuse bombs, lies and unsafe names; returns the entries.

    Refused are: more entries, unpacked bytes or a higher ratio than `limits` allows, whether declared or counted; a
    counted size that differs from the declared one; archives inside archives deeper than `limits.archive_depth`;
    names that leave the archive, links, twice the same name; encryption. Raises Rejected.
    """
    entries, _ = _measure(data, limits, depth=0, spent=0, outer=len(data))
    return entries


def _measure(data: bytes, limits: Limits, *, depth: int, spent: int, outer: int) -> tuple[tuple[Entry, ...], int]:
    entries = list_zip(data, limits)
    _check_total(spent + sum(entry.size for entry in entries), limits, outer)
    for entry in entries:
        nested = bytearray() if _is_archive(data, entry) else None
        counted = 0
        for piece in _unpack(data, entry):
            counted += len(piece)
            if counted > entry.size:
                raise Rejected(Reason.UNSAFE, "entry is larger than declared")
            if nested is not None:
                nested += piece
        if counted != entry.size:
            raise Rejected(Reason.MALFORMED, "entry is smaller than declared")
        spent += counted
        _check_total(spent, limits, outer)
        if nested is not None:
            if depth >= limits.archive_depth:
                raise Rejected(Reason.UNSAFE, "archives in archives")
            _, spent = _measure(bytes(nested), limits, depth=depth + 1, spent=spent, outer=outer)
    return entries, spent


def _check_total(unpacked: int, limits: Limits, packed: int) -> None:
    if unpacked > limits.unpacked_bytes:
        raise Rejected(Reason.TOO_LARGE, f"unpacks to more than {limits.unpacked_bytes} bytes")
    if unpacked > limits.ratio_from and unpacked > limits.ratio * packed:
        raise Rejected(Reason.TOO_LARGE, f"unpacks more than {limits.ratio} : 1")


def _body(data: bytes, entry: Entry) -> bytes:
    at = entry.offset
    if at + LOCAL_SIZE > len(data) or data[at : at + 4] != LOCAL:
        raise Rejected(Reason.MALFORMED, "entry is not where the directory says")
    name_length, extra_length = struct.unpack_from("<2H", data, at + 26)
    start = at + LOCAL_SIZE + name_length + extra_length
    if start + entry.packed > len(data):
        raise Rejected(Reason.MALFORMED, "entry runs past the file")
    return data[start : start + entry.packed]


def _unpack(data: bytes, entry: Entry) -> Iterator[bytes]:
    """The entry's unpacked bytes in pieces of at most CHUNK."""
    body = _body(data, entry)
    if entry.method == STORED:
        yield body
        return
    inflater = zlib.decompressobj(-15)
    try:
        while body and not inflater.eof:
            yield inflater.decompress(body, CHUNK)
            body = inflater.unconsumed_tail
        yield inflater.flush(CHUNK) if inflater.eof else b""
    except zlib.error as error:
        raise Rejected(Reason.MALFORMED, "broken deflate stream") from error


def _is_archive(data: bytes, entry: Entry) -> bool:
    for piece in _unpack(data, entry):
        return piece[:4] == LOCAL
    return False
