"""Stage four: responsibility clauses and names of units."""

import pytest

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.clauses import find_clauses, is_bare_list, read_clause
from kepu.engines.plandoc.names import is_complete, level_of, region_places, strip_alias

PLACES = region_places("云溪市")


def names(text: str) -> list[tuple[str, str]]:
    return [(p.name, p.role) for p in read_clause(text, PLACES).parts]


R, L, C = "responsible", "lead", "cooperate"


@pytest.mark.parametrize(
    ("clause", "want"),
    [
        ("(责任单位:市教育局、市科协)", [("市教育局", R), ("市科协", R)]),
        ("(市教育局、科技局,团市委、妇联)", [("市教育局", R), ("市科技局", R), ("团市委", R), ("市妇联", R)]),
        ("(牵头单位:市科协;配合单位:市教育局、民政局)", [("市科协", L), ("市教育局", C), ("市民政局", C)]),
        ("牵头单位:市科协 配合单位:教育局", [("市科协", L), ("教育局", C)]),
        ("牵头单位:市科协配合单位:市教育局", [("市科协", L), ("市教育局", C)]),
        ("(市科协牵头,市教育局、科技局配合)", [("市科协", L), ("市教育局", C), ("市科技局", C)]),
        ("(由市科协牵头,市教育局、市科技局参与)", [("市科协", L), ("市教育局", C), ("市科技局", C)]),
        ("(责任单位:市科协、市教育局按职责分工负责)", [("市科协", R), ("市教育局", R)]),
        ("(责任单位:市委宣传部(市文明办)、文化和旅游局)", [("市委宣传部", R), ("市文化和旅游局", R)]),
        ("(各市、区科协,各村(社区))", [("各市、区科协", R), ("各村(社区)", R)]),
        ("(市科协,市场监管局、乡村振兴局)", [("市科协", R), ("市市场监管局", R), ("市乡村振兴局", R)]),
        (
            "(市科协、云溪日报社、领导小组办公室、各成员单位、有关乡(镇))",
            [("市科协", R), ("云溪日报社", R), ("领导小组办公室", R), ("各成员单位", R), ("有关乡(镇)", R)],
        ),
        ("(教育局、科协)", [("教育局", R), ("科协", R)]),
        ("(市教育局、科技局,以上单位按职责分工负责)", [("市教育局", R), ("市科技局", R)]),
        ("(市教育局、科技局等,上述各部门共同负责)", [("市教育局", R), ("市科技局", R)]),
        ("(责任部门:市科协(牵头)、市教育局)", [("市科协", L), ("市教育局", R)]),
        ("(主办单位:市科协;协办单位:市文旅局)", [("市科协", R), ("市文旅局", C)]),
    ],
)
def test_units_of_a_clause(clause, want):
    assert names(clause) == want


@pytest.mark.parametrize(
    ("clause", "is_open"),
    [
        ("(责任单位:市科协等)", True),
        ("(责任单位:市科协等,各区)", True),
        ("(责任单位:市科协)", False),
        ("(市科协、市教育局等有关部门)", True),
    ],
)
def test_a_final_deng_leaves_the_list_open(clause, is_open):
    read = read_clause(clause, PLACES)
    assert read.open is is_open
    assert read.parts[0].name == "市科协"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("开展活动。(责任单位:市科协)", 1),
        ("开展活动(市教育局、市科协)。", 1),
        ("建设阵地(宣传栏、活动室)。", 0),
        ("开展科技(科普)活动。", 0),
        ("面向居民(含外来务工人员)", 0),
        ("甲事。(责任单位:市科协)乙事。(责任单位:市教育局)", 2),
        ("建设场馆(科技馆、博物馆)", 0),
    ],
)
def test_only_lists_of_bodies_are_clauses(text, count):
    assert len(find_clauses(text, at_end=True)) == count


