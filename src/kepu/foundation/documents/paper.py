"""The sheet of paper: page, styles, page numbers, and paragraphs in those styles."""

import io
import re
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from kepu.foundation import clock
from kepu.foundation.spreadsheets.cells import clean

SONG, XIAOBIAOSONG, FANGSONG, KAI, HEI = "宋体", "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"
# What a machine without the named font shows instead.
_ALTERNATIVES = {XIAOBIAOSONG: SONG, FANGSONG: "仿宋", KAI: "楷体", HEI: "SimHei", SONG: "SimSun"}
LATIN = "Times New Roman"

CLOSER = -5  # signs closer by 0.25 pt, in twentieths of a point
TITLE_SIGNS = {False: 20, True: 28}  # of 22 pt in a line of 156 mm, and of 225 mm on a page that lies across
_CLOSING = "，。、；：！？）》」』”’〕】…"
_OPENING = "（《「『“‘〔【"


@dataclass(frozen=True)
class Style:
    name: str
    font: str
    points: float
    align: str = "both"  # both, left, center, right
    indent: float = 0  # first line, in signs
    line: float = 28.95  # fixed, in points; 0 leaves it to the text
    closer: int = 0


STYLES = {
    style.name: style
    for style in (
        Style("公文标题", XIAOBIAOSONG, 22, align="center"),
        Style("公文正文", FANGSONG, 16, indent=2, closer=CLOSER),
        Style("公文一级", HEI, 16, indent=2, closer=CLOSER),
        Style("公文二级", KAI, 16, indent=2, closer=CLOSER),
        Style("公文顶格", FANGSONG, 16, closer=CLOSER),
        Style("公文落款", FANGSONG, 16, align="right", closer=CLOSER),
        Style("公文附件", HEI, 16, align="left"),
        Style("公文页码", SONG, 14, align="right", line=0),
        Style("表头", HEI, 10.5, align="center", line=0),
        Style("表文", FANGSONG, 10.5, align="left", line=0),
        Style("表数", FANGSONG, 10.5, align="center", line=0),
        Style("表注", FANGSONG, 12, align="left", line=0),
    )
}


def blank(title: str, *, landscape: bool = False) -> Any:
    """An empty paper of one section with styles, page numbers and properties."""
    paper = docx.Document()
    _styles(paper)
    _fonts(paper)
    _page(paper.sections[0], landscape=landscape)
    _numbers(paper)
    properties = paper.core_properties
    properties.title, properties.author, properties.comments = clean(title), "", ""
    properties.created = properties.modified = clock.now()
    return paper


def paragraph(style: str, text: str, settings: str = "") -> str:
    """A paragraph as XML; line breaks in the text become breaks of the line. `settings` are further w:pPr elements."""
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in clean(text).split("\n"))
    return f'<w:p><w:pPr><w:pStyle w:val="{_style_id(style)}"/>{settings}</w:pPr><w:r>{runs}</w:r></w:p>'


def append(paper: Any, xml: str) -> None:
    """Put an element before the section's settings, which close the body."""
    begin, rest = re.match(r"(<w:\w+)(.*)", xml, re.S).groups()  # type: ignore[union-attr]
    paper.element.body.sectPr.addprevious(parse_xml(f"{begin} {nsdecls('w')}{rest}"))


