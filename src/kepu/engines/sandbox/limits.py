"""What a file from outside may cost, and how a file that costs more is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a file was refused; stable codes that callers translate into sentences."""

    TOO_LARGE = "too_large"  # bytes, unpacked bytes, entries, pixels, pages or depth above the limit
    TIMEOUT = "timeout"  # reading took longer than the limit
    MEMORY = "memory"  # reading needed more memory than the limit
    CRASHED = "crashed"  # the reading process died
    MALFORMED = "malformed"  # not what it claims to be, or damaged
    UNSAFE = "unsafe"  # holds something that no honest file of its kind needs: DTD, `../` names, archives in archives
    ENCRYPTED = "encrypted"  # locked by a password


class Rejected(ValueError):
    """A file was refused: `reason` is the stable code, `detail` one technical phrase for the log."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Upper bounds for one file. Sizes in bytes, times in seconds.

    The defaults fit office documents on a small server: an honest plan of two hundred pages stays a factor of ten
    below each of them, and the child process can never grow past 300 MB because its address space ends there.
    """

    # the child process
    memory: int = 300 * MEGABYTE
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    output_bytes: int = 32 * MEGABYTE
    # any file
    input_bytes: int = 50 * MEGABYTE
    # archives; the ratio counts only above `ratio_from` bytes, since a small table of blanks packs 200 : 1
    entries: int = 5_000
    unpacked_bytes: int = 200 * MEGABYTE
    ratio: int = 100
    ratio_from: int = 20 * MEGABYTE
    archive_depth: int = 1  # a Word file may hold an Excel sheet; nothing honest goes deeper
    # XML
    xml_bytes: int = 32 * MEGABYTE
    xml_depth: int = 256
    xml_elements: int = 1_000_000
    # pictures and PDF
    pixels: int = 30_000_000  # twice in memory while a picture is turned upright: 180 MB
    pages: int = 500


DEFAULT = Limits()


def check_size(data: bytes, limits: Limits = DEFAULT) -> None:
    """Refuse a file of more than `limits.input_bytes`. Raises Rejected(TOO_LARGE)."""
    if len(data) > limits.input_bytes:
        raise Rejected(Reason.TOO_LARGE, f"{len(data)} bytes, limit {limits.input_bytes}")
