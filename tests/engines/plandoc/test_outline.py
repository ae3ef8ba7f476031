"""Stages two and three: labels, the tree of items, tables, the annex."""

import pytest

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.labels import chinese_value, path_part, read_label
from kepu.engines.plandoc.outline import first_clause

HEAD = "云溪县全民科学素质行动实施方案（2021—2025年）\n"


def tree(text: str) -> tuple[list[str], list[str]]:
    reading = read_plan(HEAD + text)
    return [s.path for s in reading.sections], [t.path for t in reading.tasks]


@pytest.mark.parametrize(
    ("line", "text", "rank", "value"),
    [
        ("一、目标", "一、", 1, 1),
        ("(十二)任务", "(十二)", 2, 12),
        ("12.任务", "12.", 3, 12),
        ("3、任务", "3、", 3, 3),
        ("(3)任务", "(3)", 4, 3),
        ("③任务", "③", 5, 3),
        ("㈡任务", "㈡", 2, 2),
    ],
)
def test_labels(line, text, rank, value):
    label = read_label(line)
    assert label is not None
    assert (label.text, label.rank, label.value) == (text, rank, value)


@pytest.mark.parametrize(
    "line", ["一是加强", "首先,加强", "——加强", "第一,加强", "1.5万人", "2021年启动", "(2021-2025年)", "3.2%的居民"]
)
def test_not_labels(line):
    assert read_label(line) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一百二十", 120),
        ("两千五百", 2500),
        ("两千五", 2500),
        ("十", 10),
        ("二十一", 21),
        ("三百零五", 305),
        ("二〇二五", 2025),
        ("一万二千", 12000),
        ("十三", 13),
        ("科", None),
    ],
)
def test_chinese_numerals(text, value):
    assert chinese_value(text) == value


def test_path_part_drops_the_stop():
    assert [path_part(x) for x in ("一、", "(一)", "1.", "(1)", "①")] == ["一", "(一)", "1", "(1)", "①"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("加强领导。各单位要", "加强领导"),
        ("推进“进校园、进社区”活动,扩大", "推进“进校园、进社区”活动"),
        ("落实《纲要,方案》要求;开展", "落实《纲要,方案》要求"),
        ("组织领导", "组织领导"),
    ],
)
def test_title_ends_at_the_first_stop_outside_quotation(text, title):
    assert first_clause(text) == title


def test_ranks_may_be_skipped_and_numbers_run_on():
    sections, tasks = tree(
        "一、科普任务\n1.甲事。做好。\n2.乙事。做好。\n二、更多任务\n（一）分项\n①丙事。做好。\n3.丁事。做好。\n"
    )
    assert sections == ["一", "二", "二/(一)"]
    assert tasks == ["一/1", "一/2", "二/(一)/①", "二/(一)/3"]


def test_goal_leaves_are_sections_and_organisation_leaves_tasks():
    sections, tasks = tree(
        "一、总体要求\n（一）指导思想\n科普为民。\n（二）工作目标\n到2025年科普提升。\n二、保障措施\n（一）加强领导\n压实责任。\n"
    )
    assert sections == ["一", "一/(一)", "一/(二)", "二"]
    assert tasks == ["二/(一)"]


def test_unlabelled_paragraphs_and_dashes_continue_the_item():
    reading = read_plan(
        HEAD + "一、科普任务\n1.办好活动。开展科普。\n一是走进校园。\n——走进社区，服务居民。\n2.其他。推进。\n"
    )
    assert (reading.tasks[0].head, reading.tasks[0].tail) == ("办好活动。开展科普。一是", "——走进社区,服务居民。")


def test_labels_in_mid_sentence_are_no_items():
    _, tasks = tree("一、科普任务\n1.建设小屋。围绕①展览、②讲座开展服务，\n③不断完善。\n2.其他。推进。\n")
    assert tasks == ["一/1", "一/2"]


