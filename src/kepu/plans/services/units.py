"""From printed names of units to organisations: by the register where a rule decides, by a person where it does not."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans.enums import Act, Resolution
from kepu.plans.models import Assignment, Plan
from kepu.plans.services.recording import Recorder


def day_of(plan: Plan) -> date:
    """The day on which the plan's names hold: that of its signature, else today."""
    return plan.issued_on or foundation.clock.today()


def meaning(found: people.Resolution | None) -> dict[str, Any]:
    """A resolution of the register as fields of an assignment."""
    if found is not None and found.organisation_id is not None:
        return {"resolution": Resolution.ORGANISATION, "organisation_id": found.organisation_id, "wildcard": ""}
    if found is not None and found.wildcard:
        return {"resolution": Resolution.WILDCARD, "organisation_id": None, "wildcard": found.wildcard}
    return {"resolution": Resolution.UNRESOLVED, "organisation_id": None, "wildcard": ""}


def look_up(plan: Plan, names: list[str]) -> dict[str, people.Resolution]:
    return people.resolve_units(names, region_path=plan.region_path, on=day_of(plan)) if names else {}


@dataclass(frozen=True)
class OpenName:
    """A name that the register does not settle: where it stands, and which organisations could be meant."""

    name: str
    assignments: list[Assignment]
    candidates: tuple[people.Candidate, ...]


def open_names(plan: Plan) -> list[OpenName]:
    """All unresolved names of a draft, the most frequent first, with ranked candidates."""
    by_name: dict[str, list[Assignment]] = {}
    rows = Assignment.objects.filter(
        plan=plan, resolution=Resolution.UNRESOLVED, dropped=False, task__dropped=False
    ).select_related("task")
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    found = look_up(plan, list(by_name))
    result = [OpenName(name, rows, found[name].candidates if name in found else ()) for name, rows in by_name.items()]
    return sorted(result, key=lambda one: (-len(one.assignments), one.name))


@transaction.atomic
def settle(*, plan: Plan, name: str, organisation_id: int | None, learn: bool, actor: foundation.Actor) -> int:
    """Say once what a name means, for every task of the draft: an organisation, or (None) that it stays as printed.

    With `learn`, the register remembers the name as an alias for the region's papers. Returns how many rows it settled.
    """
    if organisation_id is not None:
        values = {"resolution": Resolution.ORGANISATION, "organisation_id": organisation_id, "wildcard": ""}
    else:
        values = {"resolution": Resolution.AS_PRINTED, "organisation_id": None, "wildcard": ""}
    rows = Assignment.objects.filter(plan=plan, name=name, resolution=Resolution.UNRESOLVED)
    with Recorder(plan, actor, Act.RESOLVE, subject=name) as log:
        for row in rows:
            log.change(row, touched=True, **values)
    if learn and organisation_id is not None and log.changes:
        people.learn_alias(organisation_id=organisation_id, alias=name, region_path=plan.region_path, actor=actor)
    return len(log.changes)


@transaction.atomic
def look_again(*, plan: Plan, actor: foundation.Actor) -> int:
    """Ask the register once more, after organisations were added there. Returns how many rows it settled."""
    rows = list(Assignment.objects.filter(plan=plan, resolution=Resolution.UNRESOLVED, dropped=False))
    found = look_up(plan, sorted({row.name for row in rows}))
    with Recorder(plan, actor, Act.RESOLVE, subject="") as log:
        for row in rows:
            values = meaning(found.get(row.name))
            if values["resolution"] != Resolution.UNRESOLVED:
                log.change(row, **values)
    return len(log.changes)
