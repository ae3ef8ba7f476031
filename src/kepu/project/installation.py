"""Checks of how this installation is set up; those that are critical also keep `kepu serve` from starting."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kepu.engines.typeset import chinese_font
from kepu.foundation import door as foundation
from kepu.project.demo.world import ACCOUNTS

WANTED_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
# A fresh copy a day is promised (R17); two hours of grace for the run itself.
BACKUP_AGE = timedelta(hours=26)
LEAST_FREE = 500 * 1024 * 1024


def declare() -> None:
    severity = foundation.checks.Severity
    for section, name, grade, find in [
        ("security", "debug", severity.CRITICAL, debug_in_production),
        ("security", "secret", severity.CRITICAL, weak_secret_in_production),
        ("security", "demo_accounts", severity.CRITICAL, demo_accounts_in_production),
        ("security", "key_files", severity.SEVERE, key_files_open_to_others),
        ("security", "plain_http", severity.WARNING, plain_http_on_the_network),
        ("security", "framework", severity.WARNING, findings_of_django),
        ("database", "migrations", severity.CRITICAL, pending_migrations),
        ("database", "pragmas", severity.CRITICAL, wrong_pragmas),
        ("database", "file", severity.SEVERE, damaged_file),
        ("database", "guards", severity.SEVERE, missing_guards),
        ("audit", "chain", severity.SEVERE, broken_chain),
        ("work", "duties", severity.WARNING, failing_duties),
        ("work", "jobs", severity.WARNING, jobs_left_behind),
        ("storage", "files", severity.SEVERE, damaged_files),
        ("storage", "space", severity.WARNING, little_space),
        ("papers", "chinese_font", severity.WARNING, no_chinese_font),
        ("storage", "backup", severity.WARNING, stale_backup),
    ]:
        foundation.checks.register(section, name, grade, find)


def debug_in_production() -> Iterator[str]:
    if settings.KEPU_PRODUCTION and settings.DEBUG:
        yield "debug is on: unset KEPU_DEBUG"


def weak_secret_in_production() -> Iterator[str]:
    for name in ("SECRET_KEY", "KEPU_AUDIT_KEY"):
        value = getattr(settings, name)
        if settings.KEPU_PRODUCTION and (len(value) < 40 or len(set(value)) < 12):
            yield f"{name} is too short or too plain: use at least 40 random characters"
    if settings.SECRET_KEY == settings.KEPU_AUDIT_KEY:
        yield "the secret key and the audit key are the same: whoever signs cookies could forge the audit log"


def demo_accounts_in_production() -> Iterator[str]:
    if not settings.KEPU_PRODUCTION:
        return
    for account in ACCOUNTS:
        if get_user_model().objects.filter(username=account.username, name=account.name, is_active=True).exists():
            yield f"the demo account {account.username} is active: disable it, or start with an empty data directory"


def key_files_open_to_others() -> Iterator[str]:
    for path in sorted((settings.KEPU_DATA / "keys").glob("*")):
        if path.stat().st_mode & 0o077:
            yield f"{path} can be read by others: chmod 600 {path}"


def plain_http_on_the_network() -> Iterator[str]:
    if settings.KEPU_PLAIN_HTTP == "lan":
        yield "KEPU_PLAIN_HTTP=lan: pages and passwords cross the office network unencrypted"


def findings_of_django() -> Iterator[str]:
    for message in run_checks(include_deployment_checks=settings.KEPU_PRODUCTION):
        if not message.is_silenced():
            yield f"{message.id}: {message.msg}"


def pending_migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield f"{len(plan)} migrations are not applied: run `kepu migrate`, or `kepu upgrade` to be able to go back"


def wrong_pragmas() -> Iterator[str]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name, wanted in WANTED_PRAGMAS.items():
            cursor.execute(f"PRAGMA {name}")
            found = cursor.fetchone()[0]
            if found != wanted:
                yield f"PRAGMA {name} is {found}, expected {wanted}"
        cursor.execute("PRAGMA busy_timeout")
        if cursor.fetchone()[0] < 20_000:
            yield "PRAGMA busy_timeout is below 20 seconds"


def damaged_file() -> Iterator[str]:
    """Reads the whole file, so it is not among the checks before a start."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(5)")
        yield from (f"the database file is damaged: {line}" for (line,) in cursor.fetchall() if line != "ok")


def missing_guards() -> Iterator[str]:
    for name in foundation.guards.missing():
        yield f"the trigger {name} is missing or changed: run `kepu migrate`"


def broken_chain() -> Iterator[str]:
    result = foundation.sealing.verify(foundation.sealing.noted())
    yield from (f"the audit log was changed: {name}" for name in result.tampered)
    yield from (f"the audit log lacks {name}" for name in result.missing)


def failing_duties() -> Iterator[str]:
    for name, sentence in foundation.ticks.failures():
        yield f"the periodic duty {name} failed: {sentence}"


def jobs_left_behind() -> Iterator[str]:
    waiting = foundation.jobs.oldest_waiting()
    if waiting > timedelta(minutes=15):
        yield f"a job has waited for {waiting.total_seconds() // 60:.0f} minutes: is a worker running?"


def damaged_files() -> Iterator[str]:
    """Every stored byte is read: minutes for a large installation, so no start-up waits for it."""
    for name in foundation.files.damaged():
        yield f"the file {name} is missing or changed on disk: restore it from a backup"


def little_space() -> Iterator[str]:
    free = shutil.disk_usage(settings.KEPU_DATA).free
    if free < LEAST_FREE:
        yield f"only {free // 2**20} MB are free under {settings.KEPU_DATA}"


def newest_backup() -> Path | None:
    found = sorted((settings.KEPU_DATA / "backups").glob("*.kepu"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def no_chinese_font() -> Iterator[str]:
    if not chinese_font():
        yield "no Chinese font is installed, so lists cannot be saved as PDF: apt install fonts-noto-cjk, or install kepu[fonts]"


def stale_backup() -> Iterator[str]:
    newest = newest_backup()
    if newest is None:
        yield "there is no backup yet: run `kepu backup` every day"
    elif (age := foundation.clock.now().timestamp() - newest.stat().st_mtime) > BACKUP_AGE.total_seconds():
        yield f"the newest backup is {age / 3600:.0f} hours old: run `kepu backup` every day"