def test_bare_lists_need_a_sure_body():
    assert is_bare_list("市教育局、科技局,市科协等")
    assert not is_bare_list("学校、社区")
    assert not is_bare_list("每年20场")
    assert is_bare_list("督查室、政府研究室")
    assert is_bare_list("财政所、派出所、卫生院")
    assert not is_bare_list("学校、公共场所")
    assert not is_bare_list("以下简称领导小组")


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("市教育局", "市"),
        ("团县委", "县"),
        ("市场监管局", None),
        ("科技局", None),
        ("区委宣传部", "区"),
        ("乡村振兴局", None),
        ("市民政局", "市"),
    ],
)
def test_level_of_a_name(name, level):
    assert level_of(name) == level


@pytest.mark.parametrize(
    ("name", "complete"),
    [
        ("各区镇", True),
        ("团市委", True),
        ("云溪日报社", True),
        ("领导小组办公室", True),
        ("住房和城乡建设局", False),
        ("科协", False),
        ("高新区管委会", True),
        ("城市管理局", False),
    ],
)
def test_names_that_take_no_level(name, complete):
    assert is_complete(name, PLACES) is complete


def test_alias_is_dropped_but_not_from_collective_names():
    assert strip_alias("县委宣传部(县文明办)") == "县委宣传部"
    assert strip_alias("各村(社区)") == "各村(社区)"


HEAD = "云溪市全民科学素质行动实施方案（2021—2025年）\n一、科普任务\n"


def units(text: str) -> dict[str, list[tuple[str, bool]]]:
    return {t.path: [(u.name, u.inherited) for u in t.units] for t in read_plan(HEAD + text).tasks}


def test_standing_units_join_every_later_task_with_a_clause_of_its_own():
    got = units(
        "1.甲。做。（责任单位：市科协；各县（区）政府，以下均含，不再列出）\n2.乙。做。（责任单位：市教育局）\n3.丙。做。\n"
    )
    assert got == {
        "一/1": [("市科协", False), ("各县(区)政府", False)],
        "一/2": [("市教育局", False), ("各县(区)政府", True)],
        "一/3": [],
    }


def test_lead_in_clause_goes_to_children_without_their_own():
    got = units(
        "（一）分项\n统筹推进科普。（责任单位：市科协、教育局）\n1.甲。做。\n2.乙。做。（责任单位：市民政局）\n"
    )
    assert got == {"一/(一)/1": [("市科协", True), ("市教育局", True)], "一/(一)/2": [("市民政局", False)]}


def test_clause_on_a_line_of_its_own_is_not_part_of_the_text():
    reading = read_plan(HEAD + "1.甲事项。认真做好。\n牵头单位：市科协　　配合单位：市教育局、\n市民政局\n2.乙。做。\n")
    task = reading.tasks[0]
    assert task.tail == "甲事项。认真做好。"
    assert [(u.name, u.role) for u in task.units] == [("市科协", L), ("市教育局", C), ("市民政局", C)]


def test_running_prose_gives_no_units():
    assert units("1.甲。市科协要会同市教育局等有关部门做好工作。\n") == {"一/1": []}


def test_each_unit_points_at_its_printed_name():
    reading = read_plan(HEAD + "1.甲。做。（责任单位：市委宣传部（市文明办）、科协）\n")
    printed = [reading.cleaned[u.start : u.end] for u in reading.tasks[0].units]
    assert printed == ["市委宣传部(市文明办)", "科协"]


def test_units_may_be_set_apart_by_blanks():
    assert units("1.甲。做。\n责任单位：市科协 市教育局 各县区\n") == {
        "一/1": [("市科协", False), ("市教育局", False), ("各县区", False)]
    }


@pytest.mark.parametrize(
    "clause",
    [
        "（责任单位：县教育局；完成时限：2025年底）",
        "（完成时限：2025年底；责任单位：县教育局）",
        "\n责任单位：县教育局 责任人：李某 联系电话：0000000",
        "\n〔责任单位〕县教育局",
        "\n牵头领导：张某\n责任单位：县教育局",
    ],
)
def test_dates_and_persons_of_a_clause_are_no_units(clause):
    (task,) = read_plan(f"云溪县全民科学素质行动方案\n一、任务\n1.办好科普日。办好科普日活动。{clause}\n").tasks
    assert [u.name for u in task.units] == ["县教育局"]
    assert task.tail == "1.办好科普日。办好科普日活动。"[-12:]
