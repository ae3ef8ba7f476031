"""Papers of every kind with a given first and second page, made on the spot."""

import io
import zipfile

import docx
import openpyxl
from docx.enum.text import WD_BREAK
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from tests.engines.sheets.books import saved, xls_book


def word(first, second="", head=""):
    made = docx.Document()
    if head:
        made.sections[0].header.paragraphs[0].text = head
    for line in first.split("\n"):
        made.add_paragraph(line)
    made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    made.add_paragraph(second)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def word_box(text):
    """The mark inside a text box, as templates of offices place it."""
    data = word("正文")
    box = f'<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/document.xml":
                part = part.replace(b"</w:p>", box.encode() + b"</w:p>", 1)
            new.writestr(name, part)
    return out.getvalue()


def pdf(first, second="", password=None):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=password)
    for page in (first, second):
        canvas.setFont("STSong-Light", 16)
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(80, 780 - 30 * number, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def excel(first, second=""):
    made = openpyxl.Workbook()
    for line in first.split("\n"):
        made.active.append([line])
    made.create_sheet("二").append([second])
    return saved(made)


def excel_97(first, second=""):
    return xls_book("表", [(number, 0, line, "@") for number, line in enumerate(first.split("\n"))])


def ofd(first, second=""):
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "OFD.xml",
            f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )
        archive.writestr(
            "Doc_0/Document.xml",
            f'<ofd:Document {space}><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/><ofd:Page ID="2" BaseLoc="Pages/Page_1/Content.xml"/></ofd:Pages></ofd:Document>',
        )
        for number, page in enumerate((first, second)):
            texts = "".join(
                f'<ofd:TextObject ID="{n}"><ofd:TextCode X="0" Y="0">{line}</ofd:TextCode></ofd:TextObject>'
                for n, line in enumerate(page.split("\n"))
            )
            archive.writestr(
                f"Doc_0/Pages/Page_{number}/Content.xml",
                f"<ofd:Page {space}><ofd:Content><ofd:Layer>{texts}</ofd:Layer></ofd:Content></ofd:Page>",
            )
    return out.getvalue()


def plain(first, second="", encoding="utf-8"):
    return (first + "\n" + "正文。" * 600 + "\n" + second).encode(encoding)


MAKERS = {"docx": word, "pdf": pdf, "xlsx": excel, "xls": excel_97, "ofd": ofd, "txt": plain}
