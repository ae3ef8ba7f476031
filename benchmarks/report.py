"""The form of a measurement and of the page that shows it."""

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Table:
    """One measured table. `rows` are printed as they are; `notes` say sizes and method; `script` is how to repeat it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    script: str
    notes: Sequence[str] = field(default_factory=tuple)

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", f"`{self.script}`", ""]
        lines += [f"* {note}" for note in self.notes] + ([""] if self.notes else [])
        lines += ["| " + " | ".join(self.head) + " |", "|" + "---|" * len(self.head)]
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in self.rows]
        return "\n".join(lines) + "\n"


def seconds(work: Callable[[], object], repeat: int = 5) -> tuple[float, float]:
    """Median and largest wall time of `repeat` runs, in seconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), max(times)


def machine() -> list[str]:
    """What the figures were measured on."""
    with Path("/proc/meminfo").open() as info:
        memory = round(int(info.readline().split()[1]) / 1024 / 1024)
    packages = ("django", "granian", "psycopg", "openpyxl", "xlsxwriter", "pypdfium2")
    return [
        f"{os.cpu_count()} cores, {memory} GiB memory, {platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        ", ".join(f"{package} {version(package)}" for package in packages),
    ]
