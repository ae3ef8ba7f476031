"""From draft to version: what is still to be done, what has changed, and the act of issuing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kepu.foundation import door as foundation
from kepu.plans import actions, versions
from kepu.plans.forms import IssueForm, PlanForm
from kepu.plans.models import Plan, Version
from kepu.plans.queries.desk import load
from kepu.plans.services import archiving, issuing
from kepu.plans.views.reach import open_plan_for, plan_for

PARTICULARS = ("title", "kind", "issuing_body", "document_number", "issued_on", "start_year", "end_year")
SHOWN = 20  # obstacles of one kind that the page names; the rest are counted


@foundation.access(actions.ISSUE)
def issue(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = open_plan_for(request, plan_id, actions.ISSUE)
    last = Version.objects.filter(plan=plan).order_by("number").last()
    form = IssueForm(request.POST if request.method == "POST" else None, later=last is not None)
    if request.method == "POST" and form.is_valid():
        version = issuing.issue(plan=plan, actor=request.actor, reason=form.cleaned_data.get("reason", ""))
        messages.success(
            request, _("Version %(number)s is issued and stands in the ledger.") % {"number": version.number}
        )
        return redirect("plans:plan", plan_id=plan.pk)
    desk = load(plan)
    found = issuing.obstacles(desk)
    content = issuing.content_of(desk)
    context = {
        "plan": plan,
        "desk": desk,
        "obstacles": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
        "last": last,
        "changes": versions.diff(last.content, content) if last else None,
        "same": last is not None and versions.digest(content) == last.digest,
        "form": form,
        "roles_open": [card for card in desk.live if card.unsplit],
    }
    return render(request, "plans/issue.html", context, status=422 if form.is_bound else 200)


@foundation.access(actions.REVIEW)
def describe(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The particulars of the document, corrected by hand."""
    plan = open_plan_for(request, plan_id, actions.REVIEW)
    initial = {name: getattr(plan, name) for name in PARTICULARS} | {"seen": plan.version}
    form = PlanForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in PARTICULARS}
        issuing.describe(plan=plan, expected=form.cleaned_data["seen"], actor=request.actor, **values)
        return redirect("plans:plan", plan_id=plan.pk)
    return render(request, "plans/describe.html", {"plan": plan, "form": form}, status=422 if form.is_bound else 200)


@foundation.access(actions.READ)
@require_GET
def version(request: HttpRequest, plan_id: int, number: int) -> HttpResponse:
    """One issued version: what it changed, and the digest by which a copy is recognised. For the plan's own office."""
    plan = plan_for(request, plan_id, actions.READ)
    found = get_object_or_404(Version, plan=plan, number=number)
    before = Version.objects.filter(plan=plan, number=number - 1).first()
    context = {
        "plan": plan,
        "version": found,
        "intact": versions.digest(found.content) == found.digest,
        "changes": versions.diff(before.content, found.content) if before else None,
    }
    return render(request, "plans/version.html", context)


@foundation.access(actions.PUBLISH)
@require_POST
def publish(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Show an issued plan to residents, or take it off their pages."""
    plan: Plan = open_plan_for(request, plan_id, actions.PUBLISH)
    issuing.publish(plan=plan, public=request.POST.get("public") == "1", actor=request.actor)
    return redirect("plans:plan", plan_id=plan.pk)


@foundation.access(actions.ISSUE)
@require_POST
def archive(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Put a plan away, or (`back`) take it out again."""
    plan = plan_for(request, plan_id, actions.ISSUE)
    if "back" in request.POST or "back" in request.GET:
        archiving.take_back(plan=plan, actor=request.actor)
        messages.success(request, _("The plan is back in the ledger and open for changes."))
    else:
        archiving.archive(plan=plan, actor=request.actor)
        url = reverse("plans:archive", args=[plan.pk])
        sentence = _("Archived. It has left ledger, due items and the public pages; it stays under archived plans.")
        foundation.undo.offer(request, sentence, f"{url}?back=1")
    return redirect("plans:plan", plan_id=plan.pk)
