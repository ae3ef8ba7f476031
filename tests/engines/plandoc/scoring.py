"""Scores a ledger read from a plan document against its gold annotation.

Follows section 7 of the plan-document contract: metadata 0.10, sections 0.15, tasks 0.20, units 0.20, targets 0.30,
hygiene 0.05. Texts are compared folded (NFKC, simplified, letters and digits only); unit names and document numbers
keep their brackets. Every part lies between 0 and 1.
"""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import opencc

WEIGHTS = {"metadata": 0.10, "sections": 0.15, "tasks": 0.20, "units": 0.20, "targets": 0.30, "hygiene": 0.05}
SIMILAR_SUBJECT = 0.5
SIMILAR_TITLE = 0.8
# Traditional in most uses, but also met in simplified text: never counted as a fault.
BOTH_SCRIPTS = set("後於徵摺菸夥著乾藉瞭")
# Enclosed numbers keep their form under the contract.
ENCLOSED = re.compile("[\u2460-\u24ff\u2776-\u2793\u3200-\u32ff]")
BRACKETS = str.maketrans("[]【】﹝﹞", "〔〕〔〕〔〕")

Item = dict[str, Any]
Pair = tuple[Item, Item]


@dataclass
class Score:
    """Parts and their weighted sum, all in 0..1; `notes` names every difference for a human reader."""

    parts: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def overall(self) -> float:
        return sum(WEIGHTS[part] * value for part, value in self.parts.items())


@functools.cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@functools.cache
def _simple_char(char: str) -> str:
    return "着" if char == "著" else _converter().convert(char)


def simplified(text: str) -> str:
    return "".join(map(_simple_char, text))


def fold(text: Any) -> str:
    """Comparison key of a text; empty for anything that is no text."""
    flat = simplified(unicodedata.normalize("NFKC", text if isinstance(text, str) else "")).lower()
    return "".join(c for c in flat if unicodedata.category(c)[0] in "LN")


def fold_name(text: Any) -> str:
    """Comparison key of a name or number in which brackets count."""
    given = text if isinstance(text, str) else ""
    flat = "".join(c if ENCLOSED.match(c) else unicodedata.normalize("NFKC", c) for c in given)
    return re.sub(r"\s+", "", simplified(flat)).translate(BRACKETS)


def fold_path(path: Any) -> str | None:
    """一、/(一)/1. and 一/(一)/1 are the same path; None where there is none."""
    if not isinstance(path, str) or not path.strip():
        return None
    return "/".join(fold_name(label).rstrip("、.,。:") for label in path.split("/"))


def dice(one: str, other: str) -> float:
    """Share of common character pairs of two folded texts, 0..1."""
    if not one or not other or one == other:
        return float(bool(one) and one == other)
    pairs = [Counter(s[i : i + 2] for i in range(max(len(s) - 1, 1))) for s in (one, other)]
    return 2 * (pairs[0] & pairs[1]).total() / (pairs[0].total() + pairs[1].total())


def f1(right: int, reported: int, wanted: int) -> float:
    return 2 * right / (reported + wanted) if reported + wanted else 1.0


def _pair(reported: list[Item], wanted: list[Item], weigh: Callable[[Item, Item], float]) -> list[tuple[int, int]]:
    """One-to-one pairs, heaviest first; equal weights go to the pair closest in document order."""
    weighed = ((weigh(p, g), i, j) for j, g in enumerate(wanted) for i, p in enumerate(reported))
    candidates = sorted((-w, abs(i - j), j, i) for w, i, j in weighed if w > 0)
    free_p, free_g, pairs = set(range(len(reported))), set(range(len(wanted))), []
    for _, _, j, i in candidates:
        if i in free_p and j in free_g:
            free_p.discard(i)
            free_g.discard(j)
            pairs.append((i, j))
    return sorted(pairs, key=lambda pair: pair[1])


def _share(pairs: list[Pair], reported: int, wanted: int, same: Callable[[Item, Item], bool]) -> float:
    return f1(sum(same(p, g) for p, g in pairs), reported, wanted)


def _same_path(p: Item, g: Item, *names: str) -> bool:
    return all(fold_path(p.get(name)) == fold_path(g[name]) for name in names)


def _metadata(pred: Item, gold: Item, notes: list[str]) -> float:
    def value(document: Item, name: str) -> Any:
        if name in {"start_year", "end_year"}:
            return (document.get("period") or {}).get(name)
        text = document.get(name)
        if name in {"doc_number", "issued_on", "published_on", "kind"}:
            return fold_name(text) or None
        return fold(text) or None

    fields = ("title", "notice_title", "doc_number", "issuer", "issued_on", "published_on", "region", "kind")
    found, given = pred.get("document") or {}, gold["document"]
    right, reported = 0, 0
    for name in (*fields, "start_year", "end_year"):
        got, want = value(found, name), value(given, name)
        right += got == want
        reported += got is not None
        if got != want:
            notes.append(f"metadata {name}: got {got!r}, want {want!r}")
    return right / (len(fields) + 2) if reported else 0.0


