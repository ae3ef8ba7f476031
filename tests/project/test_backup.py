"""Backup while writing, restore, drill, upgrade: nothing acknowledged is lost, nothing wrong is let in (R15, R16)."""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

from kepu.project import archive, running

pytestmark = [pytest.mark.db, pytest.mark.slow]

ABOUT = archive.About("1", "2027-03-15T02:00:00Z", "sqlite", {"foundation": ["0001_audit_and_jobs"]}, {"a": 1})
KEY = "a key of the audit log"


# --- the archive --------------------------------------------------------------------------------------------------


@pytest.fixture
def packed(tmp_path) -> Path:
    (tmp_path / "database").write_bytes(bytes(range(256)) * 400)
    (tmp_path / "one.docx").write_bytes(b"one" * 5000)
    target = tmp_path / "20270315-020000.kepu"
    archive.write(
        target, ABOUT, [("database", tmp_path / "database"), ("files/1/one.docx", tmp_path / "one.docx")], KEY
    )
    return target


def unpacked(source: Path, key: str | None = KEY) -> archive.Manifest:
    into = source.parent / "into"
    into.mkdir()
    try:
        return archive.unpack(source, into, key)
    finally:
        shutil.rmtree(into)


def test_an_archive_comes_back_as_it_was(packed, tmp_path):
    into = tmp_path / "into"
    into.mkdir()
    manifest = archive.unpack(packed, into, KEY)
    assert manifest.about == ABOUT
    assert {name: (into / name).read_bytes() for name in manifest.parts} == {
        "database": (tmp_path / "database").read_bytes(),
        "files/1/one.docx": (tmp_path / "one.docx").read_bytes(),
    }
    assert packed.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.9, 0.97])
def test_a_truncated_archive_is_refused(packed, share):
    whole = packed.read_bytes()
    packed.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(archive.BadArchive, match="not a whole backup"):
        unpacked(packed)


def test_every_altered_part_is_refused(packed):
    whole = packed.read_bytes()
    with tarfile.open(packed) as tar:
        inside = [member.offset_data + min(member.size - 1, 100) for member in tar]
    assert len(inside) == 4
    for place in inside:
        packed.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(archive.BadArchive, match="altered"):
            unpacked(packed)


def test_another_key_is_refused_unless_waived(packed):
    with pytest.raises(archive.BadArchive, match="another audit key"):
        unpacked(packed, "another key")
    assert unpacked(packed, None).about == ABOUT


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "files/../../outside"])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path, name):
    (tmp_path / "x").write_text("x")
    packed = tmp_path / "bad.kepu"
    archive.write(packed, ABOUT, [(name, tmp_path / "x")], KEY)
    with pytest.raises(archive.BadArchive, match="no backup of Kepu"):
        unpacked(packed)


def test_another_format_is_refused(packed, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "FORMAT", 2)
    archive.write(packed, ABOUT, [], KEY)
    monkeypatch.undo()
    with pytest.raises(archive.BadArchive, match="format 2"):
        unpacked(packed)


# --- the commands -------------------------------------------------------------------------------------------------

ADD = """
from django.contrib.auth import get_user_model
from kepu.foundation import door as foundation
for name in {names!r}:
    user = get_user_model().objects.create_user(username=name)
    foundation.audit.record("account.made", actor=foundation.SYSTEM, obj=user)
foundation.sealing.seal()
"""
NAMES = """
from django.contrib.auth import get_user_model
print(*sorted(get_user_model().objects.values_list("username", flat=True)))
"""


def add(installation, *names):
    installation.python(ADD.format(names=names))


def backed_up(installation) -> Path:
    before = set((installation.data / "backups").glob("*.kepu"))
    done = installation.run("backup")
    assert done.returncode == 0, done.stderr
    (made,) = set((installation.data / "backups").glob("*.kepu")) - before
    return made


