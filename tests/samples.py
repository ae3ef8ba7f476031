"""Every route of the product with one address that opens it, for the walks over all pages (scope, browser, headers).

A parameter needs a sample: a function of what `make` put into the database. A new route with a parameter of a new name
fails the walk until there is one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kepu.foundation import spreadsheets
from kepu.foundation.models import AuditEntry, Job, SheetRun
from kepu.foundation.scope import SYSTEM
from kepu.foundation.spreadsheets import NEW, Column, SheetImport, Verdict, imports, runs
from kepu.people.models import Membership, OrganisationAlias
from kepu.plans import versions
from kepu.plans.enums import PlanState
from kepu.plans.models import LedgerTarget, LedgerTask, Opinion, RollChange, RollItem, Task, UnitProposal, Version
from kepu.plans.services import rolls
from kepu.regions.models import Division
from tests.engines.sheets.books import book
from tests.plans import factories as plans
from tests.plans.conftest import read_into
from tests.plans.sample import TEXT
from tests.world import COUNTY_A, World


@dataclass(frozen=True)
class Route:
    name: str  # with its namespace, like plans:ledger
    pattern: str  # as written, like desk/plans/<int:plan_id>/
    parameters: tuple[str, ...]
    rule: str | None  # what foundation.access was given; None where a package's own view stands
    view: str


def routes() -> list[Route]:
    return sorted(_routes(get_resolver().url_patterns, "", "", ()), key=lambda route: route.pattern)


def _routes(patterns: list[Any], before: str, namespace: str, outer: tuple[str, ...]) -> Iterator[Route]:
    for entry in patterns:
        written = before + str(entry.pattern)
        parameters = outer + (tuple(entry.pattern.converters) or tuple(entry.pattern.regex.groupindex))
        if isinstance(entry, URLResolver):
            below = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _routes(entry.url_patterns, written, below, parameters)
        elif isinstance(entry, URLPattern):
            view = entry.callback
            yield Route(
                name=f"{namespace}{entry.name}",
                pattern=written,
                parameters=parameters,
                rule=getattr(view, "access_rule", None),
                view=f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}",
            )


@dataclass
class Made:
    """What the samples point at: one object of each kind in county A, by a short name."""

    world: World
    objects: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.objects[key]


# What stands for a parameter of an address wherever it has this name; SAMPLES is for routes that mean another object.
PARAMETERS: dict[str, Callable[[Made], Any]] = {
    "plan_id": lambda made: made["plan"].pk,
    "task_id": lambda made: made["task"].pk,
    "organisation_id": lambda made: made["organisation"].pk,
    "opinion_id": lambda made: made["opinion"].pk,
    "target_id": lambda made: made["promise"].pk,
    "number": lambda made: 1,
    "kind": lambda made: Reading.kind,
    "listing": lambda made: "people.accounts",
    "run_id": lambda made: made["run"].pk,
    "public": lambda made: runs.file_of(made["run"]).public,
    "theme": lambda made: "standard",
    "user_id": lambda made: made["person"].pk,
    "membership_id": lambda made: made["membership"].pk,
    "alias_id": lambda made: made["alias"].pk,
    "session_id": lambda made: made["session"].pk,
    "division_id": lambda made: Division.objects.get(path=COUNTY_A).pk,
}
SAMPLES: dict[str, Callable[[Made], dict[str, Any]]] = {
    # the desk at which a draft is checked; the acts on its rows are posted, so any row will do
    **dict.fromkeys(
        (f"plans:{name}" for name in (
            "review", "leave_out", "put_back", "save", "card", "confirm", "reopen", "classify", "add_task", "merge", "move",
            "split_roles", "split", "add_target", "add_unit", "undo", "open_units", "proposals", "make_proposals",
            "opinions", "settle_opinion",
        )),
        lambda made: {"plan_id": made["draft"].pk, "kind": "task", "row_id": 1, "key": f"task-{made['draft_task'].pk}"},
    ),
    "plans:roll_undo": lambda made: {"change_id": RollChange.objects.latest("pk").pk},
    # what the samples above left behind
    **dict.fromkeys(("foundation:job", "foundation:job_state", "foundation:job_cancel", "foundation:job_retry"), lambda made: {"pk": Job.objects.latest("pk").pk}),
    "foundation:audit_entry": lambda made: {"pk": AuditEntry.objects.filter(region_path=COUNTY_A).latest("pk").pk},
}  # fmt: skip


def make(world: World) -> Made:
    """Put one object of each kind into county A."""
    made = Made(world)
    _plan(made)
    _draft(made)
    _sheet(made)
    _people(made)
    return made


def _people(made: Made) -> None:
    """A liaison of the county who is signed in somewhere, and another way to write the body of that liaison."""
    body = made["organisation"]
    person = made.world.person("liaison", COUNTY_A, body)
    made.objects |= {
        "person": person,
        "membership": Membership.objects.get(user=person),
        "alias": OrganisationAlias.objects.create(organisation=body, alias="县教委", region_path=COUNTY_A),
        "session": UserSession.objects.create(user=person, ip="192.0.2.7", session_key="no-such-session"),
    }


def _plan(made: Made) -> None:
    """An issued public plan with a task under way, one past its date and one done, each for two bodies."""
    office, education = made.world.office(COUNTY_A), made.world.body(COUNTY_A, "县教体局")
    plan = plans.plan(COUNTY_A, state=PlanState.ISSUED, public=True, issued_on=date(2026, 3, 1))
    for title, state, due in (
        ("办好科普大讲堂", "under_way", date(2027, 12, 31)),
        ("建设乡镇科普活动站，组织科技工作者走进中小学校和农村社区", "not_started", date(2026, 6, 30)),
        ("开展农村实用技术培训", "done", None),
    ):
        values = {"public": True, "state": state, "due_on": due, "section_title": "青少年科学素质提升行动"}
        task = plans.ledger_task(plan, (office, education), **values)
        LedgerTask.objects.filter(pk=task.pk).update(title=title)
        plans.ledger_target(task, public=True)
    promise = plans.ledger_target(LedgerTask.objects.filter(plan=plan).last(), public=True, position=1)
    LedgerTarget.objects.filter(pk=promise.pk).update(subject="乡镇科普阵地", value=None, unit="全覆盖", period="none")
    promise.refresh_from_db()
    rolls.fill(promise, ["云台镇", "城关街道"], actor=SYSTEM)
    first = RollItem.objects.filter(target=promise).first()
    rolls.cover(promise, {first.pk: first.version}, on=date(2026, 9, 5), note="已挂牌", actor=SYSTEM)
    made.objects |= {"promise": promise}
    content = {"tasks": [], "targets": []}
    Version.objects.create(plan=plan, number=1, content=content, digest=versions.digest(content), issued_at=plans.NOW)
    made.objects |= {"plan": plan, "task": LedgerTask.objects.first(), "organisation": education}


def _draft(made: Made) -> None:
    """A plan as it was read, waiting for its review."""
    draft = plans.plan(COUNTY_A, title="青禾县全民科学素质行动2027年工作要点")
    read_into(draft, TEXT)
    task = Task.objects.filter(plan=draft).first()
    office = made.world.office(COUNTY_A)
    opinion = Opinion.objects.create(plan=draft, organisation=office, text="建议再分工", received_on=date(2026, 9, 1))
    UnitProposal.objects.create(task=task, organisation=office, role="lead", words="科普", score=0.4)
    made.objects |= {"draft": draft, "draft_task": task, "opinion": opinion}


class Reading(SheetImport):
    """An import that keeps nothing: its pages are what is looked at."""

    kind = "samples.reading"
    title = "阅读书目"
    permission = "people.manage"
    columns = (Column("number", "编号", required=True), Column("name", "书名", required=True))
    key = ("number",)
    done_url = "/desk/"

    def check(self, rows, target):
        return Verdict(states={row.number: NEW for row in rows})

    def apply(self, rows, target):
        return None


def _sheet(made: Made) -> None:
    """An import with a good row and two faults, uploaded by the page as a person would."""
    if imports.importer_of(Reading.kind) is None:
        spreadsheets.register(Reading())
    data = book([["编号", "书名", "译者"], ["1", "身边的科学", "无"], ["1", "同号的书", ""], ["2", "", ""]])
    file = SimpleUploadedFile("阅读书目.xlsx", data)
    page = f"/desk/sheets/{Reading.kind}/"
    answer = made.world.sign_in("office_head", COUNTY_A).post(
        page, {"file": file, "region": COUNTY_A}, HTTP_HOST="localhost"
    )
    assert answer.status_code == 302, answer.content.decode()
    made.objects["run"] = SheetRun.objects.latest("pk")


def address(route: Route, made: Made) -> str:
    """An address that opens the route. Raises KeyError where a parameter has no sample."""
    given = SAMPLES.get(route.name, lambda made: {})(made)
    values = {name: given[name] if name in given else PARAMETERS[name](made) for name in route.parameters}
    return reverse(route.name, kwargs=values)
