"""The cleaned source cut into marked pieces, so that a template can print it; plain values in and out."""

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A stretch of the source that belongs to something: `kind` is task, section, clause, unit or number."""

    start: int
    end: int
    kind: str
    card: str  # key of the card that it opens
    item: str = ""  # the row itself, like number-7
    tone: str = ""  # of a number: target, baseline, not_a_target


@dataclass(frozen=True)
class Piece:
    text: str
    card: str = ""
    kinds: tuple[str, ...] = ()
    item: str = ""
    tone: str = ""
    opens: bool = False  # the first piece of its card: the one that carries the link


def paragraphs(text: str, marks: list[Mark]) -> list[list[Piece]]:
    """Lines of the text as lists of pieces. Marks may lie within each other; the innermost names the item.

    Cost is linear in the text and n log n in the marks.
    """
    cuts = sorted({0, len(text), *(m.start for m in marks), *(m.end for m in marks)})
    starting: dict[int, list[Mark]] = {}
    for mark in marks:
        if mark.start < mark.end <= len(text):
            starting.setdefault(mark.start, []).append(mark)
    lines: list[list[Piece]] = [[]]
    active: list[Mark] = []
    opened: set[str] = set()
    for here, there in itertools.pairwise(cuts):
        active = [m for m in active if m.end > here] + sorted(starting.get(here, []), key=lambda m: -m.end)
        for number, part in enumerate(text[here:there].split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(_piece(part, active, opened))
    return [line for line in lines if line]


def _piece(text: str, active: list[Mark], opened: set[str]) -> Piece:
    if not active:
        return Piece(text)
    inner = min(active, key=lambda m: (m.end - m.start, m.kind != "number"))
    opens = inner.card not in opened and bool(text.strip())
    if opens:
        opened.add(inner.card)
    return Piece(text, inner.card, tuple(sorted({m.kind for m in active})), inner.item, inner.tone, opens)
