import io
import zipfile

import pytest
from docx import Document
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from tests.engines.plandoc.files import LINES, add_list, docx_lines, docx_task_table, numbered, saved

from kepu.engines.plandoc.decode import Unreadable, decode
from kepu.engines.plandoc.readers.numerals import in_form

PLAN = [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("decimal", "（%4）"), ("decimalEnclosedCircle", "%5")]  # fmt: skip


def lines(document):
    decoded = decode(saved(document), name="方案.docx")
    assert (decoded.kind, decoded.warnings) == ("docx", ())
    return [line for line in decoded.text.split("\n") if line]


def xml_run(paragraph, xml):
    paragraph._p.append(parse_xml(xml.replace("<w:", "<w:", 1).replace(">", f" {nsdecls('w')}>", 1)))


def test_typed_text_comes_line_by_line():
    document = docx_lines("松岭县科普实施方案", "", "一、总体目标", "到2025年达到12%。")
    document.paragraphs[3].add_run("牵头单位：县科协\t配合单位：县教育局").add_break()
    document.paragraphs[3].add_run("第二行")
    assert lines(document) == [
        "松岭县科普实施方案",
        "一、总体目标",
        "到2025年达到12%。牵头单位：县科协\u3000配合单位：县教育局",
        "第二行",
    ]


def test_generated_labels_of_five_ranks():
    document = Document()
    add_list(document, 71, PLAN)
    for depth, text in [
        (0, "总体要求"), (1, "指导思想"), (1, "目标"), (0, "重点任务"), (1, "青少年"), (2, "课堂"), (3, "教师"), (4, "培训"),
        (4, "评比"), (3, "器材"), (2, "课外"), (1, "农民"), (2, "培训"), (0, "保障"), (2, "跳级"),
    ]:  # fmt: skip
        numbered(document, 71, depth, text)
    assert lines(document) == [
        "一、总体要求", "（一）指导思想", "（二）目标", "二、重点任务", "（一）青少年", "1.课堂", "（1）教师", "①培训",
        "②评比", "（2）器材", "2.课外", "（二）农民", "1.培训", "三、保障", "1.跳级",
    ]  # fmt: skip


def test_lists_of_one_definition_count_on_unless_restarted():
    document = Document()
    add_list(document, 71, PLAN)
    add_list(document, 72, PLAN, same_as=71)
    add_list(document, 73, PLAN, same_as=71, restarts=[(0, 1)])
    for number in (71, 72, 73, 73):
        numbered(document, number, 0, "甲")
    assert lines(document) == ["一、甲", "二、甲", "一、甲", "二、甲"]


def test_labels_come_through_styles_and_can_be_switched_off():
    document = Document()
    add_list(document, 71, PLAN)
    document.styles["Heading 1"].element.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="71"/></w:numPr>')
    )
    for depth, style in enumerate(["Heading1", "Heading2"]):
        definition = next(
            found
            for found in document.part.numbering_part.element.iterchildren()
            if found.tag.endswith("}abstractNum") and "71" in found.attrib.values()
        )
        definition[depth].insert(1, parse_xml(f'<w:pStyle {nsdecls("w")} w:val="{style}"/>'))
    document.styles["Heading 2"].element.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="71"/></w:numPr>')
    )
    child = document.styles.add_style("小标题", 1)
    child.base_style = document.styles["Heading 2"]
    document.add_paragraph("总体要求", style="Heading 1")
    document.add_paragraph("目标", style="Heading 2")
    document.add_paragraph("原则", style="小标题")
    numbered(document, 0, 0, "没有编号").style = "Heading 1"
    document.add_paragraph("任务", style="Heading 1")
    assert lines(document) == ["一、总体要求", "（一）目标", "（二）原则", "没有编号", "二、任务"]


def test_list_styles_of_the_standard_template():
    document = Document()
    for style, text in [("List Number", "甲"), ("List Bullet", "附注"), ("List Number", "乙"), ("Normal", "正文")]:
        document.add_paragraph(text, style=style)
    assert lines(document) == ["1.甲", "附注", "2.乙", "正文"]


def test_legal_places_and_bare_numbers():
    document = Document()
    add_list(
        document, 71, [("chineseCounting", "第%1章"), ("decimal", "%1.%2"), ("bullet", "\uf0b7"), ("decimal", "%4")]
    )
    legal = parse_xml(f"<w:isLgl {nsdecls('w')}/>")
    next(found for found in document.part.numbering_part.element if "71" in found.attrib.values())[1].insert(2, legal)
    for depth, text in [(0, "总则"), (1, "目标"), (2, "附注"), (3, "2025年")]:
        numbered(document, 71, depth, text)
    assert lines(document) == ["第一章总则", "1.1 目标", "附注", "1 2025年"]


