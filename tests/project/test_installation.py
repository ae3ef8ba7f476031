"""What an installation refuses to run with, what it checks, what it does by itself each day (S10, R8, R14, R17)."""

import pytest

from kepu.foundation import checks
from kepu.project.installation import weak_secret_in_production
from tests.project.conftest import SERVER

pytestmark = pytest.mark.slow
LONG = "Zx81-qwertz-0987654321-abcdefghijkl-MNOPQRST-uvw"
PRODUCTION = {"KEPU_MODE": "production", "KEPU_SECRET_KEY": LONG, "KEPU_AUDIT_KEY": LONG[::-1]}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"KEPU_SECRET_KEY": "changeme"}, "KEPU_SECRET_KEY is too short"),
        ({"KEPU_DEBUG": "1"}, "KEPU_DEBUG=1 is refused"),
        ({"KEPU_AUDIT_DAYS": "30"}, "at least 183"),
        ({"KEPU_STATEMENT_SECONDS": "soon"}, "must be a whole number"),
        ({"KEPU_DATABASE_URL": "mysql://x/y"}, "must look like postgresql://"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_production_refuses_in_one_line(installation, changed, sentence):
    done = installation.run("check", **{**PRODUCTION, **changed})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kepu: ")
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_production_refuses_plain_keys_and_demo_accounts(installation):
    installation.python(
        "from django.contrib.auth import get_user_model\n"
        "from kepu.project.demo.world import ACCOUNTS\n"
        "a = ACCOUNTS[0]; get_user_model().objects.create_user(username=a.username, name=a.name)"
    )
    for changed, sentence in [
        ({}, "the demo account"),
        ({"KEPU_SECRET_KEY": "a" * 60}, "too plain"),
        ({"KEPU_AUDIT_KEY": LONG}, "are the same"),
    ]:
        done = installation.run("serve", "--port", "0", **{**PRODUCTION, **changed})
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("kepu serve: ")
        assert sentence in done.stderr


def test_a_sound_installation_has_no_grave_finding_and_each_defect_is_found(installation):
    done = installation.run("check", **PRODUCTION)
    assert done.returncode == 0, done.stdout
    (installation.data / "keys" / "secret.key").chmod(0o644)
    installation.python("from kepu.foundation import guards; guards.lift()")
    done = installation.run("check", KEPU_PLAIN_HTTP="lan")
    assert done.returncode == 1
    for line in ("severe    security.key_files", "severe    database.guards", "warning   security.plain_http"):
        assert line in done.stdout, done.stdout
    assert "Cookies are set for plain http" in done.stdout


def test_a_changed_audit_log_is_named_and_a_printed_head_is_found_again(installation):
    installation.python(
        "from kepu.foundation import door as f\n"
        "f.audit.record('thing.made', actor=f.SYSTEM); f.sealing.seal(); f.sealing.note(f.sealing.head())"
    )
    said = installation.run("check").stdout
    head = said.split("head ")[1].split(" ")[0]
    assert installation.run("check", "--head", head).returncode == 0
    assert installation.run("check", "--head", "1:" + "0" * 64).returncode == 1
    installation.python(
        "from kepu.foundation import guards; from kepu.foundation.models import AuditEntry\n"
        "with guards.lifted(): AuditEntry.objects.update(action='thing.unmade')"
    )
    done = installation.run("check")
    assert (done.returncode, "the audit log was changed: entry 1" in done.stdout) == (1, True)


def test_the_day_brings_a_backup_and_the_oldest_make_room(installation):
    for number in range(3):
        (installation.data / "backups" / f"2020010{number + 1}-000000.kepu").write_bytes(b"old")
    done = installation.run("tick", KEPU_BACKUPS_KEPT="2")
    assert (done.returncode, "system.backup: done" in done.stdout) == (0, True), done.stdout
    assert installation.run("worker", "--once", KEPU_BACKUPS_KEPT="2").returncode == 0
    kept = sorted(path.name for path in (installation.data / "backups").glob("*.kepu"))
    assert len(kept) == 2
    assert kept[0] == "20200103-000000.kepu"
    assert installation.run("tick").stdout.count("system.backup") == 0


GONE = """
import logging, time
logging.disable(logging.CRITICAL)
from django.test import Client
client = Client(raise_request_exception=False)
for path in ("/healthz", "/readyz", "/desk/jobs/"):
    if path.startswith("/desk/"):  # somebody signed in: the session is asked for first
        client.cookies["kepu-plain"] = "abcdefghijklmnopqrstuvwxyz123456"
    begun = time.monotonic()
    response = client.get(path, headers={"host": "localhost"})
    text = response.content.decode()
    print(path, response.status_code, "quick" if time.monotonic() - begun < 30 else "slow", "Traceback" in text)
"""


def test_without_its_database_it_answers_503_in_bounded_time(installation):
    said = installation.python(GONE, KEPU_DATABASE_URL="postgresql://kepu@127.0.0.1:1/none")
    assert said.splitlines() == ["/healthz 200 quick False", "/readyz 503 quick False", "/desk/jobs/ 503 quick False"]


BACK = """
import psycopg
from django.db import close_old_connections, connection
from django.test import Client
client = Client()
answers = [client.get("/readyz", headers={"host": "localhost"}).status_code]
close_old_connections()  # the server does it after each request, the test client does not: back to the pool
if connection.vendor == "postgresql":
    with psycopg.connect(os.environ["KEPU_DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
answers.append(client.get("/readyz", headers={"host": "localhost"}).status_code)
print(answers)
"""


@pytest.mark.db
def test_it_recovers_by_itself_when_the_server_dropped_its_connections(installation):
    assert installation.python("import os" + BACK) == "[200, 200]"


SILENT = """
import logging, os, socket, sys, threading, time
from urllib.parse import urlsplit
logging.disable(logging.CRITICAL)
there = urlsplit(os.environ["KEPU_DATABASE_URL"])
flowing, door = threading.Event(), socket.create_server(("127.0.0.1", 0))
flowing.set()

def pass_on(source, sink):
    while data := source.recv(65536):
        flowing.wait()  # while stopped it takes what comes and hands nothing on, as a stopped server's machine does
        sink.sendall(data)

def serve():
    while True:
        near, _ = door.accept()
        far = socket.create_connection((there.hostname, there.port))
        for pair in ((near, far), (far, near)):
            threading.Thread(target=pass_on, args=pair, daemon=True).start()

threading.Thread(target=serve, daemon=True).start()
from django.db import close_old_connections, connections
settings = connections["default"].settings_dict
settings["HOST"], settings["PORT"] = "127.0.0.1", str(door.getsockname()[1])
from django.test import Client
client = Client(raise_request_exception=False)

def ask(path):
    begun = time.monotonic()
    client.cookies["kepu-plain"] = "abcdefghijklmnopqrstuvwxyz123456"  # somebody signed in: the session is asked for
    response = client.get(path, headers={"host": "localhost"})
    close_old_connections()
    said = "稍后" in response.content.decode() or "几分钟" in response.content.decode()
    return response.status_code, time.monotonic() - begun < 30, said

print(ask("/desk/jobs/")[0], ask("/readyz")[0])
flowing.clear()
print(*ask("/desk/jobs/"))
print(*ask("/desk/jobs/"))
flowing.set()
begun = time.monotonic()
while ask("/readyz")[0] != 200 and time.monotonic() - begun < 30:
    time.sleep(0.2)
print("back", time.monotonic() - begun < 10)
sys.stdout.flush()
os._exit(0)  # threads of the passage do not end by themselves
"""


@pytest.mark.db
def test_a_server_that_goes_silent_gives_503_in_bounded_time_and_is_found_again(installation, settings):
    if not SERVER:  # a file does not go silent; waiting for its lock is bounded
        assert settings.DATABASES["default"]["OPTIONS"]["timeout"] == 20
        return
    said = installation.python(SILENT, KEPU_STATEMENT_SECONDS="1").splitlines()
    assert said == ["302 200", "503 True True", "503 True True", "back True"]


def test_checks_are_named_once_and_graded(monkeypatch, settings):
    monkeypatch.setattr(checks, "_registry", {})
    checks.register("a", "one", checks.Severity.WARNING, lambda: ["mend this"])
    checks.register("a", "two", checks.Severity.CRITICAL, lambda: ["stop"])
    with pytest.raises(ValueError, match="registered twice"):
        checks.register("a", "one", checks.Severity.INFO, list)
    assert [finding.sentence for finding in checks.run()] == ["stop", "mend this"]
    assert [finding.sentence for finding in checks.run(at_least=checks.Severity.SEVERE)] == ["stop"]
    settings.KEPU_AUDIT_KEY = settings.SECRET_KEY
    assert ["are the same" in sentence for sentence in weak_secret_in_production()] == [True]
