"""Stage one: normal form, furniture, broken lines, tables in aligned columns."""

import pytest

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.clean import clean
from kepu.engines.plandoc.normal import bare, display_width, half_width, simplify, tidy


def kept(text: str) -> list[str]:
    return clean(text).text.split("\n")


def reasons(text: str) -> dict[str, str]:
    return {d.text: d.reason for d in clean(text).dropped}


@pytest.mark.parametrize(
    ("printed", "normal"),
    [
        ("（１２％）", "(12%)"),
        ("①抓科普", "①抓科普"),
        ("㈠目标", "㈠目标"),
        ("、。“”《》〔〕—", "、。“”《》〔〕—"),
        ("２０２５年", "2025年"),
    ],
)
def test_half_width_keeps_enclosed_numbers_and_chinese_marks(printed, normal):
    assert half_width(printed) == normal


@pytest.mark.parametrize(
    ("traditional", "simple"),
    [
        ("科學素質", "科学素质"),
        ("著力推進", "着力推进"),
        ("著重、著眼", "着重、着眼"),
        ("編著名著，成效顯著", "编著名著，成效显著"),
        ("余下干部", "余下干部"),
    ],
)
def test_traditional_text_is_simplified(traditional, simple):
    assert simplify(traditional) == simple


def test_blanks_are_dropped_but_between_latin_words():
    assert tidy("　　举 办 Open Day 活动 20 场") == "举办Open Day活动20场"
    assert bare("科 普\n日") == "科普日"


def test_display_width_counts_a_chinese_character_twice():
    assert display_width("科普 ab") == 7


SITE = """网站首页 | 政务公开 | 通知公告 | 联系我们
当前位置：首页 > 通知公告 > 正文
索引号：AB/2022-001　发布日期：2022-05-06　浏览次数：120
云溪县全民科学素质行动实施方案
一、总体要求
提升公民科学素质。
【广告】开锁修锁，免费上门
二、重点任务
1.办好科普日。每年举办科普日活动20场。
分享到：微信 微博
上一篇：关于放假的通知
版权所有：云溪县科协"""


def test_site_furniture_is_dropped_with_its_reason():
    assert kept(SITE) == [
        "云溪县全民科学素质行动实施方案",
        "一、总体要求",
        "提升公民科学素质。",
        "二、重点任务",
        "1.办好科普日。每年举办科普日活动20场。",
    ]
    found = reasons(SITE)
    assert found["【广告】开锁修锁,免费上门"] == "advertising"
    assert found["当前位置:首页>通知公告>正文"] == "navigation"
    assert set(found.values()) == {"navigation", "index_table", "advertising", "share_prompt", "page_foot"}


def test_index_table_of_label_and_value_lines_is_dropped():
    lines = kept("索引号\n0001\n发布日期\n2022-01-02\n云溪县科普工作方案\n一、目标\n加强科普。")
    assert lines == ["云溪县科普工作方案", "一、目标", "加强科普。"]


def test_imprint_and_publication_remark_are_dropped():
    text = "一、目标\n加强科普。\n（此件公开发布）\n抄送：县委办公室，县人大常委会\n办公室，县政协办公室。\n云溪县科协办公室　2022年5月9日印发"
    assert kept(text) == ["一、目标", "加强科普。"]


PDF = """云溪县科协文件
　　一、总体要求
　　坚持以人民为中心，围绕提升公民科学素质这一
目标，推动科普工作向基层延伸，到二〇二五年基本
- 1 -
云溪县科协文件
建成覆盖城乡的科普服务网络，让群众就近参加活
动，共享优质科普资源，营造崇尚科学的社会风尚。
　　二、重点任务
　　1.办好科普日。组织开展形式多样的群众性科普
活动，邀请专家走进社区、学校和企业，普及科学知
- 2 -
云溪县科协文件
识，每年举办科普讲座20场以上。
"""


def test_lines_cut_by_the_page_are_joined_over_page_number_and_header():
    assert kept(PDF)[1:] == [
        "一、总体要求",
        "坚持以人民为中心,围绕提升公民科学素质这一目标,推动科普工作向基层延伸,到二〇二五年基本建成覆盖城乡的科普服务网络,"
        "让群众就近参加活动,共享优质科普资源,营造崇尚科学的社会风尚。",
        "二、重点任务",
        "1.办好科普日。组织开展形式多样的群众性科普活动,邀请专家走进社区、学校和企业,普及科学知识,每年举办科普讲座20场以上。",
    ]


