"""A reading of the plan reader as values of draft rows, each with an anchor that survives a new reading."""

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kepu.engines.plandoc.amounts import find_amounts
from kepu.engines.plandoc.model import Target as ReadTarget
from kepu.engines.plandoc.reading import Reading
from kepu.engines.plandoc.reading import Section as ReadSection
from kepu.engines.plandoc.reading import Task as ReadTask
from kepu.plans.duedates import due_date
from kepu.plans.enums import Counting, Modality, NumberKind, Period, Role
from kepu.plans.printing import in_print

GAP = 1000
# Classes that follow from the print itself and not from what it means: labels, dates, years, numbers of documents.
# Nobody needs to look at them one by one.
STRUCTURAL = frozenset(
    {
        "label", "chrome", "page_number", "page_header",
        "title_reference", "doc_number", "date", "year", "period_name", "anniversary", "event_ordinal",
    }
)  # fmt: skip
_SENTENCE_END = re.compile(r"[。！？\n]")
_ONCE = Decimal("0.0001")


@dataclass
class Finding:
    """One row to be: its anchor, its own values, and (as anchors) what it belongs to."""

    anchor: str
    values: dict[str, Any]
    path: str = ""
    task: str = ""  # path of the task
    section: str = ""  # path of the section
    target: int | None = None  # index among the findings' targets
    part_of: int | None = None  # index of the target that this one is a part of
    units: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Findings:
    sections: list[Finding]
    tasks: list[Finding]
    targets: list[Finding]
    numbers: list[Finding]


