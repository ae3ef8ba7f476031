"""A plan whose time is over leaves the day's work and can be brought back as it was."""

import pytest

from kepu.foundation.models import AuditEntry
from kepu.plans.models import LedgerTarget, LedgerTask, Plan, Version
from tests import world as places
from tests.plans import factories as make

pytestmark = pytest.mark.django_db
TITLE, GONE = "办好科普大讲堂", "早先版本中的任务"


@pytest.fixture
def plan(world):
    """Issued in two versions, the second without one task of the first, and shown to the public."""
    plan = make.plan(places.COUNTY_A, state="issued", public=True)
    for number in (1, 2):
        Version.objects.create(
            plan=plan, number=number, content={}, digest=str(number), reason="调整", issued_at=make.NOW
        )
    office = world.office(places.COUNTY_A)
    values = {"public": True, "due_on": "2026-12-31"}
    task = make.ledger_task(plan, (office,), **values)
    make.ledger_target(task, public=True)
    LedgerTask.objects.filter(pk=task.pk).update(version_number=2, title=TITLE)
    LedgerTarget.objects.filter(task=task).update(version_number=2)
    gone = make.ledger_task(plan, (office,), current=False, **values)
    LedgerTask.objects.filter(pk=gone.pk).update(title=GONE)
    return plan


@pytest.fixture
def head(world):
    return world.sign_in("office_head", places.COUNTY_A)


def archive(client, plan, **given):
    return client.post(f"/desk/plans/{plan.pk}/archive/", given)


def undo_address(client, plan):
    page = client.get(f"/desk/plans/{plan.pk}/")
    return next(m.extra_tags for m in page.context["messages"] if m.extra_tags).removeprefix("undo:")


def where_shown(client, guest, plan):
    """The places that show the task of the plan in force, or one that an earlier version had."""
    unit = LedgerTask.objects.filter(plan=plan).first().units.first().organisation_id
    pages = {
        "ledger": client.get("/desk/ledger/"),
        "unit": client.get(f"/desk/ledger/units/{unit}/"),
        "search": client.get("/desk/search/?q=科普大讲堂"),
        "public": guest.get(f"/plans/{plan.pk}/"),
        "public list": guest.get("/plans/"),
        "task": client.get(f"/desk/ledger/{LedgerTask.objects.get(title=TITLE).pk}/"),
        "plans": client.get("/desk/plans/"),
        "archived plans": client.get("/desk/plans/?show=archived"),
        "plan": client.get(f"/desk/plans/{plan.pk}/"),
    }
    texts = {name: page.content.decode() for name, page in pages.items() if page.status_code == 200}
    assert not any(GONE in text for text in texts.values())
    wanted = {"plans", "archived plans", "plan", "public list"}
    return {name for name, text in texts.items() if (plan.title if name in wanted else f"{TITLE}<") in text}


def test_an_archived_plan_leaves_the_days_work_and_is_still_found(world, client, head, plan):
    day = {"ledger", "unit", "search", "public", "public list", "task", "plans", "plan"}
    assert where_shown(head, client, plan) == day
    assert archive(head, plan).status_code == 302
    address = undo_address(head, plan)
    assert where_shown(head, client, plan) == {"archived plans", "plan", "task"}
    assert head.get("/desk/plans/?show=archived&export=csv").status_code == 200
    assert head.get(f"/desk/plans/{plan.pk}/versions/1/").status_code == 200
    assert head.post(address).status_code == 302  # the undo that the page offered
    assert where_shown(head, client, plan) == day
    assert list(LedgerTask.objects.filter(current=True).values_list("title", flat=True)) == [TITLE]
    actions = AuditEntry.objects.filter(action__in=["plan.archive", "plan.unarchive"]).order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["plan.archive", "plan.unarchive"]


def test_a_draft_that_was_never_issued_comes_back_as_a_draft(head, draft):
    archive(head, draft)
    assert Plan.objects.get(pk=draft.pk).state == "archived"
    archive(head, draft, back="1")
    assert Plan.objects.get(pk=draft.pk).state == "reviewing"


def test_an_archived_plan_is_not_changed(head, plan):
    archive(head, plan)
    for address in (
        "publish/",
        "review/undo/",
        "particulars/",
        "issue/",
        "chain/link/",
        "read-again/",
        "review/opinions/",
    ):
        assert head.post(f"/desk/plans/{plan.pk}/{address}").status_code == 409, address
    assert head.get(f"/desk/sheets/plans.breakdown/?subject={plan.pk}").status_code == 409
    assert archive(head, plan).status_code == 409


def test_what_is_not_archived_cannot_be_taken_back_and_an_import_cannot_be_archived(world, head, plan):
    assert archive(head, plan, back="1").status_code == 409
    reading = make.plan(places.COUNTY_A, state="importing")
    assert archive(head, reading).status_code == 409
    assert set(Plan.objects.values_list("state", flat=True)) == {"issued", "importing"}


def test_only_who_may_issue_archives(world, plan):
    assert archive(world.sign_in("leader", places.COUNTY_A), plan).status_code == 403
    stranger = world.sign_in("office_head", places.COUNTY_B)
    assert archive(stranger, plan).status_code == 403  # the plan is public, so it is seen
    Plan.objects.filter(pk=plan.pk).update(public=False)
    assert archive(stranger, plan).status_code == 404
    assert Plan.objects.get(pk=plan.pk).state == "issued"
