"""What the ledger's pages ask: one annotated queryset each, a constant number of queries however long the list."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, F, IntegerField, Prefetch, Q, QuerySet, When

from kepu.foundation import door as foundation
from kepu.plans.enums import PlanState, Role, TaskState
from kepu.plans.models import Alignment, LedgerTarget, LedgerTask, LedgerUnit, Plan

# The strongest role of a unit first.
ANSWERING = Case(
    When(role=Role.LEAD, then=0),
    When(role=Role.CO_LEAD, then=1),
    When(role=Role.RESPONSIBLE, then=2),
    default=3,
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Asked:
    """A filter of the ledger. `unit` is the id of an organisation that the task must name, itself or as a member;
    `unit_name` is a part of a name as it stands on the task."""

    words: str = ""
    plan: int | None = None
    unit: int | None = None
    unit_name: str = ""
    role: str = ""
    category: str = ""
    due: str = ""  # overdue quarter year later none
    state: str = ""
    today: date = field(default_factory=foundation.clock.today)


def quarter_end(day: date) -> date:
    """Last day of the quarter that `day` lies in."""
    last = (day.month - 1) // 3 * 3 + 3
    return date(day.year, last, 31 if last in {3, 12} else 30)


def overdue(today: date) -> Q:
    return Q(due_on__lt=today) & ~Q(state=TaskState.DONE)


def _due(asked: Asked) -> Q:
    today = asked.today
    return {
        "": Q(),
        "overdue": overdue(today),
        "quarter": Q(due_on__gte=today, due_on__lte=quarter_end(today)),
        "year": Q(due_on__gte=today, due_on__lte=date(today.year, 12, 31)),
        "later": Q(due_on__gt=date(today.year, 12, 31)),
        "none": Q(due_on=None),
    }[asked.due]


def matching(scope: foundation.Scope, asked: Asked) -> QuerySet:
    """Tasks in force that the scope sees and the filter wants, unordered."""
    tasks = LedgerTask.objects.current().visible_to(scope).filter(_due(asked)).order_by()
    for name in ("plan", "category", "state"):
        if value := getattr(asked, name):
            tasks = tasks.filter(**{name: value})
    wanted = {"organisation_id": asked.unit, "name__contains": asked.unit_name, "role": asked.role}
    if wanted := {name: value for name, value in wanted.items() if value}:
        tasks = tasks.filter(pk__in=LedgerUnit.objects.filter(**wanted).order_by().values("task"))
    for word in asked.words.split():
        tasks = tasks.filter(Q(title__contains=word) | Q(text__contains=word) | Q(number=word))
    return tasks


def ordered(tasks: QuerySet, by: str = "section") -> QuerySet:
    """The tasks in the order of one view of the ledger: by section, unit, category or due."""
    order = {
        "section": [],
        "unit": [F("answering").asc(nulls_last=True)],
        "category": ["category"],
        "due": [F("due_on").asc(nulls_last=True)],
    }[by]
    return tasks.order_by(*order, "plan", "position", "id")


def with_rows(tasks: QuerySet, scope: foundation.Scope | None = None) -> QuerySet:
    """The tasks with what a row of the ledger shows: plan, targets in force, units as printed.

    Whoever sees a task of the ledger sees its targets; with a `scope`, only those that the scope sees by themselves.
    """
    targets = LedgerTarget.objects.filter(current=True)
    targets = targets.visible_to(scope) if scope else targets
    return tasks.select_related("plan").prefetch_related(
        Prefetch("targets", targets, to_attr="shown_targets"),
        Prefetch("units", LedgerUnit.objects.filter(of=None), to_attr="printed_units"),
    )


def summary(tasks: QuerySet, today: date) -> dict[str, int]:
    """Counts over the whole filtered list: total and each state, and those past their date."""
    counts = {state: Count("pk", filter=Q(state=state)) for state in TaskState.values}
    return tasks.aggregate(total=Count("pk"), overdue=Count("pk", filter=overdue(today)), **counts)


def goals(plan_id: int, scope: foundation.Scope) -> QuerySet:
    """Targets of the goals sections, which belong to no task."""
    return LedgerTarget.objects.visible_to(scope).filter(plan=plan_id, task=None, current=True)


def issued_plans(scope: foundation.Scope) -> QuerySet:
    """Issued plans that the scope may read, newest first."""
    return Plan.objects.visible_to(scope).filter(state=PlanState.ISSUED).order_by("-issued_on", "-id")


def unit_counts(scope: foundation.Scope, organisation_id: int | None = None) -> dict[int, Counter[str]]:
    """For each organisation that visible tasks in force name: how many tasks in which role."""
    tasks = LedgerTask.objects.current().visible_to(scope).order_by()
    units = LedgerUnit.objects.filter(task__in=tasks, organisation_id__isnull=False).order_by()
    if organisation_id is not None:
        units = units.filter(organisation_id=organisation_id)
    found: dict[int, Counter[str]] = {}
    for one, role, count in units.values_list("organisation_id", "role").annotate(n=Count("task", distinct=True)):
        found.setdefault(one, Counter())[role] = count
    return found


def units_by_role(task: LedgerTask) -> dict[str, list[LedgerUnit]]:
    """The printed units of a task from `with_rows`, by role and in the printed order."""
    found: dict[str, list[LedgerUnit]] = {role: [] for role in Role.values}
    for unit in task.printed_units:
        found[unit.role].append(unit)
    return found


def roles_of(organisation_id: int, task_ids: list[int]) -> dict[int, str]:
    """The strongest role of one organisation on each of the tasks."""
    units = LedgerUnit.objects.filter(organisation_id=organisation_id, task__in=task_ids)
    rows = units.annotate(rank=ANSWERING).order_by("-rank").values_list("task_id", "role")
    return dict(rows)  # the strongest comes last and stays


def owned_targets(organisation_id: int, scope: foundation.Scope) -> QuerySet:
    """Targets in force for whose figure this organisation answers (归口单位)."""
    targets = LedgerTarget.objects.visible_to(scope).filter(current=True, data_owner_id=organisation_id)
    return targets.select_related("plan", "task").order_by("plan", "position")


def members(task: LedgerTask) -> list[int]:
    """Ids of the organisations that the task's wildcards stood for when the plan was issued."""
    units = LedgerUnit.objects.filter(task=task, of__isnull=False, organisation_id__isnull=False)
    return list(units.order_by().values_list("organisation_id", flat=True).distinct())


def confirmed_upper(task: LedgerTask) -> list[LedgerTask]:
    """The tasks of the upper plan that this one answers to, as a person confirmed."""
    links = Alignment.objects.filter(task=task.task_id, confirmed=True).select_related("upper__plan")
    return [link.upper for link in links]


def public_tasks(plan: Plan) -> QuerySet:
    """What residents see of a plan that the office made public."""
    tasks = LedgerTask.objects.current().visible_to(foundation.PUBLIC_SCOPE).filter(plan=plan)
    return tasks.order_by("position", "id")
