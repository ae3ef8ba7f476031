"""Writing an uploaded breakdown table into a draft: one decision, all of it or nothing, undone in one step."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from kepu.foundation import door as foundation
from kepu.plans import table
from kepu.plans.enums import Act, NumberKind, PlanKind, PlanState, Role
from kepu.plans.errors import NotInReview, TableMoved
from kepu.plans.findings import GAP, counting_of
from kepu.plans.models import Assignment, NumberFinding, Plan, Section, Target, Task
from kepu.plans.services.judging import Edit, judge
from kepu.plans.services.recording import Recorder, Values
from kepu.plans.typed import Typed

TYPED = "typed"  # why a target is doubted that was read from words other than the product's own
DOUBT = 0.5
_FIELDS = {
    "task": "title", "wording": "text", "criterion": "criterion", "upper_basis": "upper_basis", "remark": "remark",
}  # fmt: skip


@transaction.atomic
def begin(
    *, title: str, kind: str, region_path: str, start_year: int | None, end_year: int | None, actor: foundation.Actor
) -> Plan:
    """An empty draft for an office that has its plan as a table only; its rows come by spreadsheet or at the desk."""
    plan = Plan.objects.create(
        title=title, kind=PlanKind(kind), region_path=region_path, start_year=start_year, end_year=end_year,
        state=PlanState.REVIEWING, created_at=foundation.clock.now(), created_by_id=actor.user_id,
        kept_by_id=actor.user_id,
    )  # fmt: skip
    foundation.audit.record("plan.begin", actor=actor, obj=plan, region_path=region_path)
    return plan


@transaction.atomic
def write(*, plan: Plan, rows: Sequence[foundation.spreadsheets.Row], title: str, actor: foundation.Actor) -> int:
    """Write the rows that change something; returns how many. Raises TableMoved if any of them is no longer good."""
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    if not plan.in_review:
        raise NotInReview()
    judged = judge(plan, rows)
    if judged.problems:
        raise TableMoved(row=judged.problems[0].row)
    with Recorder(plan, actor, Act.SHEET, subject=title) as log:
        _Writer(plan, log, judged.meanings).write(judged.edits)
    return len(judged.edits)


class _Writer:
    """Collects what is to be changed and added, kind by kind, and hands it to the recorder in bulk."""

    def __init__(self, plan: Plan, log: Recorder, meanings: dict[str, Values]) -> None:
        self.plan, self.log, self.meanings = plan, log, meanings
        self.changed: dict[type, list[tuple[Any, Values]]] = defaultdict(list)
        self.units: list[Assignment] = []
        self.targets: list[Target] = []
        self.gone: list[Target] = []

    def write(self, edits: list[Edit]) -> None:
        sections = self._headings(edits)
        places = self._places()
        new: list[Task] = []
        for edit in edits:
            task = self._task(edit, sections, places)
            if edit.card is None:
                new.append(task)
        self.log.add_all(new)
        for edit, task in zip([edit for edit in edits if edit.card is None], new, strict=True):
            self._units(edit, task)
            self._targets(edit, task)
        for edit in edits:
            if edit.card is not None:
                self._units(edit, edit.card.row)
                self._targets(edit, edit.card.row)
        self._numbers()
        for model in (Task, Assignment, Target, NumberFinding):
            self.log.change_all(self.changed[model])
        self.log.add_all(self.units)
        self.log.add_all(self.targets)

    # --- tasks and their places --------------------------------------------------------------------------------------
    def _headings(self, edits: list[Edit]) -> dict[str, Section]:
        """The headings that the table names and the plan does not have yet, in the table's order."""
        wanted = dict.fromkeys(e.cells["section"] for e in edits if e.cells.get("section") and e.section is None)
        number = Section.objects.filter(plan=self.plan).count()
        last = Section.objects.filter(plan=self.plan).order_by("position").last()
        start = last.position if last else 0
        rows = {
            title: Section(
                plan=self.plan, path=str(number + place), level=1, title=title[:250], position=start + GAP * place,
                touched=True, reviewed=True,
            )
            for place, title in enumerate(wanted, start=1)
        }  # fmt: skip
        self.log.add_all(list(rows.values()))
        return rows

    def _places(self) -> dict[int | None, int]:
        """The last position inside each heading."""
        last: dict[int | None, int] = defaultdict(int)
        for section, position in Section.objects.filter(plan=self.plan).order_by().values_list("pk", "position"):
            last[section] = position
        for section, position in Task.objects.filter(plan=self.plan).order_by().values_list("section", "position"):
            last[section] = max(last[section], position)
        return last

    def _task(self, edit: Edit, sections: dict[str, Section], places: dict[int | None, int]) -> Task:
        values: Values = {_FIELDS[cell]: text for cell, text in edit.cells.items() if cell in _FIELDS}
        if "due" in edit.cells:
            values["due_text"], values["due_on"] = edit.due
        if "section" in edit.cells or edit.card is None:
            section = edit.section or sections.get(edit.cells.get("section", ""))
            places[section.pk if section else None] += 1
            values |= {
                "section_id": section.pk if section else None,
                "position": places[section.pk if section else None],
            }
        if edit.card is None:
            return Task(
                plan=self.plan, path=section.path if section else "", category=section.category if section else "",
                touched=True, reviewed=True, **values,
            )  # fmt: skip
        if edit.card.row.no_units and (edit.cells.get("lead") or edit.cells.get("cooperate")):
            values["no_units"] = False
        if values:
            self.changed[Task].append((edit.card.row, values | {"touched": True}))
        return edit.card.row

    # --- units -------------------------------------------------------------------------------------------------------
    def _units(self, edit: Edit, task: Task) -> None:
        if not edit.cells.keys() & table.LISTS:
            return
        live = {unit.name: unit for unit in edit.card.live_assignments} if edit.card else {}
        present = ({unit.name: unit for unit in edit.card.assignments} if edit.card else {}) | live
        leading = _names(edit, "lead", table.leading(live.values()))
        cooperating = _names(edit, "cooperate", table.cooperating(live.values()))
        undivided = "责任" in edit.row.places["lead"].label if "lead" in edit.row.places else False
        roles = _roles(leading, {name: unit.role for name, unit in live.items()}, bool(cooperating), undivided)
        roles |= dict.fromkeys(cooperating, Role.COOPERATE)
        first = min((unit.position for unit in live.values()), default=task.position)
        for place, (name, role) in enumerate(roles.items(), start=first):
            values = {"role": role, "position": place}
            if name in present:
                self._change(present[name], values | {"dropped": False})
            else:
                meaning = self.meanings[name]
                self.units.append(
                    Assignment(
                        plan=self.plan,
                        task=task,
                        printed=name,
                        name=name,
                        touched=True,
                        reviewed=True,
                        **values,
                        **meaning,
                    )
                )
        for name, unit in live.items():
            if name not in roles:
                self._change(unit, {"dropped": True})

    def _change(self, row: Assignment | Target, values: Values) -> None:
        if any(getattr(row, name) != value for name, value in values.items()):
            self.changed[type(row)].append((row, values | {"touched": True}))

    # --- targets -----------------------------------------------------------------------------------------------------
    def _targets(self, edit: Edit, task: Task) -> None:
        if not edit.cells.keys() & {"targets", "owner"} or edit.lines is None:
            return
        live = edit.card.live_targets if edit.card else []
        left = [one for one in live if one not in edit.lines]
        rows = [(line, line if isinstance(line, Target) else _take(left, line)) for line in edit.lines]
        places = _in_order([row for _line, row in rows], task.position)
        for place, (line, row) in enumerate(rows):
            values: Values = {} if isinstance(line, Target) else dict(line.terms)
            values["position"] = places[place]
            if edit.owners:
                values["data_owner_id"] = edit.owners[place]
            if isinstance(line, Typed) and not line.certain:
                values |= {"reviewed": False, "confidence": DOUBT, "reason": TYPED}
            if row is not None:
                self._change(row, values)
            else:
                terms = {"reviewed": True, "counting": counting_of(values["unit"], values["period"])} | values
                self.targets.append(
                    Target(plan=self.plan, task=task, section_id=task.section_id, touched=True, **terms)
                )
        for row in left:
            self._change(row, {"dropped": True})
            self.gone.append(row)

    def _numbers(self) -> None:
        """A number of the source whose target is left out is no target any more, as when it is left out at the desk."""
        numbers = NumberFinding.objects.filter(target__in=self.gone, kind=NumberKind.TARGET) if self.gone else ()
        values = {"kind": NumberKind.NOT_A_TARGET, "reviewed": True, "touched": True}
        self.changed[NumberFinding] += [(number, values) for number in numbers]


