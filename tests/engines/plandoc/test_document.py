"""Stage six: metadata."""

import pytest

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.document import read_region
from kepu.engines.plandoc.normal import half_width

BODY = "一、总体要求\n提升公民科学素质。\n二、科普任务\n1.甲。做好科普。\n"

NOTICE = """云溪市人民政府文件
云政发〔2022〕8号

云溪市人民政府关于印发《云溪市全民科学素质行动
实施方案（2021—2025年）》的通知

各县（区）人民政府，市政府各部门：
　　现将《云溪市全民科学素质行动实施方案（2021—2025年）》印发给你们，请认真执行。

　　　　云溪市人民政府
　　　　二〇二二年五月六日

云溪市全民科学素质行动
实施方案
（2021—2025年）

为落实上级要求（国发〔2021〕9号），制定本方案。
"""


def test_notice_title_number_issuer_and_date_in_chinese_numerals():
    document = read_plan(NOTICE + BODY).document
    assert document.title == "云溪市全民科学素质行动实施方案(2021—2025年)"
    assert document.notice_title == "云溪市人民政府关于印发《云溪市全民科学素质行动实施方案(2021—2025年)》的通知"
    assert (document.doc_number, document.issuer) == ("云政发〔2022〕8号", "云溪市人民政府")
    assert (document.issued_on, document.published_on) == ("2022-05-06", None)
    assert (document.start_year, document.end_year, document.region, document.kind) == (2021, 2025, "云溪市", "plan")


def test_numbers_of_cited_documents_are_not_its_own():
    assert (
        read_plan(
            "云溪市科普工作方案\n按照《通知》（云政发〔2021〕3号）要求，制定本方案。\n" + BODY
        ).document.doc_number
        is None
    )


def test_without_signature_the_name_before_issue_in_the_notice_title_is_the_issuer():
    text = "云溪市科协关于印发《云溪市科普工作方案》的通知\n各单位：\n请执行。\n2022年3月1日\n云溪市科普工作方案\n"
    assert read_plan(text + BODY).document.issuer == "云溪市科协"


def test_web_date_and_imprint_date_are_not_the_date_of_signature():
    text = (
        "发布时间：2022-06-01 来源：市政府网\n云溪市科普工作方案\n"
        + BODY
        + "云溪市科协\n2022年5月20日\n抄送：市委办。\n云溪市科协办公室 2022年5月25日印发\n"
    )
    document = read_plan(text).document
    assert (document.issued_on, document.published_on, document.issuer) == ("2022-05-20", "2022-06-01", "云溪市科协")


@pytest.mark.parametrize(
    ("title", "years", "kind"),
    [
        ("云溪市全民科学素质工作要点2024年", (2024, 2024), "annual_points"),
        ("云溪市2024年全民科学素质行动工作要点", (2024, 2024), "annual_points"),
        ("云溪市关于推进全域科普工作的实施意见", (None, None), "opinion"),
        ("云溪市全民科学素质行动计划（2021年—2025年）", (2021, 2025), "plan"),
    ],
)
def test_years_and_kind_come_from_the_title(title, years, kind):
    document = read_plan(title + "\n" + BODY).document
    assert ((document.start_year, document.end_year), document.kind) == (years, kind)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("云溪市澄江区全民科学素质行动规划", "云溪市澄江区"),
        ("青州市科普工作方案", "青州市"),
        ("白水县柳镇科普方案", "白水县柳镇"),
        ("全民科学素质行动规划纲要", None),
        ("关于加强城镇科普工作的意见", None),
        ("2024年云溪市科普要点", "云溪市"),
        ("青山藏族自治州科普规划", "青山藏族自治州"),
    ],
)
def test_region_is_the_place_at_the_beginning(text, region):
    assert read_region(text) == region


def test_the_longest_printed_form_of_the_region_is_taken():
    text = "区政府关于印发《澄江区科普规划》的通知\n各单位：\n请执行。\n云溪市澄江区人民政府\n2022年3月1日\n澄江区科普规划\n"
    assert read_plan(text + BODY).document.region == "云溪市澄江区"


@pytest.mark.parametrize(
    "title",
    [
        "云溪县2025年全民科学素质工作目标责任书",
        "云溪县2025年全民科学素质工作责任分解表",
        "云溪县全民科学素质提升三年攻坚（2025年）",
        "云溪县2025年科普工作台账",
    ],
)
def test_a_title_is_known_by_its_place_even_if_its_last_word_is_rare(title):
    document = read_plan(f"{title}\n为做好工作，制定本文。\n一、任务\n1.办好科普日。\n").document
    assert (document.title, document.start_year, document.region) == (half_width(title), 2025, "云溪县")


def test_the_title_of_a_notice_may_be_long():
    plan = "《云溪侗族瑶族自治县贯彻落实〈全民科学素质行动规划纲要（2021—2035年）〉实施方案（2021—2025年）》"
    title = f"云溪侗族瑶族自治县人民政府办公室关于印发{plan}的通知"
    text = f"{title}\n各乡镇人民政府，县政府各部门：\n请执行。\n2022年3月1日\n{plan[1:-1]}\n"
    document = read_plan(text + BODY).document
    assert document.notice_title == half_width(title)
    assert document.issuer == "云溪侗族瑶族自治县人民政府办公室"


def test_a_headline_without_the_issuer_gives_way_to_the_full_title():
    short = "关于印发《2024年云溪市全民科学素质工作要点》的通知"
    plan = "各成员单位：\n请执行。\n2024年3月5日\n2024年云溪市全民科学素质工作要点\n"
    full = read_plan(f"{short}\n云科素办发〔2024〕2号\n云溪市科学技术协会{short}\n{plan}{BODY}").document
    assert (full.notice_title, full.issuer) == (f"云溪市科学技术协会{short}", "云溪市科学技术协会")
    assert read_plan(f"{short}\n{plan}{BODY}").document.notice_title == short


def test_a_running_head_is_no_part_of_the_document_number():
    lines = "".join(
        f"    {n}．做好科普工作。组织科技工作者深入乡村、社区、学校和企业开展形式多样\n的活动。\n" for n in range(1, 9)
    )
    text = (
        "云溪县人民政府公报" + " " * 38 + "2022年第4期\n" + " " * 15 + "云政发〔2022〕21号\n\n"
        "         云溪县全民科学素质行动规划实施方案\n              （2021—2025年）\n\n    一、重点任务\n" + lines
    )
    assert read_plan(text).document.doc_number == "云政发〔2022〕21号"
