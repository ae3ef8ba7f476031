"""The audit log for auditors: filtered, paged, scoped, exported. Nothing can be changed here, nor anywhere else."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kepu.foundation import audit, exports, sealing
from kepu.foundation.access import access
from kepu.foundation.models.audit import AuditEntry, AuditEntryQuerySet, AuditLink, Outcome
from kepu.foundation.scope import Actor, Scope
from kepu.foundation.spreadsheets import Column

READ = "audit.read"
LISTING = "foundation.audit"

COLUMNS = (
    Column("at", gettext_lazy("Time")),
    Column("actor", gettext_lazy("Account")),
    Column("action", gettext_lazy("What happened")),
    Column("outcome", gettext_lazy("Outcome")),
    Column("object", gettext_lazy("Object")),
    Column("region_path", gettext_lazy("Region path")),
    Column("address", gettext_lazy("Network address")),
    Column("before", gettext_lazy("Before")),
    Column("after", gettext_lazy("After")),
    Column("detail", gettext_lazy("Particulars")),
)


class AuditFilter(forms.Form):
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"}))
    account = forms.CharField(label=gettext_lazy("Account"), required=False, max_length=60)
    action = forms.CharField(label=gettext_lazy("What happened"), required=False, max_length=80)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), required=False, choices=[("", gettext_lazy("All")), *Outcome.choices]
    )
    object = forms.CharField(label=gettext_lazy("Object"), required=False, max_length=120)

    def narrow(self, entries: AuditEntryQuerySet) -> AuditEntryQuerySet:
        """The entries that match; a value that cannot be read matches nothing rather than everything."""
        if not self.is_valid():
            return entries.none()
        asked = self.cleaned_data
        if asked["since"]:
            entries = entries.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            entries = entries.filter(at__lt=_midnight(asked["until"], days=1))
        if asked["account"]:
            named = get_user_model().objects.filter(username=asked["account"]).values_list("pk", flat=True)
            entries = entries.filter(actor_id__in=list(named))
        if asked["action"]:
            entries = entries.filter(action__in=audit.actions_like(asked["action"]))
        if asked["outcome"]:
            entries = entries.filter(outcome=asked["outcome"])
        if asked["object"]:
            kind, _space, key = asked["object"].partition(" ")
            entries = entries.filter(object_kind__in=_kinds_called(kind), **({"object_id": key} if key else {}))
        return entries


def _midnight(day: date, *, days: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min)) + timedelta(days=days)


def _kinds() -> dict[str, str]:
    """Kinds of objects by the name under which the log keeps them, in the words of their rooms."""
    return {model._meta.label_lower: str(model._meta.verbose_name) for model in apps.get_models()}


def _kinds_called(text: str) -> list[str]:
    return [text, *(kind for kind, words in _kinds().items() if words == text)]


def readable(actor: Actor) -> AuditEntryQuerySet:
    """Entries of the regions over which this actor holds the right to read the log."""
    regions = tuple(grant.region_path for grant in actor.grants if grant.action == READ)
    return AuditEntry.objects.visible_to(Scope(regions=regions))


def audit_listing(asked: exports.Asked) -> exports.Listing:
    entries = AuditFilter(asked.query).narrow(readable(asked.actor))
    return exports.Listing(_("Audit log"), COLUMNS, _rows(entries.iterator()), total=entries.count())


exports.register(LISTING, audit_listing, permission=READ, audit="audit.export")


@require_safe
@access(READ)
def audit_list(request: HttpRequest) -> HttpResponseBase:
    if file := exports.answer(request, LISTING):
        return file
    form = AuditFilter(request.GET)
    page = Paginator(form.narrow(readable(request.actor)), 50).get_page(request.GET.get("page"))
    entries = list(_rows(page.object_list))
    sealed = set(AuditLink.objects.filter(pk__in=[entry["pk"] for entry in entries]).values_list("pk", flat=True))
    for entry in entries:
        entry["is_sealed"] = entry["pk"] in sealed
    head = sealing.head()
    return render(request, "foundation/audit_list.html", {"form": form, "page": page, "entries": entries, "head": head})


@require_safe
@access(READ)
def audit_entry(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(readable(request.actor), pk=pk)
    (entry,) = _rows([found])
    parts = [
        (label, json.loads(text).items())
        for label, text in ((_("Before"), found.before), (_("After"), found.after), (_("Particulars"), found.detail))
        if text
    ]
    link = AuditLink.objects.filter(pk=found.pk).first()
    return render(
        request, "foundation/audit_entry.html", {"entry": entry, "found": found, "parts": parts, "link": link}
    )


def _rows(entries: Iterable[AuditEntry]) -> Iterator[dict[str, Any]]:
    """Entries as a person reads them; the names of accounts are looked up together, some hundred entries at a time."""
    for batch in batched(entries, 500):
        ids = {entry.actor_id for entry in batch if entry.actor_id is not None}
        yield from _readable(batch, get_user_model().objects.in_bulk(ids) if ids else {})


def batched(entries: Iterable[AuditEntry], size: int) -> Iterator[list[AuditEntry]]:
    source = iter(entries)
    while batch := list(islice(source, size)):
        yield batch


def _readable(entries: list[AuditEntry], users: dict[int, Any]) -> Iterator[dict[str, Any]]:
    kinds = _kinds()
    for entry in entries:
        actor = _("The system") if entry.by_system else _("Not signed in")
        if entry.actor_id is not None:
            actor = str(users.get(entry.actor_id) or _("Account %(number)s") % {"number": entry.actor_id})
        yield {
            "pk": entry.pk,
            "at": timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S"),
            "actor": actor,
            "action": audit.label_of(entry.action),
            "outcome": entry.get_outcome_display(),
            "is_good": entry.outcome == Outcome.DONE,
            "object": f"{kinds.get(entry.object_kind, entry.object_kind)} {entry.object_id}".strip(),
            "region_path": entry.region_path,
            "address": entry.address or "",
            "before": entry.before,
            "after": entry.after,
            "detail": entry.detail,
        }
