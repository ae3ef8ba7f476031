"""Who uses the data directory: servers and workers share it, restore and upgrade want it alone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUse(Exception):
    """The data directory is used by another process in a way that does not go together with this one."""


@contextmanager
def shared(data: Path) -> Iterator[None]:
    """Hold the directory for ordinary work. Raises InUse while a restore or an upgrade runs."""
    with _held(data, fcntl.LOCK_SH, "A restore or an upgrade is running. Start Kepu again when it has finished."):
        yield


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the directory for one process only. Raises InUse while a server or worker runs."""
    with _held(data, fcntl.LOCK_EX, "Kepu is running on this data directory. Stop it first (Ctrl-C, or its service)."):
        yield


@contextmanager
def _held(data: Path, mode: int, sentence: str) -> Iterator[None]:
    with (data / "in-use.lock").open("w") as lock:
        try:
            fcntl.flock(lock, mode | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise InUse(sentence) from busy
        yield
