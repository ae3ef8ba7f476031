"""Who opens what: every route of the product × every role × two counties, from the URL configuration itself (S2, S3).

The objects are those of county A (tests/samples.py). A new route fails here until it says who may come in and has a
sample object; a route that lets a stranger see or change what is county A's fails too.
"""

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from tests import samples
from tests.world import CITY, COUNTY_A, COUNTY_B

from kepu.foundation import access
from kepu.foundation.actions import known
from kepu.foundation.models import Job
from kepu.people import door as people
from kepu.people.default_roles import DEFAULT_ROLES
from kepu.people.models import Organisation, OrganisationAlias, User
from kepu.plans.models import LedgerTarget, LedgerTask, Plan, Task

pytestmark = pytest.mark.slow

ROLES = [role.key for role in DEFAULT_ROLES]
OPEN_RULES = {access.PUBLIC, access.BEARER}
# Routes about the person who is signed in: nothing of another person or county can be named in them.
OWN = {route.name for route in samples.routes() if route.pattern.startswith("account/") and not route.parameters}
# Pages whose parameter names no object of a county.
NO_OBJECT = {"foundation:sheet_start", "foundation:sheet_template", "foundation:export_order", "portal:theme"}
# Routes whose object the samples cannot make cheaply, each opened by a test of its own room; this list only shrinks.
OPENED_ELSEWHERE = {"plans:version"}  # an issued version: tests/plans
# Pages with a choice that begins with the framework's dashes instead of words; this list only shrinks.
DASHES = {"plans:card", "plans:review"}
ROUTES = samples.routes()
GUARDED = [route for route in ROUTES if route.rule not in OPEN_RULES]
ABOUT_AN_OBJECT = [route for route in GUARDED if route.parameters and route.name not in NO_OBJECT]
MARKER = "无双印记"


@pytest.fixture
def made(world):
    """The samples, with nothing published: what is public is for everybody and proves nothing here."""
    cache.clear()
    made = samples.make(world)
    for model in (Plan, LedgerTask, LedgerTarget):
        model.objects.update(public=False)
    return made


def answers(client, path):
    """(GET, POST) without following; a view answers 405 to the method it does not have."""
    return status_of(client.get(path)), status_of(client.post(path))


def status_of(answer):
    content_of(answer)  # a download holds its file open until it is read to its end
    return answer.status_code


def content_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_every_route_says_who_may_come_in_and_has_a_sample(made):
    rules = {access.PUBLIC, access.SIGNED_IN, access.BEARER, *known()}
    assert {route.name: route.rule for route in ROUTES if route.rule not in rules} == {}
    missing = set()
    for route in ROUTES:
        try:
            samples.address(route, made)
        except KeyError:
            missing.add(route.name)
    assert missing == set()


def test_nobody_comes_in_without_signing_in(made):
    client, wrong = Client(), {}
    for route in GUARDED:
        for answer in (client.get(samples.address(route, made)), client.post(samples.address(route, made))):
            leads_to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/account/")
            if not (leads_to_sign_in or answer.status_code == 405):
                wrong[route.name] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_objects_of_another_county_are_not_there(made, role):
    """404 with the right, 403 without it, and the same for a number that never existed."""
    client, wrong = made.world.sign_in(role, COUNTY_B), {}
    actor = people.actor_of(int(client.session["_auth_user_id"]))
    before = snapshot()
    for route in ABOUT_AN_OBJECT:
        has_right = route.rule == access.SIGNED_IN or actor.may(route.rule)
        expected = {404, 405} if has_right else {403, 405}
        got = answers(client, samples.address(route, made))
        if not set(got) <= expected or got == (405, 405):
            wrong[route.name] = got
    assert wrong == {}
    assert snapshot() == before


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_right_is_refused_in_its_own_county(made, role):
    client, wrong = made.world.sign_in(role, COUNTY_A), {}
    actor = people.actor_of(int(client.session["_auth_user_id"]))
    for route in GUARDED:
        if route.rule == access.SIGNED_IN or actor.may(route.rule):
            continue
        got = answers(client, samples.address(route, made))
        if not set(got) <= {403, 405}:
            wrong[route.name] = got
    assert wrong == {}


