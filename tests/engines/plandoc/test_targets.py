"""Stage five: amounts, comparators, periods, subjects, and what is no target."""

import pytest

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.model import Period
from kepu.engines.plandoc.similarity import dice

PLAN = "云溪市全民科学素质行动实施方案（2021—2025年）\n一、科普任务\n1.做好工作。{}\n"
POINTS = "云溪市2024年全民科学素质工作要点\n一、科普任务\n1.做好工作。{}\n"


def read(sentence: str, frame: str = PLAN):
    return read_plan(frame.format(sentence)).targets


def amounts(sentence: str):
    return [(t.number, t.value, t.value_max, t.unit, t.comparator) for t in read(sentence)]


@pytest.mark.parametrize(
    ("sentence", "want"),
    [
        ("培育星级示范户40户。", ("40户", 40, None, "户", "=")),
        ("培训骨干1.2万名。", ("1.2万名", 12000, None, "人", "=")),
        ("发展讲师30余人。", ("30余人", 30, None, "人", ">=")),
        ("编印读物6-8册。", ("6-8册", 6, 8, "册", "range")),
        ("参与率达到百分之三十。", ("百分之三十", 30, None, "%", "=")),
        ("参与率达到百分之十三点五。", ("百分之十三点五", 13.5, None, "%", "=")),
        ("满意度达到85%以上。", ("85%", 85, None, "%", ">=")),
        ("安排经费3.5万元。", ("3.5万元", 35000, None, "元", "=")),
        ("服务群众20万人次。", ("20万人次", 200000, None, "人次", "=")),
        ("举办活动80场次。", ("80场次", 80, None, "场", "=")),
        ("提高2个百分点。", ("2个百分点", 2, None, "百分点", "=")),
        ("满意度不低于九成。", ("九成", 90, None, "%", ">=")),
        ("惠及半数以上的居民。", ("半数", 50, None, "%", ">=")),
        ("覆盖三分之一的村。", ("三分之一", 33.33, None, "%", "=")),
        ("推出作品一至两部。", ("一至两部", 1, 2, "部", "range")),
        ("举办讲座四五十场。", ("四五十场", 40, 50, "场", "range")),
        ("增长2%—4%。", ("2%—4%", 2, 4, "%", "range")),
        ("举办讲座一百二十场。", ("一百二十场", 120, None, "场", "=")),
        ("培训农户两千五百人次。", ("两千五百人次", 2500, None, "人次", "=")),
        ("招募志愿者十余名。", ("十余名", 10, None, "人", ">=")),
        ("新建站点不少于5个。", ("5个", 5, None, "个", ">=")),
        ("至少建成站点5个。", ("5个", 5, None, "个", ">=")),
        ("注册用户突破3万人。", ("3万人", 30000, None, "人", ">=")),
        ("规模控制在300人以内。", ("300人", 300, None, "人", "<=")),
        ("成本不超过2万元。", ("2万元", 20000, None, "元", "<=")),
        ("12小时内发布信息。", ("12小时", 12, None, "小时", "<=")),
        ("入库专家300名左右。", ("300名", 300, None, "人", "about")),
        ("投入经费约500万元。", ("500万元", 5000000, None, "元", "about")),
        ("市级以上媒体刊发稿件5篇。", ("5篇", 5, None, "篇", "=")),
        ("培训1,200人次。", ("1,200人次", 1200, None, "人次", "=")),
        ("实现行政村科普宣传栏全覆盖。", ("全覆盖", None, None, "全覆盖", "=")),
        ("配备展品90件（套）以上。", ("90件(套)", 90, None, "件(套)", ">=")),
        ("覆盖率100%。", ("100%", 100, None, "%", "=")),
    ],
)
def test_amounts(sentence, want):
    assert amounts(sentence) == [want]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("实施“三下乡”活动。", "name_or_slogan"),
        ("打造10分钟服务圈。", "name_or_slogan"),
        ("落实四位一体布局。", "name_or_slogan"),
        ("推进一带一路交流。", "name_or_slogan"),
        ("实施五大行动。", "structure_count"),
        ("推进四项工程。", "structure_count"),
        ("完善三级网络。", "structure_count"),
        ("用好三支力量。", "structure_count"),
        ("办好第三十届科技节。", "ordinal"),
        ("成绩位居前三位。", "rank"),
        ("聘用具有三年以上经验的教师。", "qualification"),
        ("约谈完成率低于70%的单位。", "condition"),
        ("建设一批基地。", "lexical"),
        ("组建一支队伍。", "lexical"),
        ("进一步加强领导。", "lexical"),
        ("学习党的二十大精神。", "event_ordinal"),
        ("贯彻三中全会精神。", "event_ordinal"),
        ("庆祝建馆五十周年。", "anniversary"),
        ("落实《纲要（2021—2035年）》。", "title_reference"),
        ("按照云政发〔2022〕8号文件执行。", "doc_number"),
        ("于2023年6月5日启动。", "date"),
        ("面向60岁以上老人。", "qualification"),
        ("做好全国科普日5月30日活动。", "date"),
        ("运用5G网络。", "lexical"),
        ("全市18个县建立制度。", "structure_count"),
        ("组织16个成员单位联动。", "structure_count"),
        ("完成科普馆二期布展。", "ordinal"),
        ("扩建1+10+N科普阵地。", "name_or_slogan"),
    ],
)
def test_numbers_that_are_no_targets_keep_their_class(sentence, kind):
    reading = read_plan(PLAN.format(sentence))
    start = reading.cleaned.index("做好工作。") + 5
    assert [t for t in reading.targets if t.start >= start] == []
    assert {n.kind for n in reading.numbers if n.start >= start} == {kind}


