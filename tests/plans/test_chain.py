import pytest

from kepu.foundation.scope import SYSTEM
from kepu.plans.models import Alignment, LedgerTarget, LedgerTask
from kepu.plans.services import chain as services
from tests import world as places
from tests.plans import factories as make

pytestmark = pytest.mark.django_db


def task(plan, title, text, **target):
    row = make.ledger_task(plan)
    LedgerTask.objects.filter(pk=row.pk).update(title=title, text=text, public=plan.public)
    row.refresh_from_db()
    if target:
        made = make.ledger_target(row)
        LedgerTarget.objects.filter(pk=made.pk).update(public=plan.public, **target)
    return row


@pytest.fixture
def world():
    return places.build()


@pytest.fixture
def plans(world):
    upper = make.plan(places.CITY, title="云川市方案", state="issued", public=True)
    own = make.plan(places.COUNTY_A, title="青禾县方案", state="issued")
    deadline = {"period": "deadline", "unit": "%", "comparator": "="}
    task(upper, "培训科学教师", "每年培训科学教师和科技辅导员800人次。", subject="科学教师", value=800, unit="人次")
    task(
        upper, "提高健康素养", "居民健康素养水平达到36%。", subject="居民健康素养水平", value=36, year=2030, **deadline
    )
    task(upper, "办好科技竞赛", "每年举办机器人竞赛。")
    task(own, "加强科学教师培养", "每年培训科学教师、科技辅导员120人次。", subject="科学教师", value=120, unit="人次")
    task(
        own,
        "普及健康知识",
        "居民健康素养水平到2031年达到30%。",
        subject="居民健康素养水平",
        value=30,
        year=2031,
        **deadline,
    )
    return upper, own


def test_link_propose_confirm_and_see_the_gaps(world, plans):
    upper, own = plans
    client = world.sign_in("clerk", places.COUNTY_A)
    page = f"/desk/plans/{own.pk}/chain/"
    assert client.get(page).context["chain"] is None
    assert client.post(f"{page}link/", {"upper": upper.pk}).status_code == 302
    chain = client.get(page).context["chain"]
    best = {pair.task.title: pair.proposed[0].upper.title for pair in chain.pairs}
    assert best == {"加强科学教师培养": "培训科学教师", "普及健康知识": "提高健康素养"}
    for pair in chain.pairs:
        client.post(f"{page}decide/", {"alignment": pair.proposed[0].pk, "answer": "confirm", "row": pair.task.pk})
    chain = client.get(page).context["chain"]
    assert [one.title for one in chain.missing] == ["办好科技竞赛"]
    files = {
        show: b"".join(client.get(f"{page}?show={show}&export=csv")).decode("utf-8-sig").splitlines()
        for show in ("pairs", "missing", "short")
    }
    assert {show: len(lines) - 1 for show, lines in files.items()} == {
        "pairs": 3,
        "missing": 1,
        "short": 1,
    }  # two confirmed, one more proposed
    assert "办好科技竞赛" in files["missing"][1]
    assert files["short"][1].endswith("低于上级目标、晚于上级时限")
    # 120 persons in a county are not "below" 800 in the city; 30 % and 2031 are below 36 % and later than 2030
    assert [(one.target.subject, one.below, one.later) for one in chain.shortfalls] == [
        ("居民健康素养水平", True, True)
    ]


def test_a_refused_proposal_is_not_made_again_and_can_be_taken_back(world, plans):
    upper, own = plans
    services.link_upper(own, upper, actor=SYSTEM)
    services.propose(own)
    first = Alignment.objects.order_by("-similarity").first()
    services.decide(first, confirmed=False, actor=SYSTEM)
    assert services.propose(own) == 0
    services.decide(first, confirmed=None, actor=SYSTEM)
    first.refresh_from_db()
    assert (first.confirmed, first.confirmed_at) == (None, None)


def test_only_a_plan_above_can_be_linked(world, plans):
    _upper, own = plans
    sibling = make.plan(places.COUNTY_B, title="白榆县方案", state="issued")
    client = world.sign_in("clerk", places.COUNTY_A)
    client.post(f"/desk/plans/{own.pk}/chain/link/", {"upper": sibling.pk})
    own.refresh_from_db()
    assert own.upper is None
    with pytest.raises(services.NotAnUpperPlan):
        services.link_upper(own, sibling, actor=SYSTEM)
    assert world.sign_in("clerk", places.COUNTY_B).get(f"/desk/plans/{own.pk}/chain/").status_code == 404


def test_a_long_chain_is_paged_and_a_decision_leads_back_to_its_page(world, plans):
    upper, own = plans
    last = [task(own, f"第{number}项任务", "一件别的事。") for number in range(60)][-1]
    client = world.sign_in("clerk", places.COUNTY_A)
    page = f"/desk/plans/{own.pk}/chain/"
    client.post(f"{page}link/", {"upper": upper.pk})
    shown = [len(client.get(f"{page}?page={number}").context["page"]) for number in (1, 2)]
    assert shown == [50, 12]
    row = last if isinstance(last, LedgerTask) else LedgerTask.objects.get(task=last)
    answer = client.post(f"{page}decide/", {"task": row.pk, "upper": upper.ledger_tasks.first().pk, "row": row.pk})
    assert answer["Location"] == f"{page}?page=2#task-{row.pk}"


def test_residents_read_public_plans_and_nothing_else(world, plans, client):
    upper, own = plans
    hidden = task(upper, "内部安排", "不公开的一项。")
    LedgerTask.objects.filter(pk=hidden.pk).update(public=False)
    listed = client.get("/plans/").content.decode()
    assert "云川市方案" in listed
    assert "青禾县方案" not in listed
    shown = client.get(f"/plans/{upper.pk}/").content.decode()
    assert "培训科学教师" in shown
    assert "内部安排" not in shown
    assert client.get(f"/plans/{own.pk}/").status_code == 404
    assert "内部安排" not in b"".join(client.get(f"/plans/{upper.pk}/?export=csv").streaming_content).decode()