def state(installation) -> dict[str, str]:
    """Digest of every file of the data directory; of SQLite's the contents, as reading moves pages between its files."""
    found = {
        str(path.relative_to(installation.data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(installation.data.rglob("*"))
        if path.is_file() and ".sqlite3" not in path.name and path.suffix != ".lock"
    }
    if not installation.database_url:
        database = sqlite3.connect(installation.data / "kepu.sqlite3")
        found["database"] = hashlib.sha256("".join(database.iterdump()).encode()).hexdigest()
        database.close()
    return found


def test_what_was_backed_up_comes_back(installation):
    add(installation, "ann", "bo")
    (installation.data / "files" / "ab").mkdir()
    (installation.data / "files" / "ab" / "paper.docx").write_bytes(b"paper")
    kept = backed_up(installation)

    add(installation, "later")
    (installation.data / "files" / "ab" / "paper.docx").unlink()
    before = state(installation)
    done = installation.run("restore", str(kept))
    assert (done.returncode, "--replace" in done.stderr) == (1, True)
    with running.shared(installation.data):
        done = installation.run("restore", "--replace", str(kept))
    assert (done.returncode, "Kepu is running" in done.stderr) == (1, True)
    whole = kept.read_bytes()
    cut = installation.data.parent / "cut.kepu"
    cut.write_bytes(whole[: len(whole) // 2])
    done = installation.run("restore", "--replace", str(cut))
    assert (done.returncode, "not a whole backup" in done.stderr) == (1, True)
    assert state(installation) == before
    assert installation.python(NAMES) == "ann bo later"

    done = installation.run("restore", "--replace", str(kept))
    assert (done.returncode, done.stderr) == (0, "")
    assert installation.python(NAMES) == "ann bo"
    assert (installation.data / "files" / "ab" / "paper.docx").read_bytes() == b"paper"
    checked = installation.run("check")
    assert checked.returncode == 0, checked.stdout


def test_a_backup_of_another_version_is_refused(installation, tmp_path):
    kept = backed_up(installation)
    into = tmp_path / "into"
    into.mkdir()
    about = archive.unpack(kept, into, None).about
    key = (installation.data / "keys" / "audit.key").read_text().strip()
    for change, sentence in [
        (
            {"migrations": {**about.migrations, "foundation": [*about.migrations["foundation"], "9999_later"]}},
            "newer version",
        ),
        ({"migrations": {**about.migrations, "plans": []}}, "older version"),
        ({"vendor": "other"}, "holds a other database"),
    ]:
        wrong = tmp_path / "wrong.kepu"
        archive.write(wrong, archive.About(**{**vars(about), **change}), [("database", into / "database")], key)
        done = installation.run("restore", "--replace", str(wrong))
        assert (done.returncode, sentence in done.stderr) == (1, True), done.stderr
    assert list(installation.data.glob("restoring-*")) == []


WRITER = """
import sys
from kepu.foundation import door as foundation
for number in range(100_000):
    foundation.audit.record("thing.made", actor=foundation.SYSTEM, after={"number": number})
    print(number, flush=True)
"""


def test_a_backup_while_writing_holds_all_that_was_acknowledged(installation, tmp_path):
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'kepu.project.settings'\nimport django; django.setup()\n"
        + WRITER
    )
    acknowledged = tmp_path / "acknowledged"
    with acknowledged.open("wb") as out:
        writer = subprocess.Popen([installation.command()[0], "-c", code], env=installation.environ(), stdout=out)
        try:
            wait_until(lambda: acknowledged.stat().st_size > 400)
            before = acknowledged.read_bytes().count(b"\n")
            kept = backed_up(installation)
            assert writer.poll() is None
        finally:
            writer.kill()
            writer.wait()
    after = acknowledged.read_bytes().count(b"\n")
    into = tmp_path / "into"
    into.mkdir()
    rows = archive.unpack(kept, into, None).about.rows["foundation_auditentry"]
    assert before <= rows <= after + 1
    assert before > 50
    # And the copy is one moment: a restore counts it again and finds it sound.
    assert installation.run("restore", "--replace", str(kept)).returncode == 0
    held = installation.python(
        "from kepu.foundation.models import AuditEntry as A; print(A.objects.filter(action='thing.made').count())"
    )
    assert int(held) == rows


def wait_until(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


def test_a_drill_is_timed_and_noted(installation):
    add(installation, "ann")
    kept = backed_up(installation)
    done = installation.run("restore", "--drill", str(kept))
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = (installation.data / "backups" / "drills.txt").read_text().splitlines()
    assert (line.split()[1:3], line.endswith(" s")) == ([kept.name, "good"], True)
    assert installation.python(NAMES) == "ann"
    assert list(installation.data.glob("drill-*")) == []


FORGET = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("DELETE FROM django_migrations WHERE app = 'foundation' AND name = '0001_audit_and_jobs'")
"""


def test_an_upgrade_that_fails_puts_everything_back(installation):
    add(installation, "ann")
    # The schema is ahead of what the migrations believe, so that the first of them fails for good.
    installation.python(FORGET)
    done = installation.run("upgrade")
    assert done.returncode == 1
    assert "the migration failed" in done.stderr
    assert "Everything is as it was before" in done.stderr
    assert installation.python(NAMES) == "ann"
    assert installation.python("from kepu.foundation import guards; print(guards.missing())") == "[]"


def test_an_upgrade_migrates_after_a_backup(installation):
    undone = installation.run("manage", "migrate", "usersessions", "zero", "-v", "0")
    assert undone.returncode == 0, undone.stderr
    done = installation.run("check")
    assert (done.returncode, "migrations are not applied" in done.stdout) == (1, True)
    done = installation.run("upgrade")
    assert (done.returncode, done.stderr) == (0, "")
    assert installation.python("from kepu.project import installation as i; print(*i.pending_migrations())") == ""
    (kept,) = (installation.data / "backups").glob("*.kepu")
    with tarfile.open(kept) as tar:
        manifest = json.load(tar.extractfile(archive.MANIFEST))
    assert "usersessions" not in manifest["about"]["migrations"]
