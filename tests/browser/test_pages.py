"""Every page of the product, as the person who works with it sees it."""

from axe_playwright_python.sync_playwright import Axe

from tests.browser import measure

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# standard at 1440 for every page; the others once a page skeleton, all of them with --full-a11y
OTHERS = (("elder", 1440), ("dark", 1440), ("standard", 360))
MORE = (("elder", 360), ("dark", 360))


def pytest_generate_tests(metafunc):
    """The looks beside the standard one; two more with --full-a11y."""
    if "theme" in metafunc.fixturenames:
        full = metafunc.config.getoption("--full-a11y")
        metafunc.parametrize(("theme", "width"), [*OTHERS, *MORE] if full else list(OTHERS))


def violations(page):
    found = AXE.run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {n['target']} {n['html'][:90]}" for v in found for n in v["nodes"]]


def by_role(site):
    roles = {}
    for view in site.views:
        roles.setdefault(view.role, []).append(view)
    return roles


def walk(site, visit, theme="standard", width=1440, only=None):
    """Every page in one look, with its window; one window for each role."""
    for role, views in by_role(site).items():
        seen = visit(role, theme, width)
        for view in views:
            if only is None or view.route in only:
                assert seen.go(view.path).status == 200, view
                yield view, seen


# Routes that are no page: they do something and lead on.
# The code pages lead back where nobody is half signed in or nothing is to be confirmed.
LEAD_ON = {"portal:theme", "mfa_authenticate", "mfa_reauthenticate"}


def test_every_route_is_walked(site):
    """A page that began to redirect, say to the sign-in, would silently leave the walk."""
    assert site.missing == []
    assert set(site.led_away) == LEAD_ON, site.led_away


def test_pages_in_the_standard_look(site, visit):
    """axe, words, lines, targets, chips, CSP and hosts: one walk, so that each page is loaded once."""
    found, pages = {}, []
    for view, seen in walk(site, visit):
        pages.append(view.route)
        page = seen.page
        found[view.route] = {
            "axe": violations(page),
            "words": page.evaluate(measure.FOREIGN_WORDS),
            "lines": page.evaluate(measure.BAD_LINES),
            "leading": page.evaluate(measure.TIGHT_LINES, 1.5),
            "targets": page.evaluate(measure.SMALL_TARGETS, 44),
            "chips": page.evaluate(measure.WORDLESS_CHIPS),
            "complaints": list(seen.complaints),
            "other hosts": list(seen.outside),
        }
        seen.complaints.clear()
    assert {"portal:home", "portal:desk", "portal:styleguide"} <= set(pages)
    nothing_wrong(found)


def nothing_wrong(found):
    lines = [
        f"{page} {what}: {item}"
        for page, parts in found.items()
        for what, items in parts.items()
        for item in dict.fromkeys(items)
    ]
    assert not lines, "\n" + "\n".join(lines)


def skeletons(site, full):
    """The routes of a look: all of them, or one for each view module and shape of address."""
    if full:
        return None
    chosen = {}
    for view in site.views:
        chosen.setdefault((view.role, view.route.split(":")[0], view.path.count("/")), view.route)
    return {*chosen.values(), "portal:home", "portal:desk", "portal:styleguide"}


def test_pages_in_the_other_looks(site, visit, pytestconfig, theme, width):
    full = pytestconfig.getoption("--full-a11y")
    found = {}
    for view, seen in walk(site, visit, theme, width, skeletons(site, full)):
        found[view.route] = {"axe": violations(seen.page), "sideways": seen.page.evaluate(measure.SIDEWAYS)}
    nothing_wrong(found)


def test_elder_mode_is_large_plain_and_in_one_column(site, visit):
    found = {}
    for view, seen in walk(site, visit, "elder"):
        page = seen.page
        found[view.route] = {
            "small": page.evaluate(measure.SMALL_TEXT, 18),
            "tight": page.evaluate(measure.TIGHT_LINES, 1.3),
            "targets": page.evaluate(measure.SMALL_TARGETS, 60),
            "layout": page.evaluate(measure.ELDER_LAYOUT),
        }
    nothing_wrong(found)


def test_nothing_scrolls_sideways_at_320(site, visit):
    found = {
        view.route: {"sideways": seen.page.evaluate(measure.SIDEWAYS)} for view, seen in walk(site, visit, width=320)
    }
    nothing_wrong(found)
