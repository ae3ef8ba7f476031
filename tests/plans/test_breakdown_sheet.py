"""A draft goes out as a breakdown table, is changed in Excel, and comes back: U1 for the rows of a plan."""

import json
import resource
from collections import Counter
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kepu.foundation import spreadsheets as sheets
from kepu.foundation.models import AuditEntry, SheetRun
from kepu.foundation.scope import SYSTEM
from kepu.plans import table
from kepu.plans.models import Assignment, Decision, NumberFinding, Plan, Section, Target, Task, Version
from kepu.plans.queries.desk import load
from kepu.plans.services import recording, review, table_in
from kepu.plans.sheets import breakdown
from kepu.plans.sheets.breakdown import BREAKDOWN
from tests import world as places
from tests.engines.sheets.books import book
from tests.foundation.test_races import at_once
from tests.plans import factories as make

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HEADS = {
    "section": "所属部分", "task": "工作任务", "wording": "原文内容", "targets": "目标（数值、单位）", "criterion": "完成标志",
    "lead": "牵头单位", "cooperate": "配合单位", "owner": "归口单位", "due": "完成时限", "upper_basis": "上级依据",
    "remark": "备注", "key": "行标识",
}  # fmt: skip
LECTURES, VENUES, TRAINING, LEADING = "办好科普大讲堂", "建设科普场馆", "开展农技培训", "加强组织领导"


@pytest.fixture
def clerk(world):
    return world.sign_in("clerk", places.COUNTY_A)


def address(plan):
    return f"/desk/sheets/plans.breakdown/?subject={plan.pk}"


def download(client, plan):
    """The rows of the table by task, as Excel shows them."""
    answer = client.get(f"/desk/sheets/plans.breakdown/template/?subject={plan.pk}")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.content)).active
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    head = next(number for number, line in enumerate(lines) if HEADS["task"] in line)
    rows = [dict(zip(lines[head], line, strict=True)) for line in lines[head + 1 :]]
    return {row[HEADS["task"]]: {key: row[label] or "" for key, label in HEADS.items()} for row in rows}


@pytest.fixture
def upload(settings, tmp_path, django_capture_on_commit_callbacks):
    """Upload rows and look at the report; with `take` they are then imported."""
    settings.KEPU_DATA = tmp_path

    def sent(client, plan, rows, *, take="all", heads=None):
        heads = heads or list(HEADS)
        cells = [[HEADS.get(head, head) for head in heads], *[[row.get(head, "") for head in heads] for row in rows]]
        file = SimpleUploadedFile("任务分解表.xlsx", book(cells))
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(address(plan), {"file": file, "region": plan.region_path})
        assert answer.status_code == 302, answer.content.decode()
        run = SheetRun.objects.latest("pk")
        if take:
            with django_capture_on_commit_callbacks(execute=True):
                client.post(f"/desk/sheets/runs/{run.pk}/", {"mode": take})
        run.refresh_from_db()
        return run

    return sent


def problems(run):
    return {(p["row"], p["column"]): p["reason"] for p in run.report["problems"]}


def picture(plan):
    """Everything that a table could touch, but for versions of rows and who touched them."""
    names = {
        Section: ("title", "path", "dropped"),
        Task: ("title", "text", "criterion", "due_text", "due_on", "upper_basis", "remark", "section", "position", "dropped", "no_units"),
        Assignment: ("task", "name", "role", "resolution", "organisation", "wildcard", "dropped"),
        Target: ("task", "subject", "value", "unit", "comparator", "modality", "period", "year", "data_owner", "definition", "dropped", "position"),
        NumberFinding: ("printed", "kind", "target"),
    }  # fmt: skip
    return {
        model.__name__: list(model.objects.filter(plan=plan).order_by("pk").values_list("pk", *fields))
        for model, fields in names.items()
    }


def live(plan):
    return {task.title: task for task in Task.objects.filter(plan=plan, dropped=False)}


def units_of(task):
    rows = Assignment.objects.filter(task=task, dropped=False)
    return [(row.name, row.role) for row in rows]


