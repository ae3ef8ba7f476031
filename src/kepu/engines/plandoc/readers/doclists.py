"""Lists and list styles of old Word files, brought to the same rules as those of docx.

Source: [MS-DOC] 2.9.147 (LSTF), 2.9.150 (LVL, LVLF), 2.9.131 (LFO), 2.9.132 (LFOData), 2.9.260 (STD);
number forms: [MS-OSHARED] 2.2.1.3 (MSONFC).
"""

from __future__ import annotations

import struct

from .numbering import LEVELS, Level, Numbering
from .sprms import number, read_sprms

Lists = Numbering
_FORMS = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 10: "ideographDigital",
    11: "japaneseCounting", 14: "decimalFullWidth", 16: "japaneseLegal", 17: "japaneseDigitalTenThousand",
    18: "decimalEnclosedCircle", 19: "decimalFullWidth", 22: "decimalZero", 23: "bullet", 26: "decimalEnclosedFullstop",
    27: "decimalEnclosedParen", 28: "decimalEnclosedCircleChinese", 29: "ideographEnclosedCircle",
    30: "ideographTraditional", 31: "ideographZodiac", 33: "taiwaneseCounting", 34: "ideographLegalTraditional",
    35: "taiwaneseCountingThousand", 36: "taiwaneseDigital", 37: "chineseCounting", 38: "chineseLegalSimplified",
    39: "chineseCountingThousand", 255: "none",
}  # fmt: skip
LIST_LEVEL, LIST_INDEX = 0x260A, 0x460B
PARAGRAPH_STYLE = 1


def read_lists(table: bytes, lists_at: int, overrides_at: int, overrides_length: int) -> Numbering:
    """The lists of a document by the number that paragraphs name them with (from 1); empty if it has none."""
    numbering = Numbering()
    if not lists_at or not overrides_length:
        return numbering
    count = struct.unpack_from("<H", table, lists_at)[0]
    heads = [struct.unpack_from("<i22xB", table, lists_at + 2 + 28 * at) for at in range(count)]
    at = lists_at + 2 + 28 * count
    for name, flags in heads:
        levels = [Level()] * LEVELS
        for depth in range(1 if flags & 1 else LEVELS):
            levels[depth], at = _level(table, at)
        numbering.definitions[str(name)] = levels
    count = struct.unpack_from("<I", table, overrides_at)[0]
    heads = [struct.unpack_from("<i8xB", table, overrides_at + 4 + 16 * at) for at in range(min(count, 0x7FE))]
    at = overrides_at + 4 + 16 * count
    for index, (name, changed) in enumerate(heads, start=1):
        numbering.lists[str(index)] = str(name)
        at += 4
        for _ in range(changed):
            start, flags = struct.unpack_from("<iI", table, at)
            at += 8
            if flags & 0x20:
                numbering.overrides[str(index), flags & 15], at = _level(table, at)
            if flags & 0x10:
                numbering.restarts[str(index), flags & 15] = start
    return numbering


def _level(table: bytes, at: int) -> tuple[Level, int]:
    start, form, flags = struct.unpack_from("<iBB", table, at)
    characters, paragraphs, restart = struct.unpack_from("<3B", table, at + 24)
    at += 28 + characters + paragraphs
    length = struct.unpack_from("<H", table, at)[0]
    text = table[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
    printed = "".join(f"%{ord(char) + 1}" if ord(char) < LEVELS else char for char in text)
    level = Level(
        form=_FORMS.get(form, "decimal"),
        text=printed,
        start=start,
        arabic=bool(flags & 4),
        restart=restart if flags & 8 else None,
    )
    return level, at + 2 + 2 * length


def read_styles(data: bytes) -> dict[int, tuple[int, int]]:
    """(list, level) of the paragraph styles that name a list, themselves or through the style they are based on."""
    if len(data) < 6:
        return {}
    head = struct.unpack_from("<H", data)[0]
    count, base = struct.unpack_from("<2H", data, 2)
    own: dict[int, tuple[int | None, int | None, int]] = {}
    at = 2 + head
    for style in range(count):
        if at + 2 > len(data):
            break
        size = struct.unpack_from("<H", data, at)[0]
        own[style] = _style(data[at + 2 : at + 2 + size], base)
        at += 2 + size + (size & 1)
    styles = {}
    for style in own:
        index = level = None
        ancestor = style
        for _ in range(12):
            if ancestor not in own:
                break
            named, depth, ancestor = own[ancestor]
            index, level = named if index is None else index, depth if level is None else level
        if index:
            styles[style] = (index, level or 0)
    return styles


def _style(data: bytes, base: int) -> tuple[int | None, int | None, int]:
    """List, level and ancestor of one style definition; None where it says nothing."""
    if len(data) < base + 2:
        return None, None, -1
    kind, ancestor = data[2] & 15, struct.unpack_from("<H", data, 2)[0] >> 4
    at = base + 2 + 2 * struct.unpack_from("<H", data, base)[0] + 2
    if kind != PARAGRAPH_STYLE or at + 4 > len(data):
        return None, None, ancestor
    size = struct.unpack_from("<H", data, at)[0]
    sprms = read_sprms(data[at + 4 : at + 2 + size])
    index, level = number(sprms, LIST_INDEX, -1), number(sprms, LIST_LEVEL, -1)
    return None if index < 0 else index, None if level < 0 else level, ancestor
