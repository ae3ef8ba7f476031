"""Targets as people type them into a cell: the inverse of `wording.phrase`, with a reading of freer words behind it.

The patterns are made of the very sentences that `wording` writes, in the language of the moment, so the two cannot
drift apart.
"""

import re
import unicodedata
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kepu.engines.plandoc.amounts import find_amounts
from kepu.engines.plandoc.vocabulary import quantities as words
from kepu.plans import wording
from kepu.plans.enums import FULL_COVERAGE, Comparator, Modality, Period

LONGEST_SUBJECT, LONGEST_UNIT = 200, 30  # characters, as the columns hold them
MOST = Decimal(10) ** 16  # digits before the point that a value may have
_VALUE = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_GROUPS = {
    "subject": r"(?P<subject>.+)",
    "value": rf"(?P<value>{_VALUE})",
    "high": rf"(?P<high>{_VALUE})",
    "unit": r"(?P<unit>[^\s\d.,—~～～-]\S*)",
    "year": r"(?P<year>\d{4})",
    "start_year": r"(?P<start_year>\d{4})",
    "end_year": r"(?P<end_year>\d{4})",
    "years": r"(?P<years>\d{1,2})",
}
_PLACE = re.compile(r"%\((\w+)\)s")
_SIGNS = {"≥": "不少于", "≧": "不少于", "≤": "不超过", "≦": "不超过", ">": "不少于", "<": "不超过"}
_RANGE = re.compile(rf"(?<=\d)\s*[-–~～至到]\s*(?={_VALUE})")
_BEFORE = (
    (Comparator.AT_LEAST, words.AT_LEAST_BEFORE),
    (Comparator.AT_MOST, words.AT_MOST_BEFORE),
    (Comparator.ABOUT, words.ABOUT_BEFORE),
)
_AFTER = (
    (Comparator.AT_LEAST, words.AT_LEAST_AFTER),
    (Comparator.AT_MOST, words.AT_MOST_AFTER),
    (Comparator.ABOUT, words.ABOUT_AFTER),
)
_MARKS = " ,，、:：;；。"
_LEADING_OVER = re.compile(r"(?:达到?|共计?|总计|累计|为|[\s,，、:：])+$")


class NoTarget(ValueError):
    """The line cannot be taken for a target; the text says why and what to write."""


@dataclass(frozen=True)
class Typed:
    """The terms that a line states. `certain` is False where it was not written the way `wording.phrase` writes."""

    subject: str
    value: Decimal | None
    unit: str
    comparator: Comparator = Comparator.EQUAL
    value_max: Decimal | None = None
    modality: Modality = Modality.FIRM
    period: Period = Period.NONE
    year: int | None = None
    start_year: int | None = None
    end_year: int | None = None
    years: int | None = None
    certain: bool = True

    @property
    def terms(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "certain"}


def read(line: str, *, topic: str) -> Typed:
    """The target that one line states; `topic` is what is counted where the line gives a bare amount (20场).

    Raises NoTarget.
    """
    folded = _folded(line)
    found = _strict(line) or _strict(folded) or _free(folded, topic)
    if found is None:
        raise NoTarget(
            _("No target value is seen in “%(line)s”. Write it like “%(example)s”; what has no number is a criterion.")
            % {"line": line[:40], "example": "科普讲座 不少于20场（每年）"}
        )
    _refuse_impossible(found, line)
    return found


def _refuse_impossible(found: Typed, line: str) -> None:
    reason = ""
    if len(found.subject) > LONGEST_SUBJECT or len(found.unit) > LONGEST_UNIT:
        reason = _("What is counted, or its unit, is too long")
    elif any(abs(value) >= MOST or value != round(value, 4) for value in (found.value, found.value_max) if value):
        reason = _("The number is too large or has more than four decimals")
    elif found.value_max is not None and found.value is not None and found.value_max < found.value:
        reason = _("The upper end is below the lower one.")
    elif found.start_year and found.end_year and found.end_year < found.start_year:
        reason = _("The last year is before the first one.")
    elif found.years == 0:
        reason = _("The number of years must be at least one")
    if reason:
        raise NoTarget(_("“%(line)s”: %(reason)s") % {"line": line[:40], "reason": reason})


def _strict(line: str) -> Typed | None:
    """The terms of a line that reads as `wording.phrase` writes it."""
    grammar = _grammar(get_language() or "")
    readings = [(line, {"period": Period.NONE})]
    if bracket := grammar.bracket.fullmatch(line):
        when = _period(bracket["period"])
        readings = [(bracket["target"], when)] if when else readings
    for text, when in readings:
        for modality, comparator, pattern in grammar.lines:
            if match := pattern.fullmatch(text):
                return Typed(comparator=comparator, modality=modality, **_amount(match), **when)
    return None


def _amount(match: re.Match[str]) -> dict[str, Any]:
    given = match.groupdict()
    value, high = given.get("value"), given.get("high")
    return {
        "subject": given["subject"].strip(),
        "value": Decimal(value.replace(",", "")) if value else None,
        "value_max": Decimal(high.replace(",", "")) if high else None,
        "unit": given.get("unit") or FULL_COVERAGE,
    }