def test_a_breakdown_in_brackets_is_part_of_the_quantity_before():
    assert [t.number for t in read("举办沙龙4场（每季度1场）。")] == ["4场"]
    assert [t.number for t in read("举办活动30场（线上10场、线下20场）。")] == ["30场"]


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("每年召开一次会议。", "一次"),
        ("每两年举办一届大赛。", "一届"),
        ("至少建成一所学校。", "一所"),
        ("每村一名宣传员。", "一名"),
        ("每个乡镇建成一个站点。", "一个"),
    ],
)
def test_one_counts_as_the_size_of_an_event_after_at_least_and_after_each(sentence, number):
    assert [t.number for t in read(sentence)] == [number]


@pytest.mark.parametrize(
    ("sentence", "periods"),
    [
        ("到2025年，建成3个。", [{"type": "deadline", "year": 2025}]),
        ("2025年底前建成3个。", [{"type": "deadline", "year": 2025}]),
        ("2025年志愿者达到300人。", [{"type": "deadline", "year": 2025}]),
        ("“十四五”末，建成3个。", [{"type": "deadline", "year": 2025}]),
        ("“十四五”期间，建成3个。", [{"type": "span", "start_year": 2021, "end_year": 2025}]),
        ("2023—2025年累计建成3个。", [{"type": "span", "start_year": 2023, "end_year": 2025}]),
        ("三年内建成3个。", [{"type": "within_years", "years": 3}]),
        ("五年累计培训300人。", [{"type": "within_years", "years": 5}]),
        ("经过2-4年建成3个。", [{"type": "within_years", "years": 4}]),
        ("每学年培训30人。", [{"type": "per_year"}]),
        ("年访问量达到3万次。", [{"type": "per_year"}]),
        ("每两年培训30人。", [{"type": "every_n_years", "years": 2}]),
        ("每半年培训30人。", [{"type": "per_half_year"}]),
        ("每季度培训30人。", [{"type": "per_quarter"}]),
        ("每月培训30人。", [{"type": "per_month"}]),
        ("每周培训30人。", [{"type": "per_week"}]),
        ("培训青少年30人。", [{"type": "none"}]),
        ("每年培训50人，到2025年建成3个。", [{"type": "per_year"}, {"type": "deadline", "year": 2025}]),
        ("到2025年，建成3个；培训50人。", [{"type": "deadline", "year": 2025}, {"type": "none"}]),
        ("到2025年年访问量达到3万次。", [{"type": "deadline", "year": 2025}]),
        ("到二〇二五年，建成3个。", [{"type": "deadline", "year": 2025}]),
    ],
)
def test_periods(sentence, periods):
    assert [t.period.contract() for t in read(sentence)] == periods


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("全年培训50人。", {"type": "year", "year": 2024}),
        ("每年培训50人。", {"type": "year", "year": 2024}),
        ("每季度培训50人。", {"type": "per_quarter"}),
        ("培训50人。", {"type": "year", "year": 2024}),
    ],
)
def test_annual_points_give_their_year(sentence, period):
    assert [t.period.contract() for t in read(sentence, POINTS)] == [period]


@pytest.mark.parametrize(
    ("sentence", "flags"),
    [
        ("讲师由200人增加到300人。", [True, False]),
        ("截至2020年底，建成基地30个。", [True]),
        ("“十三五”末，比例达到8%。", [True]),
        ("比例由2020年的8.5%提高到2025年的13%。", [True, False]),
        ("截至2020年底，建成30个；志愿者达200人；到2025年达到300人。", [True, True, False]),
        ("到2025年，比例比2020年提高3个百分点。", [False]),
    ],
)
def test_baselines(sentence, flags):
    assert [t.is_baseline for t in read(sentence)] == flags


def test_quantities_of_a_preamble_are_baselines():
    text = "云溪市科普实施方案（2021—2025年）\n一、工作基础\n全市建成科普基地30个。\n二、科普任务\n1.甲。建成5个。\n"
    assert [(t.value, t.is_baseline, t.section) for t in read_plan(text).targets] == [
        (30, True, "一"),
        (5, False, "二"),
    ]


