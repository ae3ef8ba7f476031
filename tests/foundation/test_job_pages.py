"""Background work as people see it: how far it is, cancel, the result, what could not be finished (U2, R9)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kepu.foundation import jobs
from kepu.foundation.models import AuditEntry, Job
from kepu.foundation.models.jobs import JobState
from tests.world import COUNTY_A, COUNTY_B

pytestmark = pytest.mark.django_db


def job_of(user, path=COUNTY_A, **values) -> Job:
    return Job.objects.create(name="x", title="导入实施方案", region_path=path, actor_id=user.pk, **values)


def signed_in(client, user):
    client.force_login(user)
    return client


def test_a_running_job_shows_percent_and_can_be_cancelled(client, world):
    clerk = world.person("clerk", COUNTY_A)
    row = job_of(clerk, state=JobState.RUNNING, done=3, total=8, message="读取条目", worker="w")
    html = signed_in(client, clerk).get(reverse("foundation:job", args=[row.pk])).content.decode()
    assert '<progress max="100" value="37" aria-label="导入实施方案">37%</progress>' in html
    assert f'hx-get="{reverse("foundation:job_state", args=[row.pk])}"' in html
    assert "读取条目" in html
    client.post(reverse("foundation:job_cancel", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.cancel_requested) == (JobState.RUNNING, True)
    entries = AuditEntry.objects.filter(action="job.cancel").values_list("actor_id", "object_id", "region_path")
    assert list(entries) == [(clerk.pk, str(row.pk), COUNTY_A)]
    client.post(reverse("foundation:job_cancel", args=[row.pk]))
    assert AuditEntry.objects.filter(action="job.cancel").count() == 1


def test_the_fragment_stops_asking_when_the_work_is_done(client, world):
    clerk = world.person("clerk", COUNTY_A)
    signed_in(client, clerk)
    row = job_of(clerk, state=JobState.DONE, result={"result_url": "/desk/plans/3/"})
    html = client.get(reverse("foundation:job_state", args=[row.pk])).content.decode()
    assert "hx-get" not in html
    assert 'href="/desk/plans/3/"' in html
    outside = job_of(clerk, state=JobState.DONE, result={"result_url": "//elsewhere.example/"})
    assert "elsewhere" not in client.get(reverse("foundation:job_state", args=[outside.pk])).content.decode()


def test_a_failed_job_says_why_and_can_be_started_again(client, world):
    clerk = world.person("clerk", COUNTY_A)
    signed_in(client, clerk)
    row = job_of(clerk, state=JobState.FAILED, failure="这个文件读不了", attempts=3)
    page = client.get(reverse("foundation:job", args=[row.pk])).content.decode()
    assert "这个文件读不了" in page
    client.post(reverse("foundation:job_retry", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.attempts, row.failure) == (JobState.WAITING, 0, "")
    refused = client.post(reverse("foundation:job_retry", args=[row.pk]))
    assert refused.status_code == 409


def test_the_work_of_another_is_seen_by_who_may_and_touched_by_nobody_else(client, world):
    clerk, colleague = world.person("clerk", COUNTY_A), world.person("liaison", COUNTY_A)
    row = job_of(clerk, state=JobState.RUNNING)
    other = job_of(world.person("clerk", COUNTY_B), COUNTY_B, state=JobState.RUNNING)
    for name in ("job", "job_state"):
        assert signed_in(client, colleague).get(reverse(f"foundation:{name}", args=[row.pk])).status_code == 404
    for name in ("job_cancel", "job_retry"):
        assert client.post(reverse(f"foundation:{name}", args=[row.pk])).status_code == 404
    administrator = world.person("system_admin", COUNTY_A)
    signed_in(client, administrator)
    assert client.get(reverse("foundation:job", args=[row.pk])).status_code == 200
    assert client.get(reverse("foundation:job", args=[other.pk])).status_code == 404
    listed = client.get(reverse("foundation:job_list")).context["page"].object_list
    assert [job.pk for job in listed] == [row.pk]


def test_the_list_costs_the_same_however_long(client, world):
    clerk = world.person("clerk", COUNTY_A)
    signed_in(client, clerk)
    url, costs = reverse("foundation:job_list") + "?state=failed", []
    for number in (1, 3):
        while Job.objects.count() < number:
            job_of(clerk, state=JobState.FAILED, failure="x")
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(url).context["page"].object_list) == number
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_anonymous_visitors_are_asked_to_sign_in(client):
    assert client.get(reverse("foundation:job_list")).status_code == 302


def test_an_unknown_work_is_refused():
    with pytest.raises(jobs.UnknownWork):
        jobs.enqueue("no.such", actor=None, region_path="0/", title="x", args={})