def _period(text: str) -> dict[str, Any] | None:
    for kind, pattern in _grammar(get_language() or "").periods:
        if match := pattern.fullmatch(text):
            return {"period": kind} | {name: int(digits) for name, digits in match.groupdict().items()}
    return None


@dataclass(frozen=True)
class _Grammar:
    lines: tuple[tuple[Modality, Comparator, re.Pattern[str]], ...]
    periods: tuple[tuple[Period, re.Pattern[str]], ...]
    bracket: re.Pattern[str]
    leading: re.Pattern[str]  # a period in front of a freer sentence


@cache
def _grammar(_language: str) -> _Grammar:
    amounts = [(comparator, _source(str(text))) for comparator, text in wording.AMOUNTS.items()]
    amounts.append((Comparator.EQUAL, re.escape(str(wording.COVERAGE))))
    kinds = ((Modality.ASPIRATIONAL, str(wording.AIMING)), (Modality.FIRM, wording.FIRM))
    periods = [(kind, _source(str(text))) for kind, text in wording.PERIODS.items()]
    return _Grammar(
        tuple(
            (modality, comparator, re.compile(_source(line, amount=amount)))
            for modality, line in kinds
            for comparator, amount in amounts
        ),
        tuple((kind, re.compile(pattern)) for kind, pattern in periods),
        re.compile(_either_width(_source(str(wording.WITH_PERIOD), target="(?P<target>.+)", period="(?P<period>.+?)"))),
        re.compile("|".join(re.sub(r"\?P<\w+>", "?:", pattern) for _kind, pattern in periods)),
    )


def _source(template: str, **groups: str) -> str:
    """A sentence with places as the source of a pattern with groups."""
    parts = _PLACE.split(template)
    return "".join((groups | _GROUPS)[part] if place % 2 else re.escape(part) for place, part in enumerate(parts))


def _either_width(pattern: str) -> str:
    """The literal brackets of a pattern in both widths."""
    return re.sub(r"\\\(|（", "[(（]", re.sub(r"\\\)|）", "[)）]", pattern))


def _folded(line: str) -> str:
    """Digits and brackets in one width, signs as words, one dash for a range."""
    text = unicodedata.normalize("NFKC", line).translate(str.maketrans({"(": "（", ")": "）"}))
    for sign, word in _SIGNS.items():
        text = re.sub(rf"{sign}=?\s*", word, text)
    return _RANGE.sub("—", re.sub(r"(?<=\d) (?=\D)", "", " ".join(text.split())))


def _free(line: str, topic: str) -> Typed | None:
    """A line in other words with exactly one amount: 「每年举办讲座20场以上」, 「20场」."""
    when: dict[str, Any] = {"period": Period.NONE}
    grammar = _grammar(get_language() or "")
    if bracket := grammar.bracket.fullmatch(line):
        found = _period(bracket["period"])
        line, when = (bracket["target"], found) if found else (line, when)
    elif (leading := grammar.leading.match(line)) and (found := _period(leading[0])):
        line, when = line[leading.end() :], found
    amounts = list(find_amounts(line, 0, len(line)))
    if len(amounts) > 1:
        raise NoTarget(_("“%(line)s” holds several targets. Write one in a line.") % {"line": line[:40]})
    if not amounts:
        subject, covers, _rest = line.partition(FULL_COVERAGE)
        return Typed(_subject(subject, topic), None, FULL_COVERAGE, certain=False, **when) if covers else None
    one = amounts[0]
    before, after = line[: one.start].rstrip(), line[one.end :].strip()
    comparator, before = _compared(before, after, at_least=one.at_least)
    modality = Modality.ASPIRATIONAL if any(word in before for word in words.ASPIRATIONAL) else Modality.FIRM
    high = None if one.value_max is None else Decimal(str(one.value_max))
    return Typed(
        subject=_subject(before, topic), value=Decimal(str(one.value)), unit=one.unit, value_max=high,
        comparator=Comparator.RANGE if high is not None else comparator, modality=modality, certain=False, **when,
    )  # fmt: skip


def _compared(before: str, after: str, *, at_least: bool) -> tuple[Comparator, str]:
    """What the words around an amount compare, and the words before it without those."""
    for comparator, ends in _BEFORE:
        for word in sorted(ends, key=len, reverse=True):
            if before.endswith(word):
                return comparator, before.removesuffix(word)
    for comparator, starts in _AFTER:
        if after.startswith(tuple(starts)):
            return comparator, before
    return (Comparator.AT_LEAST if at_least else Comparator.EQUAL), before


def _subject(text: str, topic: str) -> str:
    """What is counted, without the words that only lead over to the amount; the topic where nothing is left."""
    for word in words.ASPIRATIONAL:
        text = text.replace(word, "")
    return _LEADING_OVER.sub("", text).strip(_MARKS) or topic[:LONGEST_SUBJECT]