def test_the_table_goes_out_filled_and_comes_back_without_any_change(upload, clerk, draft):
    rows = download(clerk, draft)
    assert list(rows) == [LECTURES, VENUES, TRAINING, LEADING]
    assert rows[LECTURES] == {
        "section": "青少年科学素质提升行动",
        "task": LECTURES,
        "wording": rows[LECTURES]["wording"],
        "targets": "科普讲座 不少于20场（每年）\n科技教师 300人（到2030年）",
        "criterion": "",
        "lead": "县教体局、县科协、团县委",
        "cooperate": "",
        "owner": "",
        "due": "",
        "upper_basis": "",
        "remark": "",
        "key": rows[LECTURES]["key"],
    }
    before = picture(draft)
    run = upload(clerk, draft, rows.values())
    assert run.report["states"] == {"new": 0, "changed": 0, "same": 4}
    assert run.report["problems"] == []
    assert picture(draft) == before
    assert not Decision.objects.filter(act="sheet").exists()


def test_changed_cells_are_written_as_one_decision_and_taken_back_in_one_step(upload, world, clerk, draft):
    rows = download(clerk, draft)
    before = picture(draft)
    rows[LECTURES] |= {
        "task": "办好科普大讲坛",
        "targets": "科普讲座 不少于30场（每年）\n科普作品 5—8件（2026年）",
        "lead": "团县委、县教体局",
        "cooperate": "县市场监管局",
        "due": "2027年6月底前",
        "remark": "滚动推进",
    }
    rows[VENUES] |= {"owner": "县科协", "due": date(2028, 12, 31), "section": "农民科学素质提升行动"}
    rows[LEADING] |= {"criterion": "印发年度要点", "lead": "县科协"}
    run = upload(clerk, draft, rows.values())
    assert run.report["problems"] == []
    assert run.report["states"] == {"new": 0, "changed": 3, "same": 1}
    tasks = live(draft)
    task = tasks["办好科普大讲坛"]
    assert (task.due_text, task.due_on, task.remark) == ("2027年6月底前", date(2027, 6, 30), "滚动推进")
    assert units_of(task) == [("团县委", "lead"), ("县教体局", "co_lead"), ("县市场监管局", "cooperate")]
    wanted = world.body(places.COUNTY_A, "县市场监管局")
    assert Assignment.objects.get(task=task, name="县市场监管局").organisation_id == wanted.pk
    targets = {t.subject: t for t in Target.objects.filter(task=task, dropped=False)}
    assert {name: (t.value, t.value_max, t.unit) for name, t in targets.items()} == {
        "科普讲座": (Decimal(30), None, "场"),
        "科普作品": (Decimal(5), Decimal(8), "件"),
    }
    # the target that went took its number of the source with it
    assert (
        NumberFinding.objects.get(plan=draft, target__subject="科技教师", printed__startswith="300").kind
        == "not_a_target"
    )
    venues = tasks[VENUES]
    assert (venues.section.title, venues.due_text, venues.due_on) == ("农民科学素质提升行动", "", date(2028, 12, 31))
    office = world.body(places.COUNTY_A, "县科协").pk
    assert set(Target.objects.filter(task=venues, dropped=False).values_list("data_owner", flat=True)) == {office}
    assert tasks[LEADING].criterion == "印发年度要点"

    decision = Decision.objects.get(act="sheet")
    assert recording.last_undoable(draft) == decision
    assert clerk.post(f"/desk/plans/{draft.pk}/review/undo/", {"decision": decision.pk}).status_code == 302
    after = picture(draft)
    assert {name: [row for row in rows if row in before[name]] for name, rows in after.items()} == before
    # what had been added is left out, nothing else is there
    extra = {name: [row for row in rows if row not in before[name]] for name, rows in after.items()}
    assert {name: len(rows) for name, rows in extra.items() if rows} == {"Assignment": 2, "Target": 1}
    assert not Assignment.objects.filter(pk__in=[row[0] for row in extra["Assignment"]], dropped=False).exists()


