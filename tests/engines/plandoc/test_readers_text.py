import codecs

import pytest

from kepu.engines.plandoc.decode import Unreadable, decode, tidy_pasted
from kepu.engines.plandoc.readers.plain import markdown_lines

TEXT = "松岭县全民科学素质行动实施方案\n一、总体目标\n到2025年，公民具备科学素质的比例达到12.5%以上。\n（责任单位：县科协、镕泰镇、喆园街道）\n"
TRADITIONAL = (
    "松嶺縣全民科學素質行動實施方案\n一、總體目標\n到2025年，公民具備科學素質的比例達到12.5%以上。\n（責任單位：縣科協、縣教育局）\n"
    * 3
)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode("gbk"),
        TEXT.replace("\n", "\r").encode(),
        ("\x00" + TEXT.replace("目标", "目\x07标")).encode().lstrip(b"\0"),
    ],
    ids=["utf-8", "bom", "gbk", "gb18030", "utf-16", "utf-16-be", "crlf", "cr", "control"],
)
def test_one_text_whatever_the_encoding(data):
    decoded = decode(data, name="方案.txt")
    assert (decoded.text, decoded.kind, decoded.warnings) == (TEXT, "text", ())


def test_utf16_without_its_mark():
    text = "1. 2025 / 2026: " + TEXT
    assert decode(text.encode("utf-16-le"), name="a.txt").text == text


def test_gb18030_characters_outside_gbk():
    text = TEXT + "㐂村、䶮街道\n"
    assert decode(text.encode("gb18030"), name="a.txt").text == text


def test_traditional_characters_in_gbk_are_no_big5():
    decoded = decode(TRADITIONAL.encode("gbk"), name="a.txt")
    assert (decoded.text, decoded.warnings) == (TRADITIONAL, ())


def test_big5_is_converted_with_a_warning():
    decoded = decode(TRADITIONAL.encode("big5"), name="a.txt")
    assert (decoded.text, decoded.warnings) == (TRADITIONAL, ("converted",))


def test_another_encoding_is_found_with_a_warning():
    text = "Муниципальный план популяризации науки. Провести двадцать лекций до конца года.\n" * 5
    decoded = decode(text.encode("cp1251"), name="a.txt")
    assert (decoded.text, decoded.warnings) == (text, ("converted",))


def test_a_cut_file_keeps_its_encoding_and_says_what_is_lost():
    decoded = decode((TEXT * 3).encode()[:-2], name="a.txt")
    assert decoded.text == TEXT * 2 + TEXT[:-2] + "�"
    assert decoded.warnings == ("replaced",)
    decoded = decode((TEXT * 3).encode().replace("目标".encode(), b"\xe7\xff\xa0", 1), name="a.txt")
    assert (decoded.text.count("县科协"), decoded.warnings) == (3, ("replaced",))
    decoded = decode((TEXT * 9).encode("gbk") + b"\xff", name="a.txt")
    assert (decoded.text, decoded.warnings) == (TEXT * 9 + "�", ("replaced",))


def test_pasted_text():
    assert tidy_pasted("一、目标\r\n\ufeff建成3个\x0b").text == "一、目标\n建成3个\n"
    with pytest.raises(Unreadable) as refused:
        tidy_pasted(" \n\t")
    assert refused.value.code == "empty"


