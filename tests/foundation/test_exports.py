"""Lists as files: at once where they are small, ordered and fetched where they are large."""

import csv
import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kepu.engines.typeset import chinese_font, fonts
from kepu.foundation import exports, files, jobs
from kepu.foundation.exports import work, writing
from kepu.foundation.models import AuditEntry, Job, StoredFile
from kepu.foundation.models.jobs import JobState
from kepu.people import door as people
from kepu.people.models import Organisation
from kepu.people.services import accounts
from tests.world import COUNTY_A, COUNTY_B

pytestmark = pytest.mark.django_db
LIST = "/desk/organisations/"
KIND = "people.organisations"


@pytest.fixture
def head(world):
    return world.sign_in("office_head", COUNTY_A)


def order(client, wanted="csv", query="", kind=KIND):
    return client.post(reverse("foundation:export_order", args=[kind]), {"format": wanted, "query": query})


def records(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def run_jobs(django_capture_on_commit_callbacks, act):
    with django_capture_on_commit_callbacks(execute=True):
        return act()


def test_the_same_rows_in_every_format(head):
    names = list(
        Organisation.objects.filter(region_path__startswith=COUNTY_A)
        .order_by("region_path", "sort_order", "id")
        .values_list("name", flat=True)
    )
    data = head.get(LIST, {"export": "csv"}).getvalue()
    assert data.startswith(b"\xef\xbb\xbf")
    assert [row["全称"] for row in records(data)] == names
    sheet = openpyxl.load_workbook(io.BytesIO(head.get(LIST, {"export": "xlsx"}).getvalue())).active
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert lines[1][0].startswith(f"共{len(names)}条，截至")
    assert [line[1] for line in lines[3:]] == names
    answer = head.get(LIST, {"export": "pdf"})
    assert answer["Content-Type"] == "application/pdf"
    paper = "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.getvalue())).pages)
    places = [paper.index("".join(name.split())) for name in names]
    assert places == sorted(places)


def test_the_filter_and_nothing_else_goes_into_the_file_and_on_record(head):
    answer = head.get(LIST, {"export": "csv", "q": "教体", "page": "7"})
    assert {row["简称"] for row in records(answer.getvalue())} == {"县教体局"}
    entry = AuditEntry.objects.get(action="organisation.export")
    assert '"filter":{"q":"教体"}' in entry.detail.replace(" ", "")
    assert head.get(LIST, {"export": "exe"})["Content-Type"].startswith("text/html")


def test_a_large_list_is_offered_as_work_and_looking_at_it_changes_nothing(head, settings):
    settings.KEPU_EXPORT_ROWS = 2
    before = (Job.objects.count(), AuditEntry.objects.count())
    page = head.get(LIST, {"export": "csv", "ended": "on"}).content.decode()
    assert (Job.objects.count(), AuditEntry.objects.count()) == before
    assert 'name="query" value="ended=on"' in page
    assert "制作文件" in page


def test_paper_counts_for_five(head, settings):
    count = Organisation.objects.filter(region_path__startswith=COUNTY_A).count()
    settings.KEPU_EXPORT_ROWS = count
    assert head.get(LIST, {"export": "xlsx"})["Content-Disposition"].startswith("attachment")
    assert "制作文件" in head.get(LIST, {"export": "pdf"}).content.decode()


@pytest.mark.parametrize("wanted", ["csv", "xlsx", "pdf"])
def test_an_ordered_file_waits_for_its_owner_alone(head, world, settings, wanted, django_capture_on_commit_callbacks):
    settings.KEPU_EXPORT_ROWS = 2
    at_once = None
    if wanted == "csv":
        settings.KEPU_EXPORT_ROWS = 5_000
        at_once = records(head.get(LIST, {"export": "csv"}).getvalue())
        settings.KEPU_EXPORT_ROWS = 2
    answer = run_jobs(django_capture_on_commit_callbacks, lambda: order(head, wanted))
    row = Job.objects.latest("pk")
    assert answer["Location"] == reverse("foundation:job", args=[row.pk])
    assert (row.state, row.title) == (JobState.DONE, "导出：单位")
    page = head.get(answer["Location"]).content.decode()
    assert "取文件" in page
    url = row.result["result_url"]
    assert url in page
    sent = head.get(url)
    assert sent["Content-Type"].split(";")[0] == writing.MEDIA_TYPES[wanted].split(";")[0]
    content = sent.getvalue()
    if at_once is not None:
        assert records(content) == at_once
    assert AuditEntry.objects.filter(action="file.download").count() == 1
    # the same county's clerk, the auditor and whoever looks after the installation
    for role in ("clerk", "auditor", "system_admin", "office_head"):
        assert world.sign_in(role, COUNTY_A).get(url).status_code == 404


def test_the_work_goes_by_the_rights_of_the_moment_it_runs(head, world, settings, django_capture_on_commit_callbacks):
    settings.KEPU_EXPORT_ROWS = 2
    with django_capture_on_commit_callbacks() as waiting:
        order(head)
    accounts.User.objects.filter(pk=head.session["_auth_user_id"]).update(is_active=False)
    for callback in waiting:
        callback()
    row = Job.objects.latest("pk")
    assert row.state != JobState.DONE
    assert not StoredFile.objects.filter(owner_kind=work.OWNER).exists()


def test_nobody_orders_what_the_list_would_not_show(world, head):
    clerk = world.sign_in("liaison", COUNTY_A)
    assert order(clerk).status_code == 403
    assert order(head, kind="no.such").status_code == 404
    assert order(head, wanted="exe").status_code == 404
    stranger = world.sign_in("office_head", COUNTY_B)
    listing = exports.registered(KIND).listing(
        exports.Asked(QueryDict("export=csv"), people.actor_of(int(stranger.session["_auth_user_id"])))
    )
    assert {row["region"] for row in listing.rows} and not any("青禾" in row["name"] for row in listing.rows)


def test_no_more_than_three_orders_at_once(head):
    for _number in range(work.AT_ONCE):
        assert order(head).status_code == 302
    refused = order(head)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert "您还有3个导出正在制作" in refused.content.decode()


def test_a_second_run_leaves_one_file(head, django_capture_on_commit_callbacks):
    run_jobs(django_capture_on_commit_callbacks, lambda: order(head))
    row = Job.objects.latest("pk")
    Job.objects.filter(pk=row.pk).update(state=JobState.WAITING, attempts=0)
    jobs.run(row.pk)
    row.refresh_from_db()
    (kept,) = StoredFile.objects.filter(owner_kind=work.OWNER)
    assert row.result["result_url"] == reverse("foundation:file", args=[kept.public])


def test_progress_is_told_and_a_cancelled_order_leaves_nothing(head, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(writing, "STEP", 1)
    seen = []
    plain = jobs.Progress.step

    def watched(self, done, total, message=""):
        seen.append((done, total))
        if done == 2:
            Job.objects.filter(pk=self.job_id).update(cancel_requested=True)
        plain(self, done, total, message)

    monkeypatch.setattr(jobs.Progress, "step", watched)
    run_jobs(django_capture_on_commit_callbacks, lambda: order(head))
    total = Organisation.objects.filter(region_path__startswith=COUNTY_A).count()
    assert seen == [(0, total), (1, total), (2, total)]
    assert Job.objects.latest("pk").state == JobState.CANCELLED
    assert not StoredFile.objects.filter(owner_kind=work.OWNER).exists()


def test_files_go_after_a_week_and_the_page_says_so(head, at_time, django_capture_on_commit_callbacks):
    start = datetime(2027, 3, 1, 2, tzinfo=UTC)
    at_time(start)
    run_jobs(django_capture_on_commit_callbacks, lambda: order(head))
    row = Job.objects.latest("pk")
    at_time(start + work.KEPT - timedelta(seconds=1))
    assert exports.forget_old() == 0
    at_time(start + work.KEPT + timedelta(seconds=1))
    assert exports.forget_old() == 1
    head = Client()  # the sign-in of a week ago has ended
    head.force_login(accounts.User.objects.get(pk=row.actor_id))
    assert head.get(row.result["result_url"]).status_code == 404
    page = head.get(reverse("foundation:job", args=[row.pk])).content.decode()
    assert "文件保留到2027年3月8日，现已删除" in page
    assert row.result["result_url"] not in page


def test_what_no_file_can_hold_is_refused_before_it_is_tried(head, monkeypatch):
    monkeypatch.setitem(writing.MOST, "pdf", 1)
    answer = head.get(LIST, {"export": "pdf"})
    assert answer.status_code == 409
    assert "这种文件最多放1行" in answer.content.decode()
    assert order(head, "pdf").status_code == 409


def test_without_a_chinese_font_no_pdf_is_offered(head, monkeypatch):
    from kepu.project.installation import no_chinese_font

    assert list(no_chinese_font()) == []
    assert "export=pdf" in head.get(LIST).content.decode()
    monkeypatch.setattr(fonts, "FAMILIES", ())
    chinese_font.cache_clear()
    try:
        page = head.get(LIST).content.decode()
        assert ("export=pdf" in page, "export=xlsx" in page) == (False, True)
        assert head.get(LIST, {"export": "pdf"})["Content-Type"].startswith("text/html")
        assert ["fonts-noto-cjk" in sentence for sentence in no_chinese_font()] == [True]
    finally:
        chinese_font.cache_clear()


def test_kinds_are_told_apart():
    with pytest.raises(LookupError):
        exports.registered("no.such")
    with pytest.raises(ValueError, match="twice"):
        exports.register(KIND, lambda asked: None, permission="people.manage")
    assert files.purpose("export").audited
