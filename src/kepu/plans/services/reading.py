"""Writing a reading into the draft: the first time all of it, later only what people have not decided otherwise.

A row is recognised by its anchor (the text at its place), a task also by its path if the text is alike. Rows that
somebody touched or checked keep their values and only learn their new place; what the source no longer holds is left
out, or, where somebody had decided about it, shown again as not checked.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.db import transaction

from kepu.engines.plandoc.reading import Reading
from kepu.foundation import door as foundation
from kepu.plans.enums import Act, NumberKind, PlanKind, PlanState, Resolution
from kepu.plans.findings import Finding, Findings, findings
from kepu.plans.models import Assignment, Decision, NumberFinding, Plan, Section, SourceDocument, Target, Task
from kepu.plans.models.draft import DraftRow
from kepu.plans.printing import in_print
from kepu.plans.services import units

CHANGED = "source_changed"  # the wording at this place is no longer what was checked
GONE = "gone_from_source"
ALIKE = 0.6  # share of equal text from which a task at the same path is the same task
PLACE = ("start", "end", "anchor", "clauses")  # what a touched row still takes from a new reading
BATCH = 500


@dataclass
class Outcome:
    """What a reading did to the draft, in rows."""

    new: int = 0
    kept: int = 0  # decided about by a person, only their place renewed
    renewed: int = 0
    gone: int = 0


@transaction.atomic
def write(*, plan: Plan, source: SourceDocument, reading: Reading, actor: foundation.Actor) -> Outcome:
    """Bring the draft up to a reading. The source document is saved here, with the draft or not at all."""
    first = not SourceDocument.objects.filter(plan=plan).exists()
    source.save(force_insert=True)
    if first:
        _describe(plan, reading)
    found = findings(reading)
    outcome = Outcome()
    sections = _merge(Section, plan, found.sections, outcome, _section_links)
    tasks = _merge(Task, plan, found.tasks, outcome, lambda f, rows: _within(f, sections))
    _merge_units(plan, found, tasks, outcome)
    targets = _merge(Target, plan, found.targets, outcome, lambda f, rows: _within(f, sections, tasks))
    _link_parts(found.targets, targets)
    _merge(
        NumberFinding, plan, found.numbers, outcome,
        lambda f, rows: _within(f, sections, tasks) | _target_link(f, found.targets, targets),
    )  # fmt: skip
    _settle_numbers(plan)
    if plan.state == PlanState.IMPORTING:
        plan.state = PlanState.REVIEWING
        plan.save(update_fields=["state"])
    if not first:
        Decision.objects.create(
            plan=plan, region_path=plan.region_path, act=Act.REREAD, subject=source.file_name, changes=[],
            at=foundation.clock.now(), actor_id=actor.user_id,
        )  # fmt: skip
    return outcome


def _describe(plan: Plan, reading: Reading) -> None:
    """The document's own particulars, as far as it prints them."""
    document = reading.document
    plan.title = (in_print(document.title) or plan.title)[:200]
    plan.notice_title = in_print(document.notice_title or "")[:250]
    plan.kind = document.kind or PlanKind.PLAN
    plan.issuing_body = in_print(document.issuer or "")[:120]
    plan.document_number = (document.doc_number or "")[:60]
    plan.issued_on = date.fromisoformat(document.issued_on) if document.issued_on else None
    plan.start_year, plan.end_year = document.start_year, document.end_year
    plan.save()


def _merge(
    model: type[DraftRow], plan: Plan, found: list[Finding], outcome: Outcome, links: Any
) -> dict[str, DraftRow]:
    """Match findings with the rows that exist; returns the row of each finding by path (or anchor where it has none)."""
    existing = list(model.objects.filter(plan=plan))
    by_anchor: dict[str, list[DraftRow]] = defaultdict(list)
    for row in existing:
        if row.anchor:
            by_anchor[row.anchor].append(row)
    matched: dict[int, list[DraftRow]] = {
        place: by_anchor.pop(one.anchor) for place, one in enumerate(found) if one.anchor in by_anchor
    }
    if model in (Section, Task):
        _match_paths(found, by_anchor, matched)
    rows: dict[str, DraftRow] = {}
    changed: list[DraftRow] = []
    for place, one in enumerate(found):
        values = one.values | links(one, rows)
        if place in matched:
            changed += [row for row in matched[place] if _renew(row, one, values, outcome)]
            row = matched[place][0]
        else:
            row = model(plan=plan, anchor=one.anchor, **values)
            outcome.new += 1
            if model is Section:  # later sections point at it
                row.save(force_insert=True)
        rows[one.path or one.anchor] = row
    if model is not Section:
        model.objects.bulk_create([row for row in rows.values() if row.pk is None], batch_size=BATCH)
    changed += [row for row in _left(by_anchor) if _let_go(row, outcome)]
    _save_all(model, changed)
    return rows