def test_markdown_loses_its_marks_and_tables_become_tab_lines():
    source = """# 松岭县科普工作要点 #

> ## 一、**重点任务**

1\\. 建设[科普馆](https://example.org/a)，*每年*开放

| 序号 | 任务 | 单位 |
|---|:-:|--:|
| 1 | 建设2*3米展台 | 县科协 |

- 附注：2*3=6
---
"""
    assert [line for line in markdown_lines(source).split("\n") if line] == [
        "松岭县科普工作要点",
        "一、重点任务",
        "1. 建设科普馆，每年开放",
        "序号\t任务\t单位",
        "1\t建设2*3米展台\t县科协",
        "附注：2*3=6",
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_rows_are_tab_lines_under_the_file_name(delimiter):
    rows = [
        ["序号", "任务", "单位"],
        ["1", '建成3个"示范点"', "县科协、教育局"],
        ["", "", ""],
        ["2", "推进展品\n更新", ""],
    ]
    source = "\r\n".join(delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows)
    decoded = decode(source.encode("gbk"), name="松岭县2025年工作要点.csv")
    assert decoded.text.splitlines() == [
        "松岭县2025年工作要点",
        "序号\t任务\t单位",
        '1\t建成3个"示范点"\t县科协、教育局',
        "2\t推进展品更新",
    ]


def test_csv_with_a_title_row_keeps_it():
    source = "松岭县2025年科普工作要点,,\n序号,任务,单位\n（一）重点任务,,\n1,建成3个示范点,县科协\n"
    assert decode(source.encode(), name="导出表.csv").text.splitlines() == [
        "松岭县2025年科普工作要点",
        "序号\t任务\t单位",
        "（一）重点任务",
        "1\t建成3个示范点\t县科协",
    ]


def test_a_ragged_csv_cannot_fill_the_memory():
    source = "a," * 3000 + "\n" + "b\n" * 3000
    with pytest.raises(Unreadable) as refused:
        decode(source.encode(), name="a.csv")
    assert refused.value.code == "too_large"


PAGE = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"><html><head><meta charset="gb2312">
<title>门户网站</title><style>p {color: red}</style></head>
<body><nav><a href="/">首页</a></nav><div style="display: none">澳门娱乐</div><script>alert(1)</script>
<table><tr><td><table><tr><td><h1>松岭县科普工作&nbsp;方案</h1>
<p>一、重点<b>任</b>务<br>第二行
换行</p></td></tr></table></td><td>侧栏</td></tr></table>
<table border="1"><tr><th>序号</th><th>任务</th><th>单位</th></tr>
<tr><td colspan="3">（一）设施</td></tr>
<tr><td>1</td><td><p>建成3个示范点</p></td><td rowspan="2">县科协<br/>县教育局</td></tr>
<tr><td>2<td>培训60人</tr></table>
<ol><li>加强领导</li><li>加大投入</li></ol><ul><li>附注</li></ul>
<footer>版权所有</footer></body></html>"""


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_web_page_gives_its_body_and_data_tables(encoding):
    decoded = decode(PAGE.replace("gb2312", {"gbk": "gb2312"}.get(encoding, encoding)).encode(encoding), name="a.html")
    assert [line for line in decoded.text.splitlines() if line] == [
        "松岭县科普工作\xa0方案",
        "一、重点任务",
        "第二行 换行",
        "侧栏",
        "序号\t任务\t单位",
        "（一）设施",
        "1\t建成3个示范点\t县科协、县教育局",
        "2\t培训60人\t县科协、县教育局",
        "1.加强领导",
        "2.加大投入",
        "附注",
    ]
    assert (decoded.kind, decoded.warnings) == ("html", ())


def test_a_web_page_that_lies_about_its_encoding():
    decoded = decode(PAGE.replace("gb2312", "utf-8").encode("gbk"), name="a.html")
    assert "建成3个示范点" in decoded.text


def test_a_page_saved_as_doc_is_read_by_its_content():
    decoded = decode(PAGE.encode("gbk"), name="方案.doc")
    assert "一、重点任务" in decoded.text
    assert (decoded.kind, decoded.warnings) == ("html", ("extension",))


@pytest.mark.parametrize(
    "source",
    [
        "<html>" + "<div>" * 50_000,
        "<html>" + "<a " * 100_000,
        "<html><!--" * 50_000 + "甲",
        "<html><table>" + "<tr><td rowspan=9999 colspan=999>甲" * 500,
    ],
)
def test_hostile_pages_end_soon(source):
    try:
        decode(source.encode(), name="a.html")
    except Unreadable as refused:
        assert refused.code in {"empty", "malformed", "too_large", "timeout", "memory"}


ARTICLE = ("松岭县科普实施方案", "一、总体目标", "到2025年，比例达到12%。", "二、重点任务", "1. 建成基地3个。")


def laid_out(paragraphs, rows):
    inside = "".join(f"<p>{line}</p>" for line in ARTICLE) if paragraphs else "<br>".join(ARTICLE)
    return f"<html><body><table>{rows.replace('ARTICLE', inside)}</table></body></html>".encode()


@pytest.mark.parametrize("paragraphs", [True, False], ids=["p", "br"])
@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>首页<br>政务公开</td><td>ARTICLE</td></tr>",
        "<tr><td></td><td>ARTICLE</td><td></td></tr>",
        "<tr><td colspan=2>标题</td></tr><tr><td>时间：2026-05-01</td><td>浏览：12</td></tr><tr><td colspan=2>ARTICLE</td></tr>",
    ],
    ids=["menu", "margins", "metadata"],
)
def test_a_table_that_arranges_the_page_leaves_the_article_its_lines(paragraphs, rows):
    lines = decode(laid_out(paragraphs, rows), name="a.html").text.split("\n")
    assert [line for line in lines if line in ARTICLE] == list(ARTICLE)


def test_a_table_of_tasks_stays_a_table_however_long_one_cell_is():
    steps = "<br>".join(f"{number}. 举办讲座{number}场；" for number in range(1, 12))
    page = f"<table><tr><td>任务</td><td>措施</td></tr><tr><td>科普讲座</td><td>{steps}</td></tr></table>"
    lines = decode(page.encode(), name="a.html").text.strip().split("\n")
    assert [line.split("\t")[0] for line in lines] == ["任务", "科普讲座"]
