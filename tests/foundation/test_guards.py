"""Append-only tables hold on both databases, and nothing that happens to a schema loses them unseen."""

import pytest
from django.db import IntegrityError, connection, models, transaction

from kepu.foundation import clock, guards
from kepu.foundation.models import AuditEntry, AuditSeal, TickRun

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def write_entry() -> AuditEntry:
    return AuditEntry.objects.create(action="thing.made", region_path="0/")


def refused_by_the_database(statement):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        statement()


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_every_declared_trigger_is_there():
    assert guards.missing() == []


def test_update_and_delete_are_refused():
    entry = write_entry()
    refused_by_the_database(lambda: AuditEntry.objects.update(action="thing.unmade"))
    refused_by_the_database(lambda: AuditEntry.objects.all().delete())
    entry.refresh_from_db()
    assert entry.action == "thing.made"


def test_replacing_a_row_is_refused():
    """SQLite's REPLACE deletes without asking DELETE triggers unless told otherwise; PostgreSQL's upsert updates."""
    at = clock.now()
    AuditSeal.objects.create(
        number=1, previous="", last_link="a", entries=1, first_at=at, last_at=at, sealed_at=at, mac="m"
    )
    insert = "INTO foundation_auditseal (number, previous, last_link, entries, first_at, last_at, sealed_at, mac)"
    values = "VALUES (1, '', 'b', 1, '2020-01-01', '2020-01-01', '2020-01-01', 'n')"
    if connection.vendor == "sqlite":
        statement = f"INSERT OR REPLACE {insert} {values}"
    else:
        statement = f"INSERT {insert} {values} ON CONFLICT (number) DO UPDATE SET mac = 'n'"
    refused_by_the_database(lambda: run(statement))
    assert AuditSeal.objects.get().mac == "m"


def test_truncate_is_refused():
    """SQLite has no TRUNCATE; its DELETE without a condition is the same thing."""
    write_entry()
    statement = (
        "TRUNCATE foundation_auditentry" if connection.vendor == "postgresql" else "DELETE FROM foundation_auditentry"
    )
    refused_by_the_database(lambda: run(statement))
    assert AuditEntry.objects.count() == 1


def test_install_is_idempotent_and_repairs():
    name = "kepu_guard_foundation_auditentry_delete"
    run(f"DROP TRIGGER {name}" + (" ON foundation_auditentry" if connection.vendor == "postgresql" else ""))
    assert guards.missing() == [name]
    guards.install()
    guards.install()
    assert guards.missing() == []
    write_entry()
    refused_by_the_database(lambda: AuditEntry.objects.all().delete())


def test_a_weakened_trigger_counts_as_missing():
    name = "kepu_guard_foundation_auditseal_update"
    if connection.vendor == "sqlite":
        run(
            f"DROP TRIGGER {name}",
            f"CREATE TRIGGER {name} BEFORE UPDATE ON foundation_auditseal BEGIN SELECT 1; END",
        )
    else:
        run(f"ALTER TABLE foundation_auditseal DISABLE TRIGGER {name}")
    assert guards.missing() == [name]
    guards.install()
    assert guards.missing() == []


@pytest.mark.django_db(transaction=True)
def test_altering_a_field_does_not_lose_the_guards():
    """On SQLite an altered table is built anew and its triggers are gone; a migration lifts and reinstalls them."""
    field = AuditSeal._meta.get_field("mac")
    wider = models.CharField(max_length=80, db_index=True)
    wider.set_attributes_from_name("mac")
    wider.model = AuditSeal
    guards.before_migrate(using="default", plan=["a step"])
    for old, new in [(field, wider), (wider, field)]:
        with connection.schema_editor() as editor:
            editor.alter_field(AuditSeal, old, new)
    assert guards.missing() != []
    guards.after_migrate(using="default")
    assert guards.missing() == []
    write_entry()
    refused_by_the_database(lambda: AuditEntry.objects.update(action="thing.unmade"))


def test_a_condition_lets_the_rest_through(monkeypatch):
    """A room may guard a row only once it is closed, as an issued version of a plan."""
    monkeypatch.setattr(guards, "_registry", {})
    guards.register(guards.Guard("foundation.TickRun", update="OLD.failure = 'closed'", delete="", truncate=False))
    guards.install()
    TickRun.objects.create(name="open", started_at=clock.now())
    TickRun.objects.create(name="shut", started_at=clock.now(), failure="closed")
    assert TickRun.objects.filter(name="open").update(failure="fine") == 1
    refused_by_the_database(lambda: TickRun.objects.filter(name="shut").update(failure="fine"))
    assert TickRun.objects.filter(name="shut").delete()[0] == 1
    monkeypatch.undo()
    guards.install()
    assert guards.missing() == []


def test_a_model_is_guarded_once():
    with pytest.raises(ValueError, match="guarded twice"):
        guards.register(guards.Guard("foundation.AuditEntry"))


def test_a_name_that_would_be_cut_is_refused():
    with pytest.raises(ValueError, match="too long"):
        guards._name(guards.Guard("foundation.AuditEntry"), "update" * 8)
