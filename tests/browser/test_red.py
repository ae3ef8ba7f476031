"""Each measurement sees a planted defect; a check that cannot fail proves nothing."""

import pytest

from tests.browser import measure
from tests.browser.test_pages import violations

PLANTED = [
    ("a field without a label", "<input type='text'>", lambda page: violations(page)),
    ("grey on grey", "<p id='pale'>看不清的字</p>", lambda page: violations(page)),
    (
        "a picture without words",
        "<img src='/static/foundation/mark.svg' width='30' height='30'>",
        lambda page: violations(page),
    ),
    ("small print", "<p id='small'>小字</p>", lambda page: page.evaluate(measure.SMALL_TEXT, 18)),
    ("tight lines", "<p id='tight'>行距太小</p>", lambda page: page.evaluate(measure.TIGHT_LINES, 1.5)),
    ("a tiny button", "<button id='tiny'>✓</button>", lambda page: page.evaluate(measure.SMALL_TARGETS, 44)),
    ("a wide table", "<div id='wide'>宽</div>", lambda page: page.evaluate(measure.SIDEWAYS)),
    ("a long line", "<p id='long'>" + "一行字太长就不好读" * 8 + "</p>", lambda page: page.evaluate(measure.BAD_LINES)),
    ("a floating window", "<div id='float'>咨询</div>", lambda page: page.evaluate(measure.ELDER_LAYOUT)),
    (
        "colour alone",
        "<span class='chip chip-bad'>&nbsp;<i>．</i></span>",
        lambda page: page.evaluate(measure.WORDLESS_CHIPS),
    ),
    ("a machine's word", "<p>Error 500</p>", lambda page: page.evaluate(measure.FOREIGN_WORDS)),
    ("an English sentence", "<p>This field is required.</p>", lambda page: page.evaluate(measure.FOREIGN_WORDS)),
]
STYLE = """
#pale { color: #aaa !important; background: #bbb !important }
#small { font-size: 12px !important } #tight { line-height: 1.1 !important }
#tiny { min-height: 0 !important; min-width: 0; padding: 0; font-size: 12px; width: 14px; height: 14px }
#wide { width: 3000px !important; max-width: none !important } #long { max-width: none !important; font-size: 14px !important }
#float { position: fixed; right: 0; bottom: 0 }
"""


@pytest.mark.parametrize(("name", "html", "finds"), PLANTED, ids=[name for name, _, _ in PLANTED])
def test_a_planted_defect_is_seen(visit, name, html, finds):
    seen = visit(bypass_csp=True)  # the planted style is inline, which the product's own policy would refuse
    seen.go("/contact/")
    page = seen.page
    before = finds(page)
    page.add_style_tag(content=STYLE)
    page.evaluate("(html) => document.querySelector('main .wrap').insertAdjacentHTML('beforeend', html)", html)
    assert len(finds(page)) > len(before), name


def test_another_host_is_seen(visit):
    seen = visit(bypass_csp=True)
    seen.go("/")
    seen.page.evaluate(
        "() => { const i = new Image(); i.src = 'https://pictures.example/x.png'; document.body.append(i); }"
    )
    seen.page.wait_for_timeout(200)
    assert seen.outside == ["https://pictures.example/x.png"]


def test_an_inline_script_is_refused_and_seen(visit):
    seen = visit()
    seen.go("/")
    seen.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); }"
    )
    assert seen.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in seen.complaints)