class _Anchors:
    """Digest of what stands at a place; equal places are told apart by their order."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def make(self, *parts: object) -> str:
        plain = "|".join(re.sub(r"\s", "", str(part)) for part in parts)
        self._seen[plain] += 1
        return hashlib.sha256(f"{plain}|{self._seen[plain]}".encode()).hexdigest()[:40]


def findings(reading: Reading) -> Findings:
    """All rows of a reading, in document order, with everything but what the register of organisations knows."""
    places = sorted([(item.start, item.path) for item in (*reading.sections, *reading.tasks)])
    order = {path: (number + 1) * GAP for number, (_start, path) in enumerate(places)}
    anchors = _Anchors()
    sections = [_section(item, order, anchors) for item in reading.sections]
    tasks = [_task(item, order, anchors, reading) for item in reading.tasks]
    index: dict[int, int] = {}
    targets: list[Finding] = []
    for number, target in enumerate(reading.targets):
        if not target.is_baseline:
            index[number] = len(targets)
            found = _target(target, anchors, reading)
            found.part_of = index.get(_whole_of(reading.targets, number))
            targets.append(found)
    baselines = _baselines(reading, index, targets)
    return Findings(sections, tasks, targets, _numbers(reading, index, baselines, places, anchors))


def _whole_of(targets: Sequence[ReadTarget], number: int) -> int | None:
    """The quantity that a 其中 is part of: the nearest before it in the same sentence that is not a part itself."""
    part = targets[number]
    before = range(number - 1, -1, -1) if part.subset else ()
    wholes = (place for place in before if targets[place].sentence == part.sentence and not targets[place].subset)
    return next(wholes, None)


def _span(item: Any) -> dict[str, Any]:
    return {"start": item.start, "end": item.end, "confidence": item.confidence, "reason": item.reason}


def _section(item: ReadSection, order: dict[str, int], anchors: _Anchors) -> Finding:
    values = _span(item) | {
        "path": item.path,
        "level": item.level,
        "number": item.number,
        "title": in_print(item.title)[:250],
        "category": item.category or "",
        "position": order[item.path],
    }
    return Finding(anchors.make("section", item.title), values, path=item.path, section=item.parent or "")


def _task(item: ReadTask, order: dict[str, int], anchors: _Anchors, reading: Reading) -> Finding:
    text = "\n".join(reading.cleaned[start:end].strip() for start, end in item.spans).strip()
    printed = item.due or ""
    values = _span(item) | {
        "path": item.path,
        "number": item.number,
        "title": in_print(item.title)[:250],
        "text": in_print(text),
        "category": item.category or "",
        "due_text": in_print(printed)[:60],
        "due_on": due_date(printed, reading.document.end_year) if printed else None,
        "units_open": item.units_open,
        "clauses": [list(span) for span in item.clauses],
        "position": order[item.path],
    }
    units = [_unit(unit, order[item.path] + place) for place, unit in enumerate(item.units)]
    _propose_co_leads(units)
    return Finding(
        anchors.make("task", text), values, path=item.path, section=item.section or "", units=_each_once(units)
    )


def _unit(unit: Any, position: int) -> dict[str, Any]:
    return _span(unit) | {
        "printed": in_print(unit.printed)[:120],
        "name": in_print(unit.name)[:120],
        "role": unit.role,
        "inherited": unit.inherited,
        "position": position,
    }


def _propose_co_leads(units: list[dict[str, Any]]) -> None:
    """Of several lead units the first leads and the others share the lead; a person confirms."""
    for unit in [unit for unit in units if unit["role"] == Role.LEAD][1:]:
        unit["role"] = Role.CO_LEAD


def _each_once(units: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_name: dict[str, dict[str, Any]] = {}
    for unit in units:
        by_name.setdefault(unit["name"], unit)
    return list(by_name.values())


def number_of(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(_ONCE)


def _target(item: ReadTarget, anchors: _Anchors, reading: Reading) -> Finding:
    sentence = reading.cleaned[item.sentence[0] : item.sentence[1]].strip()
    period = item.period
    values = _span(item) | {
        "subject": in_print(item.subject)[:200] or item.number,
        "value": number_of(item.value),
        "value_max": number_of(item.value_max),
        "unit": item.unit[:30],
        "comparator": item.comparator,
        "modality": Modality.ASPIRATIONAL if item.modality == "aspirational" else Modality.FIRM,
        "period": period.type,
        "year": period.year,
        "start_year": period.start_year,
        "end_year": period.end_year,
        "years": period.years,
        "counting": counting_of(item.unit, period.type),
        "printed": item.number[:60],
        "sentence": in_print(sentence),
        "position": item.start,
    }
    return Finding(
        anchors.make("target", sentence, item.number), values, task=item.task or "", section=item.section or ""
    )


def counting_of(unit: str, period: str) -> Counting:
    """How a target most likely adds up: shares are states, what recurs is counted anew, the rest piles up."""
    if unit in {"%", "百分点", "全覆盖"}:
        return Counting.LATEST
    if period == Period.YEAR or period.startswith(("per_", "every_")):
        return Counting.PERIODIC
    return Counting.CUMULATIVE


def _baselines(reading: Reading, index: dict[int, int], targets: list[Finding]) -> dict[int, int]:
    """Baselines of the reading (by index) that belong to a target (by index): same unit and the same thing counted."""
    found: dict[int, int] = {}
    for number, item in enumerate(reading.targets):
        if not item.is_baseline or item.value is None:
            continue
        for other, place in index.items():
            target = reading.targets[other]
            same_sentence = target.sentence == item.sentence
            alike = item.subject and (item.subject in target.subject or target.subject in item.subject)
            if target.unit == item.unit and (same_sentence or alike) and "baseline_value" not in targets[place].values:
                targets[place].values |= {"baseline_value": number_of(item.value), "baseline_year": item.period.year}
                found[number] = place
                break
    return found


def _numbers(
    reading: Reading, index: dict[int, int], baselines: dict[int, int], places: list[tuple[int, str]], anchors: _Anchors
) -> list[Finding]:
    starts = [start for start, _path in places]
    tasks = {task.path for task in reading.tasks}
    ends = {item.path: item.end for item in (*reading.sections, *reading.tasks)}
    result = []
    for number in reading.numbers:
        kind = NumberKind.NOT_A_TARGET
        linked: int | None = None
        if number.kind == "target" and number.target in index:
            kind, linked = NumberKind.TARGET, index[number.target]
        elif number.kind == "baseline":
            kind = NumberKind.BASELINE
            linked = baselines.get(number.target) if number.target is not None else None
        sentence = sentence_at(reading.cleaned, number.start)
        values = _span(number) | {
            "printed": number.text[:60],
            "kind": kind,
            "detail": number.kind[:40],
            "sentence": in_print(sentence),
            "position": number.start,
            "reviewed": number.kind in STRUCTURAL,
        }
        if number.kind not in STRUCTURAL:
            values |= _amount_at(reading.cleaned, number.start, number.end)
        path = _inside(number.start, starts, places, ends)
        if number.target is not None and reading.targets[number.target].task:
            path = reading.targets[number.target].task or path
        result.append(
            Finding(
                anchors.make("number", sentence, number.text),
                values,
                task=path if path in tasks else "",
                section="" if path in tasks else path,
                target=linked,
            )
        )
    return result


def sentence_at(text: str, place: int) -> str:
    """The sentence around a place, at most 200 characters."""
    before = max(
        (match.end() for match in _SENTENCE_END.finditer(text, max(0, place - 200), place)), default=max(0, place - 200)
    )
    after = _SENTENCE_END.search(text, place)
    return text[before : min(after.end() if after else len(text), before + 200)].strip()


def _amount_at(text: str, start: int, end: int) -> dict[str, Any]:
    """Value, unit and full print of the amount that begins here, if it has a measure word."""
    amount = next(find_amounts(text, start, min(len(text), end + 12)), None)
    if amount is None or amount.start != start:
        return {}
    return {"value": number_of(amount.value), "unit": amount.unit[:30], "printed": amount.text[:60], "end": amount.end}


def _inside(place: int, starts: list[int], places: list[tuple[int, str]], ends: dict[str, int]) -> str:
    """Path of the innermost item around a place; empty in front of the first and behind the last."""
    number = bisect_right(starts, place) - 1
    while number >= 0:
        path = places[number][1]
        if place < ends[path]:
            return path
        number -= 1
    return ""
