"""Likeness of two short texts by shared character pairs."""

import re
from collections import Counter

_KEPT = re.compile(r"[^\w]|_")


def fold(text: str) -> str:
    """Letters and digits only, lower case: the form in which names are compared."""
    return _KEPT.sub("", text).lower()


def dice(a: str, b: str) -> float:
    """Dice coefficient of character pairs, 0..1; equal texts give 1."""
    a, b = fold(a), fold(b)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    x, y = _pairs(a), _pairs(b)
    return 2 * sum((x & y).values()) / (sum(x.values()) + sum(y.values()))


def _pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1)) or Counter([text])
