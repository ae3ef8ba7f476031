"""Rows for tests, made directly: what the services are tested against, not what they make."""

from datetime import UTC, datetime
from typing import Any

from kepu.people.models import Organisation
from kepu.plans.enums import NumberKind, PlanState
from kepu.plans.models import (
    Assignment,
    LedgerTarget,
    LedgerTask,
    LedgerUnit,
    NumberFinding,
    Plan,
    Section,
    Target,
    Task,
)

CITY, NORTH, SOUTH = "0/99/9901/", "0/99/9901/990101/", "0/99/9901/990102/"
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)


def plan(region: str = NORTH, **values: Any) -> Plan:
    values = {"title": "青禾县全民科学素质行动实施方案(2026—2030年)", "state": PlanState.REVIEWING} | values
    return Plan.objects.create(region_path=region, start_year=2026, end_year=2030, created_at=NOW, **values)


def section(plan: Plan, path: str = "二/(一)", **values: Any) -> Section:
    values = {"level": path.count("/") + 1, "number": path.split("/")[-1], "title": "青少年科学素质提升行动"} | values
    return Section.objects.create(plan=plan, path=path, **values)


def task(plan: Plan, title: str = "办好科普大讲堂", **values: Any) -> Task:
    values = {"path": "二/(一)/1", "text": f"{title}。每年举办科普讲座20场。"} | values
    return Task.objects.create(plan=plan, title=title, **values)


def unit(task: Task, name: str = "县教育局", **values: Any) -> Assignment:
    return Assignment.objects.create(plan=task.plan, task=task, printed=name, name=name, **values)


def target(plan: Plan, task: Task | None = None, **values: Any) -> Target:
    values = {"subject": "科普讲座", "value": 20, "unit": "场", "period": "per_year", "counting": "periodic"} | values
    return Target.objects.create(plan=plan, task=task, **values)


def number(plan: Plan, printed: str = "20场", **values: Any) -> NumberFinding:
    values = {"kind": NumberKind.NOT_A_TARGET} | values
    return NumberFinding.objects.create(plan=plan, printed=printed, **values)


def organisation(region: str = NORTH, name: str = "县教育局", **values: Any) -> Organisation:
    values = {"short_name": name, "kind": "government", "level": "county"} | values
    return Organisation.objects.create(region_path=region, name=name, **values)


def ledger_task(plan: Plan, organisations: tuple[Organisation, ...] = (), **values: Any) -> LedgerTask:
    """A task in the ledger that names these organisations."""
    draft = task(plan, reviewed=True)
    row = LedgerTask.objects.create(
        plan=plan, task=draft, region_path=plan.region_path, version_number=1, position=draft.position, path=draft.path,
        title=draft.title, answering=organisations[0].name if organisations else None, **values,
    )  # fmt: skip
    for number, organisation in enumerate(organisations):
        LedgerUnit.objects.create(
            task=row, position=number, printed=organisation.name, name=organisation.name, role="lead", resolution="organisation",
            organisation=organisation,
        )  # fmt: skip
    return row


def ledger_target(task: LedgerTask, **values: Any) -> LedgerTarget:
    draft = target(task.plan, task.task)
    terms = {"subject": draft.subject, "value": draft.value, "unit": draft.unit, "period": draft.period, "position": 0}
    return LedgerTarget.objects.create(
        plan=task.plan, task=task, target=draft, region_path=task.region_path, version_number=1, **terms | values
    )
