"""Every list of the desk saves what it shows: the same rows in the same order, in each file it offers (U6).

A list is a page that pages through rows. A new one fails here until it offers its files, or stands below with a reason.
"""

import csv
import io
import re
from html.parser import HTMLParser

import openpyxl
import pytest
from django.core.cache import cache
from django.core.paginator import Page
from pypdf import PdfReader
from tests import samples
from tests.world import COUNTY_A

pytestmark = pytest.mark.slow

WITHOUT_FILES = {
    "portal:desk_search": "hits of a search, each of another kind",
    "portal:search": "hits of a search, each of another kind",
    "portal:styleguide": "shows the component, not data",
    "plans:public_list": "titles that lead to the plans; each plan saves its own tasks",
    "foundation:sheet_run": "problems of an upload; they go back in the uploaded file, marked",
}
FILES = ("xlsx", "csv", "pdf")


class Rows(HTMLParser):
    """The texts of the table rows of a page, without the headings between them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag, attrs):
        if tag == "tbody":
            self.depth += 1
        elif tag == "tr" and self.depth and ("class", "group-row") not in attrs:
            self.rows.append("")

    def handle_endtag(self, tag):
        self.depth -= tag == "tbody"

    def handle_data(self, data):
        if self.depth and self.rows:
            self.rows[-1] += data


def rows_of(page: str) -> list[str]:
    parser = Rows()
    parser.feed(page)
    return [bare(row) for row in parser.rows]


def bare(text):
    """Without blanks: a browser, a sheet and a paper break lines in different places."""
    return re.sub(r"\s+", "", str(text))


@pytest.fixture
def made(world):
    cache.clear()
    return samples.make(world)


@pytest.fixture
def lists(made):
    """(route, address, client, context, page) of each list, opened by somebody who may."""
    clients = [made.world.sign_in(role, COUNTY_A) for role in ("office_head", "auditor", "system_admin")]
    found = {}
    for route in samples.routes():
        address = samples.address(route, made)
        for client in clients:
            answer = client.get(address)
            context = getattr(answer, "context", None)
            pages = [value for layer in context or () for value in layer.flatten().values() if isinstance(value, Page)]
            if answer.status_code == 200 and pages:
                found[route.name] = (address, client, pages[0], answer.content.decode())
                break
            getattr(answer, "getvalue", bytes)()  # a download keeps its file open until it is read
    return found


def file_rows(client, address, wanted):
    """The records of a file as texts, and the heads."""
    data = client.get(address, {"export": wanted}).getvalue()
    if wanted == "csv":
        head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        return head, rows
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    _title, _note, head, *rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
    return head, [["" if value is None else str(value) for value in row] for row in rows]


def test_every_list_offers_its_files(lists):
    offered = {
        name: set(re.findall(r"[?&;]export=(\w+)", html)) for name, (_address, _client, _page, html) in lists.items()
    }
    assert {name for name, formats in offered.items() if not formats >= set(FILES)} == set(WITHOUT_FILES)
    assert {"people:accounts", "people:organisations", "regions:divisions", "foundation:audit_list", "foundation:job_list",
            "plans:index", "plans:ledger_list", "plans:unit_list", "plans:unit_page", "plans:roll"} <= set(offered)  # fmt: skip


def test_the_files_hold_the_rows_of_the_page_in_its_order(lists):
    wrong = {}
    for name, (address, client, page, html) in lists.items():
        if name in WITHOUT_FILES or name == "foundation:audit_list":
            continue
        shown = rows_of(html)
        head, saved = file_rows(client, address, "csv")
        if len(saved) != page.paginator.count or len(saved) != len(shown):
            wrong[name] = (len(shown), len(saved), page.paginator.count)
            continue
        telling = telling_column(head, saved)
        unlike = [row[telling] for row, line in zip(saved, shown, strict=True) if bare(row[telling]) not in line]
        if unlike:
            wrong[name] = unlike
    assert wrong == {}


def telling_column(head, rows):
    """The column whose values tell the rows apart best, so that its order is theirs; a running number tells nothing."""
    return max(
        (index for index in range(len(head)) if head[index] != "序号"),
        key=lambda index: (len({row[index] for row in rows}), -index),
    )


def test_each_file_says_the_same(lists):
    wrong = {}
    for name, (address, client, _page, _html) in lists.items():
        if name in WITHOUT_FILES or name == "foundation:audit_list":  # each export is an entry more in that list
            continue
        head, rows = file_rows(client, address, "csv")
        _head, sheet = file_rows(client, address, "xlsx")
        telling = telling_column(head, rows)
        texts = [bare(row[telling]) for row in rows]
        paper = bare(
            "".join(
                p.extract_text() for p in PdfReader(io.BytesIO(client.get(address, {"export": "pdf"}).getvalue())).pages
            )
        )
        places = [paper.find(text) for text in texts]
        if [bare(row[telling]) for row in sheet] != texts or -1 in places:
            wrong[name] = (texts, sheet, places)
    assert wrong == {}


def test_the_log_saves_what_it_shows(made):
    """Apart, since saving it writes an entry that the next look shows."""
    client = made.world.sign_in("auditor", COUNTY_A)
    address = "/desk/audit/?until=2020-01-01"
    assert client.get(address).context["page"].paginator.count == 0
    for wanted in FILES:
        page = client.get("/desk/audit/").context
        shown = [entry["at"] + entry["action"] for entry in page["entries"]]
        total = page["page"].paginator.count
        if wanted == "pdf":
            text = bare(
                "".join(
                    p.extract_text()
                    for p in PdfReader(io.BytesIO(client.get("/desk/audit/?export=pdf").getvalue())).pages
                )
            )
            assert f"共{total}条" in text
            continue
        head, rows = file_rows(client, "/desk/audit/", wanted)
        assert len(rows) == total
        at, action = head.index("时间"), head.index("操作")
        assert [row[at] + row[action] for row in rows][: len(shown)] == shown
