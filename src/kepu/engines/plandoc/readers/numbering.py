"""The list labels that Word generates: kept as rules in the file, counted here while the paragraphs go by.

Source: ECMA-376-1, 17.9 (Numbering): a paragraph points (itself or through its style) to a list and a level; the level
has a number form and a text such as 「（%2）」. Lists with the same abstract definition count together unless one restarts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from .numerals import in_form

LEVELS = 9
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True)
class Level:
    """How one level of a list is printed."""

    form: str = "decimal"
    text: str = ""
    start: int = 1
    style: str = ""
    arabic: bool = False  # isLgl: all places in Arabic digits
    restart: int | None = None  # lvlRestart: 0 = never, n = after level n


@dataclass
class Numbering:
    """The lists of one document and where each of them has got to."""

    definitions: dict[str, list[Level]] = field(default_factory=dict)  # abstract id -> levels
    links: dict[str, str] = field(default_factory=dict)  # abstract id -> style that owns the real definition
    lists: dict[str, str] = field(default_factory=dict)  # list id -> abstract id
    overrides: dict[tuple[str, int], Level] = field(default_factory=dict)
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, list_id: str, depth: int) -> str:
        """The label of the next paragraph at `depth` (from 0) of the list; empty for bullets and unknown lists."""
        abstract = self.lists.get(list_id)
        levels = self.definitions.get(abstract or "")
        if abstract is None or not levels or not 0 <= depth < LEVELS:
            return ""
        levels = [self.overrides.get((list_id, at), level) for at, level in enumerate(levels)]
        counts = self._counts.setdefault(abstract, [None] * LEVELS)
        self._advance(list_id, depth, levels, counts)
        return self._print(levels, counts, depth)

    def _advance(self, list_id: str, depth: int, levels: list[Level], counts: list[int | None]) -> None:
        restart = self.restarts.get((list_id, depth))
        if restart is not None and (list_id, depth) not in self._begun:
            counts[depth] = restart
        else:
            current = counts[depth]
            counts[depth] = levels[depth].start if current is None else current + 1
        self._begun.add((list_id, depth))
        for above in range(depth):  # a paragraph at a deeper level starts the levels that were skipped
            if counts[above] is None:
                counts[above] = levels[above].start
        for below in range(depth + 1, LEVELS):
            until = levels[below].restart
            if until is None or (until and depth < until):
                counts[below] = None

    @staticmethod
    def _print(levels: list[Level], counts: list[int | None], depth: int) -> str:
        level = levels[depth]
        if level.form == "bullet":
            return ""

        def place(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            form = "decimal" if level.arabic and at < depth else levels[at].form
            return in_form(counts[at] or levels[at].start, "decimal" if level.arabic else form)

        return _PLACE.sub(place, level.text)


def read_numbering(root: Element | None) -> Numbering:
    """The lists of numbering.xml, its element and attribute names without namespaces."""
    numbering = Numbering()
    if root is None:
        return numbering
    for abstract in root.findall("abstractNum"):
        name = abstract.get("abstractNumId", "")
        levels = [Level()] * LEVELS
        for element in abstract.findall("lvl"):
            depth = _number(element.get("ilvl"), -1)
            if 0 <= depth < LEVELS:
                levels[depth] = _level(element)
        numbering.definitions[name] = levels
        link = _value(abstract, "numStyleLink")
        if link:
            numbering.links[name] = link
    for number in root.findall("num"):
        name = number.get("numId", "")
        numbering.lists[name] = _value(number, "abstractNumId")
        for override in number.findall("lvlOverride"):
            depth = _number(override.get("ilvl"), 0)
            start, replaced = override.find("startOverride"), override.find("lvl")
            if replaced is not None:
                numbering.overrides[name, depth] = _level(replaced)
            if start is not None:
                numbering.restarts[name, depth] = _number(start.get("val"), 1)
    return numbering


def _level(element: Element) -> Level:
    # Forms that older programs do not know stand in an alternative: the newest is the first.
    form = element.find("numFmt")
    if form is None:
        form = element.find("AlternateContent/Choice/numFmt")
    legal = element.find("isLgl")
    restart = element.find("lvlRestart")
    return Level(
        form=(form.get("val") or "decimal") if form is not None else "decimal",
        text=_value(element, "lvlText"),
        start=_number(_value(element, "start"), 1),
        style=_value(element, "pStyle"),
        arabic=legal is not None and legal.get("val") not in ("0", "false", "off"),
        restart=None if restart is None else _number(restart.get("val"), 0),
    )


def _value(element: Element, name: str) -> str:
    found = element.find(name)
    return "" if found is None else found.get("val") or ""


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text) else default
