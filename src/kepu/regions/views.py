"""Divisions that the office keeps: the tree as a list, one division, population, changes."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.foundation import door as foundation
from kepu.regions import actions, services, sheets
from kepu.regions.forms import ChangeForm, DivisionFilter, DivisionForm, PopulationForm
from kepu.regions.models import Division, DivisionChangeLine, DivisionQuerySet, Population

exports = foundation.exports
PAGE = 100


LISTING = "regions.divisions"


def _kept(asked: HttpRequest | exports.Asked) -> DivisionQuerySet:
    paths = tuple(path for path in asked.scope.regions if asked.actor.may(actions.MANAGE, path))
    return Division.objects.visible_to(foundation.Scope(regions=paths))


def _filtered(asked: exports.Asked) -> tuple[DivisionFilter, DivisionQuerySet]:
    form = DivisionFilter(asked.query)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = _kept(asked)
    if not wanted.get("ended"):
        rows = rows.on(foundation.clock.today())
    if wanted.get("q"):
        rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(code__startswith=wanted["q"]))
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    return form, rows.order_by("path")


def division_listing(asked: exports.Asked) -> exports.Listing:
    """The filtered list in the columns that the import reads, with the latest population."""
    _form, rows = _filtered(asked)
    table = (_as_row(row) for row in rows.select_related("parent").prefetch_related("populations").iterator(500))
    return exports.Listing(_("Divisions"), sheets.COLUMNS, table, total=rows.count())


def _as_row(row: Division) -> dict[str, Any]:
    figure = max(row.populations.all(), key=lambda p: p.year, default=None)
    return {
        "code": row.code, "name": row.name, "kind": row.kind, "parent": row.parent.code if row.parent else "",
        "valid_from": row.valid_from, "valid_to": row.valid_to, "year": figure and figure.year,
        "persons": figure and figure.persons,
    }  # fmt: skip


exports.register(LISTING, division_listing, permission=actions.MANAGE, audit="regions.export")


@foundation.access(actions.MANAGE)
def division_list(request: HttpRequest) -> HttpResponseBase:
    """The tree in the order of codes, each row as far in as it lies deep."""
    if file := exports.answer(request, LISTING):
        return file
    form, rows = _filtered(exports.Asked.of(request))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    latest: dict[int, Population] = {}
    for figure in Population.objects.filter(division__in=list(page)).order_by("year"):
        latest[figure.division_id] = figure
    table = [(row, row.path.count("/") - 2, latest.get(row.pk)) for row in page]
    context = {"form": form, "page": page, "table": table}
    return render(request, "regions/divisions.html", context)


@foundation.access(actions.MANAGE)
def new_division(request: HttpRequest) -> HttpResponse:
    form = DivisionForm(request.POST or None, kept=_kept(request).on(foundation.clock.today()))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_division(**form.cleaned_data, actor=request.actor)
        except foundation.Refusal as refused:
            form.add_error(refused.where if refused.where in form.fields else None, str(refused))
        else:
            messages.success(request, _("%(name)s has been registered.") % {"name": made.name})
            return redirect("regions:division", division_id=made.pk)
    return render(request, "regions/new_division.html", {"form": form}, status=400 if form.errors else 200)


@foundation.access(actions.MANAGE)
def division(request: HttpRequest, division_id: int) -> HttpResponse:
    return _page_of(request, get_object_or_404(_kept(request).select_related("parent"), pk=division_id))


def _page_of(request: HttpRequest, place: Division, refused: PopulationForm | None = None) -> HttpResponse:
    """The page of a division; `refused` is the form for a population as it was sent."""
    context = {
        "place": place,
        "children": Division.objects.on(foundation.clock.today()).filter(parent=place).order_by("sort_order", "path"),
        "populations": Population.objects.filter(division=place).order_by("-year"),
        "history": DivisionChangeLine.objects.filter(Q(source=place) | Q(target=place))
        .select_related("change", "source", "target")
        .order_by("change__on", "id"),
        "population_form": refused or PopulationForm(),
    }
    return render(request, "regions/division.html", context, status=400 if refused else 200)


@foundation.access(actions.MANAGE)
@require_POST
def add_population(request: HttpRequest, division_id: int) -> HttpResponse:
    place = get_object_or_404(_kept(request), pk=division_id)
    form = PopulationForm(request.POST)
    if not form.is_valid():
        return _page_of(request, place, form)
    services.set_population(division=place, actor=request.actor, **form.cleaned_data)
    messages.success(request, _("The figure has been saved."))
    return redirect("regions:division", division_id=place.pk)


@foundation.access(actions.MANAGE)
def change_division(request: HttpRequest, division_id: int) -> HttpResponse:
    """Rename, recode, merge or split from a day on; figures of both boundaries stay comparable."""
    place = get_object_or_404(_kept(request), pk=division_id)
    form = ChangeForm(request.POST or None, source=place, kept=_kept(request))
    if request.method == "POST" and form.is_valid():
        try:
            _apply(form, place, request.actor)
        except foundation.Refusal as refused:
            form.add_error(refused.where if refused.where in form.fields else None, str(refused))
        else:
            messages.success(request, _("The change has been recorded."))
            return redirect("regions:division", division_id=place.pk)
    context = {"form": form, "place": place}
    return render(request, "regions/change.html", context, status=400 if form.errors else 200)


def _apply(form: ChangeForm, place: Division, actor: foundation.Actor) -> None:
    said = form.cleaned_data
    common = {"on": said["on"], "basis": said["basis"], "actor": actor}
    if said["what"] == "rename":
        services.rename(division=place, name=said["name"], short_name="", **common)
    elif said["what"] == "recode":
        services.recode(division=place, name=said["name"], code=said["code"], **common)
    elif said["what"] == "merge":
        services.merge(sources=[place], target=said["targets"][0], **common)
    else:
        services.split(source=place, parts=said["parts"], **common)