def saved(paper: Any) -> bytes:
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def title_lines(title: str, *, landscape: bool = False) -> list[str]:
    """A title broken at words into lines of like length, the longer above (GB/T 9704-2012, 7.3.1: whole words, a trapezium).

    A break that the caller wrote stands.
    """
    lines = []
    for part in clean(title).split("\n"):
        pieces = _words(part)
        left = -(-len(part) // TITLE_SIGNS[landscape])
        while left > 1:
            goal = -(-sum(map(len, pieces)) // left)
            line = ""
            while pieces and (not line or (len(line) < goal and len(line + pieces[0]) <= TITLE_SIGNS[landscape])):
                line += pieces.pop(0)
            lines.append(line)
            left -= 1
        lines.append("".join(pieces))
    return [line for line in lines if line]


def _words(text: str) -> list[str]:
    """The text in pieces that may stand at a line's end: words, each with the brackets and points that belong to it."""
    import rjieba  # its dictionary is loaded only where a title has to be broken

    pieces: list[str] = []
    for word in rjieba.cut(text):
        if pieces and (word[0] in _CLOSING or pieces[-1][-1] in _OPENING):
            pieces[-1] += word
        else:
            pieces.append(word)
    return pieces


def _page(section: Any, *, landscape: bool) -> None:
    """Margins 37, 28, 26, 35 mm; a page that lies across is the same sheet turned, its head at the binding."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, left, right, bottom = Mm(37), Mm(28), Mm(26), Mm(35)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        top, left, right, bottom = left, bottom, top, right
    section.top_margin, section.left_margin, section.right_margin, section.bottom_margin = top, left, right, bottom
    # The number stands 7 mm below the text; its own line is about 5 mm high.
    section.footer_distance = bottom - Mm(12)
    section.gutter = section.header_distance = 0
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)


def _numbers(paper: Any) -> None:
    """「— 1 —」 outside: odd pages right, even pages left, one sign in."""
    paper.settings.odd_and_even_pages_header_footer = True
    section = paper.sections[0]
    for footer, side, margin in ((section.footer, "right", "right"), (section.even_page_footer, "left", "left")):
        footer.is_linked_to_previous = False
        for old in list(footer._element):
            footer._element.remove(old)
        footer._element.append(
            parse_xml(
                f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{_style_id("公文页码")}"/>'
                f'<w:ind w:{margin}="280" w:firstLine="0"/><w:jc w:val="{side}"/></w:pPr><w:r><w:t xml:space="preserve">— </w:t></w:r>'
                '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
                '<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p>'
            )
        )


def _styles(paper: Any) -> None:
    """Only our own styles: those that come with the library have theme fonts and coloured headings."""
    styles = paper.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:default")) != "1":
            styles.remove(style)
    for latent in styles.findall(qn("w:latentStyles")):
        styles.remove(latent)
    for default in styles.findall(qn("w:docDefaults")):
        styles.remove(default)
    styles.insert(0, _defaults())
    for style in styles.findall(qn("w:style")):
        for name in ("w:rPr", "w:pPr"):
            for old in style.findall(qn(name)):
                style.remove(old)
        if style.get(qn("w:type")) == "paragraph":
            style.append(
                parse_xml(f"<w:pPr {nsdecls('w')}><w:widowControl w:val='0'/><w:snapToGrid w:val='0'/></w:pPr>")
            )
        if style.get(qn("w:type")) != "numbering":
            run = parse_xml(f"<w:rPr {nsdecls('w')}>{_run(FANGSONG, 16, 0)}</w:rPr>")
            below = style.find(qn("w:tblPr"))  # the order is fixed: run settings before those of tables
            style.append(run) if below is None else below.addprevious(run)
    for style in STYLES.values():
        styles.append(parse_xml(_style(style)))


def _defaults() -> Any:
    run, zero = _run(FANGSONG, 16, 0), '<w:spacing w:before="0" w:after="0"/>'
    return parse_xml(
        f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>{run}</w:rPr></w:rPrDefault>"
        f"<w:pPrDefault><w:pPr>{zero}</w:pPr></w:pPrDefault></w:docDefaults>"
    )


def _style(style: Style) -> str:
    line = f' w:line="{round(style.line * 20)}" w:lineRule="exact"' if style.line else ""
    indent = f'<w:ind w:firstLineChars="{round(style.indent * 100)}" w:firstLine="{round(style.indent * style.points * 20)}"/>'
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{_style_id(style.name)}">'
        f'<w:name w:val="{style.name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
        f'<w:pPr><w:widowControl w:val="0"/><w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0"{line}/>'
        f'{indent if style.indent else ""}<w:jc w:val="{style.align}"/></w:pPr>'
        f"<w:rPr>{_run(style.font, style.points, style.closer)}</w:rPr></w:style>"
    )


def _run(font: str, points: float, closer: int) -> str:
    """Run settings: fonts for both scripts, spacing, size, and the language that makes a program choose Chinese forms."""
    size = round(points * 2)
    spacing = f'<w:spacing w:val="{closer}"/>' if closer else ""
    return (
        f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{font}" w:cs="{LATIN}" w:hint="eastAsia"/>'
        f'<w:color w:val="000000"/>{spacing}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    )


def _fonts(paper: Any) -> None:
    """The table of fonts, with what to show where one is missing."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in _ALTERNATIVES.items()
    )
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    for relation in paper.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            relation.target_part._blob = xml.encode()


def _style_id(name: str) -> str:
    return f"kepu{list(STYLES).index(name)}"
