"""The corpus as an office would send it: the same plan as Word, PDF and OFD gives the ledger that its text gives."""

import io
from pathlib import Path

import pytest
from reportlab.pdfgen import canvas
from tests.engines.plandoc.files import docx_lines, ofd, ofd_text, saved

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.decode import decode

DOCUMENTS = Path(__file__).parent / "documents"
WIDTH, HEIGHT = 36, 40  # characters of a line, lines of a page
PROSE = (
    "01_scraped_page",
    "07_skipped_ranks",
    "09_opinion",
    "10_standing_units",
    "11_goals_heavy",
    "22_units_second",
)


def text_of(name):
    return (DOCUMENTS / f"{name}.txt").read_text(encoding="utf-8").replace("\f", "")


def printed(text):
    """Lines as they are set on paper: filled to the width, numbers whole, a paragraph's indent kept, blank lines gone."""
    lines = []
    for line in text.split("\n"):
        rest = line.rstrip()
        while rest:
            end = WIDTH
            while rest[end - 1 : end].isascii() and rest[end : end + 1].isascii() and rest[end : end + 1] and end > 1:
                end -= 1
            lines.append(rest[:end])
            rest = rest[end:]
    return lines


def as_docx(text):
    return saved(docx_lines(*text.split("\n")))


def as_pdf(text):
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    lines = printed(text)
    for at in range(0, len(lines), HEIGHT):
        page.setFont("STSong-Light", 12)
        for row, line in enumerate(lines[at : at + HEIGHT]):
            page.drawString(60, 790 - 18 * row, line)
        page.drawCentredString(300, 30, f"— {at // HEIGHT + 1} —")
        page.showPage()
    page.save()
    return stream.getvalue()


def as_ofd(text):
    lines = [line.replace("&", "&amp;").replace("<", "&lt;") for line in printed(text)]
    return ofd(
        *(
            "".join(
                ofd_text(20, 20 + 6.5 * row, line, size=4.2, deltas=False)
                for row, line in enumerate(lines[at : at + HEIGHT])
            )
            for at in range(0, len(lines), HEIGHT)
        )
    )


def gist(text):
    ledger = read_plan(text).contract()
    return {
        "title": ledger["document"]["title"],
        "sections": [(section["path"], section["title"]) for section in ledger["sections"]],
        "units": [(task["path"], [(unit["name"], unit["role"]) for unit in task["units"]]) for task in ledger["tasks"]],
        "targets": [(target["value"], target["unit"], target["task"]) for target in ledger["targets"]],
    }


@pytest.mark.parametrize("name", PROSE)
def test_a_word_file_gives_the_very_ledger_of_its_text(name):
    text = text_of(name)
    assert read_plan(decode(as_docx(text), name="a.docx").text).contract() == read_plan(text).contract()


@pytest.mark.parametrize("name", PROSE)
@pytest.mark.parametrize(("build", "kind"), [(as_pdf, "pdf"), (as_ofd, "ofd")])
def test_printed_pages_give_the_ledger_of_their_text(name, build, kind):
    text = text_of(name)
    assert gist(decode(build(text), name=f"a.{kind}").text) == gist(text)


@pytest.mark.parametrize("name", ["05_aligned_table", "14_long_pdf_annex", "21_aligned_no_groups", "b19_pdf_aligned"])
def test_a_table_set_with_blanks_survives_a_font_whose_blanks_are_narrow(name):
    text = (DOCUMENTS / f"{name}.txt").read_text(encoding="utf-8")
    stream = io.BytesIO()
    paper = canvas.Canvas(stream, pagesize=(1200, 842))
    for page in text.split("\f"):
        paper.setFont("STSong-Light", 10)
        for row, line in enumerate(page.split("\n")):
            paper.drawString(40, 800 - 12 * row, line)
        paper.showPage()
    paper.save()
    assert gist(decode(stream.getvalue(), name="plan.pdf").text) == gist(text)
