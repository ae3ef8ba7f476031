"""Large lists as jobs: ordered, made in the background, fetched by whoever ordered them, gone after some days."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.foundation import actors, audit, clock, files, jobs
from kepu.foundation.errors import Refusal
from kepu.foundation.exports import writing
from kepu.foundation.exports.listing import Asked, Listing, Registered, bare, registered
from kepu.foundation.files.check import Checked, clean_name
from kepu.foundation.models.files import StoredFile
from kepu.foundation.models.jobs import Job, JobState
from kepu.foundation.scope import Actor

OWNER = "foundation.export"
WORK = "foundation.export"
PURPOSE = files.register(files.Purpose("export", frozenset(), count=1, audited=True))
KEPT = timedelta(days=7)
AT_ONCE = 3  # open orders of one person


class TooManyOrders(Refusal):
    code = "export.too_many_orders"
    sentence = gettext_lazy("%(count)s exports of yours are still being made. Order the next one when one is finished.")
    status = 429
    retry_after = 30


def is_large(listing: Listing, wanted: str) -> bool:
    """Whether the file takes longer than a page may. A row on paper costs five times a row in a sheet."""
    weight = 5 if wanted in {writing.PDF, writing.WORD} else 1
    return listing.total * weight > settings.KEPU_EXPORT_ROWS


def order(entry: Registered, asked: Asked, listing: Listing, wanted: str) -> int:
    """Have the file made; returns the job. Raises TooManyRows, TooManyOrders."""
    writing.check_size(listing, wanted)
    still_open = (JobState.WAITING, JobState.RUNNING)
    if Job.objects.filter(name=WORK, actor_id=asked.actor.user_id, state__in=still_open).count() >= AT_ONCE:
        raise TooManyOrders(count=AT_ONCE)
    return jobs.enqueue(
        WORK,
        actor=asked.actor,
        region_path=listing.region_path,
        title=writing.title_of(listing),
        args={
            "kind": entry.kind,
            "wanted": wanted,
            "query": asked.query.urlencode(),
            "subject": asked.subject,
            "user_id": asked.actor.user_id,
        },
    )


@jobs.job(WORK)
def make(
    progress: jobs.Progress, *, kind: str, wanted: str, query: str, subject: int | None, user_id: int
) -> dict[str, Any]:
    """Make the file with the rights that the person has now; a second run puts its file in the place of the first."""
    asked = Asked(QueryDict(query), actors.actor_of(user_id), subject)
    entry = registered(kind)
    listing = entry.listing(asked)
    progress.step(0, listing.total, _("Reading the rows"))
    data = writing.write(listing, wanted, step=lambda done: progress.step(done, listing.total, _("Reading the rows")))
    progress.step(listing.total, listing.total, _("Keeping the file"))
    name = clean_name(writing.name_of(listing, wanted))
    checked = Checked(data, name, writing.MEDIA_TYPES[wanted], PURPOSE, listing.region_path, asked.actor)
    with transaction.atomic():
        StoredFile.objects.filter(owner_kind=OWNER, owner_id=progress.job_id).delete()
        file = files.store(checked, owner=(OWNER, progress.job_id))
        record(entry, asked, listing, wanted)
    return {"result_url": file.url, "kept_until": (clock.now() + KEPT).isoformat()}


def record(entry: Registered, asked: Asked, listing: Listing, wanted: str) -> None:
    asks = {name: value for name, value in bare(asked.query).dict().items() if value}
    audit.record(
        entry.audit,
        actor=asked.actor,
        obj=listing.obj,
        region_path=listing.region_path,
        detail={"list": entry.kind, "rows": listing.total, "format": wanted, "filter": asks},
    )


def may_read(actor: Actor, job_id: int) -> bool:
    """Only who ordered it: the file holds what that person may see."""
    return actor.user_id is not None and Job.objects.filter(pk=job_id, actor_id=actor.user_id).exists()


def forget_old() -> int:
    """Remove made files after KEPT; their bytes go with the next sweep."""
    return StoredFile.objects.filter(owner_kind=OWNER, uploaded_at__lt=clock.now() - KEPT).delete()[0]