def test_the_same_file_again_changes_nothing_and_doubles_nothing(upload, clerk, draft):
    rows = download(clerk, draft)
    rows[LECTURES]["targets"] = "≥30场（每年）\n到2030年培训科技教师300人"  # in words of the clerk's own
    rows[LECTURES]["lead"] = "团县委、县教体局"
    table = [
        *rows.values(),
        {"task": "开展科普进社区", "section": "农民科学素质提升行动", "targets": "社区活动12次/年", "lead": "县科协"},
    ]
    run = upload(clerk, draft, table)
    assert run.report["problems"] == []
    assert run.report["states"] == {"new": 1, "changed": 1, "same": 3}
    before = picture(draft)
    for _time in range(2):
        assert upload(clerk, draft, table).report["states"] == {"new": 0, "changed": 0, "same": 5}
    assert picture(draft) == before
    assert Decision.objects.filter(act="sheet").count() == 1
    fresh = download(clerk, draft)
    assert upload(clerk, draft, fresh.values()).report["states"] == {"new": 0, "changed": 0, "same": 5}


def test_a_row_that_is_new_becomes_a_task_under_its_heading(upload, clerk, draft):
    row = {
        "section": "农民科学素质提升行动", "task": "开展科普进社区", "wording": "全县社区每年开展科普活动。",
        "targets": "科普活动 12次（每年）", "lead": "县科协", "cooperate": "各镇（街道）", "due": "长期",
    }  # fmt: skip
    run = upload(clerk, draft, [row])
    assert run.report["states"] == {"new": 1, "changed": 0, "same": 0}
    task = live(draft)["开展科普进社区"]
    assert (task.section.title, task.text, task.due_text, task.reviewed) == (
        row["section"],
        row["wording"],
        "长期",
        True,
    )
    assert units_of(task) == [("县科协", "lead"), ("各镇（街道）", "cooperate")]
    target = Target.objects.get(task=task)
    assert (target.value, target.unit, target.period, target.counting) == (12, "次", "per_year", "periodic")
    assert target.reviewed
    shown = clerk.get(f"/desk/plans/{draft.pk}/review/").context["cards"]
    titles = [card.row.title for card in shown if card.is_task]
    assert titles == [LECTURES, VENUES, TRAINING, "开展科普进社区", LEADING]


def test_a_figure_in_free_words_comes_up_at_the_desk(upload, clerk, draft):
    upload(clerk, draft, [{"task": "开展科普进社区", "targets": "每年办12次以上", "lead": "县科协"}])
    target = Target.objects.get(plan=draft, task__title="开展科普进社区")
    assert (target.subject, target.comparator, target.reviewed, target.doubtful) == ("办", ">=", False, True)
    page = clerk.get(f"/desk/plans/{draft.pk}/review/?item=task-{target.task_id}").content.decode()
    assert "从表格文字中识别" in page


def test_only_what_nobody_else_changed_meanwhile_is_written(upload, world, clerk, draft):
    rows = download(clerk, draft)
    task = live(draft)[LECTURES]
    review.edit(row=task, expected=task.version, actor=SYSTEM, remark="主任改的", criterion="主任定的")
    rows[LECTURES] |= {"remark": "经办人改的", "due": "年底前"}
    run = upload(clerk, draft, rows.values())
    assert problems(run) == {(2, "备注"): "下载之后，有人已改为“主任改的”。请重新下载表格，在新表上修改。"}
    assert run.report["problems"][0]["letter"] == "K"
    task.refresh_from_db()
    assert (task.remark, task.due_text) == ("主任改的", "")  # a row is taken whole or not at all

    rows[LECTURES]["remark"] = ""  # as it was given out: theirs stays, and so does what the file never touched
    run = upload(clerk, draft, rows.values())
    assert run.report["states"] == {"new": 0, "changed": 1, "same": 3}
    task.refresh_from_db()
    assert (task.remark, task.criterion, task.due_text) == ("主任改的", "主任定的", "年底前")


def test_cells_that_belong_together_do_not_mix_two_peoples_changes(upload, world, clerk, draft):
    rows = download(clerk, draft)
    task = live(draft)[VENUES]
    target = Target.objects.filter(task=task).first()
    review.edit(row=target, expected=target.version, actor=SYSTEM, value=Decimal(9))
    rows[VENUES]["owner"] = "县科协"
    run = upload(clerk, draft, rows.values())
    assert set(problems(run)) == {(3, "归口单位")}
    assert not Target.objects.filter(data_owner__isnull=False).exists()


