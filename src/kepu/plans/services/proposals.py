"""Units for plans that name none: proposed from similar tasks elsewhere and from departments' duties, with the reason.

Nothing is written on a task until a person ticks it. What was refused once is not proposed again.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import matching
from kepu.plans.enums import Outcome, Resolution, Role
from kepu.plans.errors import Conflict
from kepu.plans.models import Assignment, Duty, LedgerTask, LedgerUnit, Opinion, Plan, Task, UnitProposal
from kepu.plans.services import review
from kepu.plans.services.units import day_of
from kepu.regions import door as regions

ALIKE = 0.3  # below this two tasks have only the language of plans in common
MOST = 6  # units proposed for one task
SURE_ENOUGH = 0.5  # of a candidate of the register, for a duty's department under another name
_LEVELS = "省市州县区旗"


def bare_name(name: str) -> str:
    """A unit's name without its level, so that a neighbour's 市教育局 leads to the own 教育局; 团市委 gives 团委."""
    if name.startswith("团") and name[1:2] in _LEVELS:
        return "团" + name[2:]
    return name[1:] if name[:1] in _LEVELS else name


@transaction.atomic
def propose(*, plan: Plan, actor: foundation.Actor) -> int:
    """Propose units for every task of a draft that has none. Returns how many new proposals there are.

    Similar tasks are taken from the ledger as far as this person sees it; the plan's own ledger does not count.
    """
    named = Assignment.objects.filter(task=OuterRef("pk"), dropped=False)
    tasks = list(Task.objects.filter(~Exists(named), plan=plan, dropped=False, no_units=False))
    if not tasks:
        return 0
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    _from_similar(plan, tasks, actor, found)
    _from_duties(plan, tasks, found)
    names = sorted({name for by_name in found.values() for name in by_name})
    meant = _organisations(plan, names)
    rows = []
    for task in tasks:
        best: dict[int, dict[str, Any]] = {}
        for name, reason in sorted(found[task.pk].items(), key=lambda item: -item[1]["score"]):
            if name in meant:
                best.setdefault(meant[name], reason)
        for organisation, reason in list(best.items())[:MOST]:
            rows.append(UnitProposal(task=task, organisation_id=organisation, **reason))
    before = UnitProposal.objects.filter(task__plan=plan).count()
    UnitProposal.objects.bulk_create(rows, ignore_conflicts=True)
    return UnitProposal.objects.filter(task__plan=plan).count() - before


def _from_similar(
    plan: Plan, tasks: list[Task], actor: foundation.Actor, found: dict[int, dict[str, dict[str, Any]]]
) -> None:
    others = list(LedgerTask.objects.current().visible_to(actor.scope).exclude(plan=plan))
    units: dict[int, list[LedgerUnit]] = defaultdict(list)
    for unit in LedgerUnit.objects.filter(task__in=[other.pk for other in others], of=None, organisation__isnull=False):
        units[unit.task_id].append(unit)
    others = [other for other in others if units[other.pk]]
    matches = matching.nearest([_wording(t) for t in tasks], [_wording(o) for o in others], top=2, least=ALIKE)
    for task, likely in zip(tasks, matches, strict=True):
        for match in likely:
            other = others[match.index]
            for unit in units[other.pk]:
                reason = {"role": unit.role, "similar": other, "words": "", "score": match.score}
                found[task.pk].setdefault(bare_name(unit.name), reason)


def _wording(task: Task | LedgerTask) -> str:
    return f"{task.title} {task.text}"


def _from_duties(plan: Plan, tasks: list[Task], found: dict[int, dict[str, dict[str, Any]]]) -> None:
    """The department with the most words leads, the others cooperate; a word in the title counts three times."""
    by_unit: dict[str, set[str]] = defaultdict(set)
    for duty in Duty.objects.of_region(plan.region_path):
        by_unit[duty.unit].add(duty.word)
    for task in tasks:
        counted = {}
        for unit, words in by_unit.items():
            hits = sorted(word for word in words if word in _wording(task))
            weight = sum(3 if word in task.title else 1 for word in hits)
            if hits:
                counted[unit] = (weight, hits)
        ranked = sorted(counted.items(), key=lambda item: (-item[1][0], item[0]))[:MOST]
        for place, (unit, (weight, hits)) in enumerate(ranked):
            role = Role.COOPERATE if place or found[task.pk] else Role.LEAD
            reason = {"role": role, "similar": None, "words": "、".join(hits)[:120], "score": weight / (weight + 20)}
            found[task.pk].setdefault(unit, reason)


def full_name(bare: str, level: str) -> str:
    """A bare name at a level, as that level's papers write it: 县教育局, 县委宣传部, 团县委."""
    return f"团{level}{bare[1:]}" if bare.startswith("团") else level + bare


