import io

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas
from reportlab.platypus import PageBreak
from tests.engines.plandoc.files import (
    HEADING,
    LANDSCAPE,
    LINES,
    ROWS,
    SPACE,
    ofd,
    ofd_stroke,
    ofd_text,
    pdf,
    ruled_table,
    song,
)

from kepu.engines.plandoc.decode import Unreadable, decode
from kepu.engines.plandoc.readers.ocr import is_installed
from kepu.engines.sandbox import Limits

TEXT = "（一）青少年科学素质提升行动。到2025年，建成科技特色学校12所，每年开展科普进校园活动不少于30场次，培训科技辅导员60名。（牵头单位：县教育局；配合单位：县科协）"


def pages(data, name="a.pdf", **options):
    decoded = decode(data, name=name, **options)
    assert decoded.warnings == ()
    return [[line for line in page.split("\n") if line.strip()] for page in decoded.text.rstrip("\n").split("\f")]


def code(data, name="a.pdf", **options):
    with pytest.raises(Unreadable) as refused:
        decode(data, name=name, **options)
    return refused.value.code


def test_lines_of_text_keep_their_breaks_and_indents():
    (page,) = pages(pdf(song("一、重点任务", TEXT), head="松岭县实施方案"))
    assert page[0].strip() == "松岭县实施方案"
    assert page[-1].strip() == "— 1 —"
    body = page[1:-1]
    assert body[0] == "    一、重点任务"
    assert body[1].startswith("    （一）青少年")
    assert not body[2].startswith(" ")
    assert "".join(line.strip() for line in body[1:]) == TEXT


def test_each_page_ends_with_a_form_feed():
    story = [*song("一、总体要求"), PageBreak(), *song("二、任务"), PageBreak(), *song("三、保障")]
    read = pages(pdf(story, head="松岭县实施方案"))
    assert [page[1].strip() for page in read] == ["一、总体要求", "二、任务", "三、保障"]


def test_a_ruled_table_becomes_tab_lines_between_the_text():
    story = [*song("二、任务分解表"), SPACE, ruled_table([HEADING, *ROWS]), SPACE, *song("三、要求")]
    (page,) = pages(pdf(story, size=LANDSCAPE))
    assert [line.strip() for line in page] == ["二、任务分解表", *LINES, "三、要求", "— 1 —"]


def test_a_table_over_several_pages_has_one_heading_and_whole_rows():
    rows = [
        [str(number), f"第{number}项任务" * 12, f"建成{number}个" * 9, "县科协", "县教育局、县妇联", "全年"]
        for number in range(1, 30)
    ]
    read = pages(pdf([ruled_table([HEADING, *rows])], size=LANDSCAPE, head="松岭县实施方案"))
    assert len(read) > 1
    body = [line for page in read for line in page if "\t" in line]
    assert body == ["\t".join(row) for row in [HEADING, *rows]]
    assert [page[0].strip() for page in read] == ["松岭县实施方案"] * len(read)


def lying(angle):
    """A page whose content is drawn on its side and turned upright by /Rotate, as scanners and printers of tables do."""
    stream = io.BytesIO()
    width, height = LANDSCAPE
    page = canvas.Canvas(stream, pagesize={90: (height, width), 180: (width, height), 270: (height, width)}[angle])
    page.setPageRotation(angle)
    page.saveState()
    {
        90: lambda: page.translate(height, 0),
        180: lambda: page.translate(width, height),
        270: lambda: page.translate(0, width),
    }[angle]()
    page.rotate({90: 90, 180: 180, 270: -90}[angle])
    page.setFont("STSong-Light", 12)
    page.drawString(80, height - 60, "附件 任务分解表")
    ruled = ruled_table([HEADING, *ROWS], width=640)
    _, tall = ruled.wrap(width, height)
    ruled.drawOn(page, 80, height - 100 - tall)
    page.restoreState()
    page.showPage()
    page.save()
    return stream.getvalue()


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_pages_are_read_upright(angle):
    assert pages(lying(angle)) == [["附件 任务分解表", *LINES]]


def drawn(*strings, size=(595, 842), font=12):
    stream = io.BytesIO()
    page = canvas.Canvas(stream, pagesize=size)
    page.setFont("STSong-Light", font)
    for x, y, text in strings:
        page.drawString(x, size[1] - y, text)
    page.showPage()
    page.save()
    return stream.getvalue()


def test_columns_without_rules_stay_aligned():
    strings = [
        (60, 100, "序号"),
        (120, 100, "任务"),
        (300, 100, "牵头单位"),
        (60, 120, "1"),
        (120, 120, "建成县科技馆"),
        (300, 120, "县科协"),
        (120, 136, "并免费开放"),
    ]
    (page,) = pages(drawn(*strings))
    assert page == [
        "序号      任务                          牵头单位",
        "1         建成县科技馆                  县科协",
        "          并免费开放",
    ]


def test_the_order_of_drawing_does_not_matter():
    (page,) = pages(drawn((300, 120, "右"), (60, 140, "下"), (60, 120.5, "左")))
    assert [line.split() for line in page] == [["左", "右"], ["下"]]


def test_fonts_sizes_and_matrices_on_one_base_line():
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    line = page.beginText(60, 700)
    for font, size, words in (
        ("STSong-Light", 12, "到"),
        ("Courier", 12, "2025"),
        ("STSong-Light", 12, "年，建成"),
        ("Helvetica", 12, "3"),
    ):
        line.setFont(font, size)
        line.textOut(words)
    line.setFont("STSong-Light", 1)
    line.setTextTransform(12, 0, 0, 12, line.getX(), 700)
    line.textOut("个，")
    line.setFont("STSong-Light", 0.6)
    line.textOut("（小字）")
    page.drawText(line)
    page.save()
    assert pages(stream.getvalue()) == [["到2025年，建成3个，（小字）"]]


