"""Periodic duties: registered by rooms, run by `kepu tick`, each once per interval however many processes tick."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from kepu.foundation import audit, clock
from kepu.foundation.models.jobs import TickRun

logger = logging.getLogger(__name__)

# After this a duty that never came back is taken to have died with its process.
LOST = timedelta(hours=1)


@dataclass(frozen=True)
class Duty:
    name: str
    every: timedelta
    work: Callable[[], object]


_registry: dict[str, Duty] = {}


def register(name: str, every: timedelta, work: Callable[[], object]) -> None:
    """Have `work()` called about every `every`. It must be safe to repeat and short; longer work enqueues a job."""
    if name in _registry:
        raise ValueError(f"tick {name!r} is registered twice")
    _registry[name] = Duty(name, every, work)


def registered() -> list[Duty]:
    return list(_registry.values())


@dataclass(frozen=True)
class Ran:
    name: str
    failure: str  # empty when it went well


def run_due(*, all_now: bool = False) -> list[Ran]:
    """Run what is due, one after the other; a failing duty is noted and does not keep the others from running."""
    ran = []
    for duty in _registry.values():
        if not _claim(duty, all_now):
            continue
        failure = ""
        try:
            with audit.origin():
                duty.work()
        except Exception as error:
            logger.exception("tick %s failed", duty.name)
            failure = f"{type(error).__name__}: {error}"
        TickRun.objects.filter(name=duty.name).update(finished_at=clock.now(), failure=failure)
        ran.append(Ran(duty.name, failure))
    return ran


def _claim(duty: Duty, all_now: bool) -> bool:
    now = clock.now()
    free = Q(finished_at__gte=F("started_at")) | Q(started_at__lt=now - LOST)
    # A start in the future was written before the clock was set back.
    due = Q() if all_now else Q(started_at__lte=now - duty.every) | Q(started_at__gt=now + duty.every)
    if TickRun.objects.filter(free & due, name=duty.name).update(started_at=now, finished_at=None):
        return True
    try:
        with transaction.atomic():
            return TickRun.objects.get_or_create(name=duty.name, defaults={"started_at": now})[1]
    except IntegrityError:
        return False


def failures() -> list[tuple[str, str]]:
    """Duties whose last run failed: (name, what was said)."""
    return list(TickRun.objects.exclude(failure="").order_by("name").values_list("name", "failure"))
