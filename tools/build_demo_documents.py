"""Makes the demo's plan files from the texts in tools/demo_documents, each in a form that offices really send.

The city's plan is a Word file whose labels Word itself generates, one county sends text, the other a PDF with running
head and page numbers, the yearly points are a spreadsheet. Run it after changing a text; the results are committed.
"""

import re
import sys
from pathlib import Path

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

TEXTS = Path(__file__).parent / "demo_documents"
TARGET = Path(__file__).parent.parent / "src" / "kepu" / "project" / "demo" / "documents"

LEVELS = [
    (re.compile(r"^[一二三四五六七八九十]+、"), "chineseCounting", "%1、"),
    (re.compile(r"^（[一二三四五六七八九十]+）"), "chineseCounting", "（%2）"),
    (re.compile(r"^\d+\. "), "decimal", "%3."),
]


def numbering(document) -> str:
    """Adds a three-level list as Word would and returns its id."""
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "90")
    for depth, (_, form, text) in enumerate(LEVELS):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), str(depth))
        for tag, value in (("w:start", "1"), ("w:numFmt", form), ("w:suff", "nothing"), ("w:lvlText", text)):
            element = OxmlElement(tag)
            element.set(qn("w:val"), value)
            level.append(element)
        abstract.append(level)
    root.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "90")
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), "90")
    number.append(link)
    root.append(number)
    return "90"


def write_docx(source: str, target: Path) -> None:
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "仿宋_GB2312", Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")
    list_id = numbering(document)
    for line in source.splitlines():
        if not line.strip():
            continue
        for depth, (label, _, _) in enumerate(LEVELS):
            match = label.match(line)
            if match:
                paragraph = document.add_paragraph(line[match.end() :])
                properties = paragraph._p.get_or_add_pPr()
                num = OxmlElement("w:numPr")
                for tag, value in (("w:ilvl", str(depth)), ("w:numId", list_id)):
                    element = OxmlElement(tag)
                    element.set(qn("w:val"), value)
                    num.append(element)
                properties.append(num)
                break
        else:
            document.add_paragraph(line)
    document.save(target)


def write_pdf(source: str, target: Path, head: str) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    page = canvas.Canvas(str(target), pagesize=A4, invariant=True)
    width, height = A4
    per_line, size, leading = 28, 16, 28.95
    lines: list[str] = []
    for paragraph in filter(str.strip, source.splitlines()):
        text = paragraph if re.match(r"^(石荷县|（2026)", paragraph) else "　　" + paragraph
        lines += [text[i : i + per_line] for i in range(0, len(text), per_line)]
    per_page = 22
    for number, start in enumerate(range(0, len(lines), per_page), start=1):
        page.setFont("STSong-Light", 10.5)
        page.drawCentredString(width / 2, height - 60, head)
        page.setFont("STSong-Light", size)
        for row, line in enumerate(lines[start : start + per_page]):
            page.drawString(74, height - 110 - row * leading, line)
        page.setFont("STSong-Light", 12)
        page.drawCentredString(width / 2, 50, f"— {number} —")
        page.showPage()
    page.save()


def write_xlsx(source: str, target: Path) -> None:
    book = Workbook()
    sheet = book.active
    title, *rows = [line.split("\t") for line in source.splitlines() if line.strip()]
    columns = len(rows[0])
    sheet.title = "任务分解表"
    sheet.append([title[0]])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)
    sheet["A1"].font = Font(name="方正小标宋简体", size=18)
    sheet["A1"].alignment = Alignment(horizontal="center")
    thin = Side(style="thin")
    for row in rows:
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
        if len(row) == 1:
            sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=columns)
        for cell in sheet[sheet.max_row]:
            cell.border = Border(thin, thin, thin, thin)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
    for column, wide in enumerate((6, 30, 26, 16, 32, 12), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = wide
    book.save(target)


def main() -> int:
    TARGET.mkdir(parents=True, exist_ok=True)

    def text(name: str) -> str:
        return (TEXTS / name).read_text(encoding="utf-8")

    (TARGET / "岚川省实施方案.txt").write_text(text("province.txt"), encoding="utf-8")
    (TARGET / "青棠县2026年工作要点.txt").write_text(text("county_points.txt"), encoding="utf-8")
    write_docx(text("city.txt"), TARGET / "云泽市实施方案.docx")
    (TARGET / "青棠县实施方案.txt").write_bytes(text("county_with_units.txt").encode("gb18030"))
    write_pdf(text("county_without_units.txt"), TARGET / "石荷县实施方案.pdf", "石荷县全民科学素质行动实施方案")
    write_xlsx(text("points.tsv"), TARGET / "云泽市2026年工作要点.xlsx")
    return 0


if __name__ == "__main__":
    sys.exit(main())
