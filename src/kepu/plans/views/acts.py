"""What is posted from the review desk. Each act answers with the changed card, or without script with the page again."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import actions
from kepu.plans.enums import FULL_COVERAGE, Counting, NumberKind
from kepu.plans.errors import CannotSplit, NothingToUndo
from kepu.plans.forms import (
    NewTargetForm,
    NewTaskForm,
    SectionForm,
    SplitForm,
    TargetForm,
    TaskForm,
    UnitForm,
    UnitNameForm,
)
from kepu.plans.models import Assignment, Decision, NumberFinding, Plan, Section, Target, Task
from kepu.plans.models.draft import DraftRow
from kepu.plans.queries.desk import load
from kepu.plans.services import recording, review, structure, units
from kepu.plans.views.desk import card_response, owners_of, page, review_url
from kepu.plans.views.reach import open_plan_for, row_for

FORMS: dict[str, type[forms.ModelForm]] = {
    "section": SectionForm,
    "task": TaskForm,
    "assignment": UnitForm,
    "target": TargetForm,
}
Act = Callable[..., HttpResponse]


def act(view: Act) -> Act:
    """A posted act on the draft of a plan that this person may review; the view gets the plan instead of its number."""

    @foundation.access(actions.REVIEW)
    @require_POST
    def guarded(request: HttpRequest, plan_id: int, **kwargs: Any) -> HttpResponse:
        return view(request, open_plan_for(request, plan_id, actions.REVIEW), **kwargs)

    return guarded


def card_key(row: DraftRow) -> str:
    """The card that shows a row."""
    if isinstance(row, Task | Section):
        return f"{recording.row_name(row)}-{row.pk}"
    if row.task_id:
        return f"task-{row.task_id}"
    return f"section-{row.section_id}" if row.section_id else "front"


def _shown(request: HttpRequest, plan: Plan, key: str) -> HttpResponse:
    """The card as it is now, open; without script the desk at that card."""
    if not request.htmx:
        return redirect(review_url(plan, key))
    desk = load(plan)
    found = desk.get(key)
    return card_response(request, desk, found, is_open=True) if found else _reload(plan)


def _reload(plan: Plan, key: str = "") -> HttpResponse:
    """Where the order of cards has changed, the browser fetches the page again."""
    return HttpResponse(status=204, headers={"HX-Redirect": review_url(plan, key)})


def _moved(request: HttpRequest, plan: Plan, key: str) -> HttpResponse:
    return _reload(plan, key) if request.htmx else redirect(review_url(plan, key))


def _seen(request: HttpRequest) -> int:
    """The version of the row that was on the page."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() else 0


@act
def save(request: HttpRequest, plan: Plan, kind: str, row_id: int) -> HttpResponse:
    """Autosave: every change of a field sends its form; the answer brings the new version and the time."""
    row = row_for(plan, kind, row_id)
    extra = {"owners": _owners(plan, row)} if isinstance(row, Target) else {}
    form = FORMS[kind](request.POST, instance=row, **extra)
    key = card_key(row)
    if not form.is_valid():
        if request.htmx:
            return render(request, "plans/parts/saved.html", {"row": row, "kind": kind, "form": form}, status=422)
        return page(request, plan, bound=form, status=422)
    review.edit(row=row, expected=form.cleaned_data["seen"], actor=request.actor, **form.values())
    if not request.htmx:
        return redirect(review_url(plan, key))
    desk = load(plan)
    context = {
        "plan": plan,
        "desk": desk,
        "row": row,
        "kind": kind,
        "card": desk.get(key),
        "at": foundation.clock.now(),
    }
    return render(request, "plans/parts/saved.html", context)


def _owners(plan: Plan, row: Target) -> list[tuple[int, str]]:
    ids = Assignment.objects.filter(task=row.task_id, organisation__isnull=False).values_list("organisation", flat=True)
    return owners_of(plan, row, list(people.organisations(ids).values()))


