"""The ledger: what the issued plans ask of whom, by when, and where each task stands."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import actions, exports
from kepu.plans.enums import Role, TaskState
from kepu.plans.filters import LedgerFilter, TaskStateForm
from kepu.plans.models import LedgerTask
from kepu.plans.queries import ledger as queries
from kepu.plans.queries import rolls
from kepu.plans.services.ledger import set_state

PAGE = 50
Asked, Listing = foundation.exports.Asked, foundation.exports.Listing
ORDERS = ("section", "unit", "category", "due")


class Counted(Paginator):
    """A paginator that is told the total, where the page counts its rows anyway."""

    def __init__(self, *args: Any, total: int) -> None:
        super().__init__(*args)
        self.count = total


def in_order(ids: Any) -> list[people.OrganisationInfo]:
    """Organisations in the office's fixed order of units."""
    found = people.organisations(list(ids)).values()
    return sorted(found, key=lambda one: (one.region_path, one.sort_order, one.id))


def _filter(asked: Asked) -> tuple[LedgerFilter, queries.Asked]:
    """The form and what it asks; what is not understood in the address is left out rather than refused."""
    form = LedgerFilter(
        asked.query,
        plans=queries.issued_plans(asked.scope).values_list("pk", "title"),
    )
    form.is_valid()
    given = {name: form.cleaned_data.get(name) or "" for name in ("role", "category", "due", "state")}
    return form, queries.Asked(
        words=form.cleaned_data.get("q") or "",
        plan=form.cleaned_data.get("plan"),
        unit_name=form.cleaned_data.get("unit") or "",
        **given,
    )


def _order(query: QueryDict) -> str:
    by = query.get("by", "")
    return by if by in ORDERS else ORDERS[0]


def _shown(tasks: Any, by: str = "section") -> list[LedgerTask]:
    """The tasks of one page, each with its units by role and the heading it stands under."""
    shown = list(tasks)
    for task in shown:
        task.by_role = queries.units_by_role(task)
        task.heading = _heading(task, by)
    rolls.attach(target for task in shown for target in task.shown_targets)
    return shown


def _heading(task: LedgerTask, by: str) -> str:
    if by == "unit":
        return task.answering or _("No unit")
    if by == "category":
        return task.get_category_display() or _("No group or project")
    if by == "due":
        return (
            _("%(year)s-%(month)s") % {"year": task.due_on.year, "month": task.due_on.month}
            if task.due_on
            else _("No date")
        )
    sections = dict.fromkeys(title for title in (task.chapter_title, task.section_title) if title)
    return " › ".join([task.plan.title, *sections])


def _tabs(request: HttpRequest) -> list[tuple[str, str, str, None]]:
    labels = {
        "section": _("By section"),
        "unit": _("By unit"),
        "category": _("By group or project"),
        "due": _("By deadline"),
    }
    found = []
    for key, label in labels.items():
        query = request.GET.copy()
        query["by"] = key
        query.pop("page", None)
        found.append((key, label, f"?{query.urlencode()}", None))
    return found


def ledger_listing(asked: Asked) -> Listing:
    _form, wanted = _filter(asked)
    tasks = queries.ordered(queries.matching(asked.scope.office(), wanted), _order(asked.query))
    return exports.breakdown(tasks, title=_("Breakdown of tasks"))


foundation.exports.register(
    "plans.ledger", ledger_listing, permission=actions.READ, audit="plan.export", formats=exports.PAPERS
)


@foundation.access(actions.READ)
@require_GET
def ledger_list(request: HttpRequest) -> HttpResponseBase:
    if file := foundation.exports.answer(request, "plans.ledger"):
        return file
    form, asked = _filter(Asked.of(request))
    tabs = _tabs(request)
    by = _order(request.GET)
    tasks = queries.ordered(queries.matching(request.scope.office(), asked), by)
    summary = queries.summary(queries.matching(request.scope.office(), asked), asked.today)
    page = Counted(queries.with_rows(tasks), PAGE, total=summary["total"]).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filters": sum(bool(value) for value in form.cleaned_data.values()),
        "page": page,
        "tasks": _shown(page.object_list, by),
        "by": by,
        "tabs": tabs,
        "summary": summary,
        "goals": queries.goals(asked.plan, request.scope.office()) if asked.plan else (),
        "today": asked.today,
    }
    return render(request, "plans/ledger_list.html", context)


