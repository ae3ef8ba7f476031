"""An installation of its own for tests of the command: a data directory and, on PostgreSQL, a database of its own."""

import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.project import forked

SOURCE = Path(__file__).resolve().parents[2] / "src"
SERVER = os.environ.get("KEPU_DATABASE_URL", "")


@dataclass
class Installation:
    data: Path
    database_url: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def environ(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("KEPU_", "DJANGO_"))}
        paths = os.pathsep.join([str(SOURCE), str(SOURCE.parent)])
        mine = {"KEPU_DATA": str(self.data), "KEPU_DATABASE_URL": self.database_url, "PYTHONPATH": paths}
        return {**kept, **mine, **self.env, **more}

    def command(self, *argv: str) -> list[str]:
        return [sys.executable, "-m", "kepu", *argv]

    def run(self, *argv: str, timeout: int = 180, **env: str) -> subprocess.CompletedProcess[str]:
        """Run one verb in a process of its own and wait for it."""
        return forked.run(forked.verb, argv, self.environ(**env), timeout)

    def code(self, text: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run Python text inside this installation, in a process of its own; Django is set up."""
        return forked.run(forked.code, (text,), self.environ(**env), 180)

    def python(self, text: str, **env: str) -> str:
        """What the text prints; it must not fail."""
        done = self.code(text, **env)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def new_database(template: str = "") -> str:
    """A database on the test server, a copy of `template` if one is named; its URL."""
    name = f"kepu_{secrets.token_hex(6)}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {urlsplit(template).path[1:]}" if template else ""))
    return urlsplit(SERVER)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Installation:
    """Made once; tests work on copies."""
    made = Installation(tmp_path_factory.mktemp("migrated") / "data", new_database() if SERVER else "")
    done = made.run("migrate")
    assert (done.returncode, done.stderr) == (0, "")
    return made


@pytest.fixture
def installation(migrated: Installation, tmp_path: Path) -> Installation:
    data = tmp_path / "data"
    shutil.copytree(migrated.data, data)
    return Installation(data, new_database(migrated.database_url) if SERVER else "")