@act
def confirm(request: HttpRequest, plan: Plan, key: str) -> HttpResponse:
    """Check a card off, with everything on it; then the next one that is open comes up."""
    desk = load(plan)
    found = desk.get(key)
    if found is None:
        return HttpResponseBadRequest()
    seen = dict(_pair(part) for part in request.POST.get("seen", "").split())
    review.confirm(plan=plan, rows=found.rows, seen=seen, actor=request.actor)
    desk = load(plan)
    upcoming = desk.next_open(key)
    if not request.htmx:
        if upcoming is None:
            messages.success(request, _("Every item is checked."))
        return redirect(review_url(plan, upcoming.key if upcoming else key))
    checked = desk.get(key)
    answer = card_response(request, desk, checked, is_open=False) if checked else _reload(plan)
    if upcoming is not None:
        answer.headers["HX-Trigger-After-Settle"] = f'{{"desk:open": {{"key": "{upcoming.key}"}}}}'
    return answer


def _pair(part: str) -> tuple[str, int]:
    found = re.fullmatch(r"([a-z]+:\d+):(\d+)", part)
    return (found[1], int(found[2])) if found else ("", 0)


@act
def reopen(request: HttpRequest, plan: Plan, key: str) -> HttpResponse:
    found = load(plan).get(key)
    if found is None or not found.rows:
        return HttpResponseBadRequest()
    row = found.rows[0]
    review.reopen(row=row, expected=row.version, actor=request.actor)
    return _shown(request, plan, key)


@act
def leave_out(request: HttpRequest, plan: Plan, kind: str, row_id: int) -> HttpResponse:
    row = row_for(plan, kind, row_id)
    review.drop(row=row, expected=_seen(request), actor=request.actor)
    return _shown(request, plan, card_key(row))


@act
def put_back(request: HttpRequest, plan: Plan, kind: str, row_id: int) -> HttpResponse:
    row = row_for(plan, kind, row_id)
    review.restore(row=row, expected=_seen(request), actor=request.actor)
    return _shown(request, plan, card_key(row))


@act
def classify(request: HttpRequest, plan: Plan, row_id: int) -> HttpResponse:
    number = get_object_or_404(NumberFinding.objects.select_related("plan", "target", "task"), pk=row_id, plan=plan)
    kind = request.POST.get("kind", "")
    if kind not in NumberKind.values:
        return HttpResponseBadRequest()
    review.classify(number=number, kind=NumberKind(kind), expected=_seen(request), actor=request.actor)
    return _shown(request, plan, card_key(number))


@act
def add_unit(request: HttpRequest, plan: Plan, row_id: int) -> HttpResponse:
    task = row_for(plan, "task", row_id)
    form = UnitNameForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        meaning = units.meaning(units.look_up(plan, [name]).get(name))
        review.add_unit(task=task, name=name, role=form.cleaned_data["role"], actor=request.actor, **meaning)
    return _shown(request, plan, card_key(task))


@act
def split_roles(request: HttpRequest, plan: Plan, row_id: int) -> HttpResponse:
    task = row_for(plan, "task", row_id)
    structure.split_roles(task=task, expected=_seen(request), actor=request.actor)
    return _shown(request, plan, card_key(task))


@act
def add_target(request: HttpRequest, plan: Plan, row_id: int) -> HttpResponse:
    task = row_for(plan, "task", row_id)
    form = NewTargetForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        counting = Counting.LATEST if given["unit"] in {"%", FULL_COVERAGE} else Counting.CUMULATIVE
        review.add_target(task=task, actor=request.actor, counting=counting, **given)
    return _shown(request, plan, card_key(task))


@act
def add_task(request: HttpRequest, plan: Plan, row_id: int) -> HttpResponse:
    section = row_for(plan, "section", row_id)
    form = NewTaskForm(request.POST)
    if not form.is_valid():
        return _shown(request, plan, card_key(section))
    task = review.add_task(plan=plan, section=section, actor=request.actor, **form.cleaned_data)
    return _moved(request, plan, card_key(task))