@pytest.mark.parametrize(
    ("sentence", "subjects"),
    [
        ("培育星级示范户40户。", ["星级示范户"]),
        ("建成3个乡镇流动科技站。", ["乡镇流动科技站"]),
        ("社区活动参与率达到70%。", ["社区活动参与率"]),
        ("培训骨干300名，其中女性120名。", ["骨干", "女性"]),
        ("到2025年，建成省级基地2个、市级基地5个。", ["省级基地", "市级基地"]),
        ("甲基地和乙基地8家。", ["甲基地和乙基地"]),
        ("每村1名科普宣传员。", ["每村科普宣传员"]),
        ("市、县人均科普经费分别不低于2元、3元。", ["市人均科普经费", "县人均科普经费"]),
        ("组织院士专家进校园，每年不少于20场。", ["院士专家进校园"]),
        ("领导小组每年召开一次会议。", ["领导小组会议"]),
        ("争取建成1个国家级、3个省级科普示范县。", ["国家级科普示范县", "省级科普示范县"]),
        ("创建“科学教育示范校”2所。", ["科学教育示范校"]),
        ("建设2个国家级、5个省级、20个市级科普基地。", ["国家级科普基地", "省级科普基地", "市级科普基地"]),
        ("培育2家年收入2000万元以上的科普企业。", ["科普企业"]),
        ("组建20支讲师团，每支不少于5人。", ["讲师团", "每支讲师团"]),
        ("改装两辆中巴车。", ["中巴车"]),
        ("突发事件发生后2小时内发布权威信息。", ["权威信息发布"]),
    ],
)
def test_subjects(sentence, subjects):
    found = [t.subject for t in read(sentence)]
    assert len(found) == len(subjects)
    assert all(dice(a, b) >= 0.5 for a, b in zip(found, subjects, strict=True)), found


def test_respectively_shares_the_comparator():
    assert [(t.value, t.comparator) for t in read("市、县人均经费分别不低于2元、3元。")] == [(2, ">="), (3, ">=")]


@pytest.mark.parametrize(
    ("sentence", "modality"),
    [
        ("力争建成3个。", ["aspirational"]),
        ("力争建成3个；培训20人。", ["aspirational", "firm"]),
        ("建成3个。", ["firm"]),
    ],
)
def test_modality_holds_up_to_a_semicolon(sentence, modality):
    assert [t.modality for t in read(sentence)] == modality


def test_subset_is_introduced_by_of_which():
    assert [t.subset for t in read("培训300名，其中女性120名。")] == [False, True]


def test_sentence_head_starts_after_the_label_and_the_sentence_before():
    reading = read_plan(
        "云溪市科普工作方案\n一、科普任务\n1.办好科普日。组织科普日活动二十场。\n（一）主要目标\n到2025年建成科普馆3个。\n"
    )
    assert [t.sentence_head for t in reading.targets] == ["组织科普日活动二十场", "到2025年建成科普"]


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("按每人每年不低于1元的标准落实科普经费。", "科普经费"),
        ("财政按常住人口每人每年2元安排科普专项经费。", "科普专项经费"),
        ("运营科普公众号，每周更新5条。", "科普公众号"),
        ("建设科普教育基地，到2025年市级以上达到50个。", "市级以上科普教育基地"),
        ("开足开齐科学课程，小学每周不少于2节。", "小学科学课程"),
        ("加强科普人才培训，三年内轮训一遍，共计1200人。", "科普人才培训"),
        ("拍摄科普微视频，全年上线60部。", "科普微视频上线"),
        ("选派教师20名赴外地研修。", "教师"),
        ("每年5月、10月，各开展一次防灾减灾演练。", "防灾减灾演练"),
        ("落实科普经费，按常住人口人均不低于1元标准纳入预算。", "科普经费"),
        ("科普站服务半径不超过3公里。", "科普站服务半径"),
        ("建成集展览、体验于一体的科普长廊500米。", "科普长廊"),
    ],
)
def test_subjects_that_stand_elsewhere_in_the_sentence(sentence, subject):
    assert [t.subject for t in read(sentence)] == [subject]


def test_a_value_grown_to_does_not_take_the_past_time_of_the_value_grown_from():
    found = read("到2025年，科普基地由2020年的12个增加到20个。")
    assert [(t.subject, t.value, t.is_baseline) for t in found] == [("科普基地", 12, True), ("科普基地", 20, False)]
    assert found[1].period == Period("deadline", year=2025)


@pytest.mark.parametrize(
    ("sentence", "want"),
    [
        ("每周五举办科普夜市1场。", ("科普夜市", "per_week")),
        ("每周六开展科普讲座2场。", ("科普讲座", "per_week")),
        ("每周一至周五开放科普场馆6个。", ("科普场馆", "per_week")),
        ("每周三次推送科普短文。", ("推送科普短文", "per_week")),
        ("年人均服务时长不低于18小时。", ("年人均服务时长", "per_year")),
    ],
)
def test_a_weekday_and_a_yearly_mean_are_times(sentence, want):
    assert [(t.subject, t.period.type) for t in read(sentence)] == [want]
