"""The chain of plans: link the upper plan, confirm what answers to what, see what nobody takes up."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kepu.foundation import door as foundation
from kepu.plans import actions, exports
from kepu.plans.enums import PlanState
from kepu.plans.errors import NotInReview
from kepu.plans.filters import DecisionForm, UpperForm
from kepu.plans.models import Alignment, LedgerTask, Plan
from kepu.plans.queries.chain import chain, possible_uppers
from kepu.plans.services import chain as services

PAGE = 50
LISTS = {
    "pairs": _("Our tasks and what they answer to"),
    "missing": _("Upper tasks without a counterpart"),
    "short": _("Targets that fall short"),
}
ANSWERS = {"confirm": True, "refuse": False, "reopen": None}


def _plan(request: HttpRequest, plan_id: int, *, change: bool) -> Plan:
    plan = get_object_or_404(Plan.objects.visible_to(request.scope).select_related("upper"), pk=plan_id)
    foundation.actions.require(
        request.actor, actions.REVIEW if change else actions.READ, plan.region_path if change else None
    )
    if change and plan.state == PlanState.ARCHIVED:
        raise NotInReview()
    return plan


def chain_listing(asked: foundation.exports.Asked) -> foundation.exports.Listing:
    plan = get_object_or_404(Plan.objects.visible_to(asked.scope).select_related("upper"), pk=asked.subject)
    return exports.chain(plan, chain(plan), _shown(asked.query))


foundation.exports.register(
    "plans.chain", chain_listing, permission=actions.READ, audit="plan.export", formats=exports.PAPERS
)


def _shown(query: QueryDict) -> str:
    return query.get("show", "") if query.get("show") in LISTS else "pairs"


@foundation.access(actions.READ)
@require_GET
def chain_page(request: HttpRequest, plan_id: int) -> HttpResponseBase:
    if file := foundation.exports.answer(request, "plans.chain", plan_id):
        return file
    plan = _plan(request, plan_id, change=False)
    uppers = possible_uppers(plan, request.scope)
    found = chain(plan) if plan.upper else None
    lists = {"pairs": found.pairs, "missing": found.missing, "short": found.shortfalls} if found else {}
    show = _shown(request.GET)
    context = {
        "plan": plan,
        "chain": found,
        "show": show,
        "tabs": [(key, LISTS[key], f"?show={key}", len(rows)) for key, rows in lists.items()],
        "page": Paginator(lists[show], PAGE).get_page(request.GET.get("page")) if found else None,
        "form": UpperForm(uppers=uppers, initial={"upper": plan.upper_id}),
        "may_change": request.actor.may(actions.REVIEW, plan.region_path),
    }
    return render(request, "plans/chain.html", context)


@foundation.access(actions.REVIEW)
@require_POST
def chain_link(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = _plan(request, plan_id, change=True)
    uppers = possible_uppers(plan, request.scope)
    form = UpperForm(request.POST, uppers=uppers)
    if form.is_valid():
        services.link_upper(plan, uppers.filter(pk=form.cleaned_data["upper"]).first(), actor=request.actor)
        services.propose(plan)
    return redirect("plans:chain", plan_id=plan.pk)


@foundation.access(actions.REVIEW)
@require_POST
def chain_decide(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Confirm or refuse one proposal, or all that are similar enough, or link two tasks by hand."""
    plan = _plan(request, plan_id, change=True)
    form = DecisionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        if given["alignment"]:
            alignment = get_object_or_404(Alignment, pk=given["alignment"], task__plan=plan)
            services.decide(alignment, confirmed=ANSWERS[given["answer"] or "reopen"], actor=request.actor)
        elif given["answer"] == "confirm_likely":
            services.confirm_likely(plan, actor=request.actor)
        elif given["task"] and given["upper"]:
            task = get_object_or_404(LedgerTask, pk=given["task"], plan=plan, current=True)
            upper = get_object_or_404(LedgerTask, pk=given["upper"], plan=plan.upper, current=True)
            services.align(task, upper, actor=request.actor)
    row = LedgerTask.objects.current().filter(plan=plan, pk=form.cleaned_data.get("row")).first()
    return redirect(reverse("plans:chain", args=[plan.pk]) + (_place(row) if row else ""))


def _place(row: LedgerTask) -> str:
    """The page of the list that shows a task, and its place there."""
    before = LedgerTask.objects.current().filter(plan=row.plan_id)
    number = before.filter(Q(position__lt=row.position) | Q(position=row.position, pk__lt=row.pk)).count()
    return f"?page={number // PAGE + 1}#task-{row.pk}"
