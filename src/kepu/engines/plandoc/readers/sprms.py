"""Property changes of old Word files: a code, then an operand whose size the code tells. Source: [MS-DOC] 2.2.5.1, 2.6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_LONG_TABLE_SHAPE = 0xD608  # the only one whose length takes two bytes


@dataclass(frozen=True, slots=True)
class Sprm:
    """One change of a property."""

    code: int
    operand: bytes


def read_sprms(data: bytes) -> list[Sprm]:
    """The changes in a list of them; what is cut short is left out."""
    sprms = []
    at = 0
    while at + 2 < len(data):
        code = int.from_bytes(data[at : at + 2], "little")
        at += 2
        size = _SIZES.get(code >> 13)
        if code == _LONG_TABLE_SHAPE:
            size = int.from_bytes(data[at : at + 2], "little") - 1
            at += 2
        elif size is None:
            size = data[at]
            at += 1
        if size < 0 or at + size > len(data):
            break
        sprms.append(Sprm(code, data[at : at + size]))
        at += size
    return sprms


def number(sprms: Sequence[Sprm], code: int, default: int) -> int:
    """Value of the last change of that property."""
    found = [sprm.operand for sprm in sprms if sprm.code == code]
    return int.from_bytes(found[-1], "little") if found else default


def flag(sprms: Sequence[Sprm], code: int) -> bool:
    return number(sprms, code, 0) == 1
