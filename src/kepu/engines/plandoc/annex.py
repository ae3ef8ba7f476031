"""Which body task each row of the annex table breaks down (contract, section 4, annex table)."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from heapq import nlargest

from kepu.engines.plandoc.labels import read_label
from kepu.engines.plandoc.model import Node
from kepu.engines.plandoc.outline import ANNEX, item_text
from kepu.engines.plandoc.similarity import Pairs, likeness, pairs

_SAME_NUMBER, _ANY_NUMBER = 0.3, 0.5
# Characters of a task and of a row that are compared; a row's name is hardly ever longer.
_COMPARED = 80
# A row is compared with the tasks that share its rarest pairs: how many entries of the index are looked at, and how
# many of the tasks found there are compared in full. Both bound the cost of a row, however long the plan is.
_LOOKED_AT, _IN_FULL = 600, 12


@dataclass(frozen=True, slots=True)
class _Task:
    """A body task as rows are compared with it."""

    node: int
    number: int
    title: Pairs
    opening: str


def match_annex(text: str, nodes: tuple[Node, ...]) -> dict[int, int]:
    """Index of the body task that an annex row breaks down, by index of the row; rows without counterpart are left out.

    The task of the same number and a similar name comes first, else the most similar one. Linear in rows and tasks."""
    rows = [i for i, n in enumerate(nodes) if n.parent == ANNEX and n.kind == "row"]
    if not rows:
        return {}
    tasks = [
        _Task(i, _value(n.number), pairs(n.title), item_text(text, n)[:_COMPARED])
        for i, n in enumerate(nodes)
        if not n.is_section and n.parent != ANNEX
    ]
    index: dict[str, list[int]] = defaultdict(list)
    for t, task in enumerate(tasks):
        for pair in pairs(task.opening):
            index[pair].append(t)
    out: dict[int, int] = {}
    for i in rows:
        row = nodes[i]
        whole = item_text(text, row)[:_COMPARED]
        found = _best(row, pairs(whole), [tasks[t] for t in _near(index, tasks, pairs(whole), _value(row.number))])
        if found is not None:
            out[i] = found
    return out


def _value(number: str) -> int:
    label = read_label(number + "、") or read_label(number)
    return label.value if label else 0


def _near(index: dict[str, list[int]], tasks: list[_Task], row: Pairs, number: int) -> set[int]:
    """The tasks that share most pairs with the row, those of its number among them."""
    shared: Counter[int] = Counter()
    looked = 0
    for pair in sorted((p for p in row if p in index), key=lambda p: len(index[p])):
        if looked > _LOOKED_AT:
            break
        shared.update(index[pair][:_LOOKED_AT])
        looked += len(index[pair])
    same = [t for t in shared if number and tasks[t].number == number]
    return {*nlargest(_IN_FULL, shared, shared.__getitem__), *nlargest(_IN_FULL, same, shared.__getitem__)}


def _best(row: Node, whole: Pairs, near: list[_Task]) -> int | None:
    name, length, number = pairs(row.title), len(row.title) + 6, _value(row.number)
    best: tuple[bool, float, int] | None = None
    for task in near:
        alike = max(
            likeness(name, task.title), likeness(whole, task.title), likeness(name, pairs(task.opening[:length]))
        )
        same = number > 0 and number == task.number
        if alike >= (_SAME_NUMBER if same else _ANY_NUMBER):
            scored = (same and alike >= _ANY_NUMBER, alike + (0.3 if same else 0), -task.node)
            best = scored if best is None else max(best, scored)
    return None if best is None else -best[2]
