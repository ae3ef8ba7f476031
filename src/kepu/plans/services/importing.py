"""A file or pasted text comes in: checked and kept, then read in the background into a draft."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.decode import Decoded, Unreadable, decode
from kepu.engines.plandoc.reading import SCHEMA_VERSION
from kepu.foundation import door as foundation
from kepu.plans.enums import PlanState
from kepu.plans.errors import AlreadyInUse, CannotRead, NoPlanFound, SameFile
from kepu.plans.models import Decision, Plan, SourceDocument, Task
from kepu.plans.printing import in_print
from kepu.plans.services import reading

OWNER = "plans.plan"
PURPOSE = "plan_document"
WORK = "plans.read"
STEPS = 4


@dataclass(frozen=True)
class Received:
    """What became of one upload: a plan under import, or the reason why it was not taken."""

    name: str
    plan: Plan | None = None
    refusal: foundation.Refusal | None = None


def receive_all(*, uploads: Iterable[Any], region_path: str, actor: foundation.Actor) -> list[Received]:
    """Take several files, each for itself: one that is refused does not hold up the others."""
    results = []
    for upload in uploads:
        try:
            plan = receive(data=upload, name=upload.name, region_path=region_path, actor=actor)
        except foundation.Refusal as refusal:
            results.append(Received(upload.name, refusal=refusal))
        else:
            results.append(Received(upload.name, plan=plan))
    return results


def receive(*, data: Any, name: str, region_path: str, actor: foundation.Actor) -> Plan:
    """Check one file (which may take seconds; not inside a transaction), keep it and start its reading.

    Raises foundation.files.FileRefused, or SameFile if the region has a plan that was read from the same bytes.
    """
    checked = foundation.files.check(data, name=name, purpose=PURPOSE, region_path=region_path, actor=actor)
    same = SourceDocument.objects.filter(sha256=_sha(checked.data), plan__region_path=region_path)
    known = same.exclude(plan__state=PlanState.ARCHIVED).select_related("plan").first()
    if known is not None:
        raise SameFile(title=known.plan.title)
    with transaction.atomic():
        plan = Plan.objects.create(
            title=PurePosixPath(checked.name).stem[:200] or _("Pasted text"),
            region_path=region_path,
            created_at=foundation.clock.now(),
            created_by_id=actor.user_id,
            kept_by_id=actor.user_id,
        )
        _start(plan, checked, actor)
        foundation.audit.record("plan.import", actor=actor, obj=plan, region_path=region_path)
    return plan


def read_again(*, plan: Plan, data: Any, name: str, actor: foundation.Actor) -> Plan:
    """Read a newer file of the same plan, or (data None) the last file once more with the reader of today."""
    checked = None
    if data is not None:
        checked = foundation.files.check(data, name=name, purpose=PURPOSE, region_path=plan.region_path, actor=actor)
    with transaction.atomic():
        _start(plan, checked, actor)
        foundation.audit.record("plan.read_again", actor=actor, obj=plan, region_path=plan.region_path)
    return plan


def _start(plan: Plan, checked: Any, actor: foundation.Actor) -> None:
    if checked is not None:
        file_id = foundation.files.store(checked, owner=(OWNER, plan.pk)).id
    else:
        file_id = SourceDocument.objects.filter(plan=plan).latest().file_id
    plan.job_id = foundation.jobs.enqueue(
        WORK,
        actor=actor,
        region_path=plan.region_path,
        title=_("Reading “%(title)s”") % {"title": plan.title},
        args={"plan_id": plan.pk, "file_id": file_id, "user_id": actor.user_id},
        subject=(OWNER, plan.pk),
    )
    plan.save(update_fields=["job_id"])


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_file(progress: foundation.jobs.Progress, *, plan: Plan, file_id: int, actor: foundation.Actor) -> None:
    """The work of the job: decode, read, write the draft; the draft is written at the end in one transaction.

    Raises CannotRead or NoPlanFound, which the job's page shows. May run twice with the same outcome.
    """
    progress.step(0, STEPS, _("Opening the file"))
    info = foundation.files.info([file_id])[file_id]
    data = foundation.files.read(file_id)
    decoded = _decode(data, info.name)
    progress.step(1, STEPS, _("Finding sections, tasks, units and numbers"))
    found = read_plan(decoded.text)
    if not found.is_plan:
        raise NoPlanFound()
    progress.step(2, STEPS, _("Looking up units and writing the draft"))
    source = SourceDocument(
        plan=plan,
        file_id=file_id,
        file_name=info.name[:200],
        sha256=_sha(data),
        text=in_print(found.cleaned),
        reading=found.contract(),
        engine_version=f"plandoc, contract {SCHEMA_VERSION}",
        warnings=list(decoded.warnings),
        read_at=foundation.clock.now(),
        read_by_id=actor.user_id,
    )
    reading.write(plan=plan, source=source, reading=found, actor=actor)
    progress.step(STEPS, STEPS, _("Ready for review"))


def _decode(data: bytes, name: str) -> Decoded:
    try:
        return decode(data, name=name)
    except Unreadable as refusal:
        raise CannotRead(reason=refusal.sentence) from refusal


def can_discard(plan: Plan) -> bool:
    """Whether nothing has come into the plan yet: no document was read, no row was written, nothing decided."""
    if plan.state not in {PlanState.IMPORTING, PlanState.REVIEWING}:
        return False
    return not any(model.objects.filter(plan=plan).exists() for model in (SourceDocument, Decision, Task))


@transaction.atomic
def discard(*, plan: Plan, actor: foundation.Actor) -> None:
    """Take away an import that never became a draft, with its file, or a draft without any row. Raises AlreadyInUse."""
    if not can_discard(plan):
        raise AlreadyInUse()
    files = foundation.files.of_owner(OWNER, [plan.pk]).get(plan.pk, [])
    foundation.files.forget([file.id for file in files], actor=actor)
    foundation.audit.record("plan.discard", actor=actor, obj=plan, region_path=plan.region_path)
    plan.delete()
