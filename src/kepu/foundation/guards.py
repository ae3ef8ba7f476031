"""Append-only tables: triggers that refuse UPDATE, DELETE and (on PostgreSQL) TRUNCATE, whoever asks.

A room declares its guards when its app is ready: `guards.register(Guard("plans.Edition", update="OLD.state = 'issued'"))`.
`install()` runs after every `migrate` and is idempotent; `kepu check` asks `missing()`. Altering a field on SQLite
rebuilds the table and drops its triggers without a word, and refuses to rename a table that another table's trigger
mentions; so guards are lifted while migrations run and put back afterwards.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

ALWAYS = "TRUE"
PREFIX = "kepu_guard_"


@dataclass(frozen=True)
class Guard:
    """What is refused on the table of `model` ("app.Model").

    `update`, `delete` and `insert` are SQL conditions over OLD and NEW in the words that SQLite and PostgreSQL share;
    where one holds the statement is refused with IntegrityError. An empty one lets the statement pass.
    """

    model: str
    update: str = ALWAYS
    delete: str = ALWAYS
    insert: str = ""
    truncate: bool = True

    @property
    def table(self) -> str:
        return apps.get_model(self.model)._meta.db_table

    def conditions(self) -> dict[str, str]:
        named = {"insert": self.insert, "update": self.update, "delete": self.delete}
        return {operation: condition for operation, condition in named.items() if condition}


_registry: dict[str, Guard] = {}


def register(guard: Guard) -> Guard:
    """Add a guard; one a model. Called from the AppConfig of the room that owns the model."""
    if guard.model in _registry:
        raise ValueError(f"{guard.model} is guarded twice")
    _registry[guard.model] = guard
    return guard


def registered() -> list[Guard]:
    return list(_registry.values())


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the triggers of every guarded table that exists; those already right are left alone."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        wanted = _wanted(connection)
        present = _present(connection, cursor)
        for name in present.keys() - wanted.keys():
            _drop(connection, cursor, name, present[name].table)
        for name, trigger in wanted.items():
            if name in present and present[name].digest == trigger.digest:
                continue
            # Also where it was not seen: a disabled trigger counts as missing, yet its name is taken.
            _drop(connection, cursor, name, trigger.table)
            for statement in trigger.statements:
                cursor.execute(statement)


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of triggers that should be there and are not, or differ from what the code declares."""
    connection = connections[using]
    with connection.cursor() as cursor:
        present = _present(connection, cursor)
    return sorted(
        name
        for name, trigger in _wanted(connection, even_without_table=True).items()
        if name not in present or present[name].digest != trigger.digest
    )


def lift(using: str = DEFAULT_DB_ALIAS) -> None:
    """Drop every trigger of ours. Only for a migration that is about to run, and for a test's flush."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name, trigger in _present(connection, cursor).items():
            _drop(connection, cursor, name, trigger.table)


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """For the flush between tests, and for nothing else."""
    lift(using)
    try:
        yield
    finally:
        install(using)


def before_migrate(*, using: str, plan: list[Any], **_: Any) -> None:
    if plan:
        lift(using)


def after_migrate(*, using: str, **_: Any) -> None:
    install(using)


@dataclass(frozen=True)
class _Trigger:
    table: str
    digest: str
    statements: tuple[str, ...] = ()


def _wanted(connection: BaseDatabaseWrapper, *, even_without_table: bool = False) -> dict[str, _Trigger]:
    tables = set(connection.introspection.table_names())
    make = _sqlite_triggers if connection.vendor == "sqlite" else _postgresql_triggers
    wanted: dict[str, _Trigger] = {}
    for guard in _registry.values():
        if even_without_table or guard.table in tables:
            wanted.update(make(guard))
    return wanted


def _name(guard: Guard, operation: str) -> str:
    name = f"{PREFIX}{guard.table}_{operation}"
    if len(name) > 63:  # PostgreSQL would cut it, and the cut name would never be found again
        raise ValueError(f"the name of trigger {name} is too long")
    return name


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _sqlite_triggers(guard: Guard) -> dict[str, _Trigger]:
    triggers = {}
    for operation, condition in guard.conditions().items():
        name = _name(guard, operation)
        statement = (
            f'CREATE TRIGGER "{name}" BEFORE {operation.upper()} ON "{guard.table}" FOR EACH ROW WHEN {condition} '
            f"BEGIN SELECT RAISE(ABORT, '{guard.table} is append-only: {operation} refused'); END"
        )
        triggers[name] = _Trigger(guard.table, _digest(statement), (statement,))
    return triggers


def _postgresql_triggers(guard: Guard) -> dict[str, _Trigger]:
    """One function a trigger, as WHEN may not hold a subquery there; the comment carries the digest for `missing`."""
    conditions = dict(guard.conditions())
    if guard.truncate:
        conditions["truncate"] = ALWAYS
    triggers = {}
    for operation, condition in conditions.items():
        name = _name(guard, operation)
        each = "STATEMENT" if operation == "truncate" else "ROW"
        passed = {"delete": "OLD", "truncate": "NULL"}.get(operation, "NEW")
        function = (
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN '
            f"IF {condition} THEN RAISE EXCEPTION '{guard.table} is append-only: {operation} refused' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {passed}; END $guard$"
        )
        trigger = (
            f'CREATE TRIGGER "{name}" BEFORE {operation.upper()} ON "{guard.table}" '
            f'FOR EACH {each} EXECUTE FUNCTION "{name}"()'
        )
        digest = _digest(function, trigger)
        comment = f'COMMENT ON TRIGGER "{name}" ON "{guard.table}" IS \'{digest}\''
        triggers[name] = _Trigger(guard.table, digest, (function, trigger, comment))
    return triggers


def _present(connection: BaseDatabaseWrapper, cursor: Any) -> dict[str, _Trigger]:
    if connection.vendor == "sqlite":
        cursor.execute(
            "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [PREFIX + "%"]
        )
        return {name: _Trigger(table, _digest(sql)) for name, table, sql in cursor.fetchall()}
    cursor.execute(
        "SELECT t.tgname, c.relname, coalesce(obj_description(t.oid, 'pg_trigger'), '') "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND n.nspname = current_schema() AND t.tgname LIKE %s",
        [PREFIX + "%"],
    )
    return {name: _Trigger(table, digest) for name, table, digest in cursor.fetchall()}


def _drop(connection: BaseDatabaseWrapper, cursor: Any, name: str, table: str) -> None:
    if connection.vendor == "sqlite":
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
    else:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
        cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"()')