@pytest.mark.parametrize("role", ["office_head", "clerk", "auditor", "system_admin"])
def test_a_role_with_the_right_opens_its_pages(made, role):
    """Without this, pages that answer 404 to everybody would pass the other tests."""
    client, wrong = made.world.sign_in(role, COUNTY_A), {}
    actor = people.actor_of(int(client.session["_auth_user_id"]))
    for route in GUARDED:
        if route.rule == access.SIGNED_IN or not actor.may(route.rule):
            continue
        answer = client.get(samples.address(route, made))
        if status_of(answer) not in {200, 302, 405} and route.name not in OPENED_ELSEWHERE:
            wrong[route.name] = answer.status_code
        if (
            not answer.streaming and b">---------<" in answer.content and route.name not in DASHES
        ):  # the framework's empty choice
            wrong[route.name] = "a choice without words"
    assert wrong == {}


def snapshot():
    """What a stranger might have changed, as the rows stand."""
    rows = (User.objects, Organisation.objects, Plan.objects, LedgerTask.objects)
    return [list(manager.order_by("pk").values_list("pk", flat=True)) for manager in rows] + [
        list(User.objects.exclude(username__startswith="x").order_by("pk").values_list("pk", "is_active", "password"))
    ]


# --- lists, counts, choices, search, exports -----------------------------------------------------------------------
@pytest.fixture
def planted(made):
    """Everything of county A carries the marker in its name."""
    marked = Concat(Value(MARKER), Cast("pk", CharField()))
    Organisation.objects.filter(region_path__startswith=COUNTY_A).update(name=marked, short_name=marked)
    User.objects.filter(memberships__region_path__startswith=COUNTY_A).update(name=MARKER)
    Plan.objects.update(title=MARKER)
    LedgerTask.objects.update(title=MARKER, section_title=MARKER)
    Task.objects.update(title=MARKER)
    Job.objects.update(title=MARKER)
    OrganisationAlias.objects.update(alias=MARKER)
    return made


def crawl(client, starts, limit=400):
    """Texts of all pages reachable by links and form addresses of GET forms from `starts`."""
    todo, seen, texts = list(starts), set(), {}
    while todo and len(seen) < limit:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code == 302:
            todo.append(answer["Location"].split("#")[0])
        content = content_of(answer)
        if answer.status_code != 200:
            continue
        texts[path] = content
        if "text/html" in answer["Content-Type"]:
            links = re.findall(r'href="(/[^"#]*)', content.decode())
            # the files of a list; its PDF is made of the same rows and costs a process each
            saved = re.findall(r'href="(\?[^"#]*export=(?:xlsx|csv))"', content.decode())
            links += [path.partition("?")[0] + query for query in saved]
            todo += [unescape(link) for link in links if not link.startswith(("/static/", "/look/"))]
    return texts


def starts(made):
    plain = [
        samples.address(route, made) for route in ROUTES if not route.parameters and route.name != "account_logout"
    ]
    return [*plain, f"/desk/search/?q={MARKER}", f"/search/?q={MARKER}", f"/desk/accounts/?q={MARKER}"]


def carries_marker(path, content):
    if content[:2] == b"PK":
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    asked = unescape(content.decode(errors="replace")).replace(f'value="{MARKER}"', "")
    return MARKER in re.sub(rf"(?:q=|“|「|：)\s*(?:{MARKER}|%E6%97%A0%E5%8F%8C%E5%8D%B0%E8%AE%B0)", "", asked)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_nothing_of_another_county_shows_in_any_page_list_search_or_export(planted, role):
    client = planted.world.sign_in(role, COUNTY_B) if role else Client()
    texts = crawl(client, starts(planted))
    assert len(texts) > (5 if role is None else 8)
    assert [path for path, content in texts.items() if carries_marker(path, content)] == []


def test_the_marker_would_be_seen(planted):
    """The county's own head meets the marker in lists, search and exports, so the test above can fail."""
    texts = crawl(planted.world.sign_in("office_head", COUNTY_A), starts(planted))
    marked = {path for path, content in texts.items() if carries_marker(path, content)}
    found = {path.split("?")[0] for path in marked} | {path for path in marked if "?export=" in path}
    assert found >= {
        "/desk/accounts/",
        "/desk/organisations/",
        "/desk/accounts/?export=xlsx",
        "/desk/plans/",
        "/desk/ledger/",
    }


def test_the_city_above_sees_its_counties(planted):
    texts = crawl(planted.world.sign_in("office_head", CITY), starts(planted))
    found = {path.split("?")[0] for path, content in texts.items() if carries_marker(path, content)}
    assert found >= {"/desk/accounts/", "/desk/organisations/"}
