"""Bodies of the regions that the office keeps: list, entry, aliases, changes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.foundation import door as foundation
from kepu.people import columns
from kepu.people.models import Membership, Organisation, OrganisationAlias, OrganisationSuccession
from kepu.people.organisation_forms import AliasForm, ChangeForm, OrganisationFilter, OrganisationForm
from kepu.people.services import organisations
from kepu.regions import door as regions

exports = foundation.exports
PAGE = 100


LISTING = "people.organisations"


def _kept_paths(asked: HttpRequest | exports.Asked) -> tuple[str, ...]:
    return tuple(path for path in asked.scope.regions if asked.actor.may("people.manage", path))


def _kept(asked: HttpRequest | exports.Asked) -> QuerySet[Organisation]:
    return Organisation.objects.visible_to(foundation.Scope(regions=_kept_paths(asked)))


def _places(asked: HttpRequest | exports.Asked) -> list[regions.DivisionInfo]:
    today = foundation.clock.today()
    return [division for path in _kept_paths(asked) for division in regions.below(path, today)]


def _filtered(asked: exports.Asked) -> tuple[OrganisationFilter, QuerySet[Organisation]]:
    form = OrganisationFilter(asked.query, places=_places(asked))
    rows = _kept(asked)
    wanted = form.cleaned_data if form.is_valid() else {}
    if not wanted.get("ended"):
        rows = rows.on(foundation.clock.today())
    if wanted.get("q"):
        rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(short_name__icontains=wanted["q"]))
    if wanted.get("region"):
        rows = rows.filter(region_path=wanted["region"])
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    return form, rows.order_by("region_path", "sort_order", "id")


def organisation_listing(asked: exports.Asked) -> exports.Listing:
    """The filtered list in the columns that the import reads."""
    _form, rows = _filtered(asked)
    codes = {
        path: info.code
        for path, info in regions.divisions(set(rows.order_by().values_list("region_path", flat=True))).items()
    }
    table = (
        {
            "region": codes.get(row.region_path, ""),
            "name": row.name,
            "short_name": row.short_name,
            "kind": row.kind,
            "sort_order": row.sort_order,
            "is_member": "yes" if row.is_member else "no",
            "aliases": [alias.alias for alias in row.aliases.all() if alias.valid_to is None],
            "valid_from": row.valid_from,
        }
        for row in rows.prefetch_related("aliases").iterator(chunk_size=500)
    )
    return exports.Listing(_("Organisations"), columns.ORGANISATIONS, table, total=rows.count())


exports.register(LISTING, organisation_listing, permission="people.manage", audit="organisation.export")


@foundation.access("people.manage")
def organisation_list(request: HttpRequest) -> HttpResponseBase:
    if file := exports.answer(request, LISTING):
        return file
    form, rows = _filtered(exports.Asked.of(request))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    names = regions.divisions({row.region_path for row in page})
    table = [(row, names[row.region_path].name if row.region_path in names else row.region_path) for row in page]
    return render(request, "people/organisations.html", {"form": form, "page": page, "table": table})


@foundation.access("people.manage")
def new_organisation(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None, places=_places(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        foundation.actions.require(request.actor, "people.manage", values["region_path"])
        try:
            made = organisations.create_organisation(**values, actor=request.actor)
        except foundation.Refusal as refused:
            form.add_error(refused.where if refused.where in form.fields else None, str(refused))
        else:
            messages.success(request, _("%(name)s has been registered.") % {"name": made.name})
            return redirect("people:organisation", organisation_id=made.pk)
    return render(request, "people/organisation_form.html", {"form": form}, status=400 if form.errors else 200)


@foundation.access("people.manage")
def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    return _page_of(request, get_object_or_404(_kept(request), pk=organisation_id))


def _page_of(request: HttpRequest, body: Organisation, refused: AliasForm | None = None) -> HttpResponse:
    """The page of an organisation; `refused` is the form for another name as it was sent."""
    today = foundation.clock.today()
    above = regions.above(body.region_path)
    own = regions.division(body.region_path)
    context = {
        "body": body,
        "region": own,
        "aliases": OrganisationAlias.objects.filter(organisation=body).order_by("alias"),
        "holders": Membership.objects.on(today).filter(organisation=body).select_related("user", "role"),
        "history": OrganisationSuccession.objects.filter(Q(source=body) | Q(target=body))
        .select_related("change", "source", "target")
        .order_by("change__on", "id"),
        "alias_form": refused
        or AliasForm(places=[place for place in (own, *above) if place and _may_keep(request, place.path)]),
        "change_form": ChangeForm(source=body, scope=request.scope),
    }
    return render(request, "people/organisation.html", context, status=400 if refused else 200)


def _may_keep(request: HttpRequest, path: str) -> bool:
    return request.actor.may("people.manage", path)


@foundation.access("people.manage")
def edit_organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    body = get_object_or_404(_kept(request), pk=organisation_id)
    form = OrganisationForm(request.POST or None, instance=body, places=[])
    if request.method == "POST" and form.is_valid():
        values = {key: value for key, value in form.cleaned_data.items() if key != "sort_order" or value is not None}
        try:
            organisations.change_organisation(organisation_id=body.pk, actor=request.actor, **values)
        except foundation.Refusal as refused:
            form.add_error(refused.where if refused.where in form.fields else None, str(refused))
        else:
            messages.success(request, _("The entry has been corrected."))
            return redirect("people:organisation", organisation_id=body.pk)
    context = {"form": form, "body": body}
    return render(request, "people/organisation_form.html", context, status=400 if form.errors else 200)


@foundation.access("people.manage")
@require_POST
def add_alias(request: HttpRequest, organisation_id: int) -> HttpResponse:
    body = get_object_or_404(_kept(request), pk=organisation_id)
    places = [place for place in _places(request) if body.region_path.startswith(place.path)]
    form = AliasForm(request.POST, places=places)
    if not form.is_valid():
        return _page_of(request, body, form)
    organisations.learn_alias(organisation_id=body.pk, actor=request.actor, **form.cleaned_data)
    messages.success(request, _("From now on this name is understood."))
    return redirect("people:organisation", organisation_id=body.pk)


@foundation.access("people.manage")
@require_POST
def end_alias(request: HttpRequest, alias_id: int) -> HttpResponse:
    alias = get_object_or_404(OrganisationAlias, pk=alias_id, organisation__in=_kept(request))
    organisations.forget_alias(alias_id=alias.pk, actor=request.actor)
    return redirect("people:organisation", organisation_id=alias.organisation_id)


@foundation.access("people.manage")
def change_organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Rename, merge or split from a day on; what is open passes to the heirs."""
    body = get_object_or_404(_kept(request), pk=organisation_id)
    form = ChangeForm(request.POST or None, source=body, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            _apply(form, body, request.actor)
        except foundation.Refusal as refused:
            form.add_error(refused.where if refused.where in form.fields else None, str(refused))
        else:
            messages.success(request, _("The change has been recorded; what is open passes to the successor."))
            return redirect("people:organisation", organisation_id=body.pk)
    context = {"form": form, "body": body}
    return render(request, "people/organisation_change.html", context, status=400 if form.errors else 200)


def _apply(form: ChangeForm, body: Organisation, actor: foundation.Actor) -> None:
    said = form.cleaned_data
    common = {"on": said["on"], "basis": said["basis"], "actor": actor}
    if said["what"] == "rename":
        organisations.rename(organisation_id=body.pk, name=said["name"], short_name=said["short_name"], **common)
    elif said["what"] == "merge":
        organisations.merge(source_ids=[body.pk], target_id=said["targets"][0].pk, **common)
    else:
        organisations.split(source_id=body.pk, parts=said["parts"], **common)
