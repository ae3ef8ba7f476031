from datetime import date
from io import BytesIO

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kepu.plans.models import LedgerTarget, LedgerTask
from tests import world as places
from tests.plans import factories as make

pytestmark = pytest.mark.django_db
LIST = "/desk/ledger/"


@pytest.fixture
def world():
    return places.build()


@pytest.fixture
def city_plan(world):
    """An issued city plan: one task names the city's office of education, one the office of county A."""
    plan = make.plan(places.CITY, title="云川市全民科学素质行动实施方案（2026—2030年）", state="issued")
    lectures = make.ledger_task(plan, (world.body(places.CITY, "市教育局"),), state="under_way", category="youth")
    make.ledger_target(lectures, comparator=">=")
    county = make.ledger_task(plan, (world.body(places.COUNTY_A, "县科协"),), due_on=date(2020, 1, 1))
    LedgerTask.objects.filter(pk=county.pk).update(title="建设县级科普馆")
    return plan


def titles(response):
    return {task.title for task in response.context["tasks"]}


def test_the_city_sees_its_ledger_with_targets_and_units(world, city_plan):
    page = world.sign_in("clerk", places.CITY).get(LIST)
    assert titles(page) == {"办好科普大讲堂", "建设县级科普馆"}
    assert "科普讲座 不少于20场（每年）" in page.content.decode()
    assert page.context["summary"]["overdue"] == 1


def test_a_county_sees_exactly_the_city_tasks_that_name_its_units(world, city_plan):
    assert titles(world.sign_in("clerk", places.COUNTY_A).get(LIST)) == {"建设县级科普馆"}
    assert titles(world.sign_in("clerk", places.COUNTY_B).get(LIST)) == set()


def test_what_is_merely_public_does_not_crowd_the_desk(world, city_plan):
    LedgerTask.objects.update(public=True)
    client = world.sign_in("clerk", places.COUNTY_B)
    assert titles(client.get(LIST)) == set()
    assert client.get(f"{LIST}{LedgerTask.objects.first().pk}/").status_code == 200


def test_a_task_out_of_scope_is_missing(world, city_plan):
    task = LedgerTask.objects.get(title="办好科普大讲堂")
    assert world.sign_in("clerk", places.CITY).get(f"{LIST}{task.pk}/").status_code == 200
    assert world.sign_in("clerk", places.COUNTY_A).get(f"{LIST}{task.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=县级", {"建设县级科普馆"}),
        ("category=youth", {"办好科普大讲堂"}),
        ("due=overdue", {"建设县级科普馆"}),
        ("due=none", {"办好科普大讲堂"}),
        ("state=under_way", {"办好科普大讲堂"}),
        ("role=cooperate", set()),
        ("state=nonsense", {"办好科普大讲堂", "建设县级科普馆"}),
    ],
)
def test_filters_live_in_the_address(world, city_plan, query, found):
    assert titles(world.sign_in("clerk", places.CITY).get(f"{LIST}?{query}")) == found


def test_filter_by_unit_and_its_own_page(world, city_plan):
    client = world.sign_in("clerk", places.CITY)
    unit = world.body(places.CITY, "市教育局").pk
    assert titles(client.get(f"{LIST}?unit=教育")) == {"办好科普大讲堂"}
    own = client.get(f"{LIST}units/{unit}/")
    assert titles(own) == {"办好科普大讲堂"}
    assert own.context["counts"] == {"lead": 1}
    idle = world.body(places.CITY, "市科技局").pk
    assert client.get(f"{LIST}units/{idle}/").status_code == 404


@pytest.mark.parametrize("by", ["section", "unit", "category", "due"])
def test_every_view_lists_every_task_once(world, city_plan, by):
    page = world.sign_in("clerk", places.CITY).get(f"{LIST}?by={by}")
    assert sorted(task.title for task in page.context["tasks"]) == ["办好科普大讲堂", "建设县级科普馆"]


def test_the_export_holds_what_the_page_shows(world, city_plan):
    data = world.sign_in("clerk", places.CITY).get(f"{LIST}?category=youth&export=xlsx")
    sheet = load_workbook(BytesIO(b"".join(data.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[0] == "序号")
    assert len(rows) == head + 2
    row = dict(zip(rows[head], rows[head + 1], strict=True))
    assert row["工作任务"] == "办好科普大讲堂"
    assert row["目标（数值、单位）"] == "科普讲座 不少于20场（每年）"
    assert row["牵头单位"] == "云川市教育局"


def test_the_state_of_a_task_is_set_by_whoever_reviews_there(world, city_plan):
    task = LedgerTask.objects.get(title="办好科普大讲堂")
    given = {"state": "done", "state_note": "全年20场已办完", "seen": task.version}
    assert world.sign_in("leader", places.CITY).post(f"{LIST}{task.pk}/state/", given).status_code == 403
    assert world.sign_in("clerk", places.COUNTY_A).post(f"{LIST}{task.pk}/state/", given).status_code == 404
    client = world.sign_in("clerk", places.CITY)
    assert client.post(f"{LIST}{task.pk}/state/", given).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.state_note, task.version) == ("done", "全年20场已办完", 2)
    assert client.post(f"{LIST}{task.pk}/state/", given | {"state": "under_way"}).status_code == 409
    task.refresh_from_db()
    assert task.state == "done"


@pytest.mark.db
def test_the_list_costs_the_same_queries_at_one_and_three_tasks(world, city_plan):
    client = world.sign_in("clerk", places.CITY)
    client.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(LIST)
    for _ in range(3):
        make.ledger_target(make.ledger_task(city_plan, (world.body(places.CITY, "市科技局"),)))
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert LedgerTarget.objects.count() == 4
    assert len(many) == len(few)


def test_the_breakdown_is_handed_over_as_a_word_table(world, city_plan):
    data = world.sign_in("clerk", places.CITY).get(f"{LIST}?category=youth&export=docx")
    [table] = docx.Document(BytesIO(b"".join(data.streaming_content))).tables
    head, row = ([cell.text for cell in line.cells] for line in table.rows)
    assert dict(zip(head, row, strict=True)) == {
        "序号": "1", "所属部分": "", "工作任务": "办好科普大讲堂", "目标（数值、单位）": "科普讲座 不少于20场（每年）", "完成标志": "",
        "牵头单位": "云川市教育局", "配合单位": "", "归口单位": "", "完成时限": "", "上级依据": "", "备注": "",
    }  # fmt: skip


def test_the_criterion_stands_on_the_page_beside_a_number_with_its_four_states(world):
    task = make.ledger_task(make.plan(places.COUNTY_A, state="issued"), criterion="印发年度要点", state="under_way")
    make.ledger_target(task)
    page = world.sign_in("clerk", places.COUNTY_A).get(f"/desk/ledger/{task.pk}/").content.decode()
    section = page[page.index('<h2 id="criterion">') :].split("</section>", 1)[0]
    assert "印发年度要点" in section
    words = ("未启动", "推进中", "已完成", "长期坚持")
    assert sorted(words, key=section.index) == list(words)
    assert section.count("（当前）") == 1


def test_the_folded_filters_say_how_many_are_in_use(world, city_plan):
    clerk = world.sign_in("clerk", places.CITY)
    folded = [clerk.get(f"{LIST}{query}").content.decode() for query in ("", "?state=under_way&q=科普&by=unit")]
    lines = [page.split('class="filter-fold', 1)[1].split("</summary>")[0] for page in folded]
    assert [("筛选条件（已用2项）" in line, "已用" in line) for line in lines] == [(False, False), (True, True)]