def test_rows_that_are_not_of_this_draft_are_named(upload, world, clerk, draft):
    rows = download(clerk, draft)
    other = make.plan(places.COUNTY_A, title="白榆县的方案")
    make.task(other, "别处的任务")
    foreign = download(clerk, other)["别处的任务"]
    task = live(draft)[TRAINING]
    review.drop(row=task, expected=task.version, actor=SYSTEM)
    copied = rows[VENUES] | {"task": "复制出来的任务"}
    table = [rows[LECTURES], foreign, rows[TRAINING], rows[VENUES], copied, rows[LEADING] | {"key": "12-x"}]
    run = upload(clerk, draft, table)
    assert problems(run) == {
        (3, "行标识"): "这一行来自另一份方案的表格，不能导入到本方案。",
        (4, "行标识"): "该任务已移出草稿。请先在核对台恢复该任务。",
        (6, "行标识"): "与第5行的行标识相同。复制行来新增任务时，请清空行标识。",
        (7, "行标识"): "行标识不完整。请从下载的表格中重新复制；新增任务请留空。",
    }
    assert "白榆县的方案" not in str(run.report)
    assert "复制出来的任务" not in live(draft)


def test_each_fault_is_named_at_its_cell_in_words(upload, clerk, draft):
    rows = download(clerk, draft)
    rows[LECTURES] |= {"targets": "科普讲座 多多益善", "lead": "县教体局、县惠农办"}
    rows[VENUES] |= {"section": "宇航员行动", "due": date(2026, 2, 28)}
    rows[TRAINING] |= {"owner": "县科协、县教体局、团县委", "cooperate": "县农业农村局"}
    rows[LEADING] |= {"owner": "县科协", "due": "2026-02-30"}
    table = [
        *rows.values(),
        {"task": TRAINING, "section": "农民科学素质提升行动", "lead": "县科协"},
        {"task": "新任务", "lead": "县教体局", "cooperate": "青禾县教育体育局"},
        {"task": "新任务", "lead": "县科协"},
        {"task": "", "lead": "县科协"},
        {"task": "长" * 251},
    ]
    run = upload(clerk, draft, table)
    found = problems(run)
    assert set(found) == {
        (2, "目标（数值、单位）"), (2, "牵头单位"), (3, "所属部分"), (4, "归口单位"), (4, "配合单位"), (5, "归口单位"), (5, "完成时限"),
        (6, "工作任务"), (7, "配合单位"), (8, "工作任务"), (9, "工作任务"), (10, "工作任务"),
    }  # fmt: skip
    assert "没有看出目标数值" in found[2, "目标（数值、单位）"]
    assert found[2, "牵头单位"].startswith("单位名录中没有“县惠农办”")
    assert found[4, "归口单位"] == "填写一个单位（用于全部目标），或按顺序给2个目标逐一填写"
    assert found[4, "配合单位"] == "“县农业农村局”在这项任务中重复"
    assert found[6, "工作任务"].startswith("方案中已有这项任务")
    marked = clerk.get(f"/desk/sheets/runs/{run.pk}/errors/")
    sheet = load_workbook(BytesIO(marked.content)).active
    assert {cell.coordinate for line in sheet.iter_rows() for cell in line if cell.comment} == {
        "D2", "F2", "A3", "H4", "G4", "H5", "I5", "B6", "G7", "B8", "B9", "B10",
    }  # fmt: skip
    page = clerk.get(f"/desk/sheets/runs/{run.pk}/").content.decode()
    assert "单位名录中没有“县惠农办”" in page
    assert not Decision.objects.filter(act="sheet").exists()


