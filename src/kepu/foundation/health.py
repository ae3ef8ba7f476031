"""Signals for whoever watches the installation. They say good or bad and how much, and name nothing inside (R22)."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from kepu.foundation import clock, jobs
from kepu.foundation.access import PUBLIC, access

LEAST_FREE = 500 * 1024 * 1024  # bytes; below it uploads and backups are refused
LONGEST_WAIT = 15 * 60  # seconds that a job may be due before somebody should look
OLDEST_BACKUP = 26 * 3600  # seconds; one a day and two hours of grace (R17)


@never_cache
@access(PUBLIC)
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers. Says nothing of the database; that is /readyz."""
    return JsonResponse({"status": "ok"})


@never_cache
@access(PUBLIC)
def readyz(request: HttpRequest) -> HttpResponse:
    """Able to work: 200, or 503 when the database does not answer or the disk is full. Warnings do not make it 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database, waiting = "ok", int(jobs.oldest_waiting().total_seconds())
    except DatabaseError:
        database, waiting = "down", None
    free = free_bytes()
    age = backup_age()
    signals = {
        "database": database,
        "disk": "ok" if free > LEAST_FREE else "low",
        "queue": "ok" if waiting is not None and waiting < LONGEST_WAIT else "late",
        "queue_seconds": waiting,
        "backup": "ok" if age is not None and age < OLDEST_BACKUP else "old",
        "backup_seconds": age,
    }
    ready = database == "ok" and signals["disk"] == "ok"
    return JsonResponse({"status": "ok" if ready else "not ready", **signals}, status=200 if ready else 503)


def free_bytes() -> int:
    return shutil.disk_usage(settings.KEPU_DATA).free


def backup_age() -> int | None:
    """Seconds since the newest backup in the data directory; None where there is none."""
    times = [path.stat().st_mtime for path in (settings.KEPU_DATA / "backups").glob("*.kepu")]
    return max(0, int(clock.now().timestamp() - max(times))) if times else None