def test_signature_and_date_at_the_end_are_no_part_of_the_last_task():
    reading = read_plan(HEAD + "一、科普任务\n1.办好活动。开展科普。\n\n云溪县科学技术协会\n2022年3月5日\n")
    assert reading.tasks[-1].tail == "办好活动。开展科普。"
    assert (reading.document.issuer, reading.document.issued_on) == ("云溪县科学技术协会", "2022-03-05")


CATEGORIES = [
    ("一、工作目标\n科普。\n", {"一": "goals"}),
    ("一、发展现状\n科普。\n", {"一": "preamble"}),
    (
        "一、重点行动\n（一）青少年行动\n1.甲。做。\n（二）农民行动\n1.乙。做。\n",
        {"一": None, "一/(一)": "youth", "一/(二)": "farmers"},
    ),
    ("一、推进智慧化科普\n1.甲。做。\n", {"一": "informatization"}),
    ("一、组织实施\n1.建设科技馆。做。\n", {"一": "organisation"}),
]


@pytest.mark.parametrize(("text", "want"), CATEGORIES)
def test_section_categories(text, want):
    assert {
        s.path: s.category for s in read_plan(HEAD + text + "九、科普其他\n1.丁。做。\n").sections if s.path in want
    } == want


def test_leaf_category_from_parent_own_keyword_key_groups_or_other():
    text = "一、科普组织实施\n1.保障科技馆。做。\n二、科普任务\n1.办科技馆。做。\n2.做其他。做。\n三、重点人群科普\n1.办讲堂。农民和农村学生参加，农户受益。\n"
    got = {t.path: t.category for t in read_plan(HEAD + text).tasks}
    assert got == {"一/1": "organisation", "二/1": "infrastructure", "二/2": "other", "三/1": "farmers"}


TABLE = (
    "一、科普任务\n序号\t工作任务\t年度目标\t牵头单位\t配合单位\t完成时限\n（一）青少年行动\n"
    "1\t办科技节，请专家进校\t20场\t县教育局\t县科协、团县委\t6月底前\n2\t开放场馆\t—\t县科协\t科技局\t全年\n"
)


def test_each_table_row_is_a_task_under_its_group():
    reading = read_plan(HEAD + TABLE)
    assert [s.path for s in reading.sections] == ["一", "一/(一)"]
    assert [(t.path, t.title, t.due) for t in reading.tasks] == [
        ("一/(一)/1", "办科技节", "6月底前"),
        ("一/(一)/2", "开放场馆", "全年"),
    ]
    assert [(u.name, u.role) for u in reading.tasks[0].units] == [
        ("县教育局", "lead"),
        ("县科协", "cooperate"),
        ("团县委", "cooperate"),
    ]
    assert [(u.name, u.role) for u in reading.tasks[1].units] == [("县科协", "lead"), ("科技局", "cooperate")]
    assert [(t.value, t.task) for t in reading.targets] == [(20, "一/(一)/1")]


ANNEX = (
    "一、科普任务\n1.建设科普小屋。建成科普小屋10个。\n2.办好科普讲堂。每年举办讲堂20场。（责任单位：县科协）\n\n附件\n云溪县科普任务分解表\n"
    "序号\t工作任务\t目标\t责任单位\n1\t建设科普小屋\t建成科普小屋10个，培训讲解员30名\t县科协、民政局\n2\t编写科普丛书\t编写丛书3册\t县教育局\n"
)


def test_annex_rows_add_units_to_body_tasks_and_report_only_what_is_new():
    reading = read_plan(HEAD + ANNEX)
    assert [(s.path, s.title) for s in reading.sections] == [("一", "科普任务"), ("附件", "云溪县科普任务分解表")]
    assert [t.path for t in reading.tasks] == ["一/1", "一/2", "附件/2"]
    assert [u.name for u in reading.tasks[0].units] == ["县科协", "县民政局"]
    assert [(t.value, t.unit, t.task) for t in reading.targets] == [
        (10, "个", "一/1"),
        (20, "场", "一/2"),
        (30, "人", "一/1"),
        (3, "册", "附件/2"),
    ]
    restated = [n for n in reading.numbers if n.kind == "restated_target"]
    assert [n.text for n in restated] == ["10"]


