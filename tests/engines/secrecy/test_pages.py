import pytest

from kepu.engines.sandbox import Reason, Rejected, sniff
from kepu.engines.secrecy import find_mark, first_page

from . import papers

PAGE = "机密★5年\n关于某项工作的报告\n正文第一段。"


def marked(data, name):
    return find_mark(first_page(data, sniff(data, name).name))


@pytest.mark.parametrize("kind", sorted(papers.MAKERS))
def test_a_mark_on_the_first_page_is_found_in_every_kind(kind):
    assert marked(papers.MAKERS[kind](PAGE), f"a.{kind}")


@pytest.mark.parametrize("kind", sorted(papers.MAKERS))
def test_a_mark_further_back_is_not_looked_for(kind):
    data = papers.MAKERS[kind]("关于保守国家秘密工作的报告\n正文第一段。", "机密★5年")
    assert not marked(data, f"a.{kind}")


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-8-sig"])
def test_text_in_every_encoding(encoding):
    assert marked(papers.plain(PAGE, encoding=encoding), "a.txt")


def test_a_mark_in_the_head_or_a_box_of_a_word_page_is_found():
    assert marked(papers.word("正文", head="机密★5年"), "a.docx")
    assert marked(papers.word_box("秘 密 ★ 1年"), "a.docx")


def test_a_web_page_is_read_without_its_scripts():
    page = "<!doctype html><html><head><title>x</title></head><body><script>'机密★5年'</script><p>{}</p></body></html>"
    assert not marked(page.format("正文").encode(), "a.html")
    assert marked(page.format("机密★5年").encode(), "a.html")


def test_pictures_have_no_text():
    assert first_page(b"\x89PNG\r\n\x1a\n", "png") == ""


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (papers.pdf("甲", password="x"), "pdf", Reason.ENCRYPTED),
        (b"%PDF-1.7 broken", "pdf", Reason.MALFORMED),
        (b"PK\x03\x04", "docx", Reason.MALFORMED),
    ],
)
def test_what_cannot_be_read_is_refused(data, kind, reason):
    with pytest.raises(Rejected) as caught:
        first_page(data, kind)
    assert caught.value.reason is reason
