"""What an amount is: a promise, what already is, or a number that promises nothing."""

import pytest

from kepu.engines.plandoc import read_plan

PLAN = "云溪市全民科学素质行动实施方案（2021—2025年）\n一、科普任务\n1.做好工作。{}\n"


def read(sentence: str):
    return read_plan(PLAN.format(sentence))


def promised(sentence: str):
    return [(t.number, t.is_baseline) for t in read(sentence).targets]


@pytest.mark.parametrize(
    ("sentence", "want"),
    [
        ("展厅由800平方米扩建至1200平方米。", [("800平方米", True), ("1200平方米", False)]),
        ("投诉率从3%降到1%以下。", [("3%", True), ("1%", False)]),
        ("在线率由四成上升为七成。", [("四成", True), ("七成", False)]),
        ("补助由每村200元调整为每村500元。", [("200元", True), ("500元", False)]),
        ("讲师由2020年的50名左右扩充到120名。", [("50名", True), ("120名", False)]),
        (
            "比例由2020年的9%提升到13%；站点从6个发展到15个；讲师增至80名。",
            [("9%", True), ("13%", False), ("6个", True), ("15个", False), ("80名", False)],
        ),
        ("现有宣传栏40块，到2025年达到70块。", [("40块", True), ("70块", False)]),
        # The past belongs to what was named then, not to what is promised now.
        ("对2019年以来认定的基地逐一复核，复核率不低于90%；新建体验馆2座。", [("90%", False), ("2座", False)]),
        ("落实2020年出台的办法，培训教师90名。", [("90名", False)]),
        ("在2020年试点工作基础上，新增站点12个。", [("12个", False)]),
        ("截至2025年底，建成站点12个。", [("12个", False)]),
        ("截至2020年底，建成站点12个。", [("12个", True)]),
    ],
)
def test_a_growth_has_a_baseline_and_a_target(sentence, want):
    assert promised(sentence) == want


@pytest.mark.parametrize(
    "sentence",
    [
        "学习贯彻县委七届三次全会精神。",
        "传达省科协十届二次全委会议要求。",
        "按学段分成三个小组推进。",
        "领导小组下设办公室和4个专班。",
        "把全县划分为5个责任区。",
        "对连续三个月未报数据的单位发函。",
        "对连续2次考评靠后的站点予以摘牌。",
        "对进度滞后15%以上的乡镇进行约谈。",
        "对完成率达到90%以上的村给予激励。",
        "得分85分以上的评为优秀。",
        "每缺一项扣2分，满分100分。",
        "本方案一式三份。",
        "打造半小时交通圈、20分钟生活圈。",
        "对逾期5天未整改的站点予以摘牌。",
        "实施三项惠民工程。",
    ],
)
def test_numbers_that_promise_nothing(sentence):
    assert promised(sentence) == []


def test_a_size_tells_what_is_counted_and_its_time_goes_with_it():
    targets = read("培育年产值500万元以上的科普企业20家，其中上市企业1家以上。").targets
    assert [(t.number, t.subject, t.period.type) for t in targets] == [
        ("20家", "科普企业", "none"),
        ("1家", "上市企业", "none"),
    ]


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("遴选100名优秀学员。", "100名"),
        ("培训50名师范生。", "50名"),
        ("新建3个体验馆。", "3个"),
        ("建设2个人工智能实验室。", "2个"),
        ("推广10种养殖技术。", "10种"),
        ("认识20种植物。", "20种"),
        ("服务20家园区企业。", "20家"),
        ("不少于百分之十五。", "百分之十五"),
    ],
)
def test_a_noun_that_begins_like_another_word_keeps_its_measure_word(sentence, number):
    assert [n for n, _ in promised(sentence)] == [number]


def test_a_year_within_the_name_of_an_event_sets_no_deadline():
    (target,) = read("组织2024年全国科普月主场活动，展品不少于60件。").targets
    assert target.period.type == "none"
    (target,) = read("到2024年，展品不少于60件。").targets
    assert target.period.year == 2024


def test_parts_in_a_bracket_that_add_up_are_no_targets_of_their_own():
    assert promised("场馆达到10座（其中新建4座、改建6座）。") == [("10座", False)]
    assert promised("讲师达到10名（其中女性4名）。") == [("10名", False), ("4名", False)]


@pytest.mark.parametrize(
    ("sentence", "want"),
    [
        ("引导年接待量8万人次以上的景区增设科普标识30块。", ["30块"]),
        ("扶持养殖规模200亩以上、年产鱼苗50万只以上的养殖大户，评定示范户16户。", ["16户"]),
        ("推动藏书量不少于4000册的农家书屋设置科普专架，新增专架25个。", ["25个"]),
        ("常住人口2万人以上的社区、在校学生600人以上的学校建设科普园地12个。", ["12个"]),
        ("动员员工200人以上的企业设立科普员。", []),
        ("亩均增收10%以上的家庭农场纳入名录。", []),
        ("支持拥有12名以上研究人员的企业建立科协组织。", []),
        ("带动500户以上农户增收。", ["500户"]),
        # A verb before the amount, an aim or money after it: the amount itself is promised.
        ("培育10个以上的科普品牌。", ["10个"]),
        ("使80%以上的学校建立科学教室。", ["80%"]),
        ("实现科普志愿者3万人以上的目标。", ["3万人"]),
        ("每年安排财政资金50万元以上的专项经费。", ["50万元"]),
        ("组织农民培训5000人次以上，带动年产值500万元以上的合作社30家。", ["5000人次", "30家"]),
        ("对获得省级奖项的教师奖励3000元、市级奖项的奖励1000元。", ["3000元", "1000元"]),
        ("对获奖学生给予800元的奖励。", ["800元"]),
    ],
)
def test_the_size_of_something_else_is_no_promise(sentence, want):
    assert [number for number, _ in promised(sentence)] == want


@pytest.mark.parametrize(
    ("sentence", "want"),
    [
        ("普及二十四节气、防灾减灾等知识。", []),
        ("落实四个面向要求，举办讲座20场。", [("20场", False)]),
        ("按照1个牵头部门、1套工作机制、1本任务台账推进。", []),
        ("建设1个科普馆、1条科普长廊。", [("1个", False), ("1条", False)]),
        ("用两种文字编印科普读物8万份。", [("8万份", False)]),
        ("采取3种方式培训骨干60名。", [("60名", False)]),
        ("推广养殖技术3种。", [("3种", False)]),
        ("每周开设科学课二十四节。", [("二十四节", False)]),
        # What is put to use is there already.
        ("发挥全县28个科普基地作用，开展活动60场。", [("28个", True), ("60场", False)]),
        ("依托9所老年大学，开设课程30门。", [("9所", True), ("30门", False)]),
        ("整合8个部门资源，建设平台1个。", [("8个", True), ("1个", False)]),
        ("利用科技活动周举办活动12场。", [("12场", False)]),
    ],
)
def test_names_ways_of_work_and_what_is_put_to_use(sentence, want):
    assert promised(sentence) == want
