"""The settings of official papers, measured in the XML that a word processor reads."""

import io
import os
import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from pypdf import PdfReader

from kepu.foundation import documents
from kepu.foundation.documents.paper import STYLES, title_lines
from kepu.foundation.spreadsheets import Column

HEADS = ("序号", "工作任务", "年度目标", "完成标志", "牵头单位", "配合单位", "归口单位", "完成时限", "上级依据", "备注")
COLUMNS = tuple(Column(f"k{n}", head, "integer" if n == 0 else "text") for n, head in enumerate(HEADS))
TITLE = "云川市全民科学素质行动规划纲要实施方案2026年度重点任务分解表"


def rows(count):
    texts = (
        "组织开展科普进校园活动，推动科技辅导员培训全覆盖",
        "不少于120场次\n覆盖学校36所",
        "印发方案",
        "市教育局",
        "市科协、团市委",
        "市教育局",
        "2026年12月",
        "",
        "",
    )
    return [{"k0": n, **{f"k{i}": text for i, text in enumerate(texts, start=1)}} for n in range(1, count + 1)]


def opened(data):
    return docx.Document(io.BytesIO(data))


def part(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def near(value, expected):
    return abs(value - expected) <= Mm(0.1)


def test_a_table_of_ten_columns_lies_across_with_its_head_at_the_binding():
    section = opened(documents.table(TITLE, COLUMNS, rows(2), annex="附件1")).sections[0]
    sizes = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert all(near(value, Mm(expected)) for value, expected in zip(sizes, (297, 210, 28, 26, 35, 37), strict=True))
    assert section.orientation == 1


def test_seven_columns_stand_upright_in_a_text_block_of_156_by_225():
    section = opened(documents.table("名册", COLUMNS[:7], rows(2))).sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin
    assert near(width, Mm(156))
    assert near(height, Mm(225))
    assert near(section.top_margin, Mm(37))
    assert section._sectPr.findall(qn("w:docGrid")) == []


def test_the_table_repeats_its_head_keeps_rows_whole_and_fills_the_width():
    paper = opened(documents.table(TITLE, COLUMNS, rows(3), annex="附件1", note="截至2026年9月30日", foot="填表人："))
    (table,) = paper.tables
    assert [cell.text for cell in table.rows[0].cells] == list(HEADS)
    assert [bool(row._tr.trPr.findall(qn("w:tblHeader"))) for row in table.rows] == [True, False, False, False]
    assert all(row._tr.trPr.findall(qn("w:cantSplit")) for row in table.rows)
    assert table.rows[1].cells[2].text == "不少于120场次\n覆盖学校36所"
    widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.findall(qn("w:gridCol"))]
    assert abs(sum(widths) - 225 / 25.4 * 1440) < 10
    assert min(widths) > 2.5 * 10.5 * 20  # no head of two signs is broken
    texts = [paragraph.text for paragraph in paper.paragraphs]
    assert texts == [
        "附件1",
        "",
        "云川市全民科学素质行动规划纲要实施方案\n2026年度重点任务分解表",
        "截至2026年9月30日",
        "填表人：",
    ]


def test_values_are_written_as_offices_write_them():
    columns = (
        Column("d", "日期", "date"),
        Column("n", "数", "decimal"),
        Column("c", "级别", "choice", choices=(("a", "甲级"),)),
        Column("u", "单位", "list"),
    )
    row = {"d": date(2026, 9, 5), "n": Decimal("12.50"), "c": "a", "u": ("甲局", "乙局")}
    (table,) = opened(documents.table("表", columns, [row])).tables
    assert [cell.text for cell in table.rows[1].cells] == ["2026年9月5日", "12.5", "甲级", "甲局、乙局"]


def test_text_cannot_break_the_paper():
    columns = (Column("t", "<b>&"),)
    (table,) = opened(documents.table("甲<w:p/>\0", columns, [{"t": "]]></w:t>&amp;\x08\n乙"}])).tables
    assert [row.cells[0].text for row in table.rows] == ["<b>&", "]]></w:t>&amp;\n乙"]


def test_every_style_names_its_fonts_and_its_language():
    data = documents.table("表", COLUMNS, [])
    styles = opened(data).styles.element.findall(qn("w:style"))
    named = [style for style in styles if style.get(qn("w:type")) != "numbering"]
    assert len(named) == len(STYLES) + 3
    for style in named:
        fonts, language = style.rPr.find(qn("w:rFonts")), style.rPr.find(qn("w:lang"))
        assert fonts.get(qn("w:eastAsia"))
        assert language.get(qn("w:eastAsia")) == "zh-CN"
    assert "Theme" not in part(data, "word/styles.xml")
    assert 'w:altName w:val="仿宋"' in part(data, "word/fontTable.xml")


