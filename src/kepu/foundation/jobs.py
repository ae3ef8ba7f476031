"""Durable background work: a row in the database, a worker that leases it, progress that a page shows.

    @jobs.job("plans.import", attempts=3)
    def import_plan(progress: jobs.Progress, *, file_id: int) -> dict[str, Any]:
        for number, part in enumerate(parts, start=1):
            ...                                  # a step that may run twice with the same outcome
            progress.step(number, len(parts))    # raises Cancelled; call it outside a transaction
        return {"result_url": "/desk/plans/3/"}

    job_id = jobs.enqueue("plans.import", actor=actor, region_path=path, title="…", args={"file_id": 7})

The row and its delivery are written in the caller's transaction. A worker that dies leaves its lease to run out, and
`revive()` (every tick) hands the job to another: work runs at least once. A fault is tried again after a pause that
grows; a Refusal is an answer and is not tried again. A work that is cancelled leaves nothing behind if it writes its
results in one transaction at its end, or clears away on `except Cancelled`.
"""

import logging
import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task, task_backends

from kepu.foundation import audit, clock
from kepu.foundation.errors import Refusal
from kepu.foundation.models.jobs import Job, JobState
from kepu.foundation.scope import Actor

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
HEARTBEAT = timedelta(seconds=15)
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))  # before the 2nd, 3rd, later attempts
KEPT = timedelta(days=90)  # finished jobs stay on the list this long

# One name a process: whose leases `beat` renews.
WORKER = f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

Work = Callable[..., dict[str, Any] | None]


class Cancelled(Exception):
    """The user cancelled. Let it pass, or clear away and raise it again."""


class Superseded(Exception):
    """Another worker has taken the job over; this one stops without touching it."""


class UnknownWork(LookupError):
    """No work of that name is registered in this version."""


@dataclass(frozen=True)
class _Registered:
    work: Work
    attempts: int


_registry: dict[str, _Registered] = {}


def job(name: str, *, attempts: int = 3) -> Callable[[Work], Work]:
    """Register `work(progress, **args)` under a stable name. `args` and the result are JSON values."""

    def remember(work: Work) -> Work:
        if name in _registry and _registry[name].work is not work:
            raise ValueError(f"job {name!r} is registered twice")
        _registry[name] = _Registered(work, attempts)
        return work

    return remember


class Progress:
    """Handed to the work: tells the page how far it is, keeps the lease, and brings the user's wish to stop."""

    def __init__(self, job_id: int, worker: str, attempt: int) -> None:
        self.job_id = job_id
        self._mine = {"pk": job_id, "worker": worker, "attempts": attempt, "state": JobState.RUNNING}

    def step(self, done: int, total: int, message: str = "") -> None:
        """Say that `done` of `total` units are finished. Raises Cancelled, or Superseded if the lease was lost."""
        news = {"done": done, "total": total, "message": message[:200], "lease_until": clock.now() + LEASE}
        if not Job.objects.filter(**self._mine).update(**news):
            raise Superseded(self.job_id)
        self.check()

    def check(self) -> None:
        """Raises Cancelled if the user asked for it; cheap enough to call often."""
        if Job.objects.filter(**self._mine, cancel_requested=True).exists():
            raise Cancelled(self.job_id)


def enqueue(
    name: str,
    *,
    actor: Actor,
    region_path: str,
    title: str,
    args: dict[str, Any],
    subject: tuple[str, int] | None = None,
) -> int:
    """Write a job into the caller's transaction; it runs after commit. Returns its id. Raises UnknownWork."""
    if name not in _registry:
        raise UnknownWork(name)
    row = Job.objects.create(
        name=name,
        title=title[:200],
        args=args,
        region_path=region_path,
        actor_id=actor.user_id,
        subject_kind=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        max_attempts=_registry[name].attempts,
    )
    _deliver(row)
    return row.pk


def _deliver(row: Job) -> None:
    """Queue one delivery. The queue is a table of the same database, so it commits or vanishes with the job."""
    if task_backends["default"].supports_defer:
        deliver.using(run_after=row.due_at).enqueue(row.pk)
    else:  # inline, in tests: as late as a worker would see it
        transaction.on_commit(lambda: deliver.enqueue(row.pk))


@task()
def deliver(job_id: int) -> None:
    run(job_id)


def run(job_id: int) -> None:
    """Run a job if it is waiting and due; a second delivery of the same job finds nothing to do."""
    now = clock.now()
    waiting = Q(state=JobState.WAITING, due_at__lte=now)
    claimed = Job.objects.filter(waiting, pk=job_id).update(
        state=JobState.RUNNING, worker=WORKER, lease_until=now + LEASE, started_at=now, attempts=F("attempts") + 1
    )
    if not claimed:
        return
    row = Job.objects.get(pk=job_id)
    with audit.origin(), translation.override(settings.LANGUAGE_CODE):
        _attempt(row)


