"""Many writers at once, on both databases: one of two wins, the other gets a clean no, nobody gets a lock error (R2)."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from kepu.foundation import audit, jobs, sealing, ticks
from kepu.foundation.errors import Refusal
from kepu.foundation.models import AuditEntry, AuditSeal, Job
from kepu.foundation.models.jobs import JobState
from kepu.foundation.scope import SYSTEM

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]


def at_once(*works):
    """Run each in a thread of its own, started together; their results, an exception as itself."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(index, work):
        barrier.wait(timeout=60)
        try:
            results[index] = work()
        except Refusal as refusal:
            results[index] = refusal.code
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_of_twenty_pairs_of_writers_one_each_wins(monkeypatch):
    monkeypatch.setattr(jobs, "_deliver", lambda row: None)  # the race is for the row; nothing is to run
    rows = [Job.objects.create(name="x", title="x", region_path="0/", state=JobState.FAILED) for _ in range(20)]

    def retry(pk):
        jobs.retry(Job.objects.get(pk=pk), actor=SYSTEM)
        return "done"

    results = at_once(*(lambda pk=row.pk: retry(pk) for row in rows for _ in range(2)))
    pairs = [sorted(map(str, results[index : index + 2])) for index in range(0, 40, 2)]
    assert pairs == [["done", "job.not_failed"]] * 20
    assert AuditEntry.objects.filter(action="job.retry").count() == 20


def test_entries_written_at_once_are_all_there_and_sealed_once():
    def write():
        for _ in range(10):
            audit.record("thing.made", actor=SYSTEM)
            sealing.seal()
        return "done"

    assert at_once(*[write] * 8) == ["done"] * 8
    sealing.seal()
    result = sealing.verify()
    assert (result.sealed, result.unsealed, result.tampered, result.missing) == (80, 0, (), ())
    assert sum(AuditSeal.objects.values_list("entries", flat=True)) == 80


def test_a_job_delivered_to_many_workers_runs_once(monkeypatch):
    monkeypatch.setattr(jobs, "_registry", {})
    ran = []
    jobs.job("test.once")(lambda progress: ran.append(1))
    row = Job.objects.create(name="test.once", title="x", region_path="0/")
    assert at_once(*[lambda: jobs.run(row.pk)] * 10) == [None] * 10
    assert ran == [1]


def test_a_duty_due_in_many_processes_runs_once(monkeypatch):
    monkeypatch.setattr(ticks, "_registry", {})
    ran = []
    ticks.register("once", timedelta(minutes=1), lambda: ran.append(1))
    results = at_once(*[ticks.run_due] * 8)
    assert ran == [1]
    assert sum(len(result) for result in results) == 1