def test_a_mark_that_cannot_end_a_paragraph_joins_over_blank_lines():
    assert kept("一、任务\n1.加强协作。联合教育、\n\n  卫生部门开展活动。") == [
        "一、任务",
        "1.加强协作。联合教育、卫生部门开展活动。",
    ]


def test_a_heading_on_its_own_line_stays_apart():
    assert kept("（一）组织领导\n各单位要高度重视。") == ["(一)组织领导", "各单位要高度重视。"]


ALIGNED = """二、重点任务
序号  工作任务              牵头单位      完成时限
（一）青少年行动
1     开展科技节，普及科    县教育局      6月底前
      学知识20场
                                         - 1 -
序号  工作任务              牵头单位      完成时限
      和科学方法
2     建设科普馆            县科协        全年
三、保障措施
"""


def test_aligned_columns_become_rows_and_cells_go_on_over_the_page():
    assert kept(ALIGNED) == [
        "二、重点任务",
        "序号\t工作任务\t牵头单位\t完成时限",
        "(一)青少年行动\t",
        "1\t开展科技节,普及科学知识20场和科学方法\t县教育局\t6月底前",
        "2\t建设科普馆\t县科协\t全年",
        "三、保障措施",
    ]


def test_tab_rows_keep_their_cells_and_merged_group_rows_become_one():
    text = "序号\t任务\t责任单位\n（一）行动\t（一）行动\t（一）行动\n1\t办科普日\t县科协\n"
    assert kept(text)[:3] == ["序号\t任务\t责任单位", "(一)行动\t", "1\t办科普日\t县科协"]


def test_the_tail_of_a_sentence_at_the_top_of_two_pages_is_no_running_header():
    page = "　　1.办好科普日。组织开展形式多样的群众性科普活动，共享优质资源(责任单位:市科协,各区\n- {} -\n云溪市科协文件\n镇)\n"
    text = "".join(page.format(n).replace("1.", f"{n}.") for n in (1, 2, 3))
    assert [line[-6:] for line in kept("一、任务\n" + text)[1:]] == ["协,各区镇)"] * 3


@pytest.mark.parametrize("line", ["依托直播平台和手机客户端,免费为居民", "印发科普读物和宣传", "居民扫码答题参与科普"])
def test_a_piece_of_a_sentence_is_not_taken_for_furniture(line):
    text = PDF.replace("活动，邀请专家走进社区、学校和企业，普及科学知", line.ljust(22, "好"))
    assert line in clean(text).text


def test_a_pointer_to_the_annex_is_no_annex_and_no_text_of_the_last_task():
    text = "一、任务\n1.办科普日。做好科普。\n附件：任务分解表\n云溪市科协\n2022年3月1日"
    reading = read_plan("云溪市科普工作方案\n" + text)
    assert (reading.tasks[-1].tail, [s.path for s in reading.sections]) == ("办科普日。做好科普。", ["一"])
    assert reading.document.issuer == "云溪市科协"


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("在全市新建科普场馆建筑面积4500平方", "米，办好活动。"),
        ("新建e站60个，覆盖35%", "左右的行政村。"),
        ("每周发布作品，每月不少于", "3篇，办好活动。"),
        ("办好场馆，年参观量达到30万", "人次以上，办好活动。"),
    ],
)
def test_a_line_end_inside_an_amount_is_the_page_s(above, below):
    text = f"云溪市科普工作实施方案（2021—2025年）\n一、任务\n1.办好场馆，服务公众\n\n{above}\n{below}\n"
    assert half_width(above + below) in kept(text)


def test_links_to_other_pages_below_the_last_sentence_are_the_foot():
    plan = "云溪市全民科学素质行动实施方案\n一、任务\n1.办好科普日。每年举办科普日活动20场。\n"
    for heading in ("相关推荐", "【相关链接】", "猜你喜欢："):
        foot = f"{heading}\n1. 我市120家单位参加科普展\n· 科技馆新增展品30件\n二、全市科技特派员达到180人\n"
        assert kept(plan + foot)[-1] == "1.办好科普日。每年举办科普日活动20场。"


def test_unknown_labels_among_the_page_data_are_dropped():
    head = "手机版 | 长者助手 | 登录个人中心\n索引号：YX01\n公开时限：长期公开\n点击率：3016\n"
    title = "云溪市全民科学素质行动实施方案"
    assert kept(head + title + "\n一、任务\n1.办好科普日。")[0] == title


def test_text_above_the_title_is_no_introduction():
    text = "热搜：我市120名科技工作者获奖\n云溪市全民科学素质行动实施方案\n为了发展，制定本方案。\n一、任务\n1.办好科普日。\n"
    assert read_plan(text).targets == ()
