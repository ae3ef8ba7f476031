"""Pages of background work: what runs, what could not be finished, and what to do about it (quality U2, R9)."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kepu.foundation import clock, exports, jobs
from kepu.foundation.access import SIGNED_IN, access
from kepu.foundation.models.jobs import Job, JobState
from kepu.foundation.spreadsheets.columns import Column
from kepu.foundation.templatetags.kepu import cn_time

CHIPS = {
    JobState.WAITING: "todo",
    JobState.RUNNING: "active",
    JobState.DONE: "done",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "todo",
}


LISTING = "foundation.jobs"
COLUMNS = (
    Column("title", gettext_lazy("Work")),
    Column("state", gettext_lazy("State of the work")),
    Column("started", gettext_lazy("Started")),
    Column("finished", gettext_lazy("Finished at")),
    Column("attempts", gettext_lazy("Attempts"), kind="integer"),
)


def _found(asked: exports.Asked) -> QuerySet[Job]:
    found = Job.objects.visible_to(asked.actor)
    state = asked.query.get("state", "")
    return found.filter(state=state) if state in JobState.values else found


def job_listing(asked: exports.Asked) -> exports.Listing:
    found = _found(asked)
    rows = (
        {
            "title": row.title,
            "state": row.get_state_display(),
            "started": cn_time(row.created_at),
            "finished": cn_time(row.finished_at),
            "attempts": row.attempts,
        }
        for row in found.iterator()
    )
    return exports.Listing(_("Background work"), COLUMNS, rows, total=found.count())


exports.register(LISTING, job_listing, permission=SIGNED_IN)


@require_safe
@access(SIGNED_IN)
def job_list(request: HttpRequest) -> HttpResponseBase:
    """One's own background work and that of the regions over which one may see it; the unfinished on request."""
    if file := exports.answer(request, LISTING):
        return file
    state = request.GET.get("state", "")
    found = _found(exports.Asked.of(request))
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    for row in page:
        row.chip = CHIPS[row.state]
    context = {"page": page, "state": state, "states": JobState.choices}
    return render(request, "foundation/job_list.html", context)


def _page(request: HttpRequest, pk: int, template: str) -> HttpResponse:
    row = get_object_or_404(Job.objects.visible_to(request.actor), pk=pk)
    result_url = str(row.result.get("result_url", ""))
    kept_until = parse_datetime(row.result.get("kept_until", ""))
    return render(
        request,
        template,
        {
            "job": row,
            "chip": CHIPS[row.state],
            "result_url": result_url if result_url.startswith("/") and not result_url.startswith("//") else "",
            "kept_until": kept_until,
            "is_gone": kept_until is not None and kept_until < clock.now(),
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
