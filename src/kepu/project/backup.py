"""`kepu backup`: one file with the database and everything beside it, made while Kepu runs."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext

from kepu.foundation import door as foundation
from kepu.project import archive, stores
from kepu.project.installation import LEAST_FREE

# Beside the database: what was uploaded, mail not yet sent, and the noted heads of the audit log. Not the keys: whoever
# finds a backup could otherwise forge the audit log that is in it.
FOLDERS = ("files", "mail")
HEADS = "audit-heads.txt"


class CannotBackUp(Exception):
    pass


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="kepu backup", description=__doc__)
    parser.add_argument(
        "--to", type=Path, metavar="FOLDER", help="where to write it (default: backups in the data directory)"
    )
    parser.add_argument("--keep", type=int, metavar="N", help="afterwards remove all but the newest N in that folder")
    asked = parser.parse_args(argv)
    folder = asked.to or settings.KEPU_DATA / "backups"
    try:
        target = make(folder)
    except (CannotBackUp, stores.CannotCopy, OSError) as error:
        print(f"kepu backup: {error}", file=sys.stderr)
        return 1
    if asked.keep:
        keep_newest(folder, asked.keep)
    print(f"{target} ({target.stat().st_size / 2**20:.1f} MB)")
    print(
        f"Copy it to another machine. The keys are not in it: keep a copy of {settings.KEPU_DATA / 'keys'} elsewhere, too."
    )
    return 0


def make(folder: Path) -> Path:
    """Write a backup into `folder` and log it. Raises CannotBackUp, CannotCopy or OSError; a half one never stays."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = stores.of_settings(settings.DATABASES["default"])
    needed = needed_space()
    if shutil.disk_usage(folder).free < needed + LEAST_FREE:
        raise CannotBackUp(f"{folder} has too little room: about {needed // 2**20} MB and a reserve are needed.")
    target = folder / f"{foundation.clock.now():%Y%m%d-%H%M%S}.kepu"
    if target.exists():
        raise CannotBackUp(f"{target} exists already; wait a second.")
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix="copy-") as room:
            copy = Path(room) / "database"
            rows = store.copy_to(copy)
            about = archive.About(
                program_version(), f"{foundation.clock.now():%Y-%m-%dT%H:%M:%SZ}", store.vendor, applied(), rows
            )
            archive.write(target, about, [("database", copy), *beside()], settings.KEPU_AUDIT_KEY)
    finally:
        target.with_suffix(".part").unlink(missing_ok=True)
    foundation.audit.record(
        "system.backup", actor=foundation.SYSTEM, detail={"file": target.name, "bytes": target.stat().st_size}
    )
    return target


def keep_newest(folder: Path, number: int) -> None:
    for old in sorted(folder.glob("*.kepu"))[:-number]:
        old.unlink()


@foundation.jobs.job("system.backup")
def daily(progress: foundation.jobs.Progress) -> dict[str, Any]:
    """The backup of the day into the data directory; the oldest make room."""
    folder = settings.KEPU_DATA / "backups"
    made = make(folder)
    keep_newest(folder, settings.KEPU_BACKUPS_KEPT)
    return {"file": made.name}


def order_daily() -> None:
    """Called by the ticker once a day; a worker does it, and tries again if it fails."""
    if settings.KEPU_BACKUPS_KEPT:
        foundation.jobs.enqueue(
            "system.backup", actor=foundation.SYSTEM, region_path="0/", title=gettext("Daily backup"), args={}
        )


def beside() -> Iterator[tuple[str, Path]]:
    """Files of the data directory that belong to a backup, as (name in the archive, path)."""
    for folder in FOLDERS:
        for path in sorted((settings.KEPU_DATA / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield str(path.relative_to(settings.KEPU_DATA)), path
    if (settings.KEPU_DATA / HEADS).exists():
        yield HEADS, settings.KEPU_DATA / HEADS


def needed_space() -> int:
    """Bytes that making a backup takes at its height: two copies of the database (the second in the archive), and files."""
    if connection.vendor == "sqlite":
        database = Path(settings.DATABASES["default"]["NAME"]).stat().st_size
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            database = cursor.fetchone()[0]
    return 2 * database + sum(path.stat().st_size for _, path in beside())


def applied() -> dict[str, list[str]]:
    """Names of the applied migrations by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


def program_version() -> str:
    try:
        return version("kepu")
    except PackageNotFoundError:
        return "source"


def timed(since: float) -> str:
    return f"{time.monotonic() - since:.1f} s"