def test_a_report_above_the_title_and_headlines_below_the_text_are_not_read():
    text = (
        "日前，云溪县印发方案，提出到2025年科普基地达到30个。\n云溪县全民科学素质行动实施方案（2021—2025年）\n为做好科普，力争建成基地30个。\n"
        "一、科普任务\n1.办好活动。每年举办科普活动20场。\n春耕时节农事忙\n县城新公园开放\n"
    )
    reading = read_plan(text)
    assert [(t.number, t.task) for t in reading.targets] == [("30个", None), ("20场", "一/1")]
    assert reading.tasks[0].tail == "每年举办科普活动20场。"


@pytest.mark.parametrize(
    "below",
    [
        "政策解读：图解行动方案",
        "一键分享：微信 微博",
        "附件：任务分解表\n相关解读：《行动方案》文字解读",
        "原文链接：云溪科协",
    ],
)
def test_what_a_page_prints_below_the_text_is_no_part_of_the_last_task(below):
    reading = read_plan(HEAD + "一、科普任务\n1.严格考核。年终进行总结。\n" + below + "\n")
    assert reading.tasks[0].tail == "严格考核。年终进行总结。"


ALIGNED = """二、主要任务
序号   工作任务              目标要求            牵头     责任
                                                 单位     单位
青少年科学素质提升行动
 1     开展科学营活动        每年举办科学营      县教育局 县科协、团
                             2期                          县委
 2     推进科学教室          新建科学教室15      县教育局 县财政局
       建设                  间
农民科学素质提升行动
 3     培训高素质农民        培训农民800人       县农业   各乡镇
                                                 农村局
"""


def test_aligned_heads_over_two_lines_and_groups_without_a_label():
    reading = read_plan(HEAD + "一、总体目标\n到2025年，建成基地30个。\n" + ALIGNED)
    assert [(t.path, t.title) for t in reading.tasks] == [
        ("二/1", "开展科学营活动"),
        ("二/2", "推进科学教室建设"),
        ("二/3", "培训高素质农民"),
    ]
    assert [(u.name, u.role) for u in reading.tasks[0].units] == [
        ("县教育局", "lead"),
        ("县科协", "responsible"),
        ("团县委", "responsible"),
    ]
    assert [(t.number, t.task) for t in reading.targets][1:] == [("2期", "二/1"), ("15间", "二/2"), ("800人", "二/3")]


def test_a_column_of_aims_beside_the_column_of_names():
    text = (
        "云溪市科普工作方案（2023—2025年）\n一、任务\n序号\t任务名称\t目标任务\t责任单位\t完成时限\n"
        "1\t建设科普馆\t建筑面积2000平方米\t市科协\t2025年12月\n2\t配备大篷车\t新增大篷车3辆\t市科协\n"
        "联系人：李某 联系电话：0000-7654321\n"
    )
    reading = read_plan(text)
    assert [(t.title, t.tail, t.due) for t in reading.tasks] == [
        ("建设科普馆", "建设科普馆", "2025年12月"),
        ("配备大篷车", "配备大篷车", None),
    ]
    assert [(t.subject, t.number) for t in reading.targets] == [("科普馆建筑面积", "2000平方米"), ("大篷车", "3辆")]
    assert [u.name for u in reading.tasks[1].units] == ["市科协"]


def test_a_single_column_of_aims_and_tasks_names_the_task():
    text = "云溪市科普工作方案（2023年）\n一、任务\n序号\t目标任务\t责任单位\n1\t新增大篷车3辆\t市科协\n"
    assert [t.title for t in read_plan(text).tasks] == ["新增大篷车3辆"]