def test_measured_settings_of_title_body_and_levels():
    styles = {style.name: style for style in opened(documents.notice("通知", ["正文"])).styles if style.type == 1}

    def settings(name):
        style = styles[name]
        fonts = style.element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia"))
        spacing = style.element.rPr.find(qn("w:spacing"))
        return (
            fonts,
            style.font.size,
            style.paragraph_format.line_spacing,
            spacing is not None and spacing.get(qn("w:val")),
        )

    exact = Pt(28.95)
    assert settings("公文标题") == ("方正小标宋简体", Pt(22), exact, False)
    assert settings("公文正文") == ("仿宋_GB2312", Pt(16), exact, "-5")
    assert settings("公文一级") == ("黑体", Pt(16), exact, "-5")
    assert settings("公文二级") == ("楷体_GB2312", Pt(16), exact, "-5")
    indent = styles["公文正文"].element.pPr.find(qn("w:ind"))
    assert indent.get(qn("w:firstLineChars")) == "200"
    assert styles["公文标题"].font.bold is None


def test_page_numbers_stand_outside_between_dashes():
    data = documents.notice("通知", ["正文"])
    section = opened(data).sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (line,) = footer.paragraphs
        assert line.text.replace(" ", "") in {"—1—", "——"}
        assert line._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert line._p.pPr.find(qn("w:ind")).get(qn(f"w:{side}")) == "280"
    assert opened(data).settings.odd_and_even_pages_header_footer
    assert STYLES["公文页码"].points == 14


def test_a_notice_puts_each_part_in_its_place():
    body = [
        "现就有关事项通知如下。",
        "一、报送内容",
        "（一）重点任务进展",
        "1.填报数",
        "一、二季度的进展情况，由各归口单位按照要求一并报送，不再另行通知，逾期不再受理。",
    ]
    data = documents.notice(
        "关于报送进展情况的通知",
        body,
        addressees="各成员单位：",
        annexes=["进展情况表。", "联络员名册"],
        signed_by="云川市全民科学素质工作领导小组办公室",
        signed_on=date(2026, 9, 5),
    )
    found = [(paragraph.style.name, paragraph.text) for paragraph in opened(data).paragraphs]
    assert found == [
        ("公文标题", "关于报送进展情况的通知"),
        ("公文顶格", ""),
        ("公文顶格", "各成员单位："),
        ("公文正文", body[0]),
        ("公文一级", body[1]),
        ("公文二级", body[2]),
        ("公文正文", body[3]),
        ("公文正文", body[4]),
        ("公文正文", ""),
        ("公文顶格", "附件：1.进展情况表"),
        ("公文顶格", "2.联络员名册"),
        ("公文正文", ""),
        ("公文落款", "云川市全民科学素质工作领导小组办公室"),
        ("公文落款", "2026年9月5日"),
    ]


@pytest.mark.parametrize(
    ("name", "rights"),
    [
        # wide of 2026年9月5日: 3 Han and 6 figures, 6 signs
        ("云川市全民科学素质工作领导小组办公室", (2.0, 12.0)),  # 18 signs: the date begins 18 from the right
        ("市科协", (7.0, 2.0)),  # shorter than the date: the date two from the right, the name before it
    ],
)
def test_name_and_date_stand_as_without_a_seal(name, rights):
    data = documents.notice("通知", ["正文"], signed_by=name, signed_on=date(2026, 9, 5))
    last = opened(data).paragraphs[-2:]
    assert tuple(int(p._p.pPr.find(qn("w:ind")).get(qn("w:right"))) / 320 for p in last) == rights


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于开展科普活动的通知", ["关于开展科普活动的通知"]),
        (
            "关于做好2026年度全民科学素质工作进展情况报送工作的通知",
            ["关于做好2026年度全民科学素质", "工作进展情况报送工作的通知"],
        ),
        ("甲\n乙", ["甲", "乙"]),
        (
            "印发《云川市全民科学素质行动规划纲要实施方案》任务分解表",
            ["印发《云川市全民科学素质行动", "规划纲要实施方案》任务分解表"],
        ),
    ],
)
def test_titles_break_at_words(title, lines):
    assert title_lines(title) == lines


@pytest.fixture(scope="module")
def pdf_of():
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("needs LibreOffice to render; the settings themselves are measured above")

    def render(data, folder):
        (folder / "a.docx").write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        order = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, folder / "a.docx"]
        subprocess.run(order, check=True, timeout=120, capture_output=True, env={**os.environ, "HOME": str(folder)})
        return PdfReader(io.BytesIO((folder / "a.pdf").read_bytes()))

    return render


def test_rendered_pages_hold_22_lines_of_28_signs(pdf_of, tmp_path):
    pages = pdf_of(documents.notice("标题", ["字" * 28 * 30]), tmp_path).pages
    lines = [line.strip() for line in pages[0].extract_text().splitlines() if line.strip()]
    assert lines == ["标题", "字" * 26, *["字" * 28] * 19, "— 1 —"]  # with the empty line under the title 22


def test_rendered_table_repeats_its_head_on_each_page(pdf_of, tmp_path):
    pages = pdf_of(documents.table(TITLE, COLUMNS, rows(40), annex="附件1"), tmp_path).pages
    texts = ["".join(page.extract_text().split()) for page in pages]
    assert len(texts) > 2
    assert [all(head in text for head in ("工作任务", "完成标志", "上级依据")) for text in texts[:-1]] == [True] * (
        len(texts) - 1
    )
    assert [f"—{number}—" in text for number, text in enumerate(texts, start=1)] == [True] * len(texts)
    assert float(pages[0].mediabox.width) > float(pages[0].mediabox.height)