def _names(edit: Edit, cell: str, present: Iterable[Assignment]) -> list[str]:
    if cell not in edit.cells:
        return [unit.name for unit in present]
    return edit.cells[cell].split("、") if edit.cells[cell] else []


def _roles(names: list[str], held: dict[str, str], divided: bool, undivided: bool) -> dict[str, str]:
    """The roles of those in the column of lead units: as they were, if that gives this order; else the first leads.

    Units whose roles nobody has split stay unsplit, until the table splits them by naming units that cooperate.
    """
    kept = [held[name] for name in names if held.get(name) in table.LEADING]
    unsplit = (undivided and not kept) or (bool(kept) and set(kept) == {Role.RESPONSIBLE})
    if unsplit and not divided:
        return dict.fromkeys(names, Role.RESPONSIBLE)
    roles = {name: held[name] if held.get(name) in table.LEADING else Role.CO_LEAD for name in names}
    ranks = [table.LEADING.index(role) for role in roles.values()]
    if Role.LEAD in roles.values() and ranks == sorted(ranks) and Role.RESPONSIBLE not in roles.values():
        return roles
    return {name: Role.CO_LEAD if place else Role.LEAD for place, name in enumerate(names)}


def _take(left: list[Target], line: Typed) -> Target | None:
    """The target that a changed line means: the same thing counted, else the same figure. Taken off `left`."""
    alike = [one for one in left if table.normal("targets", one.subject) == line.subject]
    alike = alike or [one for one in left if (one.value, one.unit) == (line.value, line.unit)]
    if alike:
        left.remove(alike[0])
    return alike[0] if alike else None


def _in_order(rows: list[Target | None], start: int) -> list[int]:
    """Positions that keep the order of a list: those that are there where they do, else all anew. None is a new row."""
    known = [(row.position, row.pk) for row in rows if row is not None]
    if known == sorted(known) and None not in rows[: len(known)]:
        last = known[-1][0] if known else start
        return [last if row is None else row.position for row in rows]
    first = min(known)[0] if known else start
    return list(range(first, first + len(rows)))
