"""`kepu upgrade`: after a new version was installed, back up, migrate, check; on any failure put everything back."""

import argparse
import sys
import time
from collections.abc import Sequence

from django.conf import settings
from django.db import connections

from kepu.foundation import door as foundation
from kepu.project import backup, migrate, restore, running, stores


def main(argv: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="kepu upgrade", description=__doc__).parse_args(argv)
    try:
        with running.alone(settings.KEPU_DATA):
            return upgrade()
    except (backup.CannotBackUp, stores.CannotCopy, running.InUse, OSError) as error:
        print(f"kepu upgrade: {error} Nothing has been changed.", file=sys.stderr)
        return 1


def upgrade() -> int:
    started = time.monotonic()
    kept = backup.make(settings.KEPU_DATA / "backups")
    print(f"Backed up to {kept}")
    problems = attempt()
    if not problems:
        print(f"Upgraded in {backup.timed(started)}. Start Kepu.")
        return 0
    print("kepu upgrade: " + "\n  ".join(problems), file=sys.stderr)
    connections.close_all()
    aside = restore.put_in_place(restore.open_archive(kept, settings.KEPU_AUDIT_KEY, older=True))
    print(
        f"Everything is as it was before ({kept.name} was put back; the failed attempt lies in {aside}). "
        "Install the former version again and report what stands above.",
        file=sys.stderr,
    )
    return 1


def attempt() -> list[str]:
    """Migrate and check; what went wrong."""
    try:
        migrate.main([])
    except Exception as error:
        # Whatever a migration raises, the answer is the same: say it and go back.
        return [f"the migration failed: {type(error).__name__}: {error}"]
    found = foundation.checks.run(at_least=foundation.checks.Severity.SEVERE)
    return [f"{finding.check.section}.{finding.check.name}: {finding.sentence}" for finding in found]
