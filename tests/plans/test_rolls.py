from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kepu.foundation.errors import Refusal
from kepu.foundation.models import SheetRun
from kepu.foundation.scope import SYSTEM
from kepu.plans.models import LedgerTarget, RollItem
from kepu.plans.services import rolls
from tests import world as places
from tests.engines.sheets.books import book
from tests.foundation.test_races import at_once
from tests.plans import factories as make

pytestmark = pytest.mark.django_db
NAMES = ["云台镇中心小学", "城关第一小学", "城关第二小学"]


@pytest.fixture
def target(world):
    """A city's promise of full coverage that names the office of county A."""
    plan = make.plan(places.CITY, title="云川市全民科学素质行动实施方案（2026—2030年）", state="issued")
    task = make.ledger_task(plan, (world.body(places.COUNTY_A, "县科协"),))
    return make.ledger_target(task, subject="科技馆进校园", value=None, unit="全覆盖", period="none")


@pytest.fixture
def roll(target):
    rolls.fill(target, NAMES, actor=SYSTEM)
    return target


@pytest.fixture
def clerk(world):
    return world.sign_in("clerk", places.CITY)


def page_of(target):
    return f"/desk/ledger/targets/{target.pk}/roll/"


def state(target):
    return {item.name: item.covered_on for item in RollItem.objects.standing().filter(target=target)}


def chosen(target, *names):
    return [f"{item.pk}:{item.version}" for item in RollItem.objects.filter(target=target, name__in=names)]


def tick(client, target, *names, **given):
    given = {"act": "cover", "covered_on": "2026-09-05", "note": "", "item": chosen(target, *names)} | given
    return client.post(f"{page_of(target)}mark/", given)


def undo_address(client, target):
    offered = [m.extra_tags for m in client.get(page_of(target)).context["messages"] if m.extra_tags]
    return offered[0].removeprefix("undo:")


def test_pasted_names_go_on_the_roll_without_their_numbers_and_only_once(clerk, target):
    text = "1.云台镇中心小学\n2、 城关第一小学\n（3）城关第二小学\n\n云台镇 中心小学\n101中学\n"
    assert clerk.post(f"{page_of(target)}fill/", {"names": text}).status_code == 302
    assert list(state(target)) == ["云台镇中心小学", "城关第一小学", "城关第二小学", "101中学"]
    clerk.post(f"{page_of(target)}fill/", {"names": "城关第二小学\n城关第三小学"})
    assert list(state(target))[-2:] == ["101中学", "城关第三小学"]


def test_a_list_of_divisions_is_taken_over(clerk, target):
    page = clerk.get(f"{page_of(target)}fill/")
    assert [key for key, _label in page.context["form"].fields["source"].choices] == ["", "county", "township"]
    clerk.post(f"{page_of(target)}fill/", {"source": "township", "names": ""})
    # two subdistricts are called the same: each is told apart by its county
    assert list(state(target)) == ["青禾城关街道", "云台镇", "白榆城关街道", "石桥镇"]


@pytest.mark.parametrize(("given", "field"), [({"names": ""}, "names"), ({"names": "长" * 121}, "names")])
def test_what_is_no_list_is_said_beside_the_field(clerk, target, given, field):
    answer = clerk.post(f"{page_of(target)}fill/", given)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert state(target) == {}


def test_items_are_ticked_one_by_one_and_many_at_once(clerk, roll):
    tick(clerk, roll, NAMES[0], note="已挂牌")
    only = chosen(roll, NAMES[1])[0]
    # the button of one row leaves aside what is ticked in front of other rows
    tick(clerk, roll, NAMES[2], act="", single=f"cover {only}", covered_on="2026-09-06")
    assert state(roll) == {NAMES[0]: date(2026, 9, 5), NAMES[1]: date(2026, 9, 6), NAMES[2]: None}
    assert RollItem.objects.get(name=NAMES[0]).note == "已挂牌"
    tick(clerk, roll, every="1", covered_on="2026-09-07")
    assert set(state(roll).values()) == {date(2026, 9, 7)}


def test_all_of_a_filter_means_that_filter_only(clerk, roll):
    clerk.post(f"{page_of(roll)}mark/?q=城关", {"act": "cover", "covered_on": "2026-09-05", "every": "1"})
    assert [name for name, day in state(roll).items() if day] == NAMES[1:]
    assert [item.name for item in clerk.get(f"{page_of(roll)}?state=open").context["page"]] == NAMES[:1]
    assert [item.name for item in clerk.get(f"{page_of(roll)}?state=covered").context["page"]] == NAMES[1:]


def test_a_day_to_come_is_refused_with_what_was_typed(clerk, roll):
    answer = tick(clerk, roll, NAMES[0], covered_on="2999-01-01", note="刚建成")
    assert answer.status_code == 422
    assert "日期不能晚于今天" in answer.content.decode()
    assert "刚建成" in answer.content.decode()
    assert set(state(roll).values()) == {None}