def test_good_rows_go_in_and_the_corrected_file_brings_the_rest_once(upload, clerk, draft):
    table = [
        {
            "task": f"第{number}项任务",
            "section": "农民科学素质提升行动",
            "lead": "县科协",
            "targets": f"活动 {number}次（每年）",
        }
        for number in range(1, 11)
    ]
    table[3]["lead"] = "县惠农办"
    table[7]["targets"] = "多多益善"
    run = upload(clerk, draft, table, take="good")
    assert set(problems(run)) == {(5, "牵头单位"), (9, "目标（数值、单位）")}
    assert len(live(draft)) == 4 + 8
    table[3]["lead"], table[7]["targets"] = "县科协", "活动 8次（每年）"
    run = upload(clerk, draft, table)
    assert run.report["states"] == {"new": 2, "changed": 0, "same": 8}
    assert len(live(draft)) == 4 + 10
    assert Target.objects.filter(plan=draft, subject="活动", dropped=False).count() == 10


def test_columns_that_the_file_leaves_out_change_nothing(upload, clerk, draft):
    rows = download(clerk, draft)
    rows[LECTURES]["remark"] = "只改备注"
    before = picture(draft)
    run = upload(clerk, draft, rows.values(), heads=["task", "remark", "key"])
    assert run.report["states"]["changed"] == 1
    after = picture(draft)
    assert [name for name in before if before[name] != after[name]] == ["Task"]


def test_a_list_of_responsible_units_is_not_split_into_roles_by_itself(upload, clerk, draft):
    """责任单位 says who answers, not who leads."""
    table = [{"task": "新任务", "责任单位": "县科协、县教体局"}]
    upload(clerk, draft, table, heads=["task", "责任单位"])
    assert units_of(live(draft)["新任务"]) == [("县科协", "responsible"), ("县教体局", "responsible")]


def test_units_printed_without_roles_are_split_by_filling_the_second_column(upload, clerk, draft):
    rows = download(clerk, draft)
    task = live(draft)[LECTURES]
    assert {role for _name, role in units_of(task)} == {"responsible"}
    rows[LECTURES] |= {"lead": "县教体局", "cooperate": "县科协、团县委"}
    upload(clerk, draft, rows.values())
    assert units_of(task) == [("县教体局", "lead"), ("县科协", "cooperate"), ("团县委", "cooperate")]
    assert upload(clerk, draft, rows.values()).report["states"]["same"] == 4


def test_a_name_that_a_person_settled_in_this_draft_is_known(upload, clerk, world, draft):
    unit = Assignment.objects.get(plan=draft, name="县惠农办")
    assert unit.resolution == "unresolved"
    rows = download(clerk, draft)
    rows[LEADING]["lead"] = "县惠农办"
    assert set(problems(upload(clerk, draft, rows.values()))) == {(5, "牵头单位")}
    Assignment.objects.filter(pk=unit.pk).update(resolution="as_printed")
    assert upload(clerk, draft, rows.values()).report["problems"] == []
    assert Assignment.objects.get(task=live(draft)[LEADING], dropped=False).resolution == "as_printed"


# --- a plan that exists as a table only ------------------------------------------------------------------------------
TABLE = [
    {"section": "青少年科学素质提升行动", "task": "办好科普大讲堂", "targets": "科普讲座 20场", "lead": "县教体局", "cooperate": "县科协", "due": "2026年11月底前"},
    {"section": "青少年科学素质提升行动", "task": "科技馆进校园", "targets": "中小学 全覆盖", "lead": "县科协", "owner": "县科协"},
    {"section": "农民科学素质提升行动", "task": "开展农技培训", "criterion": "每镇一期", "lead": "县农业农村局", "cooperate": "各镇（街道）"},
]  # fmt: skip


