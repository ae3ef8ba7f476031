"""Criteria of WCAG 2.2 that axe does not decide, by script; docs/accessibility.md names them one by one (A2)."""

import pytest

from tests.browser.test_journeys import tab_through
from tests.browser.test_pages import violations, walk

# One page of each skeleton: residents, a form, the desk, a list with filters, two panes.
FEW = {"portal:home", "account_login", "portal:desk", "people:accounts", "plans:review", "portal:styleguide"}
FOOT = """() => [...document.querySelectorAll('footer a[href]')].map((a) => a.getAttribute('href'))"""
HELP = {"/contact/", "/site-map/"}


def test_help_keeps_its_order(site, visit):
    """3.2.6: the ways to help stand in the same order in the foot of every page."""
    for role in {view.role for view in site.views}:
        orders = {}
        for view, seen in walk(site, visit, only={v.route for v in site.views if v.role == role}):
            if view.role == role:
                links = [link for link in seen.page.evaluate(FOOT) if link in HELP]
                orders.setdefault(tuple(dict.fromkeys(links)), view.route)
        # a page without a foot (the code of the second factor) may have none, never another order
        assert len([order for order in orders if order]) == 1, orders


def test_nothing_is_dragged(site, visit):
    """2.5.1, 2.5.2, 2.5.7: no page listens for dragging or acts on pressing down."""
    found = {}
    for view, seen in walk(site, visit):
        hits = seen.page.evaluate(
            """() => [...document.querySelectorAll('*')].filter((e) => e.draggable && !['A', 'IMG'].includes(e.tagName)
               || ['ondragstart', 'onmousedown', 'onpointerdown', 'ontouchstart'].some((name) => e[name])).map((e) => e.outerHTML.slice(0, 80))"""
        )
        if hits:
            found[view.route] = hits
    assert found == {}


def test_sign_in_takes_what_a_password_manager_gives(visit):
    """1.3.5, 3.3.8: fields say what they are, pasting is not stopped, nothing is to be solved."""
    seen = visit()
    page = seen.page
    seen.go("/account/login/")
    marks = page.eval_on_selector_all(
        "form[method=post] input:not([type=hidden])", "all => all.map((e) => e.autocomplete)"
    )
    assert marks == ["username", "current-password"]
    for name in ("login", "password"):
        field = page.locator(f"[name={name}]")
        assert field.evaluate(
            "(e) => e.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: new DataTransfer()}))"
        )
    seen.go("/account/slip/")
    marks = page.eval_on_selector_all(
        "form[method=post] input:not([type=hidden])", "all => all.map((e) => e.autocomplete)"
    )
    assert {"username", "new-password"} <= set(marks)


def test_what_was_given_once_is_not_asked_again(visit):
    """3.3.7: a refused form keeps what was written, apart from secrets."""
    seen = visit("office_head")
    page = seen.page
    seen.go("/desk/accounts/new/")
    page.fill("[name=name]", "何小禾")
    page.fill("[name=username]", "两个 词")
    page.locator("main form").evaluate("(form) => { form.noValidate = true; }")
    with page.expect_navigation():
        page.locator("main form").evaluate("(form) => form.requestSubmit()")
    assert page.input_value("[name=name]") == "何小禾"
    assert page.input_value("[name=username]") == "两个 词"


@pytest.mark.parametrize("theme", ["standard", "dark", "elder"])
def test_an_unused_session_says_so_before_it_ends_and_can_be_kept(visit, theme):
    """2.2.1: a warning five minutes before, kept at a press; afterwards what was typed is still there."""
    seen = visit("office_head", theme, 360)
    page = seen.page
    page.clock.install()
    seen.go("/desk/accounts/new/")
    page.fill("[name=name]", "何小禾")
    box = page.locator("[data-idle]")
    page.clock.run_for(24 * 60_000)
    assert not box.is_visible()
    page.clock.run_for(2 * 60_000)
    keep = box.get_by_role("button")
    assert keep.is_visible()
    assert violations(page) == []
    keep.click()
    box.wait_for(state="hidden")
    page.clock.run_for(31 * 60_000)
    assert box.get_by_role("link").is_visible()
    assert page.input_value("[name=name]") == "何小禾"
    assert seen.complaints == []


SPACED = """() => {
  const sheet = document.createElement('style');
  sheet.nonce = document.querySelector('[nonce]')?.nonce;
  for (const e of document.querySelectorAll('main *')) {
    e.style.lineHeight = '1.5'; e.style.letterSpacing = '0.12em'; e.style.wordSpacing = '0.16em';
  }
  return [...document.querySelectorAll('main h1, main h2, main p, main li, main label, main button, main a, main td, main th')].filter((e) => {
    const style = getComputedStyle(e);
    return e.offsetParent && style.overflow !== 'visible' && !e.closest('.visually-hidden')
      && style.position !== 'absolute' && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2);
  }).map((e) => e.outerHTML.slice(0, 80));
}"""


def test_wider_spacing_cuts_nothing_off(site, visit):
    """1.4.12: with the spacing that a reader may set no text is cut off."""
    found = {view.route: hits for view, seen in walk(site, visit, only=FEW) if (hits := seen.page.evaluate(SPACED))}
    assert found == {}