@act
def split(request: HttpRequest, plan: Plan, row_id: int) -> HttpResponse:
    task = row_for(plan, "task", row_id)
    form = SplitForm(request.POST)
    if not form.is_valid():
        raise CannotSplit()
    at = task.text.find(form.cleaned_data["begins"])
    new = structure.split(
        task=task, at=max(at, 0), title=form.cleaned_data["title"], expected=_seen(request), actor=request.actor
    )
    return _moved(request, plan, card_key(new))


@act
def merge(request: HttpRequest, plan: Plan, row_id: int) -> HttpResponse:
    task = row_for(plan, "task", row_id)
    into = row_for(plan, "task", _number(request, "into"))
    structure.merge(task=task, into=into, expected=_seen(request), actor=request.actor)
    return _moved(request, plan, card_key(into))


@act
def move(request: HttpRequest, plan: Plan, row_id: int) -> HttpResponse:
    """Behind a task, or to the head of a section: `place` is the key of the card it shall follow."""
    task = row_for(plan, "task", row_id)
    kind, _dash, number = request.POST.get("place", "").partition("-")
    if kind not in {"task", "section"} or not number.isdecimal():
        return HttpResponseBadRequest()
    place = row_for(plan, kind, int(number))
    section, after = (place.section, place) if isinstance(place, Task) else (place, None)
    structure.move(task=task, section=section, after=after, expected=_seen(request), actor=request.actor)
    return _moved(request, plan, card_key(task))


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() else 0


@act
def undo(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Take back the newest act, or the one named; then the desk shows what it touched."""
    if request.POST.get("decision"):
        decision = get_object_or_404(Decision, plan=plan, pk=_number(request, "decision"))
    else:
        decision = recording.last_undoable(plan)
    if decision is None:
        raise NothingToUndo()
    recording.undo(plan=plan, decision=decision, actor=request.actor)
    first = decision.changes[0]
    row = recording.ROWS[first["row"]].objects.get(pk=first["id"])
    return _moved(request, plan, card_key(row))


@foundation.access(actions.REVIEW)
def open_units(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Names that the register does not know, to be settled in one pass."""
    plan = open_plan_for(request, plan_id, actions.REVIEW)
    if request.method == "POST":
        return _settle(request, plan)
    names = units.open_names(plan)
    ids = {candidate.organisation_id for one in names for candidate in one.candidates}
    context = {
        "plan": plan,
        "names": names,
        "organisations": people.organisations(ids),
        "register": people.organisations_in(plan.region_path),
    }
    return render(request, "plans/units.html", context)


def _settle(request: HttpRequest, plan: Plan) -> HttpResponse:
    if "again" in request.POST:
        settled = units.look_again(plan=plan, actor=request.actor)
    else:
        settled = 0
        known = {info.short_name: info.id for info in people.organisations_in(plan.region_path)}
        for number, one in enumerate(units.open_names(plan)):
            if request.POST.get(f"name-{number}") != one.name:
                continue  # the list has changed since the page was made; what is left comes again
            choice = request.POST.get(f"choice-{number}", "")
            typed = request.POST.get(f"other-{number}", "").strip()
            chosen = _chosen(choice, typed, one, known)
            if chosen == "":
                continue
            settled += units.settle(
                plan=plan, name=one.name, organisation_id=chosen, learn=f"learn-{number}" in request.POST,
                actor=request.actor,
            )  # fmt: skip
    messages.success(request, _("%(count)s places settled.") % {"count": settled})
    return redirect("plans:open_units", plan_id=plan.pk)


def _chosen(choice: str, typed: str, one: units.OpenName, known: dict[str, int]) -> Any:
    """The organisation meant, None for "as printed", or "" where nothing (valid) was chosen."""
    if typed in known:
        return known[typed]
    if choice == "printed":
        return None
    offered = {str(candidate.organisation_id): candidate.organisation_id for candidate in one.candidates}
    return offered.get(choice, "")