def test_every_change_can_be_undone(clerk, roll):
    tick(clerk, roll, *NAMES[:2], note="已挂牌")
    address = undo_address(clerk, roll)
    assert clerk.post(address).status_code == 302
    assert set(state(roll).values()) == {None}
    assert set(RollItem.objects.values_list("note", flat=True)) == {""}
    assert clerk.post(address).status_code == 409  # once is enough

    tick(clerk, roll, NAMES[0], act="remove")
    assert list(state(roll)) == NAMES[1:]
    clerk.post(undo_address(clerk, roll))
    assert list(state(roll)) == NAMES

    clerk.post(f"{page_of(roll)}fill/", {"names": "抄错的名单"})
    clerk.post(undo_address(clerk, roll))
    assert list(state(roll)) == NAMES


def test_undo_does_not_write_over_what_came_later(clerk, roll):
    tick(clerk, roll, *NAMES[:2])
    address = undo_address(clerk, roll)
    tick(clerk, roll, NAMES[1], covered_on="2026-09-30")
    answer = clerk.post(address)
    assert answer.status_code == 409
    assert "2026年9月30日" in answer.content.decode()
    assert state(roll)[NAMES[0]] == date(2026, 9, 5)


def test_a_name_taken_off_comes_back_with_what_was_known_of_it(clerk, roll):
    tick(clerk, roll, NAMES[0])
    tick(clerk, roll, NAMES[0], act="remove")
    clerk.post(f"{page_of(roll)}fill/", {"names": NAMES[0]})
    assert state(roll)[NAMES[0]] == date(2026, 9, 5)
    assert RollItem.objects.count() == 3


def test_the_second_of_two_people_sees_both_states(clerk, roll):
    seen = chosen(roll, NAMES[0])
    tick(clerk, roll, NAMES[0])
    answer = tick(clerk, roll, item=seen, covered_on="2026-09-30", note="补录")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "已覆盖，2026年9月5日" in page
    assert "已覆盖，2026年9月30日（补录）" in page
    assert state(roll)[NAMES[0]] == date(2026, 9, 5)


def test_named_units_see_the_roll_and_only_the_office_ticks(world, roll):
    named = world.sign_in("clerk", places.COUNTY_A)
    assert named.get(page_of(roll)).status_code == 200
    assert "标记为已覆盖" not in named.get(page_of(roll)).content.decode()
    assert tick(named, roll, NAMES[0]).status_code == 403
    assert named.get(f"{page_of(roll)}fill/").status_code == 403
    stranger = world.sign_in("clerk", places.COUNTY_B)
    assert stranger.get(page_of(roll)).status_code == 404
    assert tick(stranger, roll, NAMES[0]).status_code == 404
    assert tick(world.sign_in("leader", places.CITY), roll, NAMES[0]).status_code == 403
    assert set(state(roll).values()) == {None}


@pytest.mark.parametrize(
    ("terms", "runs"),
    [
        ({"subject": "科普讲座"}, False),
        ({"subject": "科技馆进校园", "value": None, "unit": "全覆盖"}, True),
        ({"subject": "科普设施覆盖率", "value": 100, "unit": "%"}, True),
        ({"subject": "每村科普信息员", "value": 1, "unit": "名"}, True),
        ({"subject": "每万人科普场馆面积", "value": 9, "unit": "平方米"}, False),
        ({"subject": "具备科学素质的比例", "value": 18, "unit": "%"}, False),
    ],
)
def test_which_promises_run_over_a_roll(world, clerk, terms, runs):
    task = make.ledger_task(make.plan(places.CITY, state="issued"))
    target = make.ledger_target(task)
    LedgerTarget.objects.filter(pk=target.pk).update(**terms)
    assert clerk.get(page_of(target)).status_code == (200 if runs else 404)


def test_the_task_and_the_ledger_show_how_far_it_has_come(clerk, roll):
    tick(clerk, roll, NAMES[0])
    for address in (f"/desk/ledger/{roll.task_id}/", "/desk/ledger/", page_of(roll)):
        page = clerk.get(address).content.decode()
        assert "已覆盖" in page
        assert "1／3" in page


def read_sheet(response):
    sheet = load_workbook(BytesIO(b"".join(response) if response.streaming else response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if "名称" in row)
    return rows[:head], [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def test_the_export_holds_what_is_shown(clerk, roll):
    tick(clerk, roll, NAMES[0])
    above, rows = read_sheet(clerk.get(f"{page_of(roll)}?export=xlsx"))
    assert "已覆盖1／3，截至" in above[1][0]
    assert [(row["名称"], row["覆盖情况"]) for row in rows] == list(
        zip(NAMES, ["已覆盖", "未覆盖", "未覆盖"], strict=True)
    )
    _above, rows = read_sheet(clerk.get(f"{page_of(roll)}?export=xlsx&state=covered"))
    assert [row["名称"] for row in rows] == NAMES[:1]


@pytest.fixture
def send(settings, tmp_path, django_capture_on_commit_callbacks):
    """Upload a sheet and take it; returns the report of the dry run."""
    settings.KEPU_DATA = tmp_path

    def sent(client, target, rows):
        file = SimpleUploadedFile("名录.xlsx", book(rows))
        address = f"/desk/sheets/plans.roll/?subject={target.pk}"
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(address, {"file": file, "region": target.region_path})
        assert answer.status_code == 302
        run = SheetRun.objects.latest("pk")
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "all"})
        return run.report

    return sent