def _match_paths(
    found: list[Finding], by_anchor: dict[str, list[DraftRow]], matched: dict[int, list[DraftRow]]
) -> None:
    """Items whose text was changed a little are still the same items."""
    left = {row.path: row for row in _left(by_anchor) if not row.dropped}
    for place, one in enumerate(found):
        row = left.get(one.path)
        if place not in matched and row is not None and _alike(row, one):
            matched[place] = by_anchor.pop(row.anchor)


def _alike(row: Any, one: Finding) -> bool:
    name = "text" if isinstance(row, Task) else "title"
    return SequenceMatcher(None, getattr(row, name), one.values[name], autojunk=False).quick_ratio() >= ALIKE


def _left(by_anchor: dict[str, list[DraftRow]]) -> list[DraftRow]:
    return [row for rows in by_anchor.values() for row in rows]


def _renew(row: DraftRow, one: Finding, values: dict[str, Any], outcome: Outcome) -> bool:
    """Whether the row changed. One that a person decided about takes only its place."""
    decided = row.touched or row.reviewed
    if decided:
        values = {name: values[name] for name in PLACE if name in values}
        if row.anchor != one.anchor:
            values |= {"reviewed": False, "reason": CHANGED, "confidence": 0.0}
        outcome.kept += 1
    else:
        values = values | {"dropped": False}
        outcome.renewed += 1
    values = values | {"anchor": one.anchor}
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    return before != values


def _let_go(row: DraftRow, outcome: Outcome) -> bool:
    """What the source no longer holds; a row without decisions is left out, another one is shown again."""
    if row.dropped or row.reason == GONE:
        return False
    outcome.gone += 1
    row.start = row.end = None
    if row.touched or row.reviewed:
        row.reviewed, row.reason, row.confidence = False, GONE, 0.0
    else:
        row.dropped = True
    return True


def _save_all(model: type[DraftRow], rows: list[DraftRow]) -> None:
    for row in rows:
        row.version += 1
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model.objects.bulk_update(rows, names, batch_size=100)


def _section_links(one: Finding, rows: dict[str, DraftRow]) -> dict[str, Any]:
    parent = rows.get(one.section)
    return {"parent_id": parent.pk if parent else None}


def _within(one: Finding, sections: dict[str, DraftRow], tasks: dict[str, DraftRow] | None = None) -> dict[str, Any]:
    section = sections.get(one.section)
    links: dict[str, Any] = {"section_id": section.pk if section else None}
    if tasks is not None:
        task = tasks.get(one.task)
        links |= {"task_id": task.pk if task else None}
        if task is not None:
            links["section_id"] = task.section_id
    return links


def _link_parts(found: list[Finding], targets: dict[str, Target]) -> None:
    """A 其中 points at the quantity that it is part of, unless a person has had the row in hand."""
    parts = [one for one in found if one.part_of is not None and not targets[one.anchor].touched]
    for one in parts:
        targets[one.anchor].parent = targets[found[one.part_of].anchor]
    Target.objects.bulk_update([targets[one.anchor] for one in parts], ["parent"], batch_size=BATCH)


def _target_link(one: Finding, found: list[Finding], targets: dict[str, DraftRow]) -> dict[str, Any]:
    return {"target_id": targets[found[one.target].anchor].pk if one.target is not None else None}


def _settle_numbers(plan: Plan) -> None:
    """A number cannot stay a target when its target was left out by the new reading."""
    NumberFinding.objects.filter(plan=plan, kind=NumberKind.TARGET, target__dropped=True).update(
        kind=NumberKind.NOT_A_TARGET
    )


def _merge_units(plan: Plan, found: Findings, tasks: dict[str, DraftRow], outcome: Outcome) -> None:
    """Units belong to their task by name; what a person did to one stays. The register is asked once for all names."""
    meanings = units.look_up(plan, sorted({unit["name"] for one in found.tasks for unit in one.units}))
    existing = {(row.task_id, row.name): row for row in Assignment.objects.filter(plan=plan)}
    decided = set(Assignment.objects.filter(plan=plan, touched=True).values_list("task_id", flat=True)) | {
        row.pk for row in tasks.values() if row.reviewed
    }
    new: list[Assignment] = []
    changed: list[DraftRow] = []
    for one in found.tasks:
        task = tasks[one.path]
        for unit in one.units:
            row = existing.pop((task.pk, unit["name"]), None)
            values = unit | units.meaning(meanings.get(unit["name"]))
            if row is None:
                new.append(Assignment(plan=plan, task=task, **values))
                outcome.new += 1
            elif row.resolution != Resolution.UNRESOLVED:
                changed += [row] if _place_unit(row, unit) else []
            elif _renew(row, Finding("", values), values, outcome):
                changed.append(row)
    gone = [row for (task, _name), row in existing.items() if task not in decided and not row.touched]
    changed += [row for row in gone if _let_go(row, outcome)]
    Assignment.objects.bulk_create(new, batch_size=BATCH)
    _save_all(Assignment, changed)


def _place_unit(row: Assignment, unit: dict[str, Any]) -> bool:
    before = (row.start, row.end)
    row.start, row.end = unit["start"], unit["end"]
    return before != (row.start, row.end)
