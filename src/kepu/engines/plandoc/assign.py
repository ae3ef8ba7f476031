"""Units of every task: own clause or cells, lead-in clause of the section, standing units, annex rows."""

from dataclasses import dataclass, field
from sys import intern

from kepu.engines.plandoc.clauses import Clause, read_clause
from kepu.engines.plandoc.model import Node, Stretch, Unit
from kepu.engines.plandoc.names import NamedPart


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
            # The same bodies answer for most tasks: one string each.
            self.units.append(
                Unit(
                    intern(part.printed),
                    intern(part.name),
                    part.role,
                    inherited,
                    shift + part.start,
                    shift + part.end,
                    part.confidence,
                    reason or part.reason,
                )
            )


def assign_units(
    text: str, nodes: tuple[Node, ...], annex: dict[int, int], places: tuple[str, ...]
) -> dict[int, TaskUnits]:
    """Units of every task, by index of its node."""
    out: dict[int, TaskUnits] = {}
    leads: dict[str, list[tuple[int, Clause]]] = {}
    standing: dict[tuple[str, str], tuple[int, NamedPart]] = {}
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
            for start, part in standing.values():
                task.add((part,), shift=start, inherited=True, reason="standing_unit")
        else:
            _add_lead_in(task, node, leads)
        for start, clause in (*clauses, *cells):
            for part in clause.standing:
                standing.setdefault((part.name, part.role), (start, part))
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
