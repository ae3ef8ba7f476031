"""A real Chromium against the product served from a SQLite file: one world and one server for a whole file of tests."""

import shutil
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests import samples
from tests.world import COUNTY_A, build

# The first of these that may open a page is the one who looks at it.
ROLES = ("clerk", "office_head", "system_admin", "auditor")


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "The browser tests need chromium: sudo apt install chromium"
    args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    return {"executable_path": chromium, "args": [*args, "--disable-component-update", "--disable-sync"]}


@dataclass(frozen=True)
class View:
    """A page as somebody looks at it."""

    route: str
    path: str
    role: str | None


@dataclass
class Site:
    url: str
    made: samples.Made
    views: list[View]
    missing: list[str]
    led_away: dict[str, str]  # routes that answer with a redirect, and where to
    cookies: dict[str, str] = field(default_factory=dict)  # role: session key


def _who(rule: str | None, actors: dict[str, object]) -> str | None:
    if rule in (None, "public", "bearer"):
        return None
    if rule == "signed_in":
        return ROLES[0]
    return next((role for role, actor in actors.items() if actor.may(rule)), ROLES[0])


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker):
    """The product with one object of each kind in county A, on a free port. Tests here read; what one writes stays."""
    from django.db import connection
    from django.test.utils import setup_databases

    from kepu.people import door as people

    with django_db_blocker.unblock():
        if "django_migrations" not in connection.introspection.table_names():
            # pytest-django makes a database only when a test asks for one by mark, and then empties it after each test
            setup_databases(verbosity=0, interactive=False, aliases={"default"})
        world = build()
        made = samples.make(world)
        clients = {role: world.sign_in(role, COUNTY_A) for role in ROLES}
        actors = {role: people.actor_of(int(client.session["_auth_user_id"])) for role, client in clients.items()}
        cookies = {role: client.cookies[settings.SESSION_COOKIE_NAME].value for role, client in clients.items()}
        views, missing, led_away = [], [], {}
        for route in samples.routes():
            role = _who(route.rule, actors)
            try:
                path = samples.address(route, made)
            except KeyError:
                missing.append(route.name)
                continue
            answer = clients.get(role, Client()).get(path, HTTP_HOST="localhost")
            if answer.status_code in {301, 302}:
                led_away[route.name] = answer["Location"]
            elif answer.status_code == 200 and b"".join(answer).lstrip().startswith(b"<!doctype html>"):
                views.append(View(route.name, path, role))
        server = LiveServer("127.0.0.1:0")
        yield Site(server.url, made, views, missing, led_away, cookies)
        server.stop()


@pytest.fixture(scope="session")
def playwright(site, playwright):
    """Django's connections belong to the thread without an event loop, so the site must stand before the browser's."""
    return playwright


@dataclass
class Visit:
    """A browser window with what went wrong in it."""

    page: object
    site: Site
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str):
        return self.page.goto(self.site.url + path)


@pytest.fixture
def visit(site, browser):
    """`visit(role, theme, width)` opens a window; every request to another host is stopped and noted (S16)."""
    contexts = []

    def opened(role=None, theme="standard", width=1440, size="20", **more) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", **more)
        contexts.append(context)
        cookies = [{"name": "kepu-look", "value": f"{theme}-{size}", "url": site.url}]
        if role:
            cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": site.cookies[role], "url": site.url})
        context.add_cookies(cookies)
        seen = Visit(context.new_page(), site)
        own = urlsplit(site.url).netloc

        def guard(route):
            if urlsplit(route.request.url).netloc == own or route.request.url.startswith("data:"):
                route.continue_()
            else:
                seen.outside.append(route.request.url)
                route.abort()

        context.route("**/*", guard)
        seen.page.on("console", lambda m: seen.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        return seen

    yield opened
    for context in contexts:
        context.close()
