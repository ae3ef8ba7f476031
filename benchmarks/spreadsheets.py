"""Import of 10,000 rows and export of 100,000 (quality P10), each in a process of its own for its memory."""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import Table

SCRIPT = "python -m benchmarks spreadsheets"
HEADS = ("编号", "单位名称", "联系人", "电话", "人数", "经费", "接任日期", "级别", "配合单位", "备注")
LIMIT_SECONDS, LIMIT_MEGABYTES = 60, 300


def measure() -> list[Table]:
    imported, exported, plain = (_child(work) for work in ("imported", "exported", "exported_csv"))
    parts = [(name, f"{spent:.1f} s", "") for name, spent in imported["parts"].items()]
    rows = [
        *parts,
        ("import of 10,000 rows, all", f"{imported['seconds']:.1f} s", f"≤ {LIMIT_SECONDS} s"),
        ("memory of the process, import", f"{imported['megabytes']} MB", ""),
        ("memory of the limited child, import", f"{imported['child_megabytes']} MB", f"≤ {LIMIT_MEGABYTES} MB"),
        (
            "export of 100,000 rows, xlsx",
            f"{exported['seconds']:.1f} s, {exported['bytes'] >> 20} MB",
            f"≤ {LIMIT_SECONDS} s",
        ),
        ("memory of the process, xlsx", f"{exported['megabytes']} MB", f"< {LIMIT_MEGABYTES} MB"),
        ("export of 100,000 rows, csv", f"{plain['seconds']:.1f} s, {plain['bytes'] >> 20} MB", f"≤ {LIMIT_SECONDS} s"),
        ("memory of the process, csv", f"{plain['megabytes']} MB", f"< {LIMIT_MEGABYTES} MB"),
    ]
    notes = (
        "Ten columns of every kind. Import: upload guard, reading in a limited child, report, second check, writing of "
        "one table row a line in one transaction on SQLite; 137 faults are planted and all found.",
        "Memory is the largest resident size of the whole process (ru_maxrss), framework included.",
    )
    return [Table("Spreadsheets", ("what", "measured", "limit"), rows, SCRIPT, notes)]


def _child(work: str) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "KEPU_DATA": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        environ["PYTHONPATH"] = os.pathsep.join(["src", "."])
        environ.pop("KEPU_DATABASE_URL", None)
        (Path(folder) / "files" / "arriving").mkdir(parents=True)
        order = [sys.executable, "-m", "benchmarks.spreadsheets", work]
        done = subprocess.run(order, check=True, stdout=subprocess.PIPE, env=environ, timeout=600)
    return json.loads(done.stdout)


def columns():
    from kepu.foundation.spreadsheets import Column

    kinds = ("text", "text", "text", "text", "integer", "decimal", "date", "choice", "list", "text")
    choices = {"级别": ("县级", "乡级")}
    return tuple(
        Column(f"k{n}", head, kind, required=n < 2, choices=choices.get(head, ()))
        for n, (head, kind) in enumerate(zip(HEADS, kinds, strict=True))
    )


def lines(count: int):
    from datetime import date

    for n in range(count):
        values = (
            f"{n:06}",
            f"第{n}单位",
            "联系人",
            f"138{n:08}",
            n,
            n / 4,
            date(2026, 9, 5),
            "县级",
            ("甲局", "乙局"),
            "",
        )
        yield {f"k{i}": value for i, value in enumerate(values)}


def exported() -> dict:
    from kepu.foundation.spreadsheets import export_xlsx

    return {"bytes": len(export_xlsx("名册", columns(), lines(100_000), note="截至2026年9月30日"))}


def exported_csv() -> dict:
    from kepu.foundation.spreadsheets import export_csv

    return {"bytes": len(export_csv(columns(), lines(100_000)))}


def planted(count: int = 137, rows: int = 10_000) -> tuple[bytes, set[tuple[int, str]]]:
    """A file with that many faults, and the cells where they are."""
    from kepu.foundation.spreadsheets import Column, export_xlsx

    chance = random.Random(11)
    bad = {"B": "", "E": "许多", "F": "1.2.3", "G": "九月", "H": "省级"}
    table = list(lines(rows))
    cells: set[tuple[int, str]] = set()
    while len(cells) < count:
        row, letter = chance.randrange(rows), chance.choice(sorted(bad))
        table[row][f"k{ord(letter) - 65}"] = bad[letter]
        cells.add((row + 3, letter))  # below title and head
    plain = [Column(column.key, column.label) for column in columns()]
    for line in table:
        line["k8"] = "甲局、乙局"
    return export_xlsx("名册", plain, table), cells


def imported() -> dict:
    from django.core.files.base import ContentFile
    from django.core.management import call_command

    from kepu.foundation import actors, audit, clock
    from kepu.foundation.models import AuditEntry, SheetRun
    from kepu.foundation.scope import Actor, Grant, Scope
    from kepu.foundation.spreadsheets import NEW, SheetImport, Verdict, register, runs
    from kepu.foundation.spreadsheets.imports import Target

    class Register(SheetImport):
        kind, title, permission, key = "bench.register", "名册", "jobs.read", ("k0",)
        columns = columns()

        def check(self, rows, target):
            return Verdict((), {row.number: NEW for row in rows})

        def apply(self, rows, target):
            at = clock.now()
            AuditEntry.objects.bulk_create(
                [AuditEntry(at=at, action="bench.row", region_path="0/", detail=row["k1"]) for row in rows],
                batch_size=500,
            )

    call_command("migrate", verbosity=0)
    clerk = Actor(user_id=1, name="甲", grants=frozenset({Grant("jobs.read", "0/")}), scope=Scope(("0/",)))
    actors.provide(lambda _user_id: clerk)
    importer = register(Register())
    data, cells = planted()
    parts, at = {}, time.perf_counter()

    def spent(name: str) -> None:
        nonlocal at
        parts[name], at = time.perf_counter() - at, time.perf_counter()

    at = time.perf_counter()
    with audit.origin():
        run = runs.begin(importer, ContentFile(data), name="名册.xlsx", target=Target("0/", None, clerk))
        run.refresh_from_db()
    spent("upload, guard, reading and report")
    assert {(p["row"], p["letter"]) for p in run.report["problems"]} == cells, "a planted fault was missed"
    runs.marked_file(run)
    spent("file with the faults marked")
    runs.confirm(run, importer, only_good=True, actor=clerk)
    spent("second check and writing")
    assert AuditEntry.objects.filter(action="bench.row").count() == SheetRun.objects.get().report["good"]
    return {"parts": parts}


def main(work: str) -> None:
    import django

    django.setup()
    started = time.perf_counter()
    result = {"imported": imported, "exported": exported, "exported_csv": exported_csv}[work]()
    result["seconds"] = sum(result["parts"].values()) if "parts" in result else time.perf_counter() - started
    result["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    result["child_megabytes"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
