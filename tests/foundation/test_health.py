"""Signals of health, headers, and what people see when the database is gone or full (R7, R8, R22, S15)."""

import json
import os
from collections import namedtuple
from datetime import timedelta

import pytest
from django.contrib.auth import logout
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client

from kepu.foundation import audit, clock, health, jobs
from kepu.foundation.middleware import HeadersMiddleware
from kepu.foundation.models import AuditEntry, Job
from kepu.foundation.scope import SYSTEM
from kepu.foundation.views import server_error
from tests.world import COUNTY_A

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(settings, tmp_path):
    settings.KEPU_DATA = tmp_path
    (tmp_path / "backups").mkdir()
    return tmp_path


def ready(client) -> tuple[int, dict]:
    response = client.get("/readyz")
    return response.status_code, response.json()


def test_alive_says_nothing_else(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_tells_each_signal(client, data):
    status, said = ready(client)
    assert (status, said["status"], said["database"], said["disk"], said["queue"], said["backup"]) == (
        200, "ok", "ok", "ok", "ok", "old",
    )  # fmt: skip
    assert said["backup_seconds"] is None
    copy = data / "backups" / "20270315-020000.kepu"
    copy.write_bytes(b"x")
    assert ready(client)[1]["backup"] == "ok"
    old = clock.now().timestamp() - timedelta(hours=27).total_seconds()
    os.utime(copy, (old, old))
    status, said = ready(client)
    assert (status, said["backup"]) == (200, "old")
    Job.objects.create(name="x", title="x", region_path="0/", due_at=clock.now() - timedelta(minutes=20))
    status, said = ready(client)
    assert (status, said["queue"]) == (200, "late")
    assert said["queue_seconds"] >= 1200


def test_a_full_disk_is_not_ready(client, data, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(10**12, 10**12, health.LEAST_FREE - 1))
    status, said = ready(client)
    assert (status, said["disk"]) == (503, "low")


def test_the_signals_hold_no_secret_and_no_path(client, data, settings):
    text = json.dumps(ready(client)[1])
    for secret in (settings.SECRET_KEY, settings.KEPU_AUDIT_KEY, str(data), settings.DATABASES["default"]["NAME"]):
        assert secret not in text


def test_a_lost_database_is_a_503_page_that_says_what_is_safe(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        try:
            raise OperationalError("server closed the connection")
        except OperationalError:
            response = server_error(rf.get("/desk/"))
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "请过几分钟再试" in page or "稍后" in page
    assert "server closed" not in page


@pytest.mark.db
def test_a_full_database_refuses_cleanly_and_goes_on_reading():
    """SQLite is told to grow no further; PostgreSQL has no such limit, so there the same refusal is raised by hand."""
    audit.record("thing.made", actor=SYSTEM)
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            with pytest.raises(OperationalError, match="full"), transaction.atomic():
                for _ in range(2000):
                    audit.record("thing.made", actor=SYSTEM, detail={"x": "y" * 4000})
            assert AuditEntry.objects.filter(action="thing.made").count() == 1
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
        cursor.execute("PRAGMA quick_check")
        assert cursor.fetchone()[0] == "ok"
    audit.record("thing.made", actor=SYSTEM)
    assert AuditEntry.objects.filter(action="thing.made").count() == 2


def test_every_page_carries_the_headers(client):
    response = client.get("/")
    assert response["Permissions-Policy"].startswith("accelerometer=(), camera=()")
    assert {name: response[name] for name in HEADERS} == HEADERS
    for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "default-src 'self'"):
        assert part in response["Content-Security-Policy"]


HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def test_pages_of_a_person_are_kept_by_no_cache(world):
    assert world.sign_in("clerk", COUNTY_A).get("/desk/jobs/")["Cache-Control"] == "no-store"
    assert "no-store" not in Client().get("/").headers.get("Cache-Control", "")


def test_signing_out_clears_the_browser(world, rf):
    def leave(request):
        logout(request)
        return HttpResponse()

    request = rf.post("/")
    request.session, request.user = SessionStore(), world.person("clerk", COUNTY_A)
    response = HeadersMiddleware(leave)(request)
    assert (response["Clear-Site-Data"], response["Cache-Control"]) == ('"cache", "storage"', "no-store")


def test_a_job_that_is_not_due_does_not_wait():
    Job.objects.create(name="x", title="x", region_path="0/", due_at=clock.now() + timedelta(hours=1))
    assert jobs.oldest_waiting() == timedelta(0)
