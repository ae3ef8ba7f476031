import argparse
import signal
import threading
from collections.abc import Sequence

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

from kepu.foundation import door as foundation
from kepu.project import running

PAUSE = 20  # seconds between looks; each duty has its own interval


def main(argv: Sequence[str]) -> int:
    """Run the periodic duties that are due: seal the audit log, hand out lost jobs, purge what is past its time."""
    parser = argparse.ArgumentParser(prog="kepu tick", description=main.__doc__)
    parser.add_argument("--loop", action="store_true", help="go on until stopped")
    parser.add_argument("--all", action="store_true", help="run every duty now")
    asked = parser.parse_args(argv)
    with running.shared(settings.KEPU_DATA):
        if asked.loop:
            return loop()
        ran = foundation.ticks.run_due(all_now=asked.all)
    for duty in ran:
        print(f"{duty.name}: {duty.failure or 'done'}")
    return 1 if any(duty.failure for duty in ran) else 0


def loop() -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        try:
            foundation.ticks.run_due()
        except DatabaseError as gone:  # the next look tries again
            print(f"tick: the database does not answer: {gone}", flush=True)
            connections.close_all()
        close_old_connections()
        stop.wait(PAUSE)
    return 0