def _sections(pred: Item, gold: Item, notes: list[str]) -> float:
    reported, wanted = pred.get("sections") or [], gold["sections"]

    def weigh(p: Item, g: Item) -> float:
        return (2 + _same_path(p, g, "path")) if fold(p.get("title")) == fold(g["title"]) else 0

    indices = _pair(reported, wanted, weigh)
    pairs = [(reported[i], wanted[j]) for i, j in indices]
    sizes = len(reported), len(wanted)
    _missing(notes, "section", reported, wanted, indices, lambda s: f"{s.get('path')} {s.get('title')}")
    return (
        0.7 * f1(len(pairs), *sizes)
        + 0.1 * _share(pairs, *sizes, lambda p, g: fold_path(p.get("number")) == fold_path(g["number"]))
        + 0.1 * _share(pairs, *sizes, lambda p, g: _same_path(p, g, "parent") and p.get("level") == g["level"])
        + 0.1 * _share(pairs, *sizes, lambda p, g: (p.get("category") or None) == g["category"])
    )


def _tasks(pred: Item, gold: Item, notes: list[str]) -> tuple[float, list[tuple[int, int]]]:
    reported, wanted = pred.get("tasks") or [], gold["tasks"]

    def weigh(p: Item, g: Item) -> float:
        title, want = fold(p.get("title")), fold(g["title"])
        head, want_head = fold(p.get("head")), fold(g["head"])
        by_title = title == want or dice(title, want) >= SIMILAR_TITLE
        by_head = bool(head) and head[:8] == want_head[:8]
        if not by_title and not by_head:
            return 0
        return 2 * (title == want) + by_title + by_head + 2 * _same_path(p, g, "path")

    def bounds(p: Item, g: Item) -> bool:
        tails = {fold(tail)[-8:] for tail in (g["tail"], *g.get("tail_alt", []))}
        return fold(p.get("head"))[:8] == fold(g["head"])[:8] and fold(p.get("tail"))[-8:] in tails

    indices = _pair(reported, wanted, weigh)
    pairs = [(reported[i], wanted[j]) for i, j in indices]
    sizes = len(reported), len(wanted)
    _missing(notes, "task", reported, wanted, indices, lambda t: f"{t.get('path')} {t.get('title')}")
    for name, same in (("path", lambda p, g: _same_path(p, g, "path", "section")), ("bounds", bounds)):
        notes += [f"task {name}: {g['path']} {g['title']}: got {p}" for p, g in pairs if not same(p, g)]
    score = (
        0.6 * f1(len(pairs), *sizes)
        + 0.1 * _share(pairs, *sizes, lambda p, g: fold(p.get("title")) == fold(g["title"]))
        + 0.1 * _share(pairs, *sizes, lambda p, g: _same_path(p, g, "path", "section"))
        + 0.1 * _share(pairs, *sizes, bounds)
        + 0.1 * _share(pairs, *sizes, lambda p, g: (p.get("category") or None) == g["category"])
    )
    return score, indices


def _duties(task: Item) -> set[tuple[str, str]]:
    units = ((fold_name(u.get("name")), u.get("role") or "") for u in task.get("units") or [])
    return {(name, role) for name, role in units if name}


def _units(pred: Item, gold: Item, task_pairs: list[tuple[int, int]], notes: list[str]) -> float:
    reported, wanted = pred.get("tasks") or [], gold["tasks"]
    partner = {j: i for i, j in task_pairs}
    right, bare = 0, 0
    for j, g in enumerate(wanted):
        want, got = _duties(g), _duties(reported[partner[j]]) if j in partner else set()
        right += len(want & got)
        bare += j in partner and not got and not want
        if want != got:
            notes.append(f"units {g['path']}: missed {sorted(want - got)}, spurious {sorted(got - want)}")
    if any(map(_duties, wanted)):
        return f1(right, sum(len(_duties(t)) for t in reported), sum(len(_duties(t)) for t in wanted))
    seen = len(wanted) + len(reported) - len(task_pairs)
    return bare / seen if seen else 1.0


def _period(target: Item) -> tuple[Any, ...]:
    given = target.get("period") or {}
    return (given.get("type") or "none", *(given.get(k) for k in ("year", "years", "start_year", "end_year")))


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    rounded = max(abs(one), abs(other)) <= 1000 and not (float(one).is_integer() and float(other).is_integer())
    return abs(one - other) <= max(0.006 if rounded else 0, 1e-9 * max(abs(one), abs(other)))


