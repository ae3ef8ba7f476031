"""The review desk through HTTP: what a clerk sees and does, and what others may not."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from kepu.plans.enums import NumberKind, Resolution
from kepu.plans.findings import STRUCTURAL
from kepu.plans.models import Assignment, NumberFinding, Target, Task
from tests import world as places
from tests.plans import factories as make
from tests.plans.conftest import read_into
from tests.plans.sample import TEXT

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def clerk(world) -> Client:
    return world.sign_in("clerk", places.COUNTY_A)


def url(name, draft, *args):
    return reverse(f"plans:{name}", args=[draft.pk, *args])


def find(draft, title):
    return Task.objects.get(plan=draft, title=title)


def forms_of(answer):
    """Addresses of all forms of a page, and of what htmx posts to."""
    return set(re.findall(r'(?:action|hx-post)="([^"]+/review/[^"]+)"', answer.content.decode()))


def seen_of(answer, card):
    return re.search(rf'name="seen" value="([^"]*)" id="seen-{card}"', answer.content.decode())[1]


def test_source_and_findings_are_linked_both_ways(clerk, draft):
    talks = find(draft, "办好科普大讲堂")
    answer = clerk.get(url("review", draft), {"item": f"task-{talks.pk}"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="src-task-{talks.pk}"' in page
    assert f'id="card-task-{talks.pk}"' in page
    for number in NumberFinding.objects.filter(task=talks):
        assert f'data-item="number-{number.pk}"' in page
        assert f'id="number-{number.pk}"' in page
    assert page.count("src-clause") >= 3
    assert "县惠农办" in page


def test_every_form_of_the_desk_works_without_script(clerk, draft):
    """Each address that htmx posts to is also the action of a plain form with a token."""
    talks = find(draft, "办好科普大讲堂")
    page = clerk.get(url("review", draft), {"item": f"task-{talks.pk}"}).content.decode()
    forms = re.findall(r"<form[^>]*>", page)
    assert all('action="' in form and 'method="post"' in form for form in forms if "hx-post" in form)
    assert page.count("hx-post") > 10


def test_a_field_is_saved_by_itself_and_the_answer_brings_the_new_version(clerk, draft):
    talks = find(draft, "办好科普大讲堂")
    given = {
        "seen": talks.version,
        "title": "办好大讲堂",
        "text": talks.text,
        "category": "youth",
        "criterion": "讲满20场",
    }
    answer = clerk.post(url("save", draft, "task", talks.pk), given, **HTMX)
    talks.refresh_from_db()
    assert answer.status_code == 200
    assert (talks.title, talks.criterion, talks.version) == ("办好大讲堂", "讲满20场", 2)
    page = answer.content.decode()
    assert f'value="2" id="task-{talks.pk}-seen" hx-swap-oob="true"' in page
    assert f"task:{talks.pk}:2" in page


def test_without_script_saving_comes_back_to_the_card(clerk, draft):
    talks = find(draft, "办好科普大讲堂")
    answer = clerk.post(url("save", draft, "task", talks.pk), {"seen": 1, "title": "办好大讲堂"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"?item=task-{talks.pk}#card-task-{talks.pk}")


def test_what_is_not_on_the_form_is_ignored(clerk, draft):
    talks = find(draft, "办好科普大讲堂")
    given = {
        "seen": 1,
        "title": "办好大讲堂",
        "reviewed": "on",
        "dropped": "on",
        "plan": 999,
        "version": 77,
        "path": "x",
    }
    clerk.post(url("save", draft, "task", talks.pk), given)
    after = find(draft, "办好大讲堂")
    assert (after.reviewed, after.dropped, after.plan, after.version, after.path) == (
        False,
        False,
        draft,
        2,
        talks.path,
    )


def test_two_people_the_second_gets_a_page_with_both_texts(clerk, draft, world):
    talks = find(draft, "办好科普大讲堂")
    colleague = world.sign_in("office_head", places.COUNTY_A)
    address = url("save", draft, "task", talks.pk)
    clerk.post(address, {"seen": 1, "title": "先改的题目"})
    answer = colleague.post(address, {"seen": 1, "title": "后改的题目"})
    assert answer.status_code == 409
    assert "先改的题目" in answer.content.decode()
    assert "后改的题目" in answer.content.decode()
    assert find(draft, "先改的题目").version == 2
    answer = colleague.post(address, {"seen": 1, "title": "后改的题目"}, **HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#refusal")


def test_a_target_that_is_not_whole_is_not_saved_and_says_why(clerk, draft):
    target = Target.objects.get(plan=draft, printed="6个")
    given = {
        "seen": 1, "subject": "乡镇科普馆", "comparator": "range", "value": "6", "unit": "个", "modality": "firm",
        "period": "deadline", "year": "", "counting": "cumulative",
    }  # fmt: skip
    answer = clerk.post(url("save", draft, "target", target.pk), given, **HTMX)
    assert answer.status_code == 422
    answer = clerk.post(url("save", draft, "target", target.pk), given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"target-{target.pk}-value_max" in page
    assert f"target-{target.pk}-year" in page
    target.refresh_from_db()
    assert (target.comparator, target.version) == ("=", 1)
    clerk.post(url("save", draft, "target", target.pk), given | {"value_max": "8", "year": "2029"}, **HTMX)
    target.refresh_from_db()
    assert (target.comparator, target.value_max, target.year, target.version) == ("range", 8, 2029, 2)


def test_checking_off_goes_on_to_the_next_until_nothing_is_open(clerk, draft):
    page = clerk.get(url("review", draft))
    steps = 0
    while "data-unchecked" in page.content.decode():
        key = re.search(r'id="card-([\w-]+)" data-card="[\w-]+" data-open', page.content.decode())[1]
        if key == f"task-{find(draft, '加强组织领导').pk}":
            council = find(draft, "加强组织领导")
            clerk.post(url("save", draft, "task", council.pk), {"seen": 1, "title": council.title, "no_units": "on"})
            page = clerk.get(url("review", draft), {"item": key})
        answer = clerk.post(url("confirm", draft, key), {"seen": seen_of(page, key)})
        assert answer.status_code == 302
        page = clerk.get(answer.headers["Location"])
        steps += 1
    assert steps == 9  # five headings, four tasks; the head holds only dates and numbers of documents
    assert not NumberFinding.objects.filter(plan=draft, reviewed=False).exists()
    assert not Target.objects.filter(plan=draft, reviewed=False).exists()


def test_a_task_that_names_nobody_is_not_checked_off(clerk, draft):
    council = find(draft, "加强组织领导")
    key = f"task-{council.pk}"
    page = clerk.get(url("review", draft), {"item": key})
    answer = clerk.post(url("confirm", draft, key), {"seen": seen_of(page, key)})
    assert answer.status_code == 409
    council.refresh_from_db()
    assert not council.reviewed


def test_what_was_not_on_the_page_is_not_checked_off(clerk, draft):
    talks = find(draft, "办好科普大讲堂")
    key = f"task-{talks.pk}"
    seen = seen_of(clerk.get(url("review", draft), {"item": key}), key)
    clerk.post(url("add_unit", draft, talks.pk), {"name": "县农业农村局", "role": "cooperate"})
    assert clerk.post(url("confirm", draft, key), {"seen": seen}).status_code == 409


def test_a_number_is_classified_by_one_click_and_undone_by_another(clerk, draft):
    number = NumberFinding.objects.get(plan=draft, printed="6个")
    address = url("classify", draft, number.pk)
    answer = clerk.post(address, {"seen": 1, "kind": "not_a_target"}, **HTMX)
    number.refresh_from_db()
    assert (answer.status_code, number.kind, number.target.dropped) == (200, NumberKind.NOT_A_TARGET, True)
    clerk.post(url("undo", draft))
    number.refresh_from_db()
    assert (number.kind, number.target.dropped) == (NumberKind.TARGET, False)
    assert clerk.post(address, {"seen": number.version, "kind": "nonsense"}).status_code == 400


def test_split_merge_and_move_by_plain_forms(clerk, draft):
    hall, talks = find(draft, "建设科普场馆"), find(draft, "办好科普大讲堂")
    answer = clerk.post(url("split", draft, hall.pk), {"seen": 1, "begins": "推动", "title": "推动科技馆进校园"})
    assert answer.status_code == 302
    new = find(draft, "推动科技馆进校园")
    clerk.post(url("move", draft, new.pk), {"seen": new.version, "place": f"task-{talks.pk}"})
    assert list(Task.objects.filter(plan=draft).values_list("title", flat=True))[:3] == [
        "办好科普大讲堂", "推动科技馆进校园", "建设科普场馆",
    ]  # fmt: skip
    new.refresh_from_db()
    clerk.post(url("merge", draft, new.pk), {"seen": new.version, "into": hall.pk})
    new.refresh_from_db()
    assert new.merged_into == hall
    answer = clerk.post(url("split", draft, hall.pk), {"seen": 1, "begins": "没有这句", "title": "空"})
    assert answer.status_code == 409


def test_roles_are_proposed_by_one_click(clerk, draft):
    talks = find(draft, "办好科普大讲堂")
    clerk.post(url("split_roles", draft, talks.pk), {"seen": 1})
    assert list(talks.assignments.values_list("name", "role")) == [
        ("县教体局", "lead"), ("县科协", "cooperate"), ("团县委", "cooperate"),
    ]  # fmt: skip


def test_a_unit_added_by_name_is_looked_up(clerk, draft, world):
    talks = find(draft, "办好科普大讲堂")
    clerk.post(url("add_unit", draft, talks.pk), {"name": "县市场监管局", "role": "cooperate"})
    clerk.post(url("add_unit", draft, talks.pk), {"name": "县天文台", "role": "cooperate"})
    rows = {row.name: row for row in talks.assignments.all()}
    assert rows["县市场监管局"].organisation == world.body(places.COUNTY_A, "县市场监管局")
    assert rows["县天文台"].resolution == Resolution.UNRESOLVED


def test_unknown_names_are_settled_in_one_pass_and_learnt(clerk, draft, world):
    page = clerk.get(url("open_units", draft)).content.decode()
    assert "县惠农办" in page
    given = {"name-0": "县惠农办", "other-0": "县农业农村局", "learn-0": "1"}
    clerk.post(url("open_units", draft), given)
    row = Assignment.objects.get(plan=draft, name="县惠农办")
    farming = world.body(places.COUNTY_A, "县农业农村局")
    assert (row.resolution, row.organisation) == (Resolution.ORGANISATION, farming)
    assert "县惠农办" not in clerk.get(url("open_units", draft)).content.decode()
    second = make.plan(places.COUNTY_A, state="importing")
    read_into(second, TEXT)
    assert Assignment.objects.get(plan=second, name="县惠农办").organisation == farming


def test_a_name_may_stay_as_printed(clerk, draft):
    clerk.post(url("open_units", draft), {"name-0": "县惠农办", "choice-0": "printed"})
    assert Assignment.objects.get(plan=draft, name="县惠农办").resolution == Resolution.AS_PRINTED


def test_what_the_reader_of_files_warned_of_stands_above_the_source(clerk, draft):
    draft.sources.update(warnings=["replaced"])
    assert "个别字无法识别" in clerk.get(url("review", draft)).content.decode()


def test_the_view_of_doubts_begins_with_the_least_certain(clerk, draft):
    page = clerk.get(url("review", draft), {"show": "doubtful"}).content.decode()
    work = page[page.index("data-cards") :]
    keys = re.findall(r'data-card="([\w-]+)"', work)
    assert keys
    by_key = {f"task-{t.pk}": t for t in Task.objects.filter(plan=draft)}
    worst = [min([1.0, *by_key[k].targets.values_list("confidence", flat=True)]) for k in keys if k in by_key]
    assert worst == sorted(worst)


# --- who may come in -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("clerk", places.COUNTY_A, 200), ("office_head", places.COUNTY_A, 200), ("office_head", places.CITY, 200),
        ("clerk", places.COUNTY_B, 404), ("office_head", places.COUNTY_B, 404), ("liaison", places.COUNTY_A, 403),
        ("leader", places.COUNTY_A, 403),
    ],
)  # fmt: skip
def test_who_may_open_the_desk(world, draft, role, path, status):
    person = world.sign_in(role, path)
    assert person.get(url("review", draft)).status_code == status
    assert person.get(url("open_units", draft)).status_code == status


def test_the_other_county_reaches_no_row_by_any_address(world, draft, clerk):
    """Every address that the desk offers is tried by the office next door; nothing changes."""
    talks = find(draft, "办好科普大讲堂")
    addresses = forms_of(clerk.get(url("review", draft), {"item": f"task-{talks.pk}"}))
    assert len(addresses) > 15
    stranger = world.sign_in("office_head", places.COUNTY_B)
    before = list(Task.objects.filter(plan=draft).values())
    assert {stranger.post(address, {"seen": 1, "title": "改"}).status_code for address in addresses} == {404}
    assert {Client().post(address).status_code for address in addresses} == {302}
    assert list(Task.objects.filter(plan=draft).values()) == before


def test_a_row_of_another_plan_is_not_reached_through_the_own_one(world, draft, clerk):
    other = make.plan(places.COUNTY_B)
    foreign = make.task(other)
    answer = clerk.post(url("save", draft, "task", foreign.pk), {"seen": 1, "title": "改"})
    assert answer.status_code == 404
    foreign.refresh_from_db()
    assert foreign.title == "办好科普大讲堂"


# --- cost ----------------------------------------------------------------------------------------------------------
def test_the_desk_costs_the_same_queries_at_one_and_at_many_tasks(clerk, world, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    clerk.get("/desk/")  # the first page of a minute also renews the session
    for number in (1, 3, 30):
        plan = make.plan(places.COUNTY_A)
        for place in range(number):
            task = make.task(plan, f"任务{place}", position=place)
            make.unit(task, organisation=world.body(places.COUNTY_A, "县科协"), resolution="organisation")
            make.number(plan, task=task, target=make.target(plan, task), kind="target", start=place, end=place + 1)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert clerk.get(url("review", plan)).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] == counts[2] < 40


def test_dates_and_labels_are_folded_away_behind_what_needs_a_decision(clerk, draft):
    lecture = find(draft, "办好科普大讲堂")
    page = clerk.get(url("review", draft), {"item": f"task-{lecture.pk}"}).content.decode()
    card = page[page.index(f'data-card="task-{lecture.pk}"') :]
    shown, folded = card[: card.index("</article>")].split("个，不是目标</summary>")
    numbers = NumberFinding.objects.filter(plan=draft, task=lecture)
    certain = {row.pk for row in numbers if row.detail in STRUCTURAL}
    assert certain
    for row in numbers:
        assert (f'id="number-{row.pk}"' in folded) == (row.pk in certain), row.printed
        assert (f'id="number-{row.pk}"' in shown) == (row.pk not in certain), row.printed