def test_a_clerk_with_nothing_but_a_table_gets_a_plan_that_can_be_issued(upload, world):
    head = world.sign_in("office_head", places.COUNTY_A)
    assert 'href="/desk/plans/new/"' in head.get("/desk/plans/import/").content.decode()
    form = {
        "region": places.COUNTY_A,
        "title": "青禾县2026年科普工作要点",
        "kind": "annual_points",
        "start_year": "2026",
        "end_year": "2026",
    }
    answer = head.post("/desk/plans/new/", form)
    plan = Plan.objects.get()
    assert answer["Location"] == address(plan)
    assert (plan.state, plan.title, plan.region_path) == ("reviewing", form["title"], places.COUNTY_A)
    blank = head.get(f"/desk/sheets/plans.breakdown/template/?subject={plan.pk}")
    heads = [
        cell.value.removesuffix("（必填）") for cell in next(load_workbook(BytesIO(blank.content)).active.iter_rows())
    ]
    assert heads == ["序号", *HEADS.values()]

    run = upload(head, plan, TABLE)
    assert run.report["problems"] == []
    assert [(s.title, s.reviewed) for s in Section.objects.filter(plan=plan)] == [
        ("青少年科学素质提升行动", True),
        ("农民科学素质提升行动", True),
    ]
    assert upload(head, plan, TABLE).report["states"] == {"new": 0, "changed": 0, "same": 3}
    assert head.post(f"/desk/plans/{plan.pk}/issue/", {"sure": "on"}).status_code == 302
    assert Version.objects.get(plan=plan).number == 1
    ledger = head.get(f"/desk/ledger/?plan={plan.pk}").content.decode()
    for word in ("办好科普大讲堂", "青少年科学素质提升行动", "县农业农村局", "2026年11月底前"):
        assert word in ledger


def test_an_empty_plan_can_be_taken_away_and_a_filled_one_cannot(upload, world):
    head = world.sign_in("office_head", places.COUNTY_A)
    form = {"region": places.COUNTY_A, "title": "写错了名字", "kind": "plan"}
    head.post("/desk/plans/new/", form)
    plan = Plan.objects.get()
    assert f"/desk/plans/{plan.pk}/discard/" in head.get(f"/desk/plans/{plan.pk}/").content.decode()
    assert head.post(f"/desk/plans/{plan.pk}/discard/").status_code == 302
    assert not Plan.objects.exists()
    head.post("/desk/plans/new/", form)
    plan = Plan.objects.get()
    upload(head, plan, TABLE)
    assert f"/desk/plans/{plan.pk}/discard/" not in head.get(f"/desk/plans/{plan.pk}/").content.decode()
    assert head.post(f"/desk/plans/{plan.pk}/discard/").status_code == 409


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"start_year": "2030", "end_year": "2026"}, "end_year"),
        ({"region": places.COUNTY_B}, "region"),
    ],
)
def test_particulars_that_cannot_be_are_said_beside_the_field(world, given, field):
    head = world.sign_in("office_head", places.COUNTY_A)
    answer = head.post("/desk/plans/new/", {"region": places.COUNTY_A, "title": "新方案", "kind": "plan"} | given)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Plan.objects.exists()


# --- who, and how much -----------------------------------------------------------------------------------------------
def test_the_table_needs_the_draft_and_the_right(world, clerk, draft):
    assert world.sign_in("clerk", places.COUNTY_B).get(address(draft)).status_code == 404
    assert world.sign_in("leader", places.COUNTY_A).get(address(draft)).status_code == 403
    assert clerk.get("/desk/sheets/plans.breakdown/").status_code == 403
    assert clerk.get(address(draft)).status_code == 200
    Plan.objects.filter(pk=draft.pk).update(state="archived")
    assert clerk.get(address(draft)).status_code == 409


def test_an_import_is_in_the_log(upload, clerk, draft):
    rows = download(clerk, draft)
    rows[LECTURES]["remark"] = "滚动推进"
    upload(clerk, draft, rows.values())
    entry = AuditEntry.objects.filter(action="sheet.import").latest("pk")
    detail = json.loads(entry.detail)
    assert (entry.region_path, detail["kind"], detail["changed"]) == (places.COUNTY_A, "plans.breakdown", 1)


def read_back(table):
    """Rows as the frame hands them to this room, for what is asked of it without a file."""
    file = book([[HEADS[head] for head in HEADS], *[[row.get(head, "") for head in HEADS] for row in table]])
    return sheets.read(file, BREAKDOWN.columns, "任务分解表.xlsx").rows


def simple(size, **values):
    return [
        {"task": f"第{n}项", "section": f"部分{n % 3}", "targets": f"活动 {n}次（每年）", "lead": "县科协", "cooperate": "县教体局"} | values
        for n in range(1, size + 1)
    ]  # fmt: skip


