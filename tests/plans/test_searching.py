"""Search and the portal's home show residents what is public, and the office what its scope holds."""

import pytest

from tests import world as places
from tests.plans import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelves(world):
    """A public plan and a plan kept back in county A, and a plan of county B."""
    office = world.office(places.COUNTY_A)
    shown = make.plan(places.COUNTY_A, title="青禾公开方案", state="issued", public=True)
    make.ledger_task(shown, (office,), public=True)
    kept = make.plan(places.COUNTY_A, title="青禾内部方案", state="issued")
    make.ledger_task(kept, (office,), public=True)  # marked, but its plan is not public: must stay unseen
    make.plan(places.COUNTY_B, title="白榆内部方案", state="issued")
    return world


def titles(client, path, words):
    return {hit.title for hit in client.get(path, {"q": words}).context["page"]}


def test_residents_find_only_what_is_public(client, shelves):
    assert titles(client, "/search/", "方案") == {"青禾公开方案"}
    assert titles(client, "/search/", "青禾 内部") == set()
    hits = list(client.get("/search/", {"q": "科普大讲堂"}).context["page"])
    assert [(hit.title, hit.excerpt) for hit in hits] == [("办好科普大讲堂", "青禾公开方案")]


def test_the_office_finds_what_its_scope_holds(shelves):
    clerk = shelves.sign_in("clerk", places.COUNTY_A)
    assert titles(clerk, "/desk/search/", "方案") == {"青禾公开方案", "青禾内部方案"}


def test_signing_in_does_not_widen_the_residents_search(shelves):
    clerk = shelves.sign_in("clerk", places.COUNTY_A)
    assert titles(clerk, "/search/", "方案") == {"青禾公开方案"}


def test_the_home_page_lists_public_plans(client, shelves):
    page = client.get("/").content.decode()
    assert ("青禾公开方案" in page, "青禾内部方案" in page) == (True, False)
