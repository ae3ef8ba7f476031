"""The two-step import through its pages, on a small kind of import."""

import io
from contextlib import closing

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kepu.foundation import spreadsheets
from kepu.foundation.models import AuditEntry, Job, SheetRun, StoredFile
from kepu.foundation.spreadsheets import export_xlsx, imports, runs
from tests.engines.sheets.books import book
from tests.foundation.spreadsheets.shelf import Shelf, Silent
from tests.world import CITY, COUNTY_A, COUNTY_B

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.db]


@pytest.fixture
def shelf(monkeypatch, settings, tmp_path):
    settings.KEPU_DATA = tmp_path
    (tmp_path / "files").mkdir()
    monkeypatch.setattr(imports, "_registry", {})
    return spreadsheets.register(Shelf())


@pytest.fixture
def clerk(world):
    return world.sign_in("office_head", COUNTY_A)


def sheet(*rows):
    return book([["编号", "书名", "册数"], *rows])


def upload(client, data, name="图书.xlsx", **extra):
    file = SimpleUploadedFile(name, data)
    return client.post("/desk/sheets/test.books/", {"file": file, "region": COUNTY_A, **extra})


def begun(client, data):
    answer = upload(client, data)
    assert answer.status_code == 302, answer.content.decode()
    run = SheetRun.objects.latest("pk")
    assert answer.url == f"/desk/sheets/runs/{run.pk}/"
    return run


def text_of(client, run):
    answer = client.get(f"/desk/sheets/runs/{run.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_good_rows_are_shown_then_written(shelf, clerk):
    shelf.books["3"] = ("三国", 1)
    shelf.books["4"] = ("水浒", 2)
    run = begun(clerk, sheet(["1", "红楼", 3], ["3", "三国", 1], ["4", "水浒", 9]))
    assert run.state == "checked"
    assert (run.report["states"], run.report["problem_count"]) == ({"new": 1, "changed": 1, "same": 1}, 0)
    assert "全部导入（3行）" in text_of(clerk, run)
    assert shelf.books == {"3": ("三国", 1), "4": ("水浒", 2)}
    clerk.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "all"})
    assert shelf.books == {"1": ("红楼", 3), "3": ("三国", 1), "4": ("水浒", 9)}
    assert "已导入3行" in text_of(clerk, run)
    entry = AuditEntry.objects.get(action="sheet.import")
    assert (entry.region_path, entry.object_id) == (COUNTY_A, str(run.pk))


def test_importing_the_same_file_again_changes_nothing(shelf, clerk):
    for expected in ({"new": 2, "changed": 0, "same": 0}, {"new": 0, "changed": 0, "same": 2}):
        run = begun(clerk, sheet(["1", "红楼", 3], ["2", "西游", 1]))
        assert run.report["states"] == expected
        clerk.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "all"})
    assert shelf.books == {"1": ("红楼", 3), "2": ("西游", 1)}


def test_faults_are_reported_marked_and_the_corrected_file_goes_in(shelf, clerk):
    shelf.forbidden = {"禁书"}
    run = begun(clerk, sheet(["1", "红楼", "三"], ["2", None, 1], ["3", "禁书", 1], ["4", "西游", 1], ["4", "西游", 2]))
    found = [(p["row"], p["letter"], p["reason"]) for p in run.report["problems"]]
    assert found == [
        (2, "C", "应填数字，不带单位和其他文字"),
        (3, "B", "此项必填"),
        (4, "B", "此书不得登记"),
        (6, "A", "与第5行重复"),
    ]
    page = text_of(clerk, run)
    assert "只导入没有问题的1行" in page
    assert "全部导入" not in page
    marked = clerk.get(f"/desk/sheets/runs/{run.pk}/errors/").content
    made = openpyxl.load_workbook(io.BytesIO(marked))
    commented = {cell.coordinate for row in made.active for cell in row if cell.comment}
    assert commented == {"C2", "B3", "B4", "A6"}
    for place, value in {"C2": 3, "B3": "三国", "B4": "水浒", "A6": "5"}.items():
        made.active[place] = value
    fixed = io.BytesIO()
    made.save(fixed)
    again = begun(clerk, fixed.getvalue())
    assert (again.report["problem_count"], again.report["ignored"]) == (0, [])
    clerk.post(f"/desk/sheets/runs/{again.pk}/", {"mode": "all"})
    assert sorted(shelf.books) == ["1", "2", "3", "4", "5"]


def test_only_the_good_rows_when_asked(shelf, clerk):
    run = begun(clerk, sheet(["1", "红楼", "三"], ["4", "西游", 1]))
    clerk.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "all"})
    assert shelf.books == {}  # all or nothing
    assert "还没有写入任何内容" in text_of(clerk, run)
    clerk.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "good"})
    assert shelf.books == {"4": ("西游", 1)}