@foundation.access(actions.READ)
@require_GET
def ledger_task(request: HttpRequest, task_id: int) -> HttpResponse:
    task = get_object_or_404(queries.with_rows(LedgerTask.objects.visible_to(request.scope)), pk=task_id)
    form = TaskStateForm(initial={"state": task.state, "state_note": task.state_note, "seen": task.version})
    return _task_page(request, task, form)


def _task_page(request: HttpRequest, task: LedgerTask, form: TaskStateForm, status: int = 200) -> HttpResponse:
    owners = people.organisations({t.data_owner_id for t in task.shown_targets if t.data_owner_id})
    for target in task.shown_targets:
        target.owner = owners.get(target.data_owner_id)
    rolls.attach(task.shown_targets)
    members = queries.members(task)
    context = {
        "task": task,
        "units": [(Role(role).label, units) for role, units in queries.units_by_role(task).items() if units],
        "members": in_order(members),
        "upper": queries.confirmed_upper(task),
        "states": TaskState.choices,
        "form": form,
        "may_set": request.actor.may(actions.REVIEW, task.region_path),
    }
    return render(request, "plans/ledger_task.html", context, status=status)


@foundation.access(actions.REVIEW)
@require_POST
def ledger_task_state(request: HttpRequest, task_id: int) -> HttpResponse:
    task = get_object_or_404(queries.with_rows(LedgerTask.objects.visible_to(request.scope)), pk=task_id)
    foundation.actions.require(request.actor, actions.REVIEW, task.region_path)
    form = TaskStateForm(request.POST)
    if not form.is_valid():
        return _task_page(request, task, form, status=422)
    given = form.cleaned_data
    set_state(task, state=given["state"], note=given["state_note"], seen=given["seen"], actor=request.actor)
    return redirect("plans:ledger_task", task_id=task.pk)


def _unit_rows(scope: foundation.Scope) -> list[dict[str, Any]]:
    counts = queries.unit_counts(scope.office())
    return [{"unit": one, "counts": counts[one.id]} for one in in_order(counts)]


def units_listing(asked: Asked) -> Listing:
    return exports.units(_unit_rows(asked.scope))


foundation.exports.register("plans.units", units_listing, permission=actions.READ, audit="plan.export")


@foundation.access(actions.READ)
@require_GET
def unit_list(request: HttpRequest) -> HttpResponseBase:
    """Every unit that the visible tasks name, with how much it leads and helps with."""
    if file := foundation.exports.answer(request, "plans.units"):
        return file
    rows = _unit_rows(request.scope)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "plans/unit_list.html", {"page": page})


def unit_listing(asked: Asked) -> Listing:
    unit = people.organisations([asked.subject or 0]).get(asked.subject or 0)
    if unit is None or not queries.unit_counts(asked.scope.office(), unit.id):
        raise Http404
    tasks = queries.ordered(queries.matching(asked.scope.office(), queries.Asked(unit=unit.id)))
    return exports.breakdown(tasks, title=_("Tasks of %(unit)s") % {"unit": unit.short_name})


foundation.exports.register(
    "plans.unit", unit_listing, permission=actions.READ, audit="plan.export", formats=exports.PAPERS
)


@foundation.access(actions.READ)
@require_GET
def unit_page(request: HttpRequest, organisation_id: int) -> HttpResponseBase:
    """One unit's own page: what it leads, what it helps with, for which figures it answers."""
    if file := foundation.exports.answer(request, "plans.unit", organisation_id):
        return file
    asked = queries.Asked(unit=organisation_id)
    tasks = queries.ordered(queries.matching(request.scope.office(), asked))
    unit = people.organisations([organisation_id]).get(organisation_id)
    counts = queries.unit_counts(request.scope.office(), organisation_id).get(organisation_id)
    if unit is None or counts is None:
        raise Http404
    summary = queries.summary(queries.matching(request.scope.office(), asked), asked.today)
    page = Counted(queries.with_rows(tasks), PAGE, total=summary["total"]).get_page(request.GET.get("page"))
    shown = _shown(page.object_list)
    roles = queries.roles_of(organisation_id, [task.pk for task in shown])
    for task in shown:
        task.own_role = Role(roles[task.pk]).label
    context = {
        "unit": unit,
        "page": page,
        "tasks": shown,
        "counts": counts,
        "summary": summary,
        "owned": queries.owned_targets(organisation_id, request.scope.office()),
        "today": asked.today,
    }
    return render(request, "plans/unit_page.html", context)
