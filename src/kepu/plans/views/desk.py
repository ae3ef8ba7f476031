"""The review desk: the source on the left, what was read from it on the right."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kepu.engines.plandoc.decode import WARNINGS
from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import actions, source
from kepu.plans.enums import NumberKind, Role
from kepu.plans.findings import STRUCTURAL
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
from kepu.plans.models import NumberFinding, Plan, Target, Task
from kepu.plans.models.draft import DraftRow
from kepu.plans.queries.desk import Card, Desk, load
from kepu.plans.services.recording import last_undoable
from kepu.plans.views.reach import plan_for

VIEWS = {
    "all": _("All"),
    "open": _("Not yet checked"),
    "doubtful": _("Doubtful first"),
    "units": _("Units to settle"),
    "dropped": _("Left out"),
}


@foundation.access(actions.REVIEW)
def review(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = plan_for(request, plan_id, actions.REVIEW)
    return page(request, plan)


def page(request: HttpRequest, plan: Plan, bound: Any = None, status: int = 200) -> HttpResponse:
    """The whole desk; `bound` is a form that was refused, shown again with what was typed."""
    desk = load(plan)
    what = request.GET.get("show", "all")
    what = what if what in VIEWS else "all"
    wanted = desk.get(request.GET.get("item", "")) or desk.next_open()
    context = {
        "plan": plan,
        "desk": desk,
        "cards": desk.shown(what),
        "show": what,
        "views": [
            (key, label, f"?show={key}", len(desk.shown(key)) if key != "all" else len(desk.live))
            for key, label in VIEWS.items()
        ],
        "open_key": wanted.key if wanted else "",
        "paragraphs": source.paragraphs(desk.source.text, marks(desk)) if desk.source else [],
        "warnings": [WARNINGS[code] for code in desk.source.warnings if code in WARNINGS] if desk.source else [],
        "undoable": last_undoable(plan),
        "refused_form": bound,
        "may_issue": request.actor.may(actions.ISSUE, plan.region_path),
        **(card_context(desk, wanted, bound) if wanted else {}),
    }
    return render(request, "plans/review.html", context, status=status)


@foundation.access(actions.REVIEW)
def card(request: HttpRequest, plan_id: int, key: str) -> HttpResponse:
    """One card, open (or folded with `?fold`), for a page that is already there."""
    plan = plan_for(request, plan_id, actions.REVIEW)
    desk = load(plan)
    found = desk.get(key)
    if found is None:
        raise Http404(key)
    return card_response(request, desk, found, is_open="fold" not in request.GET)


def card_response(
    request: HttpRequest, desk: Desk, found: Card, *, is_open: bool, bound: Any = None, status: int = 200
) -> HttpResponse:
    context = {"plan": desk.plan, "desk": desk, "card": found, "undoable": last_undoable(desk.plan), "refresh": True}
    if is_open:
        context |= {"open_key": found.key, **card_context(desk, found, bound)}
    return render(request, "plans/parts/card_answer.html", context, status=status)


def card_context(desk: Desk, found: Card, bound: Any = None) -> dict[str, Any]:
    """The forms of an open card."""
    named = [desk.organisations[row.organisation_id] for row in found.live_assignments if row.organisation_id]
    owners = owners_of(desk.plan, None, named)
    context: dict[str, Any] = {
        "open_card": found,
        "units": [(row, _form(UnitForm, row, bound)) for row in found.assignments],
        "targets": [(row, _form(TargetForm, row, bound, owners=owners)) for row in found.targets],
        "number_lists": _by_need(found.numbers),
        "number_kinds": NumberKind.choices,
        "roles": Role.choices,
        "register": [info.short_name for info in people.organisations_in(desk.plan.region_path)],
    }
    if isinstance(found.row, Task):
        others = [card for card in desk.live if card.is_task and card.key != found.key]
        context |= {
            "task_form": _form(TaskForm, found.row, bound),
            "unit_name_form": UnitNameForm(auto_id=f"new-unit-{found.row.pk}-%s"),
            "new_target_form": NewTargetForm(auto_id=f"new-target-{found.row.pk}-%s"),
            "split_form": SplitForm(auto_id=f"split-{found.row.pk}-%s"),
            "others": others,
            "places": [card for card in desk.live if card.row is not None and card.key != found.key],
        }
    elif found.row is not None:
        context |= {
            "section_form": _form(SectionForm, found.row, bound),
            "new_task_form": NewTaskForm(auto_id=f"new-task-{found.row.pk}-%s"),
        }
    return context


def _by_need(numbers: list[NumberFinding]) -> list[tuple[bool, list[NumberFinding]]]:
    """First the numbers that a person must decide about, then (True) those whose print decides, to be folded away."""
    lists: dict[bool, list[NumberFinding]] = {False: [], True: []}
    for number in numbers:
        certain = number.detail in STRUCTURAL and number.kind == NumberKind.NOT_A_TARGET
        lists[certain].append(number)
    return [(certain, listed) for certain, listed in lists.items() if listed]


def _form(kind: type, row: DraftRow, bound: Any, **extra: Any) -> Any:
    return bound if isinstance(bound, kind) and bound.instance.pk == row.pk else kind(instance=row, **extra)


def owners_of(plan: Plan, row: Target | None, units: list[people.OrganisationInfo]) -> list[tuple[int, str]]:
    """Who may own a figure: the units of its task first, then the other organisations of the region."""
    rest = people.organisations_in(plan.region_path)
    chosen = people.organisations([row.data_owner_id]).values() if row is not None and row.data_owner_id else []
    return list({info.id: info.short_name for info in [*units, *rest, *chosen]}.items())


def marks(desk: Desk) -> list[source.Mark]:
    """Where tasks, headings, unit clauses, units and numbers stand in the cleaned source."""
    found: list[source.Mark] = []
    for card in desk.cards:
        row = card.row
        if row is not None and row.start is not None and row.end is not None:
            found.append(source.Mark(row.start, row.end, "task" if card.is_task else "section", card.key))
        if isinstance(row, Task):
            found += [source.Mark(start, end, "clause", card.key) for start, end in row.clauses]
        numbered = {number.target_id for number in card.numbers}
        for target in card.live_targets:  # 全覆盖 has no number of its own
            if target.pk not in numbered and target.start is not None and target.end is not None:
                place = (target.start, target.end)
                found.append(source.Mark(*place, "number", card.key, f"target-{target.pk}", NumberKind.TARGET))
        for number in card.numbers:
            if number.start is not None and number.end is not None:
                found.append(
                    source.Mark(number.start, number.end, "number", card.key, f"number-{number.pk}", number.kind)
                )
    return found


def review_url(plan: Plan, key: str = "") -> str:
    url = reverse("plans:review", args=[plan.pk])
    return f"{url}?item={key}#card-{key}" if key else url