def _organisations(plan: Plan, names: list[str]) -> dict[str, int]:
    """What a bare name means in the plan's own region; a name that could mean several bodies there is left out."""
    place = regions.division(plan.region_path)
    level = place.name[-1] if place else ""
    full = {name: full_name(name, level) for name in names}
    resolved = people.resolve_units(full.values(), region_path=plan.region_path, on=day_of(plan))
    own = {info.id for info in people.organisations_in(plan.region_path)}
    meant = {}
    for name in names:
        one = resolved[full[name]]
        if one.organisation_id in own:
            meant[name] = one.organisation_id
        elif one.organisation_id is None:
            likely = [c for c in one.candidates if c.organisation_id in own and c.score >= SURE_ENOUGH]
            if likely:
                meant[name] = likely[0].organisation_id
    return meant


@transaction.atomic
def decide(*, plan: Plan, accepted: Iterable[int], shown: Iterable[int], actor: foundation.Actor) -> int:
    """Write the ticked proposals onto their tasks; the others that were on the page are refused. Returns how many."""
    ticked = set(accepted)
    rows = UnitProposal.objects.filter(task__plan=plan, pk__in=set(shown), accepted=None).select_related("task")
    names = people.organisations(rows.values_list("organisation", flat=True))
    written = 0
    for row in rows:
        if row.pk in ticked:
            name = names[row.organisation_id].short_name
            if not Assignment.objects.filter(task=row.task, name=name, dropped=False).exists():
                review.add_unit(
                    task=row.task, name=name, role=row.role, actor=actor,
                    resolution=Resolution.ORGANISATION, organisation_id=row.organisation_id,
                )  # fmt: skip
            written += 1
    rows.filter(pk__in=ticked).update(accepted=True)
    UnitProposal.objects.filter(pk__in=set(shown) - ticked, task__plan=plan, accepted=None).update(accepted=False)
    return written


# --- consultation --------------------------------------------------------------------------------------------------
@transaction.atomic
def receive_opinion(
    *, plan: Plan, organisation_id: int, text: str, received_on: date, actor: foundation.Actor, task: Task | None = None
) -> Opinion:
    """File a member's answer; an empty one means 无意见 and is settled at once."""
    opinion = Opinion.objects.create(
        plan=plan, organisation_id=organisation_id, task=task, text=text.strip(), received_on=received_on,
        outcome=Outcome.OPEN if text.strip() else Outcome.NONE,
    )  # fmt: skip
    foundation.audit.record("plan.opinion", actor=actor, obj=opinion, region_path=plan.region_path)
    return opinion


@transaction.atomic
def settle_opinion(*, opinion: Opinion, outcome: Outcome, reason: str, expected: int, actor: foundation.Actor) -> None:
    """Adopt it, partly or not; the latter two say why."""
    changed = Opinion.objects.filter(pk=opinion.pk, version=expected).update(
        outcome=outcome, reason=reason.strip(), decided_by_id=actor.user_id, version=expected + 1
    )
    if not changed:
        raise Conflict(mine={"outcome": outcome}, theirs={"outcome": Opinion.objects.get(pk=opinion.pk).outcome})
    foundation.audit.record(
        "plan.opinion_settled", actor=actor, obj=opinion, region_path=opinion.plan.region_path,
        after={"outcome": str(outcome)},
    )  # fmt: skip
