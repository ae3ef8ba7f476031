"""The file that a list's page was asked for, or the page that orders it."""

from io import BytesIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kepu.foundation.access import SIGNED_IN, access
from kepu.foundation.exports import work, writing
from kepu.foundation.exports.listing import Asked, Listing, Registered, bare, registered


def answer(request: HttpRequest, kind: str, subject: int | None = None) -> HttpResponseBase | None:
    """The file that `?export=` of a list's page asks for, what it takes to have a large one made, or None.

    A format that the list does not have is as if none had been asked for.
    """
    entry, wanted = registered(kind), request.GET.get("export", "")
    if wanted not in entry.offered():
        return None
    asked = Asked.of(request, subject)
    listing = entry.listing(asked)
    writing.check_size(listing, wanted)
    if work.is_large(listing, wanted) and asked.actor.user_id is not None:
        return _offer(request, entry, asked, listing, wanted)
    data = writing.write(listing, wanted)
    work.record(entry, asked, listing, wanted)
    name = writing.name_of(listing, wanted)
    return FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=writing.MEDIA_TYPES[wanted])


def _offer(request: HttpRequest, entry: Registered, asked: Asked, listing: Listing, wanted: str) -> HttpResponse:
    """Looking at an address changes nothing, so the job is ordered by a button."""
    query = bare(asked.query)
    context = {
        "listing": listing,
        "kind": entry.kind,
        "wanted": wanted,
        "format": writing.LABELS[wanted],
        "query": query.urlencode(),
        "subject": "" if asked.subject is None else asked.subject,
        "back": f"{request.path}?{query.urlencode()}" if query else request.path,
        "days": work.KEPT.days,
    }
    return render(request, "foundation/export_order.html", context)


@require_POST
@access(SIGNED_IN)
def order(request: HttpRequest, listing: str) -> HttpResponse:
    """Order the file of a list; what the person may see is asked by the list itself, now and when the work runs."""
    try:
        entry = registered(listing)
    except LookupError:
        raise Http404 from None
    wanted, subject = request.POST.get("format", ""), request.POST.get("subject", "")
    if wanted not in entry.offered() or (subject and not subject.isdigit()):
        raise Http404
    query = QueryDict(request.POST.get("query", ""))
    asked = Asked(query, request.actor, int(subject) if subject else None)
    job_id = work.order(entry, asked, entry.listing(asked), wanted)
    return redirect("foundation:job", job_id)


def links(request: HttpRequest, kind: str) -> list[tuple[str, str]]:
    """(label, query) of the files of a list, with the filter and order of the page."""
    found = []
    for wanted in registered(kind).offered():
        query = bare(request.GET)
        query["export"] = wanted
        found.append((writing.LABELS[wanted], query.urlencode()))
    return found
