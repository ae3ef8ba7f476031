"""Menus, due items, search words, undo and looks: the small registries that rooms and shells meet at."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kepu.foundation import charts, due, navigation, search, undo
from kepu.foundation.scope import ANONYMOUS, PUBLIC, Actor, Grant, Scope

CLERK = Actor(user_id=1, grants=frozenset({Grant("plan.read", "0/99/")}), scope=Scope(regions=("0/99/",)))
WEDNESDAY = date(2026, 9, 2)


@pytest.fixture
def no_entries(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})


def test_a_menu_holds_what_the_role_may_do_in_order(no_entries):
    navigation.register("审计", "portal:keys", action="audit.read", order=5)
    navigation.register("规划", "portal:desk", action="plan.read", order=20)
    navigation.register("总览", "portal:desk_search", order=10)
    navigation.register("首页", "portal:home", surface="portal")
    assert [e.label for e in navigation.entries(CLERK, "desk")] == ["总览", "规划"]
    assert [e.label for e in navigation.entries(ANONYMOUS, "desk")] == ["总览"]
    assert [e.label for e in navigation.entries(CLERK, "portal")] == ["首页"]


def test_one_route_stands_in_a_menu_once(no_entries):
    navigation.register("规划", "portal:desk")
    navigation.register("规划", "portal:desk", surface="portal")
    with pytest.raises(ValueError, match="twice"):
        navigation.register("规划", "portal:desk")


def item(days, **values):
    return due.DueItem(title=f"{days}", url="/", due_on=None if days is None else WEDNESDAY + timedelta(days), **values)


@pytest.mark.parametrize(
    ("days", "group"),
    [(-1, "overdue"), (0, "week"), (4, "week"), (5, "month"), (28, "month"), (29, "later"), (None, "later")],
)
def test_a_due_item_stands_in_its_group(monkeypatch, days, group):
    """Wednesday 2 September: the week ends on Sunday the 6th, the month on the 30th."""
    monkeypatch.setattr(due, "_providers", [lambda actor, scope: [item(days)]])
    assert [g.key for g in due.groups(CLERK, CLERK.scope, WEDNESDAY)] == [group]


def test_due_items_of_all_rooms_are_sorted_together(monkeypatch):
    rooms = [lambda a, s: [item(3), item(1)], lambda a, s: [item(1, level=due.Level.URGENT, who="县科协")]]
    monkeypatch.setattr(due, "_providers", rooms)
    (week,) = due.groups(CLERK, CLERK.scope, WEDNESDAY)
    assert [(i.title, i.who) for i in week.items] == [("1", "县科协"), ("1", ""), ("3", "")]


def test_a_query_is_bounded_and_each_word_counts_once():
    query = search.parse("  科普   Lecture lecture " + "长" * 200)
    assert query.words[:2] == ("科普", "lecture")
    assert len(query.text) == search.MOST_CHARACTERS
    assert len(search.parse(" ".join(str(n) for n in range(40))).words) == search.MOST_WORDS


def test_an_empty_query_asks_nobody(monkeypatch):
    monkeypatch.setattr(search, "_providers", {"portal": [lambda *a: pytest.fail("asked")]})
    assert search.find(search.parse("   "), PUBLIC, surface="portal") == []


def test_segmenting_gives_the_words_of_a_title():
    assert {"科学", "素质", "2030"} <= set(search.segment("全民科学素质行动（到2030年）"))
    assert "（" not in search.segment("全民（科学）")


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_undo_posts_only_to_this_site(rf, address):
    with pytest.raises(ValueError, match="path of this site"):
        undo.offer(rf.get("/"), "已移出", address)


def test_bars_fill_the_width_and_keep_their_proportion():
    chart = charts.BarChart("图", [charts.Bar("甲", 50), charts.Bar("乙", Decimal("25.0"), goal=100)], "%", "来源")
    assert [(d.width, d.goal_at) for d in chart.drawn()] == [(500, None), (250, 1000)]
    assert charts.BarChart("图", [charts.Bar("甲", 0)], "%", "来源").drawn()[0].width == 0
