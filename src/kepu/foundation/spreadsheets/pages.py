"""The import pages of every room: choose a file, look at the report, confirm."""

from typing import Any
from urllib.parse import quote

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kepu.foundation import actions, files
from kepu.foundation.access import SIGNED_IN, access
from kepu.foundation.errors import Refusal
from kepu.foundation.models.jobs import Job
from kepu.foundation.models.sheets import SheetRun, SheetState
from kepu.foundation.spreadsheets import runs, writing
from kepu.foundation.spreadsheets.imports import SheetImport, Target, importer_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STEPS = (_("Choose a file"), _("Check"), _("Done"))
PROBLEMS = 50  # on one page


class UploadForm(forms.Form):
    region = forms.ChoiceField(label=_("Import for"))
    file = forms.FileField(
        label=_("Spreadsheet"), help_text=_(".xlsx, .xls, .et or .csv; the first sheet with the right head is read.")
    )

    def __init__(self, *args: Any, places: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = places
        if len(places) == 1:
            self.fields["region"].widget = forms.HiddenInput()
            self.initial["region"] = places[0][0]
        self.fields["file"].widget.attrs["accept"] = ",".join(files.purpose("sheet").extensions)


def _importer(kind: str) -> SheetImport:
    importer = importer_of(kind)
    if importer is None:
        raise Http404
    return importer


def _subject(request: HttpRequest) -> int | None:
    text = request.GET.get("subject", "")
    if text and not text.isdigit():
        raise Http404
    return int(text) if text else None


def _places(importer: SheetImport, subject: int | None, request: HttpRequest) -> list[tuple[str, Any]]:
    """Where this person may import to; asks the right before anything of the subject is shown."""
    if subject is not None:
        path = importer.region_of(subject, request.actor)
        actions.require(request.actor, importer.permission, path)
        return [(path, path)]
    places = importer.places(request.actor)
    if not places:
        raise PermissionDenied(importer.permission)
    return places


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def start(request: HttpRequest, kind: str) -> HttpResponse:
    importer = _importer(kind)
    subject = _subject(request)
    places = _places(importer, subject, request)
    form = UploadForm(request.POST or None, request.FILES or None, places=places)
    if request.method == "POST" and form.is_valid():
        upload, path = form.cleaned_data["file"], form.cleaned_data["region"]
        actions.require(request.actor, importer.permission, path)
        try:
            run = runs.begin(importer, upload, name=upload.name, target=Target(path, subject, request.actor))
        except files.FileRefused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("foundation:sheet_run", run.pk)
    earlier = SheetRun.objects.visible_to(request.scope).filter(kind=kind, subject_id=subject)
    held = [run for run in earlier[:30] if request.actor.may(importer.permission, run.region_path)][:10]
    context = {
        "importer": importer,
        "subject": subject,
        "subject_title": importer.subject_title(subject) if subject is not None else "",
        "columns": importer.columns_for(subject),
        "form": form,
        "earlier": held,
        "steps": STEPS,
        "back": importer.back_url(subject),
        "limit": files.purpose("sheet").megabytes,
    }
    return render(request, "foundation/sheets/start.html", context, status=422 if form.errors else 200)


@require_safe
@access(SIGNED_IN)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    importer = _importer(kind)
    subject = _subject(request)
    _places(importer, subject, request)
    columns, rows = importer.columns_for(subject), importer.filled(subject)
    name = importer.subject_title(subject) if subject is not None else ""
    if rows is None:
        data = writing.template(columns, importer.title)
    else:
        data = writing.export_xlsx(importer.title, columns, rows, note=name)
    return _attached(data, f"{importer.title}.xlsx")


def _held(request: HttpRequest, run_id: int) -> tuple[SheetRun, SheetImport]:
    run = get_object_or_404(SheetRun.objects.visible_to(request.scope), pk=run_id)
    importer = _importer(run.kind)
    actions.require(request.actor, importer.permission, run.region_path)
    return runs.settle(run), importer


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """The report of a check, and after confirming the result; while a job is at work, its progress."""
    found, importer = _held(request, run_id)
    refusal = ""
    if request.method == "POST":
        try:
            runs.confirm(found, importer, only_good=request.POST.get("mode") == "good", actor=request.actor)
            return redirect("foundation:sheet_run", found.pk)
        except Refusal as refused:
            refusal = str(refused)
            found.refresh_from_db()
    problems = Paginator(found.report.get("problems", []), PROBLEMS).get_page(request.GET.get("page"))
    at_work = found.state in {SheetState.CHECKING, SheetState.APPLYING}
    context = {
        "run": found,
        "importer": importer,
        "subject_title": importer.subject_title(found.subject_id) if found.subject_id is not None else "",
        "report": found.report,
        "problems": problems,
        "refusal": refusal,
        "at_work": at_work,
        "job": Job.objects.filter(pk=found.job_id).first() if at_work else None,
        "steps": STEPS,
        "step": 3 if found.state == SheetState.APPLIED else 2,
        "file": runs.file_of(found),
        "again": importer.url(found.subject_id),
        "back": importer.back_url(found.subject_id),
    }
    return render(request, "foundation/sheets/run.html", context, status=409 if refusal else 200)


@require_safe
@access(SIGNED_IN)
def errors(request: HttpRequest, run_id: int) -> HttpResponse:
    found, importer = _held(request, run_id)
    if not found.report.get("problems"):
        raise Http404
    return _attached(runs.marked_file(found), f"{importer.title}-{_('to correct')}.xlsx")


def _attached(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
