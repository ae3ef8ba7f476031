"""`kepu demo`: an installation of its own with an invented city, its plans read by the real importer, served at once.

It lives in a data directory apart, so that it never mixes with an office's data and goes with that directory.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

MARK = "demo"  # file in the data directory of a demo; only such a directory is ever removed


def main(argv: Sequence[str]) -> int:
    asked = _parser().parse_args(argv)
    data = Path(os.environ.get("KEPU_DATA", "demo-data")).expanduser().resolve()
    if problem := refusal(data):
        print(f"kepu demo: {problem}", file=sys.stderr)
        return 1
    if asked.remove:
        return remove(data)
    os.environ.update({"KEPU_DATA": str(data), "KEPU_SECOND_FACTOR": "off"})
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / MARK).touch()

    from kepu.project import command

    if problem := command.start_django():
        print(f"kepu demo: {problem}", file=sys.stderr)
        return 1
    from kepu.project import migrate, serve
    from kepu.project.demo import load

    if problem := serve.port_problem("127.0.0.1", asked.port):
        print(f"kepu demo: {problem} For the demo: make demo PORT={asked.port + 1}", file=sys.stderr)
        return 1
    migrate.main([])
    if not load.is_loaded():
        load.everything(say=lambda line: print(line, flush=True))
    print(load.accounts(asked.port), flush=True)
    return 0 if asked.no_serve else serve.main(["--port", str(asked.port), "--workers", "1"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kepu demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-serve", action="store_true", help="load only")
    parser.add_argument("--remove", action="store_true", help="delete the demo with its data directory")
    return parser


def refusal(data: Path) -> str:
    """Why there must be no demo here; empty if there may."""
    if os.environ.get("KEPU_MODE") == "production" or os.environ.get("KEPU_DATABASE_URL"):
        return "the demo keeps to a small database of its own. Unset KEPU_MODE and KEPU_DATABASE_URL."
    if (data / "kepu.sqlite3").exists() and not (data / MARK).exists():
        return f"{data} holds an installation that is not a demo. Choose another place: KEPU_DATA=…"
    return ""


def remove(data: Path) -> int:
    if (data / MARK).exists():
        shutil.rmtree(data)
        print(f"The demo in {data} is removed.")
    else:
        print(f"There is no demo in {data}.")
    return 0