@pytest.mark.parametrize(
    ("form", "numbers", "printed"),
    [
        ("chineseCountingThousand", (1, 10, 11, 20, 21, 100, 105, 110, 1020), "一 十 十一 二十 二十一 一百 一百零五 一百一十 一千零二十"),
        ("japaneseCounting", (12,), "十二"),
        ("chineseLegalSimplified", (10, 12), "壹拾 壹拾贰"),
        ("ideographTraditional", (1, 10, 11), "甲 癸 11"),
        ("decimalEnclosedCircle", (1, 20, 21, 36, 51), "① ⑳ ㉑ ㊱ 51"),
        ("decimalEnclosedFullstop", (1, 20, 21), "⒈ ⒛ 21"),
        ("decimalEnclosedParen", (2,), "⑵"),
        ("ideographEnclosedCircle", (3,), "㊂"),
        ("decimalFullWidth", (12,), "１２"),
        ("decimalZero", (7,), "07"),
        ("upperRoman", (4, 19), "IV XIX"),
        ("lowerLetter", (1, 27), "a aa"),
        ("hindiVowels", (3,), "3"),
    ],
)  # fmt: skip
def test_number_forms(form, numbers, printed):
    assert " ".join(in_form(number, form) for number in numbers) == printed


def test_a_task_table_becomes_tab_lines():
    document = docx_lines("一、重点任务")
    docx_task_table(document)
    document.add_paragraph("二、要求")
    assert lines(document) == ["一、重点任务", *LINES, "二、要求"]


def test_numbers_generated_inside_a_table():
    document = Document()
    add_list(document, 71, [("decimal", "%1")])
    table = document.add_table(rows=3, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "序号", "任务"
    for row, text in enumerate(["建馆", "办赛"], start=1):
        table.cell(row, 0).paragraphs[0]._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="71"/></w:numPr>')
        )
        table.cell(row, 1).text = text
    assert lines(document) == ["序号\t任务", "1\t建馆", "2\t办赛"]


def fill(table, rows):
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            if text is not None:
                table.cell(row, column).text = text


def test_a_unit_merged_over_several_rows_answers_for_each():
    document = Document()
    table = document.add_table(rows=4, cols=3)
    fill(
        table,
        [["序号", "任务", "责任单位"], ["1", "建馆", "县科协\n县教育局"], ["2", "办赛", None], ["3", "培训", "县妇联"]],
    )
    table.cell(1, 2).merge(table.cell(2, 2))
    assert lines(document) == [
        "序号\t任务\t责任单位",
        "1\t建馆\t县科协、县教育局",
        "2\t办赛\t县科协、县教育局",
        "3\t培训\t县妇联",
    ]


def test_a_number_merged_over_several_rows_is_one_task():
    document = Document()
    table = document.add_table(rows=3, cols=4)
    fill(
        table,
        [["序号", "任务", "目标", "单位"], ["1", "建设示范点", "建成3个", "县科协"], [None, None, "培训60人。", None]],
    )
    for column in (0, 1, 3):
        table.cell(1, column).merge(table.cell(2, column))
    assert lines(document) == ["序号\t任务\t目标\t单位", "1\t建设示范点\t建成3个。培训60人。\t县科协"]


def test_a_heading_of_two_storeys_becomes_one_line():
    document = Document()
    table = document.add_table(rows=3, cols=4)
    fill(table, [["序号", "任务", "责任单位", ""], ["", "", "牵头", "配合单位"], ["1", "建馆", "县科协", "县教育局"]])
    table.cell(0, 2).merge(table.cell(0, 3))
    for column in (0, 1):
        table.cell(0, column).merge(table.cell(1, column))
    assert lines(document) == ["序号\t任务\t牵头单位\t配合单位", "1\t建馆\t县科协\t县教育局"]


