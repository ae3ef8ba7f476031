"""What the operator may set, read once from the environment; documented in docs/deployment.md.

Kept apart from the settings so that the command can prepare the data directory before Django starts.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class Misconfigured(Exception):
    """The installation must not start like this; the text says what to set."""


@dataclass(frozen=True)
class Environment:
    data: Path
    database_url: str
    production: bool
    debug: bool
    plain_http: str  # "loopback" (default) or "lan"
    hosts: tuple[str, ...]
    secret_key: str
    audit_key: str
    behind_proxy: bool
    statement_seconds: int  # longest statement on PostgreSQL; 0 is no limit. `kepu serve` sets it for the web
    tls: bool  # set by `kepu serve --cert` for its children
    second_factor: str  # "offices" (default), or "off" for trials on this machine alone
    password_profile: str  # "asvs" (default) or "dengbao"
    backups_kept: int  # daily backups kept in the data directory; 0 makes none
    export_rows: int  # rows that a list's page writes into a file at once; larger lists become background work
    audit_days: int  # how long audit entries are kept; never below six months


def read(environ: dict[str, str] | os._Environ[str] = os.environ) -> Environment:
    data = Path(environ.get("KEPU_DATA", "data")).expanduser().resolve()
    production = environ.get("KEPU_MODE", "embedded") == "production"
    return Environment(
        data=data,
        database_url=environ.get("KEPU_DATABASE_URL", ""),
        production=production,
        debug=environ.get("KEPU_DEBUG", "") == "1",
        plain_http=environ.get("KEPU_PLAIN_HTTP", "loopback"),
        hosts=tuple(h for h in environ.get("KEPU_HOSTS", "").split(",") if h),
        secret_key=environ.get("KEPU_SECRET_KEY") or key_file(data, "secret.key"),
        audit_key=environ.get("KEPU_AUDIT_KEY") or key_file(data, "audit.key"),
        behind_proxy=environ.get("KEPU_BEHIND_PROXY", "") == "1",
        statement_seconds=number(environ, "KEPU_STATEMENT_SECONDS", 0),
        tls=environ.get("KEPU_TLS", "") == "1",
        second_factor=one_of(environ, "KEPU_SECOND_FACTOR", "offices", "off"),
        password_profile=one_of(environ, "KEPU_PASSWORD_PROFILE", "asvs", "dengbao"),
        backups_kept=number(environ, "KEPU_BACKUPS_KEPT", 14),
        export_rows=number(environ, "KEPU_EXPORT_ROWS", 5_000),
        audit_days=audit_days(environ.get("KEPU_AUDIT_DAYS", "183")),
    )


def one_of(environ: dict[str, str] | os._Environ[str], name: str, *choices: str) -> str:
    """The setting, the first of `choices` by default. Raises Misconfigured."""
    value = environ.get(name) or choices[0]
    if value not in choices:
        raise Misconfigured(f"{name} must be one of {', '.join(choices)}.")
    return value


def number(environ: Mapping[str, str], name: str, usual: int) -> int:
    text = environ.get(name) or str(usual)
    if not text.isdigit():
        raise Misconfigured(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def audit_days(text: str) -> int:
    if not text.isdigit() or int(text) < 183:
        raise Misconfigured("KEPU_AUDIT_DAYS must be a number of days, at least 183: the law asks for six months.")
    return int(text)


def upload_megabytes(text: str) -> dict[str, int]:
    """Size limits of uploads by purpose, in MB; `text` changes some of them, like "evidence=80,sheet=20"."""
    limits = {"evidence": 50, "plan_document": 20, "sheet": 10, "picture": 20}
    for part in filter(None, text.split(",")):
        purpose, _, megabytes = part.partition("=")
        if purpose not in limits or not megabytes.isdigit() or not 1 <= int(megabytes) <= 1000:
            raise Misconfigured(f"KEPU_UPLOAD_MB must look like evidence=50,sheet=10; known are {', '.join(limits)}.")
        limits[purpose] = int(megabytes)
    return limits


@dataclass(frozen=True)
class Site:
    """What the portal's head and foot say of the site; an empty item is not shown."""

    name: str
    sponsor: str  # 主办单位
    code: str  # 网站标识码, 10 characters
    icp: str  # ICP 备案
    police: str  # 公安备案
    government_mark_url: str  # 党政机关标识
    mistake_url: str  # 找错
    phone: str
    email: str
    address: str


def site(environ: dict[str, str] | os._Environ[str] = os.environ) -> Site:
    """The site's details from KEPU_SITE_NAME, KEPU_SITE_SPONSOR and so on, one variable an item."""
    values = {item.name: environ.get(f"KEPU_SITE_{item.name.upper()}", "").strip() for item in fields(Site)}
    return Site(**{**values, "name": values["name"] or "全民科学素质工作平台"})


def key_file(data: Path, name: str) -> str:
    path = data / "keys" / name
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def prepare(data: Path) -> None:
    """Make the data directory and keys of its own for this installation; existing keys stay as they are."""
    for folder in ("", "keys", "files", "files/arriving", "backups", "static"):
        (data / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("secret.key", "audit.key"):
        path = data / "keys" / name
        if not path.exists():
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as key:
                key.write(secrets.token_urlsafe(48))


def database(env: Environment) -> dict[str, object]:
    """Django's DATABASES entry: SQLite that keeps every acknowledged write, or PostgreSQL through a pool."""
    if not env.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(env.data / "kepu.sqlite3"),
            "ATOMIC_REQUESTS": False,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                # REPLACE would otherwise delete guarded rows without firing their triggers.
                "PRAGMA recursive_triggers=ON;",
            },
        }
    url = urlsplit(env.database_url)
    if url.scheme not in {"postgres", "postgresql"}:
        raise Misconfigured("KEPU_DATABASE_URL must look like postgresql://user:password@host:5432/name")
    from kepu.project.postgres import bounded  # psycopg loads only where it is used

    query = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.pop("host", url.hostname or ""),
        "PORT": str(url.port or ""),
        # A connection that the server dropped is found out before it is used (R8).
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A pool opened before a fork hangs for ever: nothing may touch the database at import.
            # A server that comes back is found within seconds, since no attempt waits long for the next.
            "pool": {
                "min_size": 1,
                "max_size": 8,
                "timeout": 5,
                "reconnect_timeout": 5,
                "connection_class": bounded(env.statement_seconds),
            },
            # Waits are bounded: for a server that is gone, one that is silent, a lock and a statement.
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            "options": f"-c lock_timeout=10s -c statement_timeout={env.statement_seconds}s",
            **query,
        },
    }
