"""Units of every task: own clause or cells, lead-in clause of the section, standing units, annex rows."""

from dataclasses import dataclass, field

from kepu.engines.plandoc.clauses import Clause, read_clause
from kepu.engines.plandoc.labels import read_label
from kepu.engines.plandoc.model import Node, Stretch, Unit
from kepu.engines.plandoc.names import NamedPart
from kepu.engines.plandoc.outline import ANNEX, item_text
from kepu.engines.plandoc.similarity import dice

_SAME_NUMBER, _ANY_NUMBER = 0.3, 0.5


@dataclass(slots=True)
class TaskUnits:
    """The units of one task while they are collected."""

    units: list[Unit] = field(default_factory=list)
    open: bool = False
    own: bool = False

    def add(self, parts: tuple[NamedPart, ...], *, shift: int, inherited: bool, reason: str | None = None) -> None:
        """Add units; one that is there already with the same role is not repeated."""
        for part in parts:
            if any(u.name == part.name and u.role == part.role for u in self.units):
                continue
            self.units.append(
                Unit(
                    part.printed,
                    part.name,
                    part.role,
                    inherited,
                    shift + part.start,
                    shift + part.end,
                    part.confidence,
                    reason or part.reason,
                )
            )


def match_annex(text: str, nodes: tuple[Node, ...]) -> dict[int, int]:
    """Index of the body task that an annex row breaks down, by index of the row; rows without counterpart are left out."""
    tasks = [i for i, n in enumerate(nodes) if not n.is_section and not _in_annex(n)]
    out: dict[int, int] = {}
    firsts = {i: item_text(text, nodes[i])[:80] for i in tasks}
    values = {
        i: (
            label.value
            if (label := read_label(nodes[i].number + "、")) or (label := read_label(nodes[i].number))
            else 0
        )
        for i in tasks
    }
    for i, node in enumerate(nodes):
        if not _in_annex(node) or node.kind != "row":
            continue
        name = node.title
        whole = item_text(text, node)
        label = read_label(node.number + "、") or read_label(node.number)
        scored = []
        for j in tasks:
            likeness = max(
                dice(name, nodes[j].title), dice(whole[:80], nodes[j].title), dice(name, firsts[j][: len(name) + 6])
            )
            same = label is not None and label.value == values[j]
            if likeness >= (_SAME_NUMBER if same else _ANY_NUMBER):
                scored.append((same and likeness >= _ANY_NUMBER, likeness + (0.3 if same else 0), -j))
        if scored:
            out[i] = -max(scored)[2]
    return out


def _in_annex(node: Node) -> bool:
    return node.parent == ANNEX


def assign_units(
    text: str, nodes: tuple[Node, ...], annex: dict[int, int], places: tuple[str, ...]
) -> dict[int, TaskUnits]:
    """Units of every task, by index of its node."""
    out: dict[int, TaskUnits] = {}
    leads: dict[str, list[tuple[int, Clause]]] = {}
    standing: list[tuple[int, NamedPart]] = []
    for i, node in enumerate(nodes):
        clauses = [(s.start, _read(text, s, places)) for s in node.clauses]
        if node.is_section:
            if clauses:
                leads[node.path] = clauses
            continue
        if i in annex:
            continue
        task = out[i] = TaskUnits()
        cells = [
            (c.start, read_clause(text[c.start : c.end], places, c.unit_role)) for c in node.cells if c.role == "units"
        ]
        for start, clause in (*clauses, *cells):
            task.add(clause.parts, shift=start, inherited=False)
            task.open |= clause.open
            task.own = task.own or bool(clause.parts)
        if task.own:
            for start, part in standing:
                task.add((part,), shift=start, inherited=True, reason="standing_unit")
        else:
            _add_lead_in(task, node, leads)
        for start, clause in (*clauses, *cells):
            standing += [(start, part) for part in clause.standing]
    for row, target in annex.items():
        node = nodes[row]
        for cell in (c for c in node.cells if c.role == "units"):
            clause = read_clause(text[cell.start : cell.end], places, cell.unit_role)
            out[target].add(clause.parts, shift=cell.start, inherited=False, reason="annex_row")
            out[target].open |= clause.open
    return out


def _read(text: str, span: Stretch, places: tuple[str, ...]) -> Clause:
    return read_clause(text[span.start : span.end], places)


def _add_lead_in(task: TaskUnits, node: Node, leads: dict[str, list[tuple[int, Clause]]]) -> None:
    path = node.parent
    while path:
        if path in leads:
            for start, clause in leads[path]:
                task.add(clause.parts, shift=start, inherited=True, reason="lead_in_clause")
                task.open |= clause.open
            return
        path = path.rpartition("/")[0]
