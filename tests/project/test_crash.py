"""Processes killed at any moment: what was acknowledged is stored, whole; a job is finished by the next worker (R3, R9)."""

import json

import pytest

pytestmark = [pytest.mark.db, pytest.mark.slow]

WRITERS = """
import os, random, signal, time
from django.db import transaction
from kepu.foundation import door as foundation

random.seed(20270315)
acks = os.open(os.environ["ACKS"], os.O_CREAT | os.O_WRONLY | os.O_APPEND)
for run in range(40):
    child = os.fork()
    if child == 0:
        number = 0
        while True:
            pair = f"{run}-{number}"
            with transaction.atomic():
                foundation.audit.record("pair.first", actor=foundation.SYSTEM, detail={"pair": pair})
                foundation.audit.record("pair.second", actor=foundation.SYSTEM, detail={"pair": pair})
            os.write(acks, f"{pair}\\n".encode())
            number += 1
    until = time.monotonic() + 60
    while os.fstat(acks).st_size < (run + 1) * 16 and time.monotonic() < until:  # a few acknowledged, then any moment
        time.sleep(0.002)
    time.sleep(random.random() * 0.03)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""

STORED = """
import json
from django.db import connection
from kepu.foundation.models import AuditEntry
print(json.dumps({
    action: sorted(json.loads(text)["pair"] for text in AuditEntry.objects.filter(action=action).values_list("detail", flat=True))
    for action in ("pair.first", "pair.second")
}))
from kepu.project import installation
assert list(installation.wrong_pragmas()) == []
"""


def test_forty_killed_writers_lose_nothing_acknowledged_and_leave_no_half(installation, tmp_path):
    acks = tmp_path / "acks"
    installation.python(WRITERS, ACKS=str(acks))
    acknowledged = set(acks.read_text().split())
    stored = json.loads(installation.python(STORED))
    assert len(acknowledged) > 100
    assert acknowledged <= set(stored["pair.first"])
    assert stored["pair.first"] == stored["pair.second"]
    # A write may be committed and its acknowledgement lost with the process: at most one a run.
    assert len(stored["pair.first"]) <= len(acknowledged) + 40


WORKER = """
import os, signal, sys
from django.utils import timezone
from kepu.foundation import door as foundation
from kepu.foundation.models import Job, TickRun

DIE_AT = int(os.environ.get("DIE_AT", "0"))

@foundation.jobs.job("test.steps", attempts=10)
def steps(progress):
    for number in range(1, 6):
        if number == DIE_AT:
            os.kill(os.getpid(), signal.SIGKILL)
        TickRun.objects.get_or_create(name=f"step {number}", defaults={"started_at": timezone.now()})
        if number == DIE_AT - 10:
            os.kill(os.getpid(), signal.SIGKILL)  # after the write, before it is reported
        progress.step(number, 5)
    return {"steps": TickRun.objects.filter(name__startswith="step ").count()}
"""
START = (
    WORKER
    + """
print(foundation.jobs.enqueue("test.steps", actor=foundation.SYSTEM, region_path="0/", title="steps", args={}))
"""
)
GO_ON = (
    WORKER
    + """
from kepu.project import worker
Job.objects.filter(state="running").update(lease_until=timezone.now())  # as if the lease had run out by now
foundation.jobs.revive()
sys.exit(worker.main(["--once"]))
"""
)
LOOK = """
import json
from kepu.foundation.models import Job, TickRun
row = Job.objects.get()
print(json.dumps([row.state, row.attempts, row.done, row.result, TickRun.objects.filter(name__startswith="step ").count()]))
"""


def test_a_job_whose_worker_is_killed_at_every_step_ends_as_if_run_once(installation):
    installation.python(START)
    deaths = [1, 3, 5, 12, 15]
    for place in deaths:
        assert installation.code(GO_ON, DIE_AT=str(place)).returncode == -9
    assert installation.code(GO_ON).returncode == 0
    state, attempts, done, result, written = json.loads(installation.python(LOOK))
    assert (state, done, result, written) == ("done", 5, {"steps": 5}, 5)
    assert attempts == len(deaths) + 1