def test_a_table_in_a_cell_is_part_of_the_cell():
    document = Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "1"
    inner = table.cell(0, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "开展科普讲座和流动展览活动", "每年不少于二十场次并覆盖全部乡镇"
    assert lines(document) == ["1\t开展科普讲座和流动展览活动；每年不少于二十场次并覆盖全部乡镇"]


def test_what_the_reader_of_the_paper_does_not_see_as_text_is_left_out():
    document = docx_lines("正文", "")
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚"
    paragraph = document.paragraphs[1]
    for xml in (
        '<w:del w:id="1" w:author="a"><w:r><w:delText>删</w:delText></w:r><w:r><w:t>掉</w:t></w:r></w:del>',
        '<w:ins w:id="2" w:author="a"><w:r><w:t>新增</w:t></w:r></w:ins>',
        '<w:moveFrom w:id="3" w:author="a"><w:r><w:t>旧处</w:t></w:r></w:moveFrom>',
        '<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>',
        '<w:sdt><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>',
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>',
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>可见</w:t></w:r>',
        '<w:r><w:instrText> PAGE </w:instrText></w:r>',
    ):  # fmt: skip
        xml_run(paragraph, xml)
    document.add_paragraph("第二页").runs[0].add_break(WD_BREAK.PAGE)
    assert lines(document) == ["正文", "新增链接控件可见", "第二页"]


def test_text_boxes_stand_before_their_paragraph_once():
    box = "<w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent>"
    document = docx_lines("正文", "续文")
    both = '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>{}</mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent></w:r>'
    xml_run(document.paragraphs[0], both.format(box.format("某县人民政府文件"), box.format("某县人民政府文件")))
    xml_run(document.paragraphs[1], f"<w:r><w:pict>{box.format('旧式框')}</w:pict></w:r>")
    assert lines(document) == ["某县人民政府文件", "正文", "旧式框", "续文"]


def test_deleted_paragraph_ends_and_rows_are_gone():
    document = docx_lines("前半", "后半")
    mark = f'<w:rPr {nsdecls("w")}><w:del w:id="1" w:author="a"/></w:rPr>'
    document.paragraphs[0]._p.get_or_add_pPr().append(parse_xml(mark))
    table = document.add_table(rows=2, cols=2)
    fill(table, [["1", "保留"], ["2", "删除"]])
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {nsdecls("w")} w:id="2" w:author="a"/>'))
    assert lines(document) == ["前半后半", "1\t保留"]


def test_the_table_of_contents_is_left_out():
    document = docx_lines("一、总体要求")
    style = document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、总体要求\t1", style=style)
    xml = (
        f'<w:sdt {nsdecls("w")}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        "<w:sdtContent><w:p><w:r><w:t>目录</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    document.element.body.insert(0, parse_xml(xml))
    xml = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件段落</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(xml))
    assert lines(document) == ["控件段落", "一、总体要求"]


def changed(data, name, change):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.namelist():
            content = source.read(item)
            content = change(content) if item == name else content
            if content is not None:
                target.writestr(item, content)
    return stream.getvalue()


def test_the_strict_form_is_read_alike():
    strict = changed(
        saved(docx_lines("正文")),
        "word/document.xml",
        lambda xml: xml.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        ),
    )
    assert decode(strict, name="a.docx").text == "正文\n"


def test_files_without_styles_or_lists_are_read():
    data = changed(saved(docx_lines("正文")), "word/styles.xml", lambda _: None)
    assert decode(data, name="a.docx").text == "正文\n"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda xml: None, "malformed"),
        (lambda xml: b"<w:document", "malformed"),
        (lambda xml: b"<document/>", "malformed"),
        (lambda xml: xml.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY x "y">]>', 1), "unsafe"),
        (lambda xml: b"<a>" * 9999 + b"</a>" * 9999, "too_large"),
        (lambda xml: xml.replace("正文".encode(), b" "), "empty"),
        (lambda xml: xml + b" " * (40 << 20), "too_large"),
    ],
)
def test_damaged_and_hostile_documents_are_refused(change, code):
    with pytest.raises(Unreadable) as refused:
        decode(changed(saved(docx_lines("正文")), "word/document.xml", change), name="a.docx")
    assert refused.value.code == code


@pytest.mark.parametrize("columns", [1, 2])
def test_a_document_inside_a_layout_table_keeps_its_lines_and_labels(columns):
    article = ["松岭县科普实施方案", "一、总体目标", "到2025年达到12%。", "二、重点任务"]
    document = Document()
    add_list(document, 91, PLAN)
    cell = document.add_table(rows=1, cols=columns).rows[0].cells[-1]
    cell.paragraphs[0].text = article[0]
    for line in article[1:]:
        cell.add_paragraph(line)
    for text in ("建成基地3个。", "培训教师30人。"):
        cell._tc.append(numbered(document, 91, 2, text)._p)
    assert lines(document) == [*article, "1.建成基地3个。", "2.培训教师30人。"]
