"""Runs a verb in a fresh process that starts from one with the slow libraries loaded: a third of the time of a cold one."""

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

# Loaded once, before any settings; nothing of ours and nothing that needs Django to be set up.
LIBRARIES = [
    "cryptography.x509", "django.core.management", "django.db.backends.postgresql.base", "django.db.backends.sqlite3.base",
    "django.db.migrations.executor", "django.db.models", "django.forms", "django.http", "django.template.loader",
    "django.test", "django.urls", "lxml.etree", "openpyxl", "psycopg_pool", "tarfile", "xlsxwriter",
]  # fmt: skip

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(LIBRARIES)


def run(what: Any, argv: tuple[str, ...], environ: dict[str, str], timeout: float) -> CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as room:
        out, err = Path(room) / "out", Path(room) / "err"
        process = _processes.Process(target=_inside, args=(what, argv, environ, out, err))
        process.start()
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            raise TimeoutError(f"{argv} took longer than {timeout} s")
        return CompletedProcess(argv, process.exitcode or 0, out.read_text("utf-8"), err.read_text("utf-8"))


def _inside(what: Any, argv: tuple[str, ...], environ: dict[str, str], out: Path, err: Path) -> None:
    os.environ.clear()
    os.environ.update(environ)
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), stream)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115 - descriptors
    raise SystemExit(what(*argv))


def verb(*argv: str) -> int:
    from kepu.project.command import main

    return main(argv)


def code(text: str) -> int:
    """Run Python text where Django is set up."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kepu.project.settings"
    import django

    django.setup()
    exec(compile(text, "<test>", "exec"), {})  # noqa: S102 - the test's own text
    return 0
