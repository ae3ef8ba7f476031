"""What a person does with the keyboard, in elder mode, under forced colours, on a slow line."""

import re

import pytest

from tests.browser import measure

WIDTHS = (320, 360, 414, 768, 1024, 1440)


def tab_through(page, most=150):
    """Press Tab until the focus comes round; returns what was covered and how many stops there were."""
    stops, covered = [], []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(measure.COVERED)
        if at is None or at["key"] in stops:
            break
        stops.append(at["key"])
        if not at["seen"]:
            covered.append(at["what"])
    return covered, len(stops)


@pytest.mark.parametrize(("role", "path"), [(None, "/"), (None, "/styleguide/"), ("clerk", "/desk/")])
def test_focus_is_never_covered(visit, role, path):
    seen = visit(role, width=1024)
    seen.go(path)
    covered, stops = tab_through(seen.page)
    assert covered == []
    assert stops > 5


def test_elder_mode_is_one_tap_away_and_stays(visit):
    seen = visit(width=360)
    page = seen.page
    seen.go("/")
    page.get_by_role("link", name="长辈版").first.click()
    for path in ("/", "/site-map/", "/contact/", "/search/?q=长辈版", "/no/such/page/"):
        seen.go(path)
        assert page.get_attribute("html", "data-theme") == "elder", path
    seen.go("/search/?q=长辈版")
    assert page.locator(".results a").first.inner_text() == "长辈版"
    page.get_by_role("link", name="超大").click()
    page.wait_for_load_state()
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "30px"
    page.get_by_role("link", name="标准版").first.click()
    assert page.get_attribute("html", "data-theme") == "standard"


def test_elder_mode_outlives_sign_in(site, visit):
    from django.conf import settings

    seen = visit(theme="elder")
    seen.go("/")
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": site.cookies["clerk"], "url": site.url}
    seen.page.context.add_cookies([cookie])
    seen.go("/desk/")
    assert seen.page.get_attribute("html", "data-theme") == "elder"


def test_a_resident_gets_through_by_keyboard_alone(visit):
    """From the home page to a found page at 320 px without a pointer."""
    seen = visit(width=320)
    page = seen.page
    seen.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    while page.evaluate("document.activeElement.name") != "q":
        page.keyboard.press("Tab")
    page.keyboard.type("网站地图")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    while page.evaluate("document.activeElement.getAttribute('href')") != "/site-map/" or not page.evaluate(
        "Boolean(document.activeElement.closest('.results'))"
    ):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/site-map/")


def test_the_desk_by_keyboard(visit):
    """The slash key finds the search, Escape closes the menu and gives the focus back (U19)."""
    seen = visit("clerk")
    page = seen.page
    seen.go("/desk/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "desk-search"
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".menu[open]").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator(".menu[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_dialog_opens_and_gives_the_focus_back(visit):
    seen = visit()
    page = seen.page
    seen.go("/styleguide/")
    opener = page.locator("[data-dialog=keys]")
    opener.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    from tests.browser.test_pages import violations

    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("dialog:not([open])").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.dataset.dialog") == "keys"


@pytest.mark.parametrize("path", ["/", "/contact/", "/styleguide/", "/no/such/page/"])
def test_lines_break_as_chinese_typesetting_asks(visit, path):
    seen = visit()
    found = {}
    seen.go(path)
    assert seen.page.get_attribute("html", "lang") == "zh-CN"
    for width in WIDTHS:
        seen.page.set_viewport_size({"width": width, "height": 900})
        found[width] = seen.page.evaluate(measure.BAD_LINES)
    assert {width: lines for width, lines in found.items() if lines} == {}


def test_states_show_without_colour_and_nothing_moves_when_asked(visit):
    seen = visit(forced_colors="active", reduced_motion="reduce")
    seen.go("/styleguide/")
    page = seen.page
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert page.evaluate(measure.WORDLESS_CHIPS) == []
    shapes = page.eval_on_selector_all("#chips .chip path", "all => all.map((e) => e.getAttribute('d'))")
    assert len(set(shapes)) == len(shapes) == 5
    moving = "() => [...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).transitionDuration !== '0s').length"
    assert page.evaluate(moving) == 0
    current = "() => getComputedStyle(document.querySelector('.tabs [aria-current]')).outlineStyle"
    assert page.evaluate(current) == "solid"


def test_a_page_without_style_and_script_stays_readable(site, visit):
    seen = visit(java_script_enabled=False)
    seen.page.context.route(re.compile(r"\.css"), lambda route: route.abort())
    seen.go("/styleguide/")
    assert seen.page.locator("h1").is_visible()
    box = seen.page.locator("svg.icon").first.bounding_box()
    assert box["width"] <= 24  # icons have a size of their own, or they would fill the page


@pytest.mark.parametrize(
    ("role", "path", "most"), [(None, "/", 150_000), (None, "/styleguide/", 150_000), ("clerk", "/desk/", 200_000)]
)
def test_pages_stay_light(visit, role, path, most):
    """P1, measured uncompressed, so stricter than asked; the desk carries htmx and has its own, wider budget."""
    seen = visit(role)
    sizes, requests = [], []
    session = seen.page.context.new_cdp_session(seen.page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.on("Network.requestWillBeSent", lambda event: requests.append(event["request"]["url"]))
    seen.go(path)
    seen.page.wait_for_load_state("networkidle")
    assert sum(sizes) <= most
    assert len(requests) <= 25
    scripts = seen.page.evaluate(
        "performance.getEntriesByType('resource').filter((e) => e.initiatorType === 'script').reduce((n, e) => n + e.encodedBodySize, 0)"
    )
    assert scripts <= 60_000


def test_a_printed_ledger_is_a_paper(visit):
    """U7: A4 across, the head of the table on every page, nothing of the screen's furniture, no column cut off."""
    import io

    from pypdf import PdfReader

    seen = visit("clerk")
    seen.go("/desk/ledger/")
    more = "() => { const b = document.querySelector('.data-table tbody'); for (let i = 0; i < 60; i++) b.append(b.rows[1].cloneNode(true)); }"
    seen.page.evaluate(more)
    pages = PdfReader(io.BytesIO(seen.page.pdf(format="A4", prefer_css_page_size=True))).pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) >= 3
    assert (round(float(pages[0].mediabox.width)), round(float(pages[0].mediabox.height))) == (842, 595)
    with_rows = [text for text in texts if "办好科普大讲堂" in text]
    assert [text for text in with_rows if "牵头单位" not in text or "进展状态" not in text] == []
    assert [text for text in texts if "筛选" in text or "退出登录" in text] == []
