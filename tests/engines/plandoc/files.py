"""Office files for the readers' tests, built as the programs that clerks use would write them. All texts are made up."""

import io
import zipfile

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
SONG = ParagraphStyle("song", fontName="STSong-Light", fontSize=12, leading=20, wordWrap="CJK", firstLineIndent=24)
CELL = ParagraphStyle("cell", fontName="STSong-Light", fontSize=10, leading=14, wordWrap="CJK")

HEADING = ["序号", "工作任务", "年度目标", "牵头单位", "配合单位", "完成时限"]
ROWS = [
    ["（一）青少年科学素质提升"],
    ["1", "开展科学教师培训，每校选派骨干教师一名参加", "培训120人次", "县教育局", "县科协、科技局", "11月底前"],
    ["2", "举办县青少年科技创新大赛", "参赛作品不少于80件", "县科协", "县教育局，团县委", "6月"],
    ["（二）农民科学素质提升"],
    ["3", "培育高素质农民", "培育300人，其中女性90人", "县农业农村局", "县妇联等", "全年"],
]
LINES = ["\t".join(row) for row in [HEADING, *ROWS]]


# Word


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def add_list(document, number, levels, *, same_as=None, restarts=()):
    """A list of (form, text) levels as Word stores it; `same_as` makes a second list over the definition of another."""
    root = document.part.numbering_part.element
    if same_as is None:
        inner = "".join(
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for depth, (form, text) in enumerate(levels)
        )
        root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{inner}</w:abstractNum>'))
    starts = "".join(
        f'<w:lvlOverride w:ilvl="{depth}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
        for depth, start in restarts
    )
    root.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{same_as or number}"/>{starts}</w:num>'
        )
    )


def numbered(document, number, depth, text):
    paragraph = document.add_paragraph(text)
    properties = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(properties))
    return paragraph


def docx_lines(*lines):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    return document


def docx_task_table(document):
    table = document.add_table(rows=0, cols=len(HEADING))
    for row in [HEADING, *ROWS]:
        cells = table.add_row().cells
        if len(row) == 1:
            cells[0].merge(cells[-1]).text = row[0]
        else:
            for cell, text in zip(cells, row, strict=True):
                cell.text = text
    return table


# PDF


def pdf(story, *, size=A4, head="", **options):
    stream = io.BytesIO()

    def furniture(canvas, template):
        canvas.setFont("STSong-Light", 9)
        canvas.drawCentredString(size[0] / 2, size[1] - 1.2 * cm, head)
        canvas.drawCentredString(size[0] / 2, 1.2 * cm, f"— {template.page} —")

    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 2.2 * cm)
    template = SimpleDocTemplate(stream, pagesize=size, **margins, **options)
    template.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return stream.getvalue()


def song(*texts):
    return [Paragraph(text, SONG) for text in texts]


def ruled_table(rows, *, width=25 * cm, repeat=1):
    count = len(HEADING)
    table = Table(
        [[Paragraph(text, CELL) for text in row] + [""] * (count - len(row)) for row in rows],
        colWidths=[width * share for share in (0.06, 0.3, 0.2, 0.14, 0.2, 0.1)],
        repeatRows=repeat,
        splitInRow=1,
    )
    spans = [("SPAN", (0, at), (-1, at)) for at, row in enumerate(rows) if len(row) == 1]
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), *spans]))
    return table


LANDSCAPE = landscape(A4)
SPACE = Spacer(1, 20)


# OFD

OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def ofd_text(x, y, text, *, size=5.0, deltas=True):
    steps = f' DeltaX="{" ".join([str(size)] * (len(text) - 1))}"' if deltas and len(text) > 1 else ""
    return (
        f'<ofd:TextObject ID="1" Boundary="{x} {y} 180 {size * 1.3}" Font="2" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{size}"{steps}>{text}</ofd:TextCode></ofd:TextObject>'
    )


def ofd_stroke(x0, y0, x1, y1):
    return (
        f'<ofd:PathObject ID="1" Boundary="{x0} {y0} {max(x1 - x0, 0.1)} {max(y1 - y0, 0.1)}">'
        f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def ofd(*pages):
    """An OFD document; each page is the content of its layer."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "OFD.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {OFD} Version="1.0" DocType="OFD"><ofd:DocBody>'
            "<ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )
        names = "".join(f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in range(len(pages)))
        archive.writestr("Doc_0/Document.xml", f"<ofd:Document {OFD}><ofd:Pages>{names}</ofd:Pages></ofd:Document>")
        for at, content in enumerate(pages):
            archive.writestr(
                f"Doc_0/Pages/Page_{at}/Content.xml",
                f"<ofd:Page {OFD}><ofd:Content><ofd:Layer ID='9'>{content}</ofd:Layer></ofd:Content></ofd:Page>",
            )
    return stream.getvalue()
