"""Durable work: at least once, retried with growing pauses, cancelled at a step, taken over from the dead (R9)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kepu.foundation import jobs
from kepu.foundation.errors import Refusal
from kepu.foundation.models import AuditEntry, Job
from kepu.foundation.models.jobs import JobState
from kepu.foundation.scope import SYSTEM, Actor

pytestmark = [pytest.mark.django_db, pytest.mark.db]

NOW = datetime(2027, 3, 15, 2, 0, tzinfo=UTC)
CLERK = Actor(user_id=7, name="clerk")


class Unreadable(Refusal):
    code = "test.unreadable"
    sentence = _("Try again")


@pytest.fixture
def work(monkeypatch):
    """Registers a function as the work "test.work", for this test only."""
    monkeypatch.setattr(jobs, "_registry", {})

    def register(function, attempts=3):
        jobs.job("test.work", attempts=attempts)(function)

    return register


def enqueue(**args) -> Job:
    job_id = jobs.enqueue("test.work", actor=CLERK, region_path="0/32/", title="Work", args=args, subject=("a.b", 3))
    return Job.objects.get(pk=job_id)


def run(row: Job) -> Job:
    jobs.run(row.pk)
    row.refresh_from_db()
    return row


def test_work_gets_its_arguments_and_leaves_its_result(work, at_time):
    at_time(NOW)
    seen = []
    work(lambda progress, *, number: seen.append(number) or {"result_url": "/x/"})
    row = run(enqueue(number=5))
    assert seen == [5]
    assert (row.state, row.result, row.attempts, row.percent) == (JobState.DONE, {"result_url": "/x/"}, 1, 100)
    assert (row.actor_id, row.region_path, row.subject_kind, row.subject_id) == (7, "0/32/", "a.b", 3)
    assert row.finished_at == NOW


def test_it_runs_after_the_commit_and_not_at_all_after_a_rollback(work, django_capture_on_commit_callbacks):
    seen = []
    work(lambda progress: seen.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(RuntimeError), transaction.atomic():
            enqueue()
            raise RuntimeError
        assert Job.objects.count() == 0
        enqueue()
        assert seen == []
    assert seen == [1]


def test_a_second_delivery_finds_nothing_to_do(work):
    seen = []
    work(lambda progress: seen.append(1))
    row = enqueue()
    run(row)
    run(row)
    assert seen == [1]


def test_progress_is_written_and_keeps_the_lease(work, at_time):
    at_time(NOW)

    def step(progress):
        at_time(NOW + timedelta(seconds=50))
        progress.step(3, 8, "half")
        row = Job.objects.get()
        assert (row.done, row.total, row.percent, row.message) == (3, 8, 37, "half")
        assert row.lease_until == NOW + timedelta(seconds=50) + jobs.LEASE

    work(step)
    assert run(enqueue()).state == JobState.DONE


def test_a_fault_is_tried_again_after_growing_pauses_then_said_plainly(work, at_time):
    at_time(NOW)

    def fail(progress):
        raise RuntimeError("a stack trace nobody should see")

    work(fail)
    row = enqueue()
    pauses = []
    at = NOW
    while row.is_open:
        run(row)
        if row.is_open:
            pauses.append((row.due_at - at).total_seconds())
            run(row)  # too early: nothing happens
            at = row.due_at
            at_time(at)
    assert pauses == [10, 60]
    assert (row.state, row.attempts, row.failure_code) == (JobState.FAILED, 3, "job.fault")
    assert "stack trace" not in row.failure
    assert f"{row.pk}" in row.failure
    assert "系统" in row.failure


def test_a_refusal_is_an_answer_and_is_not_tried_again(work):
    def refuse(progress):
        raise Unreadable

    work(refuse)
    row = run(enqueue())
    assert (row.state, row.attempts, row.failure_code, row.failure) == (
        JobState.FAILED,
        1,
        "test.unreadable",
        "重新处理",
    )


def test_a_waiting_job_is_cancelled_at_once(work):
    work(lambda progress: pytest.fail("must not run"))
    row = enqueue()
    jobs.cancel(row, actor=CLERK)
    assert run(row).state == JobState.CANCELLED
    assert AuditEntry.objects.filter(action="job.cancel", actor_id=7, region_path="0/32/").count() == 1


def test_a_running_job_stops_at_its_next_step_and_leaves_nothing(work):
    def part(progress):
        jobs.cancel(Job.objects.get(name="test.work"), actor=CLERK)
        with transaction.atomic():
            Job.objects.create(name="left", title="left", region_path="0/")
            progress.check()

    work(part)
    row = run(enqueue())
    assert (row.state, row.result) == (JobState.CANCELLED, {})
    assert not Job.objects.filter(name="left").exists()


def test_a_job_whose_worker_died_is_handed_out_again(work, at_time):
    at_time(NOW)
    seen = []
    work(lambda progress: seen.append(1))
    row = enqueue()
    Job.objects.filter(pk=row.pk).update(
        state=JobState.RUNNING, worker="gone", attempts=1, lease_until=NOW + timedelta(seconds=60)
    )
    assert jobs.revive() == 0
    at_time(NOW + timedelta(seconds=61))
    assert jobs.revive() == 1
    assert run(row).state == JobState.DONE
    assert (seen, row.attempts) == ([1], 2)


def test_a_job_that_kills_every_worker_ends_as_failed(work, at_time):
    at_time(NOW)
    work(lambda progress: None)
    row = enqueue()
    Job.objects.filter(pk=row.pk).update(state=JobState.RUNNING, worker="gone", attempts=3, lease_until=NOW)
    at_time(NOW + timedelta(seconds=1))
    assert jobs.revive() == 0
    row.refresh_from_db()
    assert (row.state, row.failure_code) == (JobState.FAILED, "job.fault")


def test_a_worker_that_lost_its_lease_stops_without_touching_the_job(work):
    def overtaken(progress):
        Job.objects.update(worker="another", attempts=2)
        progress.step(1, 2)
        pytest.fail("must have stopped")

    work(overtaken)
    row = run(enqueue())
    assert (row.state, row.worker, row.attempts, row.done) == (JobState.RUNNING, "another", 2, 0)


def test_a_worker_told_to_stop_gives_its_job_back(work):
    def interrupted(progress):
        raise SystemExit(1)

    work(interrupted)
    row = enqueue()
    with pytest.raises(SystemExit):
        jobs.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.worker) == (JobState.WAITING, 0, "")


def test_a_lost_delivery_is_made_again(work, at_time, django_capture_on_commit_callbacks):
    at_time(NOW)
    seen = []
    work(lambda progress: seen.append(1))
    enqueue()  # its delivery never comes: nothing executes what waits for the commit
    at_time(NOW + 11 * jobs.LEASE)
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs.revive() == 1
    assert seen == [1]
    assert jobs.revive() == 0


def test_a_heartbeat_renews_only_the_leases_of_this_process(work, at_time):
    at_time(NOW)
    for worker in (jobs.WORKER, "another"):
        Job.objects.create(
            name="x", title="x", region_path="0/", state=JobState.RUNNING, worker=worker, lease_until=NOW
        )
    jobs.beat()
    leases = dict(Job.objects.values_list("worker", "lease_until"))
    assert leases == {jobs.WORKER: NOW + jobs.LEASE, "another": NOW}


def test_an_unknown_name_in_the_queue_ends_as_failed(work, at_time):
    at_time(NOW)
    row = Job.objects.create(name="of.a.newer.version", title="x", region_path="0/", max_attempts=1)
    assert run(row).state == JobState.FAILED


def test_only_closed_and_old_jobs_are_forgotten(at_time):
    at_time(NOW)
    old = NOW - jobs.KEPT - timedelta(days=1)
    for state, finished in [
        (JobState.DONE, old),
        (JobState.DONE, NOW),
        (JobState.WAITING, None),
        (JobState.FAILED, old),
    ]:
        Job.objects.create(name="x", title="x", region_path="0/", state=state, finished_at=finished, created_at=old)
    assert jobs.forget_old() == 2
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE, JobState.WAITING}


def test_the_system_may_enqueue(work):
    work(lambda progress: None)
    job_id = jobs.enqueue("test.work", actor=SYSTEM, region_path="0/", title="x" * 300, args={})
    assert Job.objects.get(pk=job_id).actor_id is None
