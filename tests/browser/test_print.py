"""U7: the ledger on paper lies across, says its day, and counts its pages."""

from io import BytesIO
from unicodedata import normalize

import pytest
from pypdf import PdfReader


@pytest.mark.parametrize("path", ["/desk/ledger/", "/desk/ledger/units/{unit}/"])
def test_the_ledger_prints_across_with_its_day_and_page_numbers(visit, site, path):
    desk = visit("clerk")
    desk.go(path.format(unit=site.made["organisation"].pk))
    pages = PdfReader(BytesIO(desk.page.pdf(prefer_css_page_size=True))).pages
    assert all(page.mediabox.width > page.mediabox.height for page in pages)
    # fonts give some signs back as their look-alikes among radicals and operators
    texts = [normalize("NFKC", page.extract_text()).replace("∕", "/") for page in pages]
    assert "截至" in texts[0]
    assert [text.startswith(f"{number}/{len(pages)}\n") for number, text in enumerate(texts, start=1)] == [True] * len(
        pages
    )
    assert not any("任务" not in text for text in texts)  # a page that holds nothing of the table is one too many