def picture_page(page):
    from reportlab.lib.utils import ImageReader

    page.drawImage(ImageReader(Image.new("RGB", (300, 400), "white")), 0, 0, 595, 842)
    page.showPage()


def scan(*texts):
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    for text in texts:
        if text:
            page.setFont("STSong-Light", 12)
            for at in range(40):
                page.drawString(60, 800 - 18 * at, text)
            page.showPage()
        else:
            picture_page(page)
    page.save()
    return stream.getvalue()


def test_a_scan_is_told_from_an_empty_page():
    assert code(scan("", "")) == "scan"
    assert code(scan("", "", "", "县")) == "scan"
    assert code(drawn()) == "empty"


def test_a_scanned_appendix_is_a_warning():
    decoded = decode(scan("一、加强组织领导，落实责任。", "一、加强", ""), name="a.pdf")
    assert decoded.warnings == ("pages_without_text",)


def test_recognition_reads_a_scan_or_names_what_to_install():
    image = decode_page(pdf(song("一、重点任务", "到2025年，建成科技特色学校12所。")))
    for kind, name in (("PDF", "a.pdf"), ("PNG", "a.png")):
        stream = io.BytesIO()
        image.save(stream, kind, **({"resolution": 200} if kind == "PDF" else {}))
        if is_installed():
            decoded = decode(stream.getvalue(), name=name, ocr=True)
            assert "到2025年，建成科技特色学校12所" in decoded.text
            assert decoded.warnings == ("recognised",)
        else:
            assert code(stream.getvalue(), name, ocr=True) == "no_ocr"
        assert code(stream.getvalue(), name) == {"PDF": "scan", "PNG": "picture"}[kind]


def decode_page(data):
    """The first page as a scanner would see it."""
    return pypdfium2.PdfDocument(data)[0].render(scale=200 / 72).to_pil().convert("L")


def test_locked_damaged_and_oversized_files_are_refused():
    good = pdf(song(TEXT))
    assert code(pdf(song(TEXT), encrypt=StandardEncryption("secret"))) == "encrypted"
    assert pages(pdf(song("一、任务"), encrypt=StandardEncryption("", "owner")))[0][0].strip() == "一、任务"
    assert code(b"%PDF-1.7\n%%EOF") == "malformed"
    assert code(pdf([*song("一"), PageBreak(), *song("二")]), limits=Limits(pages=1)) == "too_large"
    assert code(good, limits=Limits(input_bytes=100)) == "too_large"


def test_fonts_without_character_codes_are_called_garbled():
    assert code(drawn((60, 100, "\ue001\ue002\ue003县"))) == "garbled"


# OFD


def test_ofd_pages_in_order_and_lines_by_place():
    first = (
        ofd_text(30, 60, "一、重点任务")
        + ofd_text(60, 40, "松岭县科普实施方案", size=7)
        + ofd_text(30, 70, "到2025年建成3个", deltas=False)
    )
    assert pages(ofd(first, ofd_text(30, 40, "二、保障措施")), "a.ofd") == [
        ["            松岭县科普实施方案", "一、重点任务", "到2025年建成3个"],
        ["二、保障措施"],
    ]


def test_ofd_text_split_into_pieces_joins_on_its_line():
    pieces = ofd_text(30, 40, "建成") + ofd_text(45, 40.1, "个") + ofd_text(40, 40, "3") + ofd_text(50.5, 40, "示范点")
    assert pages(ofd(pieces), "a.ofd") == [["建成3 个示范点"]]


def test_ofd_steps_may_be_abbreviated_and_turned_by_a_matrix():
    text = (
        '<ofd:TextObject Boundary="30 40 100 10" Size="1" CTM="5 0 0 5 0 0">'
        '<ofd:TextCode X="0" Y="1" DeltaX="g 2 1 1.2">科普基地</ofd:TextCode></ofd:TextObject>'
    )
    assert pages(ofd(text + ofd_text(80, 40, "末")), "a.ofd") == [["科普基地            末"]]


def test_ofd_ruled_table():
    xs, ys = [20, 35, 90, 130], [50, 60, 70]
    strokes = [ofd_stroke(x, ys[0], x, ys[-1]) for x in xs] + [ofd_stroke(xs[0], y, xs[-1], y) for y in ys]
    texts = [
        (22, 52, "序号"),
        (40, 52, "任务"),
        (95, 52, "单位"),
        (22, 62, "1"),
        (40, 62, "建成示范点"),
        (95, 62, "县科协"),
    ]
    page = "".join([*strokes, *(ofd_text(x, y, text, size=4) for x, y, text in texts), ofd_text(20, 30, "任务分解表")])
    assert pages(ofd(page), "a.ofd") == [["任务分解表", "序号\t任务\t单位", "1\t建成示范点\t县科协"]]


def test_ofd_without_text_or_parts_is_refused():
    assert code(ofd('<ofd:ImageObject Boundary="0 0 210 297"/>'), "a.ofd") == "scan"
    assert code(ofd(""), "a.ofd") == "empty"
    assert code(ofd("<!DOCTYPE x>"), "a.ofd") == "malformed"
    assert code(ofd(ofd_text(1, 1, "甲"), ""), "a.ofd", limits=Limits(pages=1)) == "too_large"
