"""A15 on every form of the product: what is wrong is said in the title, at the top, and beside the field."""

from tests.browser.test_pages import violations, walk

# Forms that save by themselves or answer in place belong to the review desk: test_review_desk.py.
REQUIRED = "form[method=post]:not([data-autosave]):not([hx-post]):has([required]:not([type=hidden]))"


def refuse(page, index):
    """Send the form empty; returns False where it has nothing that could be missing."""
    form = page.locator(REQUIRED).nth(index)
    form.evaluate("""(form) => {
      form.noValidate = true;
      for (const e of form.querySelectorAll("[required]")) {
        if (e.type === "radio" || e.type === "checkbox") e.checked = false; else if (e.type !== "file") e.value = "";
      }
    }""")
    with page.expect_navigation():
        form.evaluate("(form) => form.requestSubmit(form.querySelector('button:not([type=button])'))")


def faults(page):
    if not page.locator("[data-error-summary]").count():
        return ["no error summary"]
    found = violations(page)
    if not page.title().startswith("错误："):
        found.append(f"title: {page.title()}")
    if not page.evaluate("document.activeElement.hasAttribute('data-error-summary')"):
        found.append("the summary has no focus")
    pairs = page.eval_on_selector_all(
        "[data-error-summary] a",
        """(links) => links.map((link) => {
          const field = document.getElementById(link.hash.slice(1));
          const beside = field && field.closest(".field")?.querySelector(".field-error");
          return [link.innerText.trim(), beside ? beside.innerText.trim() : null];
        })""",
    )
    return found + [f"{summary} ≠ {beside}" for summary, beside in pairs if not beside or summary not in beside]


def test_forms_say_what_is_wrong(site, visit):
    found = {}
    for view, seen in walk(site, visit):
        page = seen.page
        for index in range(page.locator(REQUIRED).count()):
            seen.go(view.path)
            refuse(page, index)
            wrong = faults(page)
            if wrong:
                found[view.route, index] = wrong
    assert found == {}
