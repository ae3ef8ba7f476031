"""Import through HTTP: files and pasted text become drafts; what cannot be read says why."""

from io import BytesIO

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kepu.foundation.models import Job
from kepu.foundation.models.files import StoredFile
from kepu.plans.models import Decision, Plan, SourceDocument, Task
from tests import world as places
from tests.plans.sample import REVISED, TEXT

pytestmark = pytest.mark.django_db
IMPORT = "/desk/plans/import/"


def text_file(name="方案.txt", text=TEXT):
    return SimpleUploadedFile(name, text.encode())


def word_file(name="方案.docx"):
    document = docx.Document()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    data = BytesIO()
    document.save(data)
    return SimpleUploadedFile(name, data.getvalue())


@pytest.fixture
def clerk(world):
    return world.sign_in("clerk", places.COUNTY_A)


@pytest.fixture
def send(clerk, django_capture_on_commit_callbacks):
    """Posts to an address as a clerk and runs the background work that this starts."""

    def post(address, **given):
        with django_capture_on_commit_callbacks(execute=True):
            return clerk.post(address, {"region": places.COUNTY_A} | given)

    return post


@pytest.mark.parametrize("make_file", [text_file, word_file])
def test_a_file_becomes_a_draft_and_the_job_leads_to_the_desk(send, clerk, make_file):
    answer = send(IMPORT, files=make_file())
    plan = Plan.objects.get()
    job = Job.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("foundation:job", args=[job.pk])
    assert (job.state, job.result["result_url"]) == ("done", reverse("plans:review", args=[plan.pk]))
    assert (plan.state, plan.region_path, plan.document_number) == ("reviewing", places.COUNTY_A, "青政发〔2026〕12号")
    assert Task.objects.filter(plan=plan).count() == 4
    assert clerk.get(job.result["result_url"]).status_code == 200


def test_several_files_and_a_pasted_text_at_once(send):
    other = TEXT.replace("12号", "13号")
    answer = send(IMPORT, files=[text_file(), text_file("另一份.txt", other)], text=TEXT.replace("12号", "14号"))
    assert answer.headers["Location"] == reverse("plans:index")
    assert set(Plan.objects.values_list("document_number", flat=True)) == {
        "青政发〔2026〕12号", "青政发〔2026〕13号", "青政发〔2026〕14号",
    }  # fmt: skip


def test_a_classified_file_is_refused_and_nothing_of_it_is_kept(send):
    answer = send(IMPORT, files=text_file(text="机密★一年\n" + TEXT))
    assert answer.status_code == 422
    assert not Plan.objects.exists()
    assert not StoredFile.objects.exists()


def test_one_refused_file_does_not_hold_up_the_other(send, clerk):
    answer = send(IMPORT, files=[text_file(text="机密★一年\n" + TEXT), text_file("可以.txt")])
    assert answer.status_code == 302
    assert Plan.objects.count() == 1
    assert "方案.txt" in clerk.get(answer.headers["Location"]).content.decode()


def test_the_same_file_is_not_read_twice(send):
    send(IMPORT, files=text_file())
    answer = send(IMPORT, files=text_file("改了名.txt"))
    assert answer.status_code == 422
    assert Plan.objects.count() == 1


def test_a_poem_leads_to_a_clear_sentence_and_can_be_taken_away(send, clerk):
    send(IMPORT, text="湖上春来早\n柳色满旧堤")
    plan, job = Plan.objects.get(), Job.objects.get()
    assert (plan.state, job.state, job.failure_code) == ("importing", "failed", "plans.no_plan_found")
    assert not SourceDocument.objects.exists()
    assert clerk.get(reverse("plans:plan", args=[plan.pk])).status_code == 200
    clerk.post(reverse("plans:discard", args=[plan.pk]))
    assert not Plan.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_plan_that_was_read_cannot_be_taken_away(send, clerk):
    send(IMPORT, files=text_file())
    plan = Plan.objects.get()
    assert clerk.post(reverse("plans:discard", args=[plan.pk])).status_code == 409
    assert Plan.objects.filter(pk=plan.pk).exists()


def test_neither_file_nor_text_is_said_at_the_form(send):
    assert send(IMPORT).status_code == 422


def test_reading_again_with_a_newer_file_keeps_the_plan(send):
    send(IMPORT, files=text_file())
    plan = Plan.objects.get()
    address = reverse("plans:read_again", args=[plan.pk])
    send(address, file=text_file("新稿.txt", REVISED))
    assert Plan.objects.count() == 1
    assert [source.file_name for source in plan.sources.order_by("id")] == ["方案.txt", "新稿.txt"]
    assert Task.objects.filter(plan=plan, title="培育高素质农民", dropped=False).exists()
    send(address)
    assert plan.sources.count() == 3
    assert Decision.objects.filter(plan=plan, act="reread").count() == 2


def test_the_raw_file_is_for_the_office_only(send, world):
    send(IMPORT, files=text_file())
    plan = Plan.objects.get()
    url = reverse("foundation:file", args=[StoredFile.objects.get().public])
    page = world.sign_in("clerk", places.COUNTY_A).get(reverse("plans:plan", args=[plan.pk]))
    assert url in page.content.decode()
    got = {}
    for role, path in (("clerk", places.COUNTY_A), ("clerk", places.COUNTY_B), ("liaison", places.COUNTY_A)):
        answer = world.sign_in(role, path).get(url)
        got[role, path] = answer.status_code
        b"".join(answer)  # the stream closes its file at its end
    assert got == {
        ("clerk", places.COUNTY_A): 200, ("clerk", places.COUNTY_B): 404, ("liaison", places.COUNTY_A): 404,
    }  # fmt: skip


def test_nobody_imports_for_a_region_of_others(world):
    clerk = world.sign_in("clerk", places.COUNTY_B)
    answer = clerk.post(IMPORT, {"region": places.COUNTY_A, "files": text_file()})
    assert answer.status_code == 422
    assert not Plan.objects.exists()
    assert world.sign_in("liaison", places.COUNTY_A).get(IMPORT).status_code == 403
