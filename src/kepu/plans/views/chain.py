"""The chain of plans: link the upper plan, confirm what answers to what, see what nobody takes up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from kepu.foundation import door as foundation
from kepu.plans import actions
from kepu.plans.enums import PlanState
from kepu.plans.errors import NotInReview
from kepu.plans.filters import DecisionForm, UpperForm
from kepu.plans.models import Alignment, LedgerTask, Plan
from kepu.plans.queries.chain import chain, possible_uppers
from kepu.plans.services import chain as services

ANSWERS = {"confirm": True, "refuse": False, "reopen": None}


def _plan(request: HttpRequest, plan_id: int, *, change: bool) -> Plan:
    plan = get_object_or_404(Plan.objects.visible_to(request.scope).select_related("upper"), pk=plan_id)
    foundation.actions.require(
        request.actor, actions.REVIEW if change else actions.READ, plan.region_path if change else None
    )
    if change and plan.state == PlanState.ARCHIVED:
        raise NotInReview()
    return plan


@foundation.access(actions.READ)
@require_GET
def chain_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = _plan(request, plan_id, change=False)
    uppers = possible_uppers(plan, request.scope)
    context = {
        "plan": plan,
        "chain": chain(plan) if plan.upper else None,
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
    anchor = f"#task-{given['row']}" if form.is_valid() and given["row"] else ""
    return redirect(f"{request.path.removesuffix('decide/')}{anchor}")
