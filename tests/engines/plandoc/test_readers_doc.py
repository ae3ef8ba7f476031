"""Old Word files. The samples were saved from `sample()` and `styled()` as Word 97 by LibreOffice 7.4."""

import struct
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from tests.engines.plandoc.files import LINES, add_list, docx_lines, docx_task_table, numbered, saved

from kepu.engines.plandoc.decode import Unreadable, decode

OLD = Path(__file__).parent / "legacy_files"
RANKS = [
    ("chineseCounting", "%1、"),
    ("chineseCounting", "（%2）"),
    ("decimal", "%3."),
    ("decimalEnclosedCircle", "%4"),
]
EXPECTED = [
    "松岭县全民科学素质行动实施方案",
    "一、总体要求",
    "（一）指导思想",
    "（二）目标",
    "二、重点任务",
    "（一）青少年",
    "1.课堂教学。每年培训60人。",
    "①教师",
    "②器材",
    "2.课外活动。牵头单位：县科协\u3000配合单位：县教育局",
    "（二）农民",
    "第二行",
    *LINES,
    "任务\t目标\t单位",
    "建设示范点\t建成3个\t县科协、县教育局",
    "培训辅导员\t培训60人\t县科协、县教育局",
    "保留见正文可见",
    "三、保障",
    "一、附则",
]


def sample():
    """A Word file with every trait that the reader knows."""
    document = docx_lines("松岭县全民科学素质行动实施方案")
    document.sections[0].header.paragraphs[0].text = "页眉"
    add_list(document, 71, RANKS)
    add_list(document, 72, RANKS, same_as=71, restarts=[(0, 1)])
    for depth, text in [(0, "总体要求"), (1, "指导思想"), (1, "目标"), (0, "重点任务"), (1, "青少年"), (2, "课堂教学。每年培训60人。"), (3, "教师"), (3, "器材"), (2, "课外活动。牵头单位：县科协\t配合单位：县教育局"), (1, "农民\n第二行")]:  # fmt: skip
        numbered(document, 71, depth, text)
    docx_task_table(document)
    document.add_paragraph("")
    table = document.add_table(rows=3, cols=3)
    for row, texts in enumerate(
        [["任务", "目标", "单位"], ["建设示范点", "建成3个", "县科协\n县教育局"], ["培训辅导员", "培训60人", ""]]
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 2).merge(table.cell(2, 2))
    paragraph = document.add_paragraph("保留")
    for xml in (
        '<w:del {} w:id="1" w:author="a"><w:r><w:delText>删去</w:delText></w:r></w:del>',
        "<w:r {}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>",
        '<w:hyperlink {} w:anchor="x"><w:r><w:t>见正文</w:t></w:r></w:hyperlink>',
        "<w:r {}><w:t>可见</w:t></w:r>",
    ):
        paragraph._p.append(parse_xml(xml.format(nsdecls("w"))))
    numbered(document, 71, 0, "保障")
    numbered(document, 72, 0, "附则")
    return saved(document)


def styled():
    """A Word file whose labels come from heading styles."""
    document = Document()
    add_list(document, 71, RANKS[:2])
    for depth in (0, 1):
        document.styles[f"Heading {depth + 1}"].element.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="71"/></w:numPr>')
        )
    for depth, text in [(1, "总体要求"), (2, "指导思想"), (2, "目标"), (1, "任务")]:
        document.add_heading(text, depth)
        document.add_paragraph("正文。")
    return saved(document)


def lines(data, name):
    decoded = decode(data, name=name)
    return [line for line in decoded.text.split("\n") if line], decoded.kind, decoded.warnings


@pytest.mark.parametrize("name", ["方案.doc", "方案.wps"])
def test_an_old_word_file_reads_like_the_new_one_that_it_was_saved_from(name):
    assert lines(sample(), "a.docx") == (EXPECTED, "docx", ())
    assert lines((OLD / "plan.doc").read_bytes(), name) == (EXPECTED, "doc", ())


def test_labels_from_styles():
    expected = ["一、总体要求", "正文。", "（一）指导思想", "正文。", "（二）目标", "正文。", "二、任务", "正文。"]
    assert lines(styled(), "a.docx")[0] == expected
    assert lines((OLD / "styled.doc").read_bytes(), "a.doc")[0] == expected


def damaged(change):
    data = bytearray((OLD / "plan.doc").read_bytes())
    at = data.find(b"\xec\xa5")  # the document's stream begins with its mark
    change(data, at)
    return bytes(data)


def test_a_locked_or_damaged_file_is_told():
    def lock(data, at):
        data[at + 0x0B] |= 1

    def unmark(data, at):
        data[at] = 0

    def lose_pieces(data, at):
        struct.pack_into("<2I", data, at + 0x9A + 8 * 33, 1 << 30, 5)

    for change, code in ((lock, "encrypted"), (unmark, "malformed"), (lose_pieces, "malformed")):
        with pytest.raises(Unreadable) as refused:
            decode(damaged(change), name="a.doc")
        assert refused.value.code == code