RING = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return true;
  const now = getComputedStyle(e);
  return (now.outlineStyle !== 'none' && parseFloat(now.outlineWidth) >= 2) || now.boxShadow !== 'none';
}"""


@pytest.mark.parametrize("theme", ["standard", "elder", "dark"])
def test_the_focus_can_be_seen(visit, theme):
    """2.4.7: every stop of the keyboard has a ring of two pixels or more."""
    seen = visit("clerk", theme)
    seen.go("/desk/ledger/")
    bare = []
    for _stop in range(40):
        seen.page.keyboard.press("Tab")
        if not seen.page.evaluate(RING):
            bare.append(seen.page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
    assert bare == []


CONTRAST = """() => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (text) => {
    const [r, g, b] = numbers(text).map((n) => { const c = n / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (let at = e.parentElement; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (numbers(colour)[3] !== 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('main input:not([type=hidden]):not([type=checkbox]):not([type=radio]), main select, main textarea')]
    .filter((e) => e.offsetParent && !e.disabled)
    .map((e) => {
      const [a, b] = [light(getComputedStyle(e).borderTopColor), light(behind(e))];
      return [e.name, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    }).filter(([, ratio]) => ratio < 3);
}"""


@pytest.mark.parametrize("theme", ["standard", "elder", "dark"])
def test_borders_of_fields_stand_out(visit, theme):
    """1.4.11: three to one against what lies behind."""
    seen = visit(theme=theme)
    seen.go("/styleguide/")
    assert seen.page.evaluate(CONTRAST) == []


def test_nothing_flashes_hides_or_sends_itself(site, visit):
    """1.4.5, 1.4.13, 2.3.1, 3.2.2: no animation, no hint on hover alone, no picture of text, no choice that acts at once."""
    found = {}
    for view, seen in walk(site, visit):
        page = seen.page
        wrong = page.evaluate(
            """() => [
              ...document.getAnimations().map((a) => 'animation ' + a.animationName),
              ...[...document.querySelectorAll('[title]')].filter((e) => !['IFRAME', 'LINK', 'svg'].includes(e.tagName)).map((e) => 'hint ' + e.outerHTML.slice(0, 60)),
              ...[...document.querySelectorAll('img')].filter((e) => !/svg/.test(e.src)).map((e) => 'picture ' + e.src),
              ...[...document.styleSheets].flatMap((s) => [...s.cssRules]).filter((r) => /:hover/.test(r.selectorText || '')
                  && /display|visibility|opacity/.test(r.cssText.replace(r.selectorText, ''))).map((r) => 'hover ' + r.selectorText),
            ]"""
        )
        if wrong:
            found[view.route] = wrong
        before = page.url
        for select in page.locator("main select:not([data-autosave] *)").all()[:3]:
            if select.is_visible():
                select.evaluate(
                    "(e) => { e.selectedIndex = e.options.length - 1; e.dispatchEvent(new Event('change', {bubbles: true})); }"
                )
        if page.url != before:
            found[view.route] = ["a choice led away"]
    assert found == {}


@pytest.mark.parametrize("theme", ["standard", "elder", "dark"])
def test_open_menus_and_empty_lists_are_fine(visit, theme):
    """A1: axe with the menus open, with a list that nothing matches, and before a large export."""
    found = {}
    empty = "没有这样的记录"
    for role, paths in {
        "office_head": ["/desk/accounts/", "/desk/organisations/", "/desk/regions/", "/desk/ledger/"],
        "auditor": ["/desk/audit/"],
        "clerk": ["/desk/jobs/?state=cancelled"],
    }.items():
        seen = visit(role, theme)
        for path in paths:
            name = "action" if "audit" in path else "q"
            seen.go(path if "?" in path else f"{path}?{name}={empty}")
            assert "没有查到符合条件的记录" in seen.page.inner_text("main"), path
            found[path] = violations(seen.page)
        seen.go("/desk/")  # without fields that an open menu would lie over
        for summary in seen.page.locator("details > summary").all():
            if summary.is_visible():
                summary.click()
        found[role, "menus"] = violations(seen.page)
        seen.page.set_viewport_size({"width": 360, "height": 900})
        seen.page.locator(".nav-toggle").click()
        found[role, "small menu"] = violations(seen.page)
    assert {where: what for where, what in found.items() if what} == {}


def test_the_keyboard_comes_round_on_every_kind_of_page(site, visit):
    """2.1.2, 2.4.11: no trap, and nothing that has the focus is covered."""
    for view, seen in walk(site, visit, only={"people:accounts", "plans:ledger_list", "portal:search"}):
        covered, stops = tab_through(seen.page, most=120)
        assert covered == [], view
        assert stops > 5


@pytest.mark.parametrize("path", ["/desk/", "/desk/ledger/"])
def test_the_desk_does_not_jump_when_its_menu_folds(visit, path):
    """P2: on a phone the menu is folded before the first paint, not after it."""
    seen = visit("clerk", width=360)
    seen.go(path)
    shifts = """() => new Promise((done) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(sum), 300);
    })"""
    assert seen.page.evaluate(shifts) <= 0.1
    assert not seen.page.locator("#desk-nav").is_visible()
