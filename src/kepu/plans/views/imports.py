"""Importing: upload or paste, see how far it is, read again, take a failed import away."""

from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.foundation import door as foundation
from kepu.plans import actions
from kepu.plans.forms import AgainForm, ImportForm, NewPlanForm
from kepu.plans.services import importing, table_in
from kepu.plans.sheets.breakdown import BREAKDOWN
from kepu.plans.views.reach import open_plan_for
from kepu.regions import door as regions

ABOVE_VILLAGES = {
    regions.Kind.PROVINCE,
    regions.Kind.PREFECTURE,
    regions.Kind.COUNTY,
    regions.Kind.ZONE,
    regions.Kind.TOWNSHIP,
}


def regions_for(actor: foundation.Actor) -> list[tuple[str, str]]:
    """Regions whose plans this person may import: the own ones first, then those below."""
    today = foundation.clock.today()
    own = sorted({grant.region_path for grant in actor.grants if grant.action == actions.IMPORT})
    found: dict[str, str] = {}
    for path in own:
        below = [division for division in regions.below(path, today) if division.kind in ABOVE_VILLAGES]
        found |= {division.path: division.name for division in below}
    return sorted(found.items(), key=lambda item: (item[0] not in own, item[0]))


@foundation.access(actions.IMPORT)
def start(request: HttpRequest) -> HttpResponse:
    places = regions_for(request.actor)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*sent, regions=places)
    if not form.is_valid():
        return render(request, "plans/import.html", {"form": form}, status=422 if form.is_bound else 200)
    uploads = list(form.cleaned_data["files"])
    pasted = form.cleaned_data["text"].strip()
    if pasted:
        uploads.append(ContentFile(pasted.encode(), name=pasted.split("\n", 1)[0].strip()[:80] + ".txt"))
    results = importing.receive_all(uploads=uploads, region_path=form.cleaned_data["region"], actor=request.actor)
    taken = [one.plan for one in results if one.plan is not None]
    for one in results:
        if one.refusal is not None:
            sentence = _("%(name)s: %(reason)s") % {"name": one.name, "reason": one.refusal}
            if taken:
                messages.error(request, sentence)
            else:
                form.add_error(
                    "files" if one.name in {file.name for file in form.cleaned_data["files"]} else "text", sentence
                )
    if not taken:
        return render(request, "plans/import.html", {"form": form}, status=422)
    if len(taken) == 1 and len(results) == 1:
        return redirect("foundation:job", pk=taken[0].job_id)
    messages.success(request, _("%(count)s files are being read.") % {"count": len(taken)})
    return redirect("plans:index")


@foundation.access(actions.IMPORT)
def new(request: HttpRequest) -> HttpResponse:
    """A plan without a document: its particulars first, then its rows by spreadsheet."""
    places = [(path, name) for path, name in regions_for(request.actor) if request.actor.may(actions.REVIEW, path)]
    form = NewPlanForm(request.POST if request.method == "POST" else None, regions=places)
    if not form.is_valid():
        return render(request, "plans/new.html", {"form": form}, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    plan = table_in.begin(
        title=given["title"], kind=given["kind"], region_path=given["region"], start_year=given["start_year"],
        end_year=given["end_year"], actor=request.actor,
    )  # fmt: skip
    return redirect(BREAKDOWN.url(subject=plan.pk))


@foundation.access(actions.IMPORT)
@require_POST
def again(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = open_plan_for(request, plan_id, actions.IMPORT)
    form = AgainForm(request.POST, request.FILES)
    form.is_valid()  # the file is checked by the service, the form only carries it
    upload = form.cleaned_data.get("file")
    importing.read_again(plan=plan, data=upload, name=upload.name if upload else "", actor=request.actor)
    return redirect("foundation:job", pk=plan.job_id)


@foundation.access(actions.IMPORT)
@require_POST
def discard(request: HttpRequest, plan_id: int) -> HttpResponse:
    importing.discard(plan=open_plan_for(request, plan_id, actions.IMPORT), actor=request.actor)
    messages.success(request, _("The import has been taken away."))
    return redirect("plans:index")