def test_what_changed_between_check_and_confirm_is_checked_again(shelf, clerk):
    run = begun(clerk, sheet(["1", "红楼", 3], ["2", "西游", 1]))
    shelf.forbidden = {"西游"}
    clerk.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "all"})
    assert shelf.books == {}
    run.refresh_from_db()
    assert (run.state, run.report["stale"], run.report["problem_count"]) == ("checked", True, 1)


def test_a_second_click_does_nothing(shelf, clerk):
    run = begun(clerk, sheet(["1", "红楼", 3]))
    assert clerk.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "all"}).status_code == 302
    shelf.books.clear()
    answer = clerk.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "all"})
    assert (answer.status_code, shelf.books) == (409, {})


def test_a_job_that_runs_twice_writes_once(shelf, clerk):
    run = begun(clerk, sheet(["1", "红楼", 3]))
    clerk.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "all"})
    shelf.books.clear()

    runs.apply_run(Silent(), run_id=run.pk)
    assert shelf.books == {}


def test_a_fault_while_writing_leaves_nothing_and_can_be_tried_again(shelf, clerk, monkeypatch):
    run = begun(clerk, sheet(["1", "红楼", 3]))
    monkeypatch.setattr(Shelf, "apply", lambda *args: 1 / 0)
    clerk.post(f"/desk/sheets/runs/{run.pk}/", {"mode": "all"})
    Job.objects.filter(pk=SheetRun.objects.get(pk=run.pk).job_id).update(state="failed", failure="系统出错")
    page = text_of(clerk, run)
    assert "系统出错" in page
    assert "全部导入（1行）" in page
    monkeypatch.undo()


def test_a_file_that_cannot_be_read_is_said_on_the_page(shelf, clerk):
    run = begun(clerk, book([["别的", "表头"], ["a", "b"]]))
    assert run.state == "unreadable"
    assert "表头缺少以下列：编号、书名" in text_of(clerk, run)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"%PDF-1.7", "a.pdf", "这里不能上传这种文件"),
        ("秘密★1年\n编号,书名\n1,红楼\n".encode(), "a.csv", "涉密文件不得上传"),
        (b"", "a.xlsx", ""),
    ],
)
def test_a_refused_file_is_an_error_of_its_field(shelf, clerk, data, name, sentence):
    answer = upload(clerk, data, name)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (SheetRun.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_the_template_names_the_columns(shelf, clerk):
    made = openpyxl.load_workbook(io.BytesIO(clerk.get("/desk/sheets/test.books/template/").content))
    assert [cell.value for cell in made.worksheets[0][1]] == ["编号（必填）", "书名（必填）", "册数"]


def test_the_page_says_what_is_read_and_that_nothing_secret_may_come(shelf, clerk):
    page = clerk.get("/desk/sheets/test.books/").content.decode()
    assert "涉密不上网" in page
    assert [f'<th scope="row">{head}</th>' in page for head in ("编号", "书名", "册数")] == [True] * 3


def test_neighbours_see_nothing_and_people_without_the_right_may_not(shelf, clerk, world):
    run = begun(clerk, sheet(["1", "红楼", 3]))
    file = StoredFile.objects.get()
    addresses = [f"/desk/sheets/runs/{run.pk}/", f"/desk/sheets/runs/{run.pk}/errors/", f"/files/{file.public}/"]
    neighbour, colleague = world.sign_in("office_head", COUNTY_B), world.sign_in("leader", COUNTY_A)
    above = world.sign_in("office_head", CITY)
    assert [neighbour.get(address).status_code for address in addresses] == [404, 404, 404]
    assert [colleague.get(address).status_code for address in addresses] == [403, 403, 404]
    assert [above.get(address).status_code for address in addresses[:2]] == [200, 404]
    with closing(above.get(addresses[2])) as answer:
        assert answer.status_code == 200
    assert neighbour.post(addresses[0], {"mode": "all"}).status_code == 404
    assert colleague.get("/desk/sheets/test.books/").status_code == 403
    assert upload(neighbour, sheet(["1", "红楼", 3])).status_code == 422  # not among the neighbour's places
    assert shelf.books == {}


def test_an_unknown_kind_is_not_found(shelf, clerk):
    assert clerk.get("/desk/sheets/test.none/").status_code == 404


def test_old_imports_go_with_their_files(shelf, clerk, at_time):
    from datetime import timedelta

    from kepu.foundation import clock

    begun(clerk, sheet(["1", "红楼", 3]))
    assert spreadsheets.forget_old() == 0
    at_time(clock.now() + timedelta(days=31))
    assert spreadsheets.forget_old() == 1
    assert (SheetRun.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_an_export_of_the_list_is_imported_as_unchanged(shelf, clerk):
    shelf.books = {"1": ("=红楼", -3), "2": ("西游", None)}
    rows = [{"number": number, "name": name, "copies": copies} for number, (name, copies) in shelf.books.items()]
    run = begun(clerk, export_xlsx("图书", shelf.columns, rows, note="截至 9 月 30 日"))
    assert run.report["states"] == {"new": 0, "changed": 0, "same": 2}
