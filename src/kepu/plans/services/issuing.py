"""Issuing: the checked draft becomes an immutable version, and the ledger is brought up to it in the same transaction."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import versions
from kepu.plans.enums import Period, PlanState, Resolution, Role
from kepu.plans.errors import Conflict, NoChange, NotIssued, NotReady, ReasonMissing
from kepu.plans.models import LedgerTarget, LedgerTask, LedgerUnit, Plan, Target, Version
from kepu.plans.models.terms import TargetTerms, TaskTerms
from kepu.plans.queries.desk import Card, Desk, load
from kepu.plans.services.units import day_of

ANSWERING = (Role.LEAD, Role.CO_LEAD, Role.RESPONSIBLE, Role.COOPERATE)  # who answers first for a task
TASK_TERMS = tuple(field.name for field in TaskTerms._meta.fields)
TARGET_TERMS = tuple(field.attname for field in TargetTerms._meta.fields)


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands between a draft and its issue, with the card where it is put right."""

    card: Card
    reason: str | Promise


def obstacles(desk: Desk) -> list[Obstacle]:
    """What is still to be done: unresolved names, tasks without units, cards nobody has checked."""
    found = []
    for card in desk.live:
        if card.unresolved:
            found.append(Obstacle(card, _("A unit is not resolved")))
        elif card.needs_units:
            found.append(Obstacle(card, _("No unit is named")))
        elif not card.reviewed:
            found.append(Obstacle(card, _("Not yet checked")))
    if not any(card.is_task for card in desk.live):
        found += [Obstacle(card, _("The plan has no task")) for card in desk.cards[:1]]
    return found


@transaction.atomic
def describe(*, plan: Plan, expected: int, actor: foundation.Actor, **values: Any) -> Plan:
    """Correct the particulars of a plan: title, number, body, date, period, kind."""
    before = {name: getattr(plan, name) for name in values}
    if not Plan.objects.filter(pk=plan.pk, version=expected).update(**values, version=expected + 1):
        raise Conflict(mine=values, theirs=before)
    after = {name: str(value) for name, value in values.items() if before[name] != value}
    foundation.audit.record(
        "plan.describe", actor=actor, obj=plan, region_path=plan.region_path,
        before={name: str(before[name]) for name in after}, after=after,
    )  # fmt: skip
    return Plan.objects.get(pk=plan.pk)


@transaction.atomic
def issue(*, plan: Plan, actor: foundation.Actor, reason: str = "") -> Version:
    """Make the next version out of the draft. Later versions say why they were made.

    Raises NotReady, NoChange, ReasonMissing. Two people at once get one version: the second finds no change.
    """
    plan = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    desk = load(plan)
    open_items = obstacles(desk)
    if open_items or not plan.in_review:
        raise NotReady(open=len(open_items))
    members = _members(desk)
    content = snapshot(desk, members)
    last = Version.objects.filter(plan=plan).order_by("number").last()
    mark = versions.digest(content)
    if last is not None and last.digest == mark:
        raise NoChange()
    if last is not None and not reason.strip():
        raise ReasonMissing()
    version = Version.objects.create(
        plan=plan,
        number=last.number + 1 if last else 1,
        content=content,
        digest=mark,
        reason=reason.strip()[:500],
        issued_at=foundation.clock.now(),
        issued_by_id=actor.user_id,
    )
    plan.state = PlanState.ISSUED
    plan.save(update_fields=["state"])
    _bring_up(plan, version.number, desk, members)
    foundation.audit.record(
        "plan.issue",
        actor=actor,
        obj=plan,
        region_path=plan.region_path,
        detail={"number": version.number, "digest": mark},
    )
    return version


def _members(desk: Desk) -> dict[str, list[int]]:
    """The organisations that each wildcard of the plan stands for on the day of its signature."""
    kinds = {row.wildcard for card in desk.live for row in card.live_assignments if row.wildcard}
    return {kind: people.expand_wildcard(kind, desk.plan.region_path, day_of(desk.plan)) for kind in sorted(kinds)}