def test_a_spreadsheet_fills_and_ticks_and_coming_again_changes_nothing(send, clerk, roll):
    rows = [
        ["学校名称", "覆盖情况", "覆盖日期", "备注"],
        [NAMES[0], "已覆盖", "2026-9-5", "已挂牌"],
        ["城关第三小学", "未覆盖", "", ""],
    ]
    report = send(clerk, roll, rows)
    assert report["states"] == {"new": 1, "changed": 1, "same": 0}
    assert state(roll) == {NAMES[0]: date(2026, 9, 5), NAMES[1]: None, NAMES[2]: None, "城关第三小学": None}
    assert send(clerk, roll, rows)["states"] == {"new": 0, "changed": 0, "same": 2}
    assert RollItem.objects.count() == 4


def test_the_template_holds_the_roll_as_it_stands_and_goes_in_unchanged(send, clerk, roll):
    tick(clerk, roll, NAMES[0])
    _above, rows = read_sheet(clerk.get(f"/desk/sheets/plans.roll/template/?subject={roll.pk}"))
    assert [row["名称"] for row in rows] == NAMES
    table = [list(rows[0]), *[list(row.values()) for row in rows]]
    assert send(clerk, roll, table)["states"] == {"new": 0, "changed": 0, "same": 3}


def test_a_list_of_names_alone_unticks_nothing(send, clerk, roll):
    tick(clerk, roll, NAMES[0])
    assert send(clerk, roll, [["名称"], *[[name] for name in NAMES]])["states"]["same"] == 3
    assert state(roll)[NAMES[0]] == date(2026, 9, 5)


def test_faults_are_named_at_their_cell_and_nothing_is_written(send, clerk, roll):
    rows = [
        ["名称", "覆盖情况", "覆盖日期"],
        ["甲村", "未覆盖", "2026-9-5"],
        ["乙村", "已覆盖", "2999-1-1"],
        ["乙村", "也许", ""],
        ["", "已覆盖", ""],
    ]
    report = send(clerk, roll, rows)
    assert {(p["row"], p["letter"]) for p in report["problems"]} == {(2, "C"), (3, "C"), (4, "B"), (5, "A")}
    assert list(state(roll)) == NAMES


def test_an_import_needs_the_target_and_the_right(world, clerk, roll):
    address = f"/desk/sheets/plans.roll/?subject={roll.pk}"
    assert world.sign_in("clerk", places.COUNTY_B).get(address).status_code == 404
    assert world.sign_in("clerk", places.COUNTY_A).get(address).status_code == 403
    assert clerk.get("/desk/sheets/plans.roll/").status_code == 403


def test_a_roll_has_an_end(monkeypatch, roll):
    monkeypatch.setattr(rolls, "LONGEST", 4)
    with pytest.raises(Refusal) as refused:
        rolls.fill(roll, ["甲村", "乙村"], actor=SYSTEM)
    assert refused.value.code == "plans.roll_too_long"
    assert list(state(roll)) == NAMES


@pytest.mark.db
def test_the_roll_costs_the_same_queries_at_three_and_forty_names(clerk, roll):
    clerk.get(page_of(roll))
    with CaptureQueriesContext(connection) as few:
        clerk.get(page_of(roll))
    rolls.fill(roll, [f"第{number}村" for number in range(40)], actor=SYSTEM)
    with CaptureQueriesContext(connection) as many:
        assert len(clerk.get(page_of(roll)).context["page"]) == 43
    assert len(many) == len(few)


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_one_item_one_wins_and_the_other_is_told(roll):
    items = list(RollItem.objects.filter(target=roll))

    def cover(item, day):
        rolls.cover(roll, {item.pk: item.version}, on=date(2026, 9, day), note="", actor=SYSTEM)
        return "done"

    results = at_once(*(lambda i=item, d=day: cover(i, d) for item in items for day in (1, 2)))
    assert [sorted(results[n : n + 2]) for n in (0, 2, 4)] == [["done", "plans.conflict"]] * 3
    assert set(RollItem.objects.values_list("version", flat=True)) == {2}


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_two_lists_at_once_leave_each_name_once(target):
    def fill(names):
        rolls.fill(target, names, actor=SYSTEM)
        return "done"

    assert at_once(lambda: fill(NAMES), lambda: fill(NAMES[::-1])) == ["done", "done"]
    assert sorted(state(target)) == sorted(NAMES)
