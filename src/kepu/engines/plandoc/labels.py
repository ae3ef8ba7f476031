"""Item labels and Chinese numerals: `一、` `(一)` `1.` `(1)` `①` and the values they stand for."""

import re

from kepu.engines.plandoc.model import Label

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}

_CHINESE = "[一二三四五六七八九十]{1,3}"
# One pattern per rank, highest first. A digit label is no label before another digit (`1.5万`) nor a bare year.
_LABELS = (
    (1, re.compile(rf"({_CHINESE})[、..](?![0-9])")),
    (2, re.compile(rf"\(({_CHINESE})\)[、.]?|[㈠-㈩]")),
    (3, re.compile(r"(\d{1,3})(?:[..](?![0-9])|、)|[⒈-⒛]")),
    (4, re.compile(r"\((\d{1,3})\)[、.]?|(?<![(\d])(\d{1,2})\)[、.]?|[⑴-⒇]")),
    (5, re.compile("[①-⑳❶-❿➀-➉]")),
)


def chinese_value(text: str) -> int | None:
    """The whole number that Chinese numerals stand for (`一百二十` 120, `二〇二二` 2022), or None."""
    if not text:
        return None
    if all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total = section = digit = 0
    last_scale = 1
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
            if c in "零〇":
                last_scale = 1
        elif c in _SCALES:
            section += (digit or (1 if c == "十" or not section else 0) or 1) * _SCALES[c]
            last_scale, digit = _SCALES[c] // 10, 0
        elif c in _LARGE:
            total = (total + section + digit) * _LARGE[c]
            last_scale, section, digit = _LARGE[c] // 10, 0, 0
        else:
            return None
    # 两千五 is 2500: a last digit right after a scale of a hundred or more stands one place below it.
    if digit and last_scale >= 10 and len(text) >= 2 and text[-2] in "百千万亿":
        digit *= last_scale
    return total + section + digit


def read_label(line: str) -> Label | None:
    """The label that the line starts with, or None. `一是`, `第一,` and `——` are no labels."""
    for rank, pattern in _LABELS:
        match = pattern.match(line)
        if match:
            text = match[0]
            digits = next((g for g in match.groups() if g), None)
            return Label(text, rank, _label_value(text, digits), len(text))
    return None


def _label_value(text: str, digits: str | None) -> int:
    if digits is None:
        char = text[0]
        for first in "㈠⒈⑴①❶➀":
            if first <= char < chr(ord(first) + 20):
                return ord(char) - ord(first) + 1
        return 0
    return int(digits) if digits.isdigit() and digits.isascii() else chinese_value(digits) or 0


def path_part(label: str) -> str:
    """The label as a path element: without 、 or full stop."""
    return label.rstrip("、.")