def costs(plan, rows, actor):
    """Statements to check rows, and to check and write them."""
    target = sheets.Target(plan.region_path, plan.pk, actor)
    with CaptureQueriesContext(connection) as checked:
        assert BREAKDOWN.check(rows, target).problems == []
    with CaptureQueriesContext(connection) as written, transaction.atomic():
        BREAKDOWN.apply(rows, target)
    return len(checked), len(written)


@pytest.mark.db
def test_checking_writing_and_undoing_cost_a_statement_a_batch_and_none_a_row(world):
    found = []
    for size in (3, 300):
        plan = make.plan(places.COUNTY_A, title=f"{size}项任务")
        new = costs(plan, read_back(simple(size)), SYSTEM)
        lines = list(breakdown.lines(plan, table.open_book(load(plan))))
        changes = {"remark": "改", "targets": "活动 1次（每年）", "lead": "团县委"}
        changed = costs(plan, read_back([row | changes for row in lines]), SYSTEM)
        with CaptureQueriesContext(connection) as undone:
            recording.undo(plan=plan, decision=recording.last_undoable(plan), actor=SYSTEM)
        assert Task.objects.filter(plan=plan, remark="").count() == size
        found.append((*new, *changed, len(undone)))
    few, many = found
    assert many[0] == few[0]
    assert many[2] == few[2]
    # 300 tasks, 600 units, 300 targets; the database of one machine takes some thirty rows in a statement
    assert max(more - less for less, more in zip(few, many, strict=True)) <= 1200 / 30


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_the_same_new_rows_sent_twice_at_once_are_there_once(world, draft):
    rows = read_back([{"task": f"第{n}项", "lead": "县科协"} for n in range(20)])

    def send():
        return table_in.write(plan=draft, rows=rows, title="任务分解表", actor=SYSTEM)

    assert sorted(at_once(send, send)) == [0, 20]
    assert Task.objects.filter(plan=draft, title__startswith="第").count() == 20


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_a_table_and_a_person_at_the_desk_at_once_lose_nothing(world, draft):
    lines = {row["task"]: row for row in breakdown.lines(draft, table.open_book(load(draft)))}
    rows = read_back([lines[LECTURES] | {"remark": "表格改的"}])
    task = Task.objects.get(plan=draft, title=LECTURES)

    def by_table():
        return table_in.write(plan=draft, rows=rows, title="任务分解表", actor=SYSTEM)

    def by_hand():
        review.edit(row=Task.objects.get(pk=task.pk), expected=task.version, actor=SYSTEM, remark="核对台改的")
        return "done"

    results = at_once(by_table, by_hand)
    task.refresh_from_db()
    assert (results, task.remark) in [
        ([1, "plans.conflict"], "表格改的"),
        (["plans.table_moved", "done"], "核对台改的"),
        (["plans.conflict", "done"], "核对台改的"),
    ]


def test_ten_thousand_rows_are_judged_written_and_taken_back(world):
    """U1 at its full size: 137 planted faults are all named at their cells, the corrected rows go in once."""
    plan = make.plan(places.COUNTY_A)
    rows = simple(10_000)
    wrong = {
        place: ("lead", "查无此单位") if place % 3 else ("targets", "多多益善") if place % 2 else ("due", "2026-02-30")
        for place in range(5, 137 * 70, 70)
    }
    assert len(wrong) == 137
    bad = [row | dict([wrong[place]]) if place in wrong else row for place, row in enumerate(rows)]
    target = sheets.Target(plan.region_path, plan.pk, SYSTEM)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = read_back(bad)
    verdict = BREAKDOWN.check(read, target)
    assert {(p.row, p.column) for p in verdict.problems} == {
        (place + 2, HEADS[cell]) for place, (cell, _value) in wrong.items()
    }
    good = [row for row in read if row.number - 2 not in wrong]
    with transaction.atomic():
        BREAKDOWN.apply(good, target)
    assert Task.objects.filter(plan=plan).count() == 10_000 - 137
    again = BREAKDOWN.check(read_back(rows), target)
    assert Counter(again.states.values()) == {"same": 10_000 - 137, "new": 137}
    recording.undo(plan=plan, decision=recording.last_undoable(plan), actor=SYSTEM)
    assert not Task.objects.filter(plan=plan, dropped=False).exists()
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024 < 300  # MB