def content_of(desk: Desk) -> versions.Content:
    """What an issue of the draft would hold today."""
    return snapshot(desk, _members(desk))


# --- the snapshot --------------------------------------------------------------------------------------------------
def snapshot(desk: Desk, members: dict[str, list[int]]) -> versions.Content:
    """Everything that was issued, in plain values; ids are those of the draft rows, which stay the same for ever."""
    plan = desk.plan
    particulars = (
        "title", "notice_title", "kind", "region_path", "issuing_body", "document_number", "issued_on", "start_year",
        "end_year",
    )  # fmt: skip
    return {
        "schema": versions.SCHEMA,
        "plan": {name: versions.plain(getattr(plan, name)) for name in particulars},
        "sections": [
            {name: getattr(card.row, name) for name in ("path", "level", "number", "title", "category")}
            for card in desk.live
            if card.row is not None and not card.is_task
        ],
        "tasks": [_task_content(card, members) for card in desk.live if card.is_task],
        "targets": [_target_content(target) for card in desk.live if not card.is_task for target in card.live_targets],
    }


def _task_content(card: Card, members: dict[str, list[int]]) -> dict[str, Any]:
    terms = {name: versions.plain(getattr(card.row, name)) for name in TASK_TERMS}
    return terms | {
        "id": card.row.pk,
        "path": card.row.path,
        "section": card.section.title if card.section else "",
        "units": [
            {
                "name": row.name,
                "printed": row.printed,
                "role": row.role,
                "resolution": row.resolution,
                "organisation": row.organisation_id,
                "wildcard": row.wildcard,
                "members": members.get(row.wildcard, []),
            }
            for row in card.live_assignments
        ],
        "targets": [_target_content(target) for target in card.live_targets],
    }


def _target_content(target: Target) -> dict[str, Any]:
    terms = {name.removesuffix("_id"): versions.plain(getattr(target, name)) for name in TARGET_TERMS}
    return terms | {"id": target.pk, "printed": target.printed, "sentence": target.sentence, "parent": target.parent_id}


# --- the ledger ----------------------------------------------------------------------------------------------------
def _bring_up(plan: Plan, number: int, desk: Desk, members: dict[str, list[int]]) -> None:
    """Write the version into the ledger. Rows keep their ids, their running state and what is held back from the public."""
    chapters = _chapters(desk)
    present = {row.task_id: row for row in LedgerTask.objects.filter(plan=plan)}
    cards = [card for card in desk.live if card.is_task]
    rows = [
        _ledger_task(plan, number, place, card, present.pop(card.row.pk, None), chapters)
        for place, card in enumerate(cards)
    ]
    _save(LedgerTask, rows)
    LedgerTask.objects.filter(pk__in=[row.pk for row in present.values()]).update(current=False)
    by_task = {row.task_id: row for row in rows}
    _write_units(cards, by_task, members)
    _write_targets(plan, number, desk, by_task)


def _chapters(desk: Desk) -> dict[int, str]:
    """Title of the heading of level 1 above each section."""
    sections = {card.row.pk: card.row for card in desk.cards if card.row is not None and not card.is_task}
    titles = {}
    for pk, section in sections.items():
        top = section
        while top.parent_id in sections:
            top = sections[top.parent_id]
        titles[pk] = top.title
    return titles


def _ledger_task(
    plan: Plan, number: int, place: int, card: Card, row: LedgerTask | None, chapters: dict[int, str]
) -> LedgerTask:
    task = card.row
    row = row or LedgerTask(plan=plan, task=task, public=plan.public)
    for name in TASK_TERMS:
        setattr(row, name, getattr(task, name))
    row.due_on = task.due_on or last_day(plan, card.live_targets)
    row.region_path, row.current, row.version_number, row.position = plan.region_path, True, number, place
    row.path = task.path
    row.section_path = card.section.path if card.section else ""
    row.section_title = card.section.title if card.section else ""
    first = min(card.live_assignments, key=lambda unit: ANSWERING.index(unit.role), default=None)
    row.answering = first.name if first else None
    row.chapter_title = chapters.get(card.section.pk, "") if card.section else ""
    return row


