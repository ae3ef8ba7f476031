"""The review desk with hands on the keys, as a clerk works through a plan."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection

from kepu.plans.models import Decision, NumberFinding, Task
from tests.plans import factories as make
from tests.plans.conftest import read_into
from tests.plans.sample import TEXT
from tests.world import COUNTY_A


@pytest.fixture
def ask(site, django_db_blocker):
    """Runs a function that uses the database in a thread of its own: the browser's thread holds an event loop."""

    def answer(function):
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, django_db_blocker.unblock():
        yield lambda function: pool.submit(answer, function).result()


@pytest.fixture
def desk(ask, visit):
    """A fresh draft of the sample plan, opened by the clerk."""

    def draft():
        plan = make.plan(COUNTY_A, state="importing")
        read_into(plan, TEXT)
        return plan, {task.title: task.pk for task in Task.objects.filter(plan=plan)}

    plan, tasks = ask(draft)
    window = visit("clerk")
    window.go(f"/desk/plans/{plan.pk}/review/")
    return SimpleNamespace(plan=plan, tasks=tasks, window=window, page=window.page)


def card(desk, title):
    return f"#card-task-{desk.tasks[title]}"


def test_a_click_in_the_source_opens_the_finding_and_the_other_way_round(desk, ask):
    page = desk.page
    number = ask(lambda: NumberFinding.objects.get(plan=desk.plan, printed="6个"))
    page.click(f"[data-item=number-{number.pk}]")
    page.wait_for_selector(f"{card(desk, '建设科普场馆')}[data-open]")
    page.wait_for_selector(f"#number-{number.pk} button:focus")
    page.click(f"#open-task-{desk.tasks['开展农技培训']}")
    page.wait_for_selector(f"{card(desk, '开展农技培训')}[data-open]")
    assert "农技培训" in "".join(page.locator(".src.is-current").all_inner_texts())
    assert desk.window.complaints == []


def test_keys_go_through_the_plan_check_off_and_undo(desk, ask):
    page = desk.page
    page.wait_for_selector("[data-card][data-open]")
    first = page.get_attribute("[data-card][data-open]", "data-card")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('[data-card]').dataset.card") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('[data-card]').dataset.card") == first
    page.keyboard.press("a")
    page.wait_for_selector(f"[data-card][data-open]:not(#card-{first})")
    page.wait_for_selector(f"#card-{first}:not([data-unchecked])")
    assert ask(Decision.objects.filter(plan=desk.plan, act="confirm").count) == 1
    with page.expect_navigation():
        page.keyboard.press("u")
    page.wait_for_selector(f"#card-{first}[data-unchecked]")
    assert desk.window.complaints == []


def test_a_field_saves_itself_and_two_in_a_row_do_not_collide(desk, ask):
    page = desk.page
    pk = desk.tasks["办好科普大讲堂"]
    page.click(f"#open-task-{pk}")
    page.wait_for_selector(f"{card(desk, '办好科普大讲堂')}[data-open]")
    page.fill(f"#task-{pk}-title", "办好大讲堂")
    page.fill(f"#task-{pk}-criterion", "讲满二十场")
    page.keyboard.press("Tab")
    page.wait_for_selector(f"#saved-task-{pk}.saved:has-text('已保存')")
    page.wait_for_selector(f"#task-{pk}-seen[value='3']", state="attached")
    task = ask(lambda: Task.objects.get(pk=pk))
    assert (task.title, task.criterion) == ("办好大讲堂", "讲满二十场")
    page.click(f"{card(desk, '办好科普大讲堂')} [data-confirm] button")
    page.wait_for_selector(f"#card-task-{pk}:not([data-unchecked])")
    assert desk.window.complaints == []


def test_a_colleagues_change_is_shown_and_nothing_typed_is_lost(desk, ask):
    page = desk.page
    pk = desk.tasks["办好科普大讲堂"]
    page.click(f"#open-task-{pk}")
    page.wait_for_selector(f"#task-{pk}-title")
    ask(lambda: Task.objects.filter(pk=pk).update(title="同事改的题目", version=7))
    page.fill(f"#task-{pk}-title", "我改的题目")
    page.keyboard.press("Tab")
    page.wait_for_selector("#refusal table")
    assert {"同事改的题目", "我改的题目"} <= set(page.locator("#refusal td").all_inner_texts())
    assert page.input_value(f"#task-{pk}-title") == "我改的题目"
