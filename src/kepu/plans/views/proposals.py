"""Units for plans that name none, and the members' opinions on a draft."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import actions, exports
from kepu.plans.enums import Outcome
from kepu.plans.forms import DutyForm, OpinionForm, OutcomeForm
from kepu.plans.models import Duty, Opinion, Plan, Task, UnitProposal
from kepu.plans.services import proposals
from kepu.plans.views.imports import regions_for
from kepu.plans.views.reach import open_plan_for

PAGE = 50


@foundation.access(actions.REVIEW)
def page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Proposals with their reasons: what is ticked is written onto the task, the rest is refused."""
    plan = open_plan_for(request, plan_id, actions.REVIEW)
    if request.method == "POST":
        ids = {name: [int(one) for one in request.POST.getlist(name) if one.isdecimal()] for name in ("tick", "shown")}
        written = proposals.decide(plan=plan, accepted=ids["tick"], shown=ids["shown"], actor=request.actor)
        messages.success(request, _("%(count)s units named.") % {"count": written})
        return redirect("plans:proposals", plan_id=plan.pk)
    rows = list(
        UnitProposal.objects.filter(task__plan=plan, task__dropped=False, accepted=None)
        .select_related("task", "similar__plan")
        .order_by("task__position", "task", "-score")
    )
    context = {
        "plan": plan,
        "tasks": [(task, list(group)) for task, group in groupby(rows, key=lambda row: row.task)],
        "organisations": people.organisations({row.organisation_id for row in rows}),
    }
    return render(request, "plans/proposals.html", context)


@foundation.access(actions.REVIEW)
@require_POST
def make(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = open_plan_for(request, plan_id, actions.REVIEW)
    found = proposals.propose(plan=plan, actor=request.actor)
    if not found:
        messages.info(request, _("No new proposal: every task has units, or nothing similar was found."))
    return redirect("plans:proposals", plan_id=plan.pk)


def opinion_listing(asked: foundation.exports.Asked) -> foundation.exports.Listing:
    plan = get_object_or_404(Plan.objects.visible_to(asked.scope), pk=asked.subject)
    foundation.actions.require(asked.actor, actions.REVIEW, plan.region_path)
    return exports.opinions(plan, Opinion.objects.filter(plan=plan).select_related("task"))


foundation.exports.register(
    "plans.opinions", opinion_listing, permission=actions.REVIEW, audit="plan.export", formats=exports.PAPERS
)


@foundation.access(actions.REVIEW)
def opinions(request: HttpRequest, plan_id: int) -> HttpResponseBase:
    """The consultation list: who answered what, and what became of it."""
    if file := foundation.exports.answer(request, "plans.opinions", plan_id):
        return file
    plan = open_plan_for(request, plan_id, actions.REVIEW)
    members = people.organisations_in(plan.region_path)
    tasks = Task.objects.filter(plan=plan, dropped=False)
    form = OpinionForm(
        request.POST if request.method == "POST" else None,
        units=[(one.id, one.short_name) for one in members],
        tasks=[(task.pk, task.headline) for task in tasks],
        initial={"received_on": foundation.clock.today()},
    )
    if form.is_valid():
        given = form.cleaned_data
        task = tasks.get(pk=given["task"]) if given["task"] else None
        proposals.receive_opinion(
            plan=plan, organisation_id=given["organisation"], task=task, text=given["text"],
            received_on=given["received_on"], actor=request.actor,
        )  # fmt: skip
        return redirect("plans:opinions", plan_id=plan.pk)
    found = Opinion.objects.filter(plan=plan).select_related("task")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    answered = set(found.order_by().values_list("organisation", flat=True))
    context = {
        "plan": plan,
        "form": form,
        "page": page,
        "rows": [(row, OutcomeForm(initial=_given(row), auto_id=f"opinion-{row.pk}-%s")) for row in page],
        "organisations": people.organisations(answered),
        "silent": [one for one in members if one.id not in answered],
    }
    return render(request, "plans/opinions.html", context, status=422 if form.is_bound else 200)


def _given(row: Opinion) -> dict[str, object]:
    return {"outcome": row.outcome, "reason": row.reason, "seen": row.version}


@foundation.access(actions.REVIEW)
@require_POST
def settle(request: HttpRequest, plan_id: int, opinion_id: int) -> HttpResponse:
    plan = open_plan_for(request, plan_id, actions.REVIEW)
    opinion = get_object_or_404(Opinion.objects.select_related("plan"), pk=opinion_id, plan=plan)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        proposals.settle_opinion(
            opinion=opinion, outcome=Outcome(given["outcome"]), reason=given["reason"], expected=given["seen"],
            actor=request.actor,
        )  # fmt: skip
    else:
        for errors in form.errors.values():
            messages.error(request, errors[0])
    return redirect("plans:opinions", plan_id=plan.pk)


@foundation.access(actions.REVIEW)
def duties(request: HttpRequest) -> HttpResponse:
    """The table of words and departments that proposals are made from: the product's own, and what the office added."""
    places = regions_for(request.actor)
    form = DutyForm(request.POST if request.method == "POST" and "word" in request.POST else None, regions=places)
    own = Duty.objects.filter(region_path__in=[path for path, _name in places])
    if request.method == "POST" and request.POST.get("remove", "").isdecimal():
        get_object_or_404(own, pk=int(request.POST["remove"])).delete()
        return redirect("plans:duties")
    if form.is_valid():
        given = form.cleaned_data
        Duty.objects.get_or_create(region_path=given["region"], word=given["word"], unit=given["unit"])
        return redirect("plans:duties")
    shared = Duty.objects.filter(region_path="0/")
    context = {
        "form": form,
        "own": [(row, dict(places).get(row.region_path, "")) for row in own],
        "shared": [(unit, [row.word for row in rows]) for unit, rows in groupby(shared, key=lambda row: row.unit)],
    }
    return render(request, "plans/duties.html", context, status=422 if form.is_bound else 200)
