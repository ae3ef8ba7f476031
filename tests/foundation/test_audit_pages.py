"""The audit log as an auditor sees it: the own region's entries, filtered, paged, exported; denials are on record."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kepu.foundation import audit, guards, sealing
from kepu.foundation.models import AuditEntry
from kepu.foundation.scope import Actor
from tests.world import CITY, COUNTY_A, COUNTY_B

pytestmark = pytest.mark.django_db
LIST = "/desk/audit/"


@pytest.fixture
def auditor(world):
    client = world.sign_in("auditor", COUNTY_A)
    empty_the_log()
    return client


def empty_the_log():
    """Start from an empty log: making the world wrote entries of its own."""
    with guards.lifted():
        AuditEntry.objects.all().delete()


def record(action="plan.issue", path=COUNTY_A, user_id=None, **more):
    audit.record(action, actor=Actor(user_id=user_id), region_path=path, **more)


def shown(response) -> list[str]:
    return [entry["action"] for entry in response.context["entries"]]


def test_an_auditor_sees_the_own_region_and_below_only(auditor):
    for path, action in [
        (COUNTY_A, "mine"),
        (COUNTY_A + "1/", "below"),
        (COUNTY_B, "sibling"),
        (CITY, "above"),
        ("0/", "root"),
    ]:
        record(action, path)
    assert set(shown(auditor.get(LIST))) == {"mine", "below"}
    hidden = AuditEntry.objects.get(action="sibling")
    assert auditor.get(reverse("foundation:audit_entry", args=[hidden.pk])).status_code == 404
    mine = AuditEntry.objects.get(action="mine")
    assert auditor.get(reverse("foundation:audit_entry", args=[mine.pk])).status_code == 200


def test_others_are_denied_and_that_is_on_record(world):
    clerk = world.person("clerk", COUNTY_A)
    client = Client()
    client.force_login(clerk)
    before = AuditEntry.objects.filter(action="access.denied").count()
    assert client.get(LIST).status_code == 403
    entry = AuditEntry.objects.get(action="access.denied")
    assert before == 0
    assert (entry.outcome, entry.actor_id, entry.route, entry.method) == ("refused", clerk.pk, "desk/audit/", "GET")
    assert "audit.read" in entry.detail


def test_filters_narrow_by_day_account_action_outcome_object(auditor, world, at_time):
    person = world.person("clerk", COUNTY_A)
    empty_the_log()
    at_time(datetime(2027, 3, 14, 15, 59, 59, tzinfo=UTC))  # 23:59:59 on 14 March in Shanghai
    record("early", user_id=person.pk)
    at_time(datetime(2027, 3, 14, 16, 0, tzinfo=UTC))  # midnight of 15 March
    record("late", obj=person, outcome="failed")
    for query, expected in [
        ("since=2027-03-15", {"late"}),
        ("until=2027-03-14", {"early"}),
        (f"account={person.username}", {"early"}),
        ("account=nobody", set()),
        ("action=late", {"late"}),
        ("outcome=failed", {"late"}),
        (f"object=people.user+{person.pk}", {"late"}),
        (f"object={person._meta.verbose_name}", {"late"}),
        ("since=nonsense", set()),
    ]:
        assert set(shown(auditor.get(f"{LIST}?{query}"))) == expected, query


def test_actions_are_found_by_their_words(auditor):
    record("system.backup")
    response = auditor.get(LIST, {"action": "备份"})
    assert shown(response) == ["备份"]


def test_export_holds_what_the_filter_shows_and_is_on_record(auditor):
    for number in range(3):
        record(f"thing.{number}", detail={"note": "=1+1"})
    record("thing.9", COUNTY_B)
    book = openpyxl.load_workbook(io.BytesIO(auditor.get(LIST, {"outcome": "done", "export": "xlsx"}).getvalue()))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell for cell in cells if cell.startswith("thing.")} == {"thing.0", "thing.1", "thing.2"}
    assert not any(cell.data_type == "f" for row in book.active.iter_rows() for cell in row)
    text = auditor.get(LIST, {"export": "csv"}).getvalue().decode("utf-8-sig")
    assert text.count("thing.") == 3
    assert AuditEntry.objects.filter(action="audit.export").count() == 2


def test_the_list_costs_the_same_however_long(auditor, world):
    costs = []
    for number in (1, 3):
        while AuditEntry.objects.filter(action="thing.made").count() < number:
            record("thing.made", user_id=world.person("clerk", COUNTY_A).pk)
        sealing.seal()
        auditor.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert shown(auditor.get(LIST, {"action": "thing.made"})) == ["thing.made"] * number
        costs.append(len(queries))
    assert costs[0] == costs[1]