def last_day(plan: Plan, targets: list[Target]) -> date | None:
    """Where no date is printed: the end of the last year that a target names, else of the plan's period."""
    years = [target.year for target in targets if target.period in {Period.DEADLINE, Period.YEAR} and target.year]
    years += [target.end_year for target in targets if target.period == Period.SPAN and target.end_year]
    year = max(years, default=plan.end_year)
    return date(year, 12, 31) if year else None


def _save(model: Any, rows: list[Any]) -> None:
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model.objects.bulk_update([row for row in rows if row.pk], names, batch_size=100)
    model.objects.bulk_create([row for row in rows if not row.pk], batch_size=500)


def _write_units(cards: list[Card], by_task: dict[int, LedgerTask], members: dict[str, list[int]]) -> None:
    """Units as printed, and under a wildcard one row for each organisation that it stands for."""
    LedgerUnit.objects.filter(task__in=list(by_task.values())).delete()
    ids = {row.organisation_id for card in cards for row in card.live_assignments if row.organisation_id}
    known = people.organisations(ids.union(*members.values()))
    printed: list[LedgerUnit] = []
    for card in cards:
        for place, row in enumerate(card.live_assignments):
            printed.append(
                LedgerUnit(
                    task=by_task[card.row.pk], position=place, printed=row.printed, name=row.name, role=row.role,
                    resolution=row.resolution, organisation_id=row.organisation_id, wildcard=row.wildcard,
                )
            )  # fmt: skip
    LedgerUnit.objects.bulk_create(printed, batch_size=500)
    LedgerUnit.objects.bulk_create(
        [
            LedgerUnit(
                task=unit.task, of=unit, position=place, printed=unit.printed, name=known[member].short_name,
                role=unit.role, resolution=Resolution.ORGANISATION, organisation_id=member,
            )
            for unit in printed
            for place, member in enumerate(members.get(unit.wildcard, []))
        ],
        batch_size=500,
    )  # fmt: skip


def _write_targets(plan: Plan, number: int, desk: Desk, by_task: dict[int, LedgerTask]) -> None:
    present = {row.target_id: row for row in LedgerTarget.objects.filter(plan=plan)}
    drafts = [(card, target) for card in desk.live for target in card.live_targets]
    rows = []
    for place, (card, target) in enumerate(drafts):
        row = present.pop(target.pk, None) or LedgerTarget(plan=plan, target=target, public=plan.public)
        for name in TARGET_TERMS:
            setattr(row, name, getattr(target, name))
        row.task = by_task[card.row.pk] if card.is_task else None
        row.region_path, row.current, row.version_number, row.position = plan.region_path, True, number, place
        row.printed, row.sentence = target.printed, target.sentence
        rows.append(row)
    _save(LedgerTarget, rows)
    by_target = {row.target_id: row for row in rows}
    for _card, target in drafts:
        by_target[target.pk].parent = by_target.get(target.parent_id)
    LedgerTarget.objects.bulk_update(rows, ["parent"], batch_size=100)
    LedgerTarget.objects.filter(pk__in=[row.pk for row in present.values()]).update(current=False)


@transaction.atomic
def publish(*, plan: Plan, public: bool, actor: foundation.Actor) -> None:
    """Show an issued plan with its tasks and targets to residents, or withdraw it. Raises NotIssued."""
    if plan.state != PlanState.ISSUED:
        raise NotIssued()
    Plan.objects.filter(pk=plan.pk).update(public=public)
    LedgerTask.objects.filter(plan=plan).update(public=public)
    LedgerTarget.objects.filter(plan=plan).update(public=public)
    action = "plan.publish" if public else "plan.withdraw"
    foundation.audit.record(action, actor=actor, obj=plan, region_path=plan.region_path)
