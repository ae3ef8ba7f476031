"""Copies of the one database, taken while it is written to, and their way back. SQLite and PostgreSQL alike."""

import os
import shutil
import sqlite3
import subprocess
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg

from kepu.project.archive import BadArchive


class CannotCopy(Exception):
    """The copy could not be made or put back; the text is what the database's own tool said."""


class Store(Protocol):
    vendor: str

    def copy_to(self, target: Path) -> dict[str, int]:
        """Write one consistent copy; rows by table as they stand in it."""

    def inspect(self, copy: Path, rows: dict[str, int]) -> None:
        """Raises BadArchive unless the copy is sound and holds exactly these rows."""

    def is_empty(self) -> bool:
        """Whether nothing would be lost: no tables, or no account and no audit entry."""

    def replace_by(self, copy: Path, rows: dict[str, int], aside: Path) -> None:
        """Put the copy in the place of the database; what was there is kept in `aside` where that is possible."""


def of_settings(database: dict[str, Any]) -> Store:
    """The store behind a DATABASES entry."""
    if database["ENGINE"].endswith("sqlite3"):
        return SQLiteStore(Path(database["NAME"]))
    keys = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
    return PostgreSQLStore({name: str(database[key]) for key, name in keys.items() if database.get(key)})


@contextmanager
def scratch(database: dict[str, Any]) -> Iterator[str]:
    """A database of its own for a drill, gone afterwards; its URL, empty for SQLite, which makes its file by itself."""
    store = of_settings(database)
    if not isinstance(store, PostgreSQLStore):
        yield ""
        return
    name = f"kepu_drill_{os.getpid()}"
    url = store.url(name)
    with store.connect(autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield url
    finally:
        with store.connect(autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _counts(run: Callable[[str], Any], tables: list[str]) -> dict[str, int]:
    return {table: run(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}  # noqa: S608 - names from the catalogue


@dataclass(frozen=True)
class SQLiteStore:
    path: Path
    vendor: str = "sqlite"

    def copy_to(self, target: Path) -> dict[str, int]:
        """By VACUUM INTO, which reads one snapshot; copying the file itself under load loses rows (quality R15)."""
        source = sqlite3.connect(self.path, timeout=60)
        try:
            source.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.Error as error:
            raise CannotCopy(str(error)) from error
        finally:
            source.close()
        with target.open("rb") as copy:
            os.fsync(copy.fileno())
        return self._rows(target)

    def _rows(self, path: Path) -> dict[str, int]:
        copy = sqlite3.connect(f"file:{urllib.parse.quote(str(path))}?mode=ro&immutable=1", uri=True)
        try:
            found = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            return _counts(copy.execute, sorted(name for (name,) in found))
        finally:
            copy.close()

    def inspect(self, copy: Path, rows: dict[str, int]) -> None:
        try:
            database = sqlite3.connect(f"file:{urllib.parse.quote(str(copy))}?mode=ro&immutable=1", uri=True)
            try:
                said = [line for (line,) in database.execute("PRAGMA integrity_check(5)")]
            finally:
                database.close()
            found = self._rows(copy)
        except sqlite3.Error as error:
            raise BadArchive(f"the database in the backup cannot be opened: {error}.") from error
        if said != ["ok"] or found != rows:
            raise BadArchive("the database in the backup is damaged or does not hold the rows of its manifest.")

    def is_empty(self) -> bool:
        if not self.path.exists():
            return True
        rows = self._live_rows()
        return not rows.get("people_user") and not rows.get("foundation_auditentry")

    def _live_rows(self) -> dict[str, int]:
        live = sqlite3.connect(self.path, timeout=20)
        try:
            found = live.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            return _counts(live.execute, sorted(name for (name,) in found))
        finally:
            live.close()

    def replace_by(self, copy: Path, rows: dict[str, int], aside: Path) -> None:
        for suffix in ("", "-wal", "-shm"):
            old = self.path.with_name(self.path.name + suffix)
            if old.exists():
                shutil.move(old, aside / old.name)
        shutil.move(copy, self.path)


@dataclass(frozen=True)
class PostgreSQLStore:
    env: dict[str, str]  # PGHOST, PGDATABASE …: never on a command line, where others could read a password
    vendor: str = "postgresql"

    def url(self, name: str) -> str:
        """Address of another database on the same server, in the form of KEPU_DATABASE_URL."""
        quoted = {key: urllib.parse.quote(value, safe="") for key, value in self.env.items()}
        who = quoted.get("PGUSER", "") + (f":{quoted['PGPASSWORD']}" if "PGPASSWORD" in quoted else "")
        where = quoted.get("PGHOST", "") + (f":{quoted['PGPORT']}" if "PGPORT" in quoted else "")
        return f"postgresql://{who}@{where}/{name}"

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
        given = {names[key]: value for key, value in self.env.items()}
        return psycopg.connect("", connect_timeout=10, autocommit=autocommit, **given)

    def _tool(self, name: str, *args: str) -> str:
        found = shutil.which(name) or max(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), default="")
        if not found:
            raise CannotCopy(f"{name} is not installed: it comes with PostgreSQL's client tools (postgresql-client)")
        done = subprocess.run(
            [found, *args], env={**os.environ, **self.env}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CannotCopy(f"{name}: {done.stderr.strip()[:500]}")
        return done.stdout

    def copy_to(self, target: Path) -> dict[str, int]:
        """By pg_dump in a snapshot that the counts are taken from too."""
        with self.connect() as source:
            source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = source.execute("SELECT pg_export_snapshot()").fetchone()[0]
            rows = self._rows(source)
            self._tool(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={target}",
            )
        return rows

    def _rows(self, source: psycopg.Connection[Any]) -> dict[str, int]:
        found = source.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        return _counts(source.execute, [name for (name,) in found.fetchall()])

    def inspect(self, copy: Path, rows: dict[str, int]) -> None:
        """Its list of contents must be readable and name the tables; the rows are counted inside the restore."""
        try:
            listed = self._tool("pg_restore", "--list", str(copy))
        except CannotCopy as error:
            raise BadArchive(f"the database in the backup cannot be read: {error}.") from error
        tables = {line.split()[6] for line in listed.splitlines() if " TABLE DATA " in line}
        if tables != set(rows):
            raise BadArchive("the database in the backup does not hold the tables of its manifest.")

    def is_empty(self) -> bool:
        with self.connect() as source:
            rows = self._rows(source)
        return not rows.get("people_user") and not rows.get("foundation_auditentry")

    def replace_by(self, copy: Path, rows: dict[str, int], aside: Path) -> None:
        """In one transaction, which ends by counting: the whole copy is there afterwards, or all is as it was."""
        self.copy_to(aside / "database")
        script, counting = copy.with_suffix(".sql"), copy.with_suffix(".count.sql")
        self._tool("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(copy))
        counted = " ".join(
            f"IF (SELECT count(*) FROM public.\"{table}\") <> {count} THEN RAISE 'rows of {table} are not {count}'; END IF;"  # noqa: S608 - names from the manifest, which carries our seal
            for table, count in rows.items()
        )
        counting.write_text(f"DO $count$ BEGIN {counted} END $count$;", encoding="utf-8")
        anew = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
        quiet = ["--quiet", "--no-psqlrc", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--single-transaction"]
        self._tool("psql", *quiet, "--command", anew, "--file", str(script), "--file", str(counting))
        script.unlink()
        counting.unlink()
