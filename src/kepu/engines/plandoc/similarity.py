"""Likeness of two short texts by shared character pairs."""

import re
from collections import Counter

_KEPT = re.compile(r"[^\w]|_")
Pairs = Counter[str]


def fold(text: str) -> str:
    """Letters and digits only, lower case: the form in which names are compared."""
    return _KEPT.sub("", text).lower()


def dice(a: str, b: str) -> float:
    """Dice coefficient of character pairs, 0..1; equal texts give 1."""
    return likeness(pairs(a), pairs(b))


def pairs(text: str) -> Pairs:
    """Character pairs of the folded text with their counts; a single character counts as a pair."""
    text = fold(text)
    return Counter(text[i : i + 2] for i in range(len(text) - 1)) or Counter(text)


def likeness(a: Pairs, b: Pairs) -> float:
    """Dice coefficient of two texts whose pairs are known already, 0..1."""
    size = a.total() + b.total()
    if len(b) < len(a):
        a, b = b, a
    return 2 * sum(min(n, b[pair]) for pair, n in a.items() if pair in b) / size if size else 0.0