def _same_sentence(p: Item, g: Item) -> bool:
    got, want = fold(p.get("sentence_head")), fold(g["sentence_head"])
    shorter = min(len(got), len(want))
    return bool(got and want) and (got == want or (shorter >= 7 and got[:shorter] == want[:shorter]))


def _same_place(p: Item, g: Item) -> bool:
    if _same_sentence(p, g):
        return True
    task = fold_path(p.get("task"))
    return task is not None and task == fold_path(g["task"]) and fold(p.get("number")) == fold(g["number"])


def _same_amount(p: Item, g: Item) -> bool:
    return _close(p.get("value"), g["value"]) and fold_name(p.get("unit")) == fold_name(g["unit"])


def _likeness(p: Item, g: Item) -> float:
    return max(dice(fold(p.get("subject")), fold(s)) for s in (g["subject"], *g.get("subject_alt", [])))


def _same_comparator(p: Item, g: Item) -> bool:
    if p.get("comparator") != g["comparator"]:
        return False
    return g["comparator"] != "range" or _close(p.get("value_max"), g["value_max"])


def _targets(pred: Item, gold: Item, notes: list[str]) -> float:
    reported = [t for t in pred.get("targets") or [] if t.get("is_baseline") is not True]
    wanted = [t for t in gold["targets"] if not t["is_baseline"]]

    def weigh(p: Item, g: Item) -> float:
        if not _same_amount(p, g) or not _same_place(p, g):
            return 0
        agreement = (_period(p) == _period(g)) + (p.get("comparator") == g["comparator"]) + _same_path(p, g, "task")
        return 1 + 4 * _same_sentence(p, g) + 3 * _likeness(p, g) + agreement

    tests: dict[str, Callable[[Item, Item], bool]] = {
        "subject": lambda p, g: _likeness(p, g) >= SIMILAR_SUBJECT,
        "period": lambda p, g: _period(p) == _period(g),
        "comparator": _same_comparator,
    }
    indices = _pair(reported, wanted, weigh)
    complete = 0
    for i, j in indices:
        p, g = reported[i], wanted[j]
        wrong = {name: p.get(name) for name, same in tests.items() if not same(p, g)}
        complete += not wrong
        if wrong:
            notes.append(f"target differs: {g['number']} {g['subject']}: got {wrong}")
    _missing(notes, "target", reported, wanted, indices, lambda t: f"{t.get('number')} {t.get('subject')}")
    sizes = len(reported), len(wanted)
    return 0.5 * f1(len(indices), *sizes) + 0.5 * f1(complete, *sizes)


def _texts(pred: Item) -> Iterable[str]:
    document = pred.get("document") or {}
    yield from (document.get(name) for name in ("title", "notice_title", "doc_number", "issuer", "region"))
    yield from (section.get("title") for section in pred.get("sections") or [])
    for task in pred.get("tasks") or []:
        yield from (task.get(name) for name in ("title", "head", "tail"))
        for unit in task.get("units") or []:
            yield from (unit.get("name"), unit.get("printed"))
    for target in pred.get("targets") or []:
        yield from (target.get("subject"), target.get("sentence_head"))


def _hygiene(pred: Item, gold: Item, any_task: bool, notes: list[str]) -> float:
    texts = [text for text in _texts(pred) if text]
    if not any_task or not texts:
        return 0.0
    dirty = [t for t in texts if any(c not in BOTH_SCRIPTS and _simple_char(c) != c for c in t)]
    flat = [fold_name(text) for text in texts]
    banned = gold.get("must_not_appear", [])
    leaks = [mark for mark in banned if any(fold_name(mark) in text for text in flat)]
    notes += [f"still traditional: {text}" for text in dirty] + [f"page furniture in output: {mark}" for mark in leaks]
    clean = 1 - len(leaks) / len(banned) if banned else 1.0
    return (1 - len(dirty) / len(texts) + clean) / 2


def _missing(
    notes: list[str],
    kind: str,
    reported: list[Item],
    wanted: list[Item],
    indices: list[tuple[int, int]],
    name: Callable[[Item], str],
) -> None:
    seen_p, seen_g = {i for i, _ in indices}, {j for _, j in indices}
    notes += [f"{kind} missed: {name(g)}" for j, g in enumerate(wanted) if j not in seen_g]
    notes += [f"{kind} spurious: {name(p)}" for i, p in enumerate(reported) if i not in seen_p]


def score(pred: Item, gold: Item) -> Score:
    """Score of one ledger (contract JSON) against one gold annotation."""
    result = Score()
    tasks, pairs = _tasks(pred, gold, result.notes)
    result.parts = {
        "metadata": _metadata(pred, gold, result.notes),
        "sections": _sections(pred, gold, result.notes),
        "tasks": tasks,
        "units": _units(pred, gold, pairs, result.notes),
        "targets": _targets(pred, gold, result.notes),
        "hygiene": _hygiene(pred, gold, bool(pairs), result.notes),
    }
    return result
