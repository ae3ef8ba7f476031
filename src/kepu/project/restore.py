"""`kepu restore`: put a backup in the place of the data, or try it out beside them (`--drill`)."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from kepu.foundation import door as foundation
from kepu.project import archive, backup, running, stores


class CannotRestore(Exception):
    """The text says why and what to do; nothing has been changed."""


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="kepu restore", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--replace", action="store_true", help="although there are data here; they are kept aside")
    parser.add_argument(
        "--migrate", action="store_true", help="accept a backup of an older version and bring it up to date"
    )
    parser.add_argument(
        "--other-keys", action="store_true", help="accept a backup that was made under another audit key"
    )
    parser.add_argument(
        "--drill", action="store_true", help="restore into a place of its own, check it, time it, remove it"
    )
    asked = parser.parse_args(argv)
    try:
        if asked.drill:
            return drill(asked.file)
        with running.alone(settings.KEPU_DATA):
            return restore(asked)
    except (archive.BadArchive, CannotRestore, stores.CannotCopy, running.InUse, OSError) as error:
        print(f"kepu restore: {error}", file=sys.stderr)
        return 1


def restore(asked: argparse.Namespace) -> int:
    started = time.monotonic()
    store = stores.of_settings(settings.DATABASES["default"])
    if not asked.replace and not store.is_empty():
        raise CannotRestore(
            "there are data here already. With --replace they are moved aside and the backup takes their place."
        )
    opened = open_archive(asked.file, None if asked.other_keys else settings.KEPU_AUDIT_KEY, older=asked.migrate)
    aside = put_in_place(opened)
    if asked.migrate:
        call_command("migrate", interactive=False, verbosity=0)
    foundation.audit.record("system.restore", actor=foundation.SYSTEM, detail={"file": asked.file.name})
    about = opened.manifest.about
    print(
        f"Restored {asked.file.name} of {about.made_at} in {backup.timed(started)}: {sum(about.rows.values())} rows, {len(opened.manifest.parts) - 1} files."
    )
    print(f"What was here before lies in {aside}. Run `kepu check`, then start Kepu.")
    return 0


@dataclass(frozen=True)
class Opened:
    """An archive that was unpacked and found sound, in a folder of the data directory."""

    folder: Path
    manifest: archive.Manifest


def open_archive(file: Path, key: str | None, *, older: bool = False) -> Opened:
    """Unpack and examine everything. Raises BadArchive or CannotRestore; then nothing stays behind."""
    if not file.is_file():
        raise CannotRestore(f"there is no file {file}.")
    if shutil.disk_usage(settings.KEPU_DATA).free < file.stat().st_size + backup.LEAST_FREE:
        raise CannotRestore(f"{settings.KEPU_DATA} has too little room for what is in {file.name}.")
    folder = Path(tempfile.mkdtemp(dir=settings.KEPU_DATA, prefix="restoring-"))
    try:
        manifest = archive.unpack(file, folder, key)
        store = stores.of_settings(settings.DATABASES["default"])
        if manifest.about.vendor != store.vendor:
            raise CannotRestore(
                f"the backup holds a {manifest.about.vendor} database, this installation runs on {store.vendor}."
            )
        compare_versions(manifest.about, older=older)
        store.inspect(folder / "database", manifest.about.rows)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return Opened(folder, manifest)


def compare_versions(about: archive.About, *, older: bool) -> None:
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    there = {(app, name) for app, names in about.migrations.items() for name in names}
    if unknown := there - known:
        app, name = sorted(unknown)[0]
        raise CannotRestore(
            f"the backup is of a newer version of Kepu ({about.version}; this one does not know {app} {name}). "
            "Install that version first."
        )
    if not older and (lacking := known - there):
        raise CannotRestore(
            f"the backup is of an older version of Kepu ({about.version}; it lacks {len(lacking)} migrations). "
            "With --migrate it is brought up to date once it is in place."
        )


def put_in_place(opened: Opened) -> Path:
    """Swap what was unpacked with what is here; the folder where the old data now lie."""
    connections.close_all()
    aside = settings.KEPU_DATA / f"replaced-{time.strftime('%Y%m%d-%H%M%S')}"
    aside.mkdir(mode=0o700)
    stores.of_settings(settings.DATABASES["default"]).replace_by(
        opened.folder / "database", opened.manifest.about.rows, aside
    )
    for name in (*backup.FOLDERS, backup.HEADS):
        if (settings.KEPU_DATA / name).exists():
            shutil.move(settings.KEPU_DATA / name, aside / name)
        if (opened.folder / name).exists():
            shutil.move(opened.folder / name, settings.KEPU_DATA / name)
    (settings.KEPU_DATA / "files").mkdir(exist_ok=True, mode=0o700)
    shutil.rmtree(opened.folder)
    return aside


def drill(file: Path) -> int:
    """Restore into a data directory and a database of its own, run every check there, note the result."""
    started = time.monotonic()
    place = Path(tempfile.mkdtemp(dir=settings.KEPU_DATA, prefix="drill-"))
    env = {
        **os.environ,
        "KEPU_DATA": str(place),
        "KEPU_SECRET_KEY": settings.SECRET_KEY,
        "KEPU_AUDIT_KEY": settings.KEPU_AUDIT_KEY,
    }
    kepu = [sys.executable, "-m", "kepu"]
    try:
        with stores.scratch(settings.DATABASES["default"]) as url:
            env["KEPU_DATABASE_URL"] = url
            steps = [[*kepu, "restore", str(file.resolve()), "--migrate"], [*kepu, "check"]]
            done = [subprocess.run(step, env=env, capture_output=True, text=True, check=False) for step in steps]
    finally:
        shutil.rmtree(place)
    good = all(step.returncode == 0 for step in done)
    line = f"{foundation.clock.now():%Y-%m-%dT%H:%M:%SZ} {file.name} {'good' if good else 'failed'} {backup.timed(started)}"
    with (settings.KEPU_DATA / "backups" / "drills.txt").open("a", encoding="utf-8") as record:
        record.write(line + "\n")
    print(line)
    if not good:
        print(
            "\n".join(step.stderr.strip() or step.stdout.strip() for step in done if step.returncode), file=sys.stderr
        )
    connection.close()
    return 0 if good else 1
