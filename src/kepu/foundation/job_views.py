"""Pages of background work: what runs, what could not be finished, and what to do about it (quality U2, R9)."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from kepu.foundation import jobs
from kepu.foundation.access import SIGNED_IN, access
from kepu.foundation.models.jobs import Job, JobState

CHIPS = {
    JobState.WAITING: "todo",
    JobState.RUNNING: "active",
    JobState.DONE: "done",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "todo",
}


@require_safe
@access(SIGNED_IN)
def job_list(request: HttpRequest) -> HttpResponse:
    """One's own background work and that of the regions over which one may see it; the unfinished on request."""
    state = request.GET.get("state", "")
    found = Job.objects.visible_to(request.actor)
    if state in JobState.values:
        found = found.filter(state=state)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    for row in page:
        row.chip = CHIPS[row.state]
    context = {"page": page, "state": state, "states": JobState.choices}
    return render(request, "foundation/job_list.html", context)


def _page(request: HttpRequest, pk: int, template: str) -> HttpResponse:
    row = get_object_or_404(Job.objects.visible_to(request.actor), pk=pk)
    result_url = str(row.result.get("result_url", ""))
    return render(
        request,
        template,
        {
            "job": row,
            "chip": CHIPS[row.state],
            "result_url": result_url if result_url.startswith("/") and not result_url.startswith("//") else "",
            "may_act": _may_act(request, row),
        },
    )


@require_safe
@access(SIGNED_IN)
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, pk, "foundation/job.html")


@require_safe
@access(SIGNED_IN)
def job_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the page alone, asked for every second while the work is open."""
    return _page(request, pk, "foundation/job_state.html")


def _may_act(request: HttpRequest, row: Job) -> bool:
    """Whoever started it, and whoever looks after the installation."""
    own = row.actor_id is not None and row.actor_id == request.actor.user_id
    return own or request.actor.may("system.manage", row.region_path)


def _acting_on(request: HttpRequest, pk: int) -> Job:
    row = get_object_or_404(Job.objects.visible_to(request.actor), pk=pk)
    if not _may_act(request, row):
        raise PermissionDenied("system.manage")
    return row


@require_POST
@access(SIGNED_IN)
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    jobs.cancel(_acting_on(request, pk), actor=request.actor)
    return redirect("foundation:job", pk=pk)


@require_POST
@access(SIGNED_IN)
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    jobs.retry(_acting_on(request, pk), actor=request.actor)
    return redirect("foundation:job", pk=pk)
