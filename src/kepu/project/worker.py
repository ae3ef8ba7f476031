import argparse
import sys
import threading
from collections.abc import Sequence

from django.conf import settings
from django.db import DatabaseError, connections
from django_tasks_db.management.commands.db_worker import Worker

from kepu.foundation import door as foundation
from kepu.project import running


def main(argv: Sequence[str]) -> int:
    """Do background work until stopped; the job in hand is finished first, a second signal hands it back."""
    parser = argparse.ArgumentParser(prog="kepu worker", description=main.__doc__)
    parser.add_argument("--once", action="store_true", help="do what is waiting and stop")
    asked = parser.parse_args(argv)
    worker = Worker(
        queue_names=["*"],
        interval=1,
        batch=asked.once,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=foundation.jobs.WORKER,
        excluded_queue_names=[],
    )
    with running.shared(settings.KEPU_DATA):
        worker.configure_signals()
        threading.Thread(target=heartbeat, name="heartbeat", daemon=True).start()
        try:
            worker.run()
        except DatabaseError as gone:
            print(f"worker: the database does not answer: {gone}", file=sys.stderr)
            return 1
    return 0


def heartbeat() -> None:
    """Keep the leases of this process, also through a step that takes longer than a lease."""
    wake = threading.Event()
    while not wake.wait(foundation.jobs.HEARTBEAT.total_seconds()):
        try:
            foundation.jobs.beat()
        except DatabaseError:
            # Busy or gone: the lease outlives three missed beats, and the work itself reports a lost database.
            connections.close_all()