def _attempt(row: Job) -> None:
    progress = Progress(row.pk, WORKER, row.attempts)
    registered = _registry.get(row.name)
    try:
        if registered is None:
            raise UnknownWork(row.name)
        progress.check()
        result = registered.work(progress, **row.args) or {}
    except Superseded:
        logger.warning("job %s was taken over by another worker", row.pk)
    except Cancelled:
        _close(row, JobState.CANCELLED)
    except Refusal as refusal:
        _close(row, JobState.FAILED, failure_code=refusal.code, failure=str(refusal))
    except Exception:
        logger.exception("job %s (%s) failed in attempt %s of %s", row.pk, row.name, row.attempts, row.max_attempts)
        _try_again(row)
    except BaseException:  # the worker is being stopped: the attempt does not count
        _give_back(row)
        raise
    else:
        _close(row, JobState.DONE, result=result)


def _held(row: Job) -> Any:
    return Job.objects.filter(pk=row.pk, state=JobState.RUNNING, worker=row.worker, attempts=row.attempts)


def _close(row: Job, state: JobState, **values: Any) -> None:
    _held(row).update(state=state, finished_at=clock.now(), worker="", lease_until=None, **values)


def _try_again(row: Job) -> None:
    if row.attempts >= row.max_attempts:
        sentence = _(
            "The work could not be finished because of a fault in the system. What you handed in is kept. "
            "Please try again later, or give the administrator the number %(number)s."
        )
        _close(row, JobState.FAILED, failure_code="job.fault", failure=sentence % {"number": row.pk})
        return
    with transaction.atomic():
        row.due_at = clock.now() + PAUSES[min(row.attempts, len(PAUSES)) - 1]
        if _held(row).update(state=JobState.WAITING, worker="", lease_until=None, due_at=row.due_at):
            _deliver(row)


def _give_back(row: Job) -> None:
    with transaction.atomic():
        row.due_at = clock.now()
        back = {"state": JobState.WAITING, "worker": "", "lease_until": None, "due_at": row.due_at}
        if _held(row).update(**back, attempts=F("attempts") - 1):
            _deliver(row)


def beat() -> None:
    """Renew the leases of this process; called every HEARTBEAT by the worker, beside the work."""
    Job.objects.filter(state=JobState.RUNNING, worker=WORKER).update(lease_until=clock.now() + LEASE)


def revive() -> int:
    """Hand out again every job whose worker is gone, and every waiting one whose delivery was lost. Returns how many."""
    now = clock.now()
    revived = 0
    for row in Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now):
        logger.warning("job %s: the worker %s is gone", row.pk, row.worker)
        if row.attempts >= row.max_attempts:
            _try_again(row)
            continue
        with transaction.atomic():
            row.due_at = now
            if _held(row).filter(lease_until__lt=now).update(state=JobState.WAITING, worker="", due_at=now):
                _deliver(row)
                revived += 1
    for row in Job.objects.filter(state=JobState.WAITING, due_at__lt=now - 10 * LEASE):
        # An extra delivery does no harm: `run` claims once.
        with transaction.atomic():
            if Job.objects.filter(pk=row.pk, state=JobState.WAITING, due_at=row.due_at).update(due_at=now):
                row.due_at = now
                _deliver(row)
                revived += 1
    return revived


def cancel(row: Job, *, actor: Actor) -> None:
    """Stop a job: one that waits at once, one that runs at its next step. Cancelling a closed job does nothing."""
    with transaction.atomic():
        now = clock.now()
        waiting = Job.objects.filter(pk=row.pk, state=JobState.WAITING)
        stopped = waiting.update(state=JobState.CANCELLED, finished_at=now, cancel_requested=True)
        running = Job.objects.filter(pk=row.pk, state=JobState.RUNNING, cancel_requested=False)
        if stopped or running.update(cancel_requested=True):
            audit.record("job.cancel", actor=actor, obj=row, region_path=row.region_path)


class NotFailed(Refusal):
    code = "job.not_failed"
    sentence = gettext_lazy("Only work that could not be finished can be started again.")


def retry(row: Job, *, actor: Actor) -> None:
    """Start a failed job again, with all its attempts. Raises NotFailed."""
    with transaction.atomic():
        row.due_at = clock.now()
        again = Job.objects.filter(pk=row.pk, state=JobState.FAILED).update(
            state=JobState.WAITING, attempts=0, due_at=row.due_at, failure="", failure_code="", finished_at=None
        )
        if not again:
            raise NotFailed
        audit.record("job.retry", actor=actor, obj=row, region_path=row.region_path)
        _deliver(row)


def forget_old() -> int:
    """Remove jobs that were closed longer than KEPT ago."""
    closed = [JobState.DONE, JobState.FAILED, JobState.CANCELLED]
    return Job.objects.filter(state__in=closed, finished_at__lt=clock.now() - KEPT).delete()[0]


def oldest_waiting() -> timedelta:
    """How long the job that is due and waits longest has been due; zero when none waits."""
    now = clock.now()
    due = Job.objects.filter(state=JobState.WAITING, due_at__lt=now).order_by("due_at").values_list("due_at", flat=True)
    first = due.first()
    return now - first if first else timedelta(0)
