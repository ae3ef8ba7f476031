"""The roll of a full-coverage promise: looked at by whoever sees the promise, filled and ticked by the office."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kepu.foundation import door as foundation
from kepu.plans import actions, exports
from kepu.plans.filters import RollFillForm, RollFilter, RollMarkForm
from kepu.plans.models import LedgerTarget, RollChange, RollItem
from kepu.plans.queries import rolls as queries
from kepu.plans.services import rolls as services
from kepu.plans.sheets.rolls import ROLL
from kepu.regions import door as regions

PAGE = 50


def _seen(scope: foundation.Scope, target_id: int) -> LedgerTarget:
    """A target that runs over a roll, or has one from an earlier wording. Out of scope 404."""
    seen = LedgerTarget.objects.visible_to(scope).select_related("plan", "task")
    target = get_object_or_404(seen, pk=target_id)
    if not target.runs_over_roll and not RollItem.objects.filter(target=target).exists():
        raise Http404
    return target


def _target(request: HttpRequest, target_id: int, action: str = "") -> LedgerTarget:
    """The same for a page; without the right 403."""
    target = _seen(request.scope, target_id)
    if action:
        foundation.actions.require(request.actor, action, target.region_path)
    return target


def _asked(query: QueryDict) -> tuple[RollFilter, dict[str, str]]:
    form = RollFilter(query)
    form.is_valid()
    return form, {"words": form.cleaned_data.get("q") or "", "state": form.cleaned_data.get("state") or ""}


def _here(request: HttpRequest, target: LedgerTarget) -> str:
    """The roll's page with the filter that was on."""
    query = request.GET.urlencode()
    return reverse("plans:roll", args=[target.pk]) + (f"?{query}" if query else "")


def roll_listing(asked: foundation.exports.Asked) -> foundation.exports.Listing:
    target = _seen(asked.scope, asked.subject or 0)
    _form, wanted = _asked(asked.query)
    return exports.roll(target, queries.items(target, **wanted))


foundation.exports.register(
    "plans.roll", roll_listing, permission=actions.READ, audit="plan.export", formats=exports.PAPERS
)


@foundation.access(actions.READ)
@require_GET
def roll(request: HttpRequest, target_id: int) -> HttpResponseBase:
    if file := foundation.exports.answer(request, "plans.roll", target_id):
        return file
    target = _target(request, target_id)
    return _page(request, target, RollMarkForm(initial={"covered_on": foundation.clock.today()}))


def _page(request: HttpRequest, target: LedgerTarget, mark_form: RollMarkForm, status: int = 200) -> HttpResponse:
    form, asked = _asked(request.GET)
    page = Paginator(queries.items(target, **asked), PAGE).get_page(request.GET.get("page"))
    queries.attach([target])
    may_mark = request.actor.may(actions.REVIEW, target.region_path)
    context = {
        "target": target,
        "form": form,
        "page": page,
        "query": request.GET.urlencode(),
        "filtered": any(asked.values()),
        "mark_form": mark_form,
        "may_mark": may_mark,
        "changes": queries.changes(target) if may_mark else (),
    }
    return render(request, "plans/roll.html", context, status=status)


@foundation.access(actions.REVIEW)
@require_POST
def mark(request: HttpRequest, target_id: int) -> HttpResponse:
    """Tick, take the tick away, or take off the roll: one item by its own button, the chosen ones, or all of the filter."""
    target = _target(request, target_id, actions.REVIEW)
    form = RollMarkForm(_single(request))
    if not form.is_valid():
        return _page(request, target, form, status=422)
    seen = dict(_chosen(request, target, form))
    if not seen:
        messages.warning(request, _("Nothing was chosen. Tick the items in front of their names first."))
        return redirect(_here(request, target))
    change = _done(target, seen, form.cleaned_data, request.actor)
    _tell(request, target, change)
    return redirect(_here(request, target))


def _single(request: HttpRequest) -> Any:
    """A row's own button says what is done and to which item: `cover 12:3`."""
    given = request.POST.copy()
    act, space, item = given.get("single", "").partition(" ")
    if space:
        given.setlist("act", [act])
        given.setlist("item", [item])
        given.pop("every", None)
    request.POST = given
    return given


def _chosen(request: HttpRequest, target: LedgerTarget, form: RollMarkForm) -> Iterator[tuple[int, int]]:
    if form.cleaned_data["every"]:
        _form, asked = _asked(request.GET)
        yield from queries.items(target, **asked).values_list("pk", "version")
        return
    for pair in request.POST.getlist("item"):
        item, _colon, version = pair.partition(":")
        if item.isdecimal() and version.isdecimal():
            yield int(item), int(version)


def _done(
    target: LedgerTarget, seen: dict[int, int], given: dict[str, Any], actor: foundation.Actor
) -> RollChange | None:
    if given["act"] == "cover":
        return services.cover(target, seen, on=given["covered_on"], note=given["note"], actor=actor)
    return {"uncover": services.uncover, "remove": services.remove}[given["act"]](target, seen, actor=actor)


def _tell(request: HttpRequest, target: LedgerTarget, change: RollChange | None) -> None:
    """Say what was done, with a button that takes it back."""
    if change is None:
        messages.info(request, _("Nothing had to be changed."))
        return
    count = len(change.changes)
    sentence = ngettext("%(act)s: %(count)s item.", "%(act)s: %(count)s items.", count)
    address = reverse("plans:roll_undo", args=[target.pk, change.pk])
    foundation.undo.offer(request, sentence % {"act": change.get_act_display(), "count": count}, address)


@foundation.access(actions.REVIEW)
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, target_id: int) -> HttpResponse:
    target = _target(request, target_id, actions.REVIEW)
    sources = queries.sources(target)
    kinds = dict(regions.Kind.choices) | {"units": _("Units that the task names together")}
    labels = [(key, f"{kinds[key]}（{len(names)}）") for key, names in sources.items()]
    form = RollFillForm(request.POST or None, sources=labels)
    if request.method == "POST" and form.is_valid():
        names = [*sources.get(form.cleaned_data["source"], ()), *form.cleaned_data["names"]]
        _tell(request, target, services.fill(target, names, actor=request.actor))
        return redirect("plans:roll", target_id=target.pk)
    context = {"target": target, "form": form, "sheet_url": ROLL.url(subject=target.pk)}
    return render(request, "plans/roll_fill.html", context, status=422 if form.errors else 200)


@foundation.access(actions.REVIEW)
@require_POST
def undo(request: HttpRequest, target_id: int, change_id: int) -> HttpResponse:
    target = _target(request, target_id, actions.REVIEW)
    change = get_object_or_404(RollChange.objects.select_related("target"), pk=change_id, target=target)
    services.undo(change, actor=request.actor)
    messages.success(request, _("Undone: %(act)s") % {"act": change.get_act_display()})
    return redirect("plans:roll", target_id=target.pk)
