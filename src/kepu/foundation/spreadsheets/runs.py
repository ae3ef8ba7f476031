"""The life of one import: begun with an uploaded file, checked, applied. Checking and applying are jobs."""

from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kepu.foundation import actors, audit, clock, files, jobs
from kepu.foundation.errors import Refusal
from kepu.foundation.models.files import StoredFile
from kepu.foundation.models.jobs import Job, JobState
from kepu.foundation.models.sheets import SheetRun, SheetState
from kepu.foundation.scope import Actor
from kepu.foundation.spreadsheets.columns import Problem, Row, SheetReading
from kepu.foundation.spreadsheets.imports import CHANGED, NEW, SAME, SheetImport, Target, importer_of, repeated
from kepu.foundation.spreadsheets.reading import read
from kepu.foundation.spreadsheets.writing import error_file

OWNER = "foundation.sheet_run"
PREVIEW = 20  # good rows shown before importing
REPORTED = 5_000  # problems kept; a file with more is the wrong file
KEPT = timedelta(days=30)


class NotReady(Refusal):
    code = "sheet.not_ready"
    sentence = gettext_lazy("This import has already been done or is under way. Look at its page for the state.")


class NothingGood(Refusal):
    code = "sheet.nothing_good"
    sentence = gettext_lazy("There is no row that could be imported. Correct the file and upload it again.")


def begin(importer: SheetImport, upload: "File[bytes]", *, name: str, target: Target) -> SheetRun:
    """Keep the file and order its check. Raises FileRefused."""
    checked = files.check(upload, name=name, purpose="sheet", region_path=target.region_path, actor=target.actor)
    if target.actor.user_id is None:
        raise TypeError("an import is always somebody's")
    with transaction.atomic():
        run = SheetRun.objects.create(
            kind=importer.kind,
            region_path=target.region_path,
            subject_id=target.subject_id,
            actor_id=target.actor.user_id,
        )
        files.store(checked, owner=(OWNER, run.pk))
        _order(run, "foundation.sheet_check", importer, target.actor)
    return run


def confirm(run: SheetRun, importer: SheetImport, *, only_good: bool, actor: Actor) -> None:
    """Order the writing of a checked import. Raises NotReady (also for the second click), NothingGood."""
    if not run.report.get("good"):
        raise NothingGood
    with transaction.atomic():
        claimed = SheetRun.objects.filter(pk=run.pk, state=SheetState.CHECKED).update(
            state=SheetState.APPLYING, only_good=only_good, actor_id=actor.user_id, failure=""
        )
        if not claimed:
            raise NotReady
        _order(run, "foundation.sheet_apply", importer, actor)


def _order(run: SheetRun, work: str, importer: SheetImport, actor: Actor) -> None:
    run.job_id = jobs.enqueue(
        work,
        actor=actor,
        region_path=run.region_path,
        title=_("Import: %(title)s") % {"title": importer.title},
        args={"run_id": run.pk},
        subject=(OWNER, run.pk),
    )
    run.save(update_fields=["job_id"])


@jobs.job("foundation.sheet_check")
def check_run(progress: jobs.Progress, *, run_id: int) -> dict[str, Any]:
    run = SheetRun.objects.get(pk=run_id)
    if run.state == SheetState.CHECKING:
        progress.step(0, 3, _("Reading the file"))
        try:
            reading, good, problems, states = _judged(run, progress)
        except Refusal as refusal:
            SheetRun.objects.filter(pk=run.pk).update(state=SheetState.UNREADABLE, failure=str(refusal))
            return {"result_url": url_of(run)}
        report = _report(reading, good, problems, states)
        SheetRun.objects.filter(pk=run.pk).update(state=SheetState.CHECKED, report=report)
    return {"result_url": url_of(run)}


@jobs.job("foundation.sheet_apply")
def apply_run(progress: jobs.Progress, *, run_id: int) -> dict[str, Any]:
    """Check once more, since others may have written meanwhile; then everything in one transaction, or nothing."""
    run = SheetRun.objects.get(pk=run_id)
    if run.state != SheetState.APPLYING:
        return {"result_url": url_of(run)}
    progress.step(0, 3, _("Reading the file"))
    try:
        reading, good, problems, states = _judged(run, progress)
        if (problems and not run.only_good) or not good:
            report = _report(reading, good, problems, states) | {"stale": True}
            SheetRun.objects.filter(pk=run.pk).update(state=SheetState.CHECKED, report=report)
            return {"result_url": url_of(run)}
        progress.step(2, 3, _("Writing the rows"))
        _write(run, good, _report(reading, good, problems, states))
    except Refusal as refusal:
        SheetRun.objects.filter(pk=run.pk).update(state=SheetState.CHECKED, failure=str(refusal))
        raise
    return {"result_url": url_of(run)}


def settle(run: SheetRun) -> SheetRun:
    """The run as it stands: if its job was cancelled or given up, nothing was written and it can be confirmed again."""
    pending = {SheetState.CHECKING: SheetState.UNREADABLE, SheetState.APPLYING: SheetState.CHECKED}
    job = Job.objects.filter(pk=run.job_id).first()
    if run.state in pending and job and job.state in {JobState.FAILED, JobState.CANCELLED}:
        failure = job.failure or _("The import was cancelled. Nothing has been written.")
        SheetRun.objects.filter(pk=run.pk, state=run.state).update(state=pending[run.state], failure=failure)
        run.refresh_from_db()
    return run


def _write(run: SheetRun, good: list[Row], report: dict[str, Any]) -> None:
    importer, target = _importer(run), _target(run)
    with transaction.atomic():
        # The claim and the rows stand or fall together, so that a job that runs twice writes once.
        done = SheetRun.objects.filter(pk=run.pk, state=SheetState.APPLYING).update(
            state=SheetState.APPLIED, report=report, applied_at=clock.now()
        )
        if not done:
            return
        importer.apply(good, target)
        counts = {"kind": run.kind, "rows": len(good), **report["states"]}
        audit.record("sheet.import", actor=target.actor, obj=run, region_path=run.region_path, detail=counts)


def _judged(run: SheetRun, progress: jobs.Progress) -> tuple[SheetReading, list[Row], list[Problem], dict[int, str]]:
    importer = _importer(run)
    stored = file_of(run)
    columns = importer.columns_for(run.subject_id)
    reading = read(files.read(stored.pk), columns, stored.name, max_rows=importer.max_rows)
    progress.step(1, 3, _("Checking the rows"))
    verdict = importer.check(reading.rows, _target(run))
    problems = [*reading.problems, *repeated(reading.rows, importer.key), *verdict.problems]
    problems.sort(key=lambda problem: (problem.row, len(problem.letter), problem.letter))
    bad = {problem.row for problem in problems}
    good = [row for row in reading.rows if row.number not in bad]
    return reading, good, problems, {row.number: verdict.states.get(row.number, NEW) for row in good}


def _report(reading: SheetReading, good: list[Row], problems: list[Problem], states: dict[int, str]) -> dict[str, Any]:
    counted = Counter(states.values())
    return {
        "total": reading.total,
        "good": len(good),
        "bad": reading.total - len(good),
        "states": {state: counted[state] for state in (NEW, CHANGED, SAME)},
        "problems": [asdict(problem) for problem in problems[:REPORTED]],
        "problem_count": len(problems),
        "preview": [{"row": row.number, "state": states[row.number], "cells": _cells(row)} for row in good[:PREVIEW]],
        "sheet": reading.sheet,
        "header_row": reading.header_row,
        "heads": [place.label for place in reading.places.values()],
        "ignored": list(reading.ignored),
        "skipped": [list(line) for line in reading.skipped[:50]],
    }


def _cells(row: Row) -> list[str]:
    """The row as the file shows it, for the preview: in the order of `places`."""
    cells = []
    for key in row.places:
        value = row.values.get(key)
        cells.append("、".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value))
    return cells


def marked_file(run: SheetRun) -> bytes:
    """The uploaded sheet with the problems of its report marked."""
    stored = file_of(run)
    problems = [Problem(**problem) for problem in run.report.get("problems", [])]
    sheet, header_row = run.report.get("sheet", ""), run.report.get("header_row", 1)
    return error_file(files.read(stored.pk), problems, stored.name, sheet=sheet, header_row=header_row)


def file_of(run: SheetRun) -> StoredFile:
    return StoredFile.objects.get(owner_kind=OWNER, owner_id=run.pk)


def url_of(run: SheetRun) -> str:
    return reverse("foundation:sheet_run", args=[run.pk])


def may_read(actor: Actor, run_id: int) -> bool:
    """The rule for the uploaded file: the page's own."""
    run = SheetRun.objects.visible_to(actor.scope).filter(pk=run_id).first()
    importer = importer_of(run.kind) if run else None
    return bool(run and importer and actor.may(importer.permission, run.region_path))


def forget_old() -> int:
    """Remove imports of more than thirty days ago with their files: they hold names and phone numbers."""
    old = SheetRun.objects.filter(created_at__lt=clock.now() - KEPT)
    StoredFile.objects.filter(owner_kind=OWNER, owner_id__in=old.values("pk")).delete()
    return old.delete()[0]


def _importer(run: SheetRun) -> SheetImport:
    importer = importer_of(run.kind)
    if importer is None:
        raise LookupError(f"no import of kind {run.kind!r}")
    return importer


def _target(run: SheetRun) -> Target:
    return Target(run.region_path, run.subject_id, actors.actor_of(run.actor_id))
