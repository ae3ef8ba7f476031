"""Pages as somebody far from town gets them: a slow line and a slow processor (quality P2).

Chromium throttled over its own protocol: 1.6 Mbit/s, 150 ms and a processor four times slower; then 400 kbit/s and
400 ms. Largest paint and shift from the browser's own observers, interaction from scripted clicks and keys.
"""

import os
import shutil
import statistics
import tempfile
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from benchmarks.report import Table

RUNS = 5
SCRIPT = "python -m benchmarks pages"
PAGES = (
    ("home", "/", False),
    ("plans for residents", "/plans/", False),
    ("sign-in", "/account/login/", False),
    ("work overview", "/desk/", True),
    ("accounts", "/desk/accounts/", True),
    ("ledger", "/desk/ledger/", True),
)
# latency in ms, bytes a second down, how much slower the processor, limit of the largest paint in ms
LINES = {"1.6 Mbit/s, 150 ms, processor 4×": (150, 200_000, 4, 2500), "400 kbit/s, 400 ms": (400, 50_000, 1, 5000)}
WATCH = """() => new Promise((done) => {
  let lcp = 0, cls = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) lcp = e.startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) cls += e.value; }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done([lcp, cls]), 400);
})"""
REMEMBER = """() => { window.slowest = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (e.interactionId) window.slowest = Math.max(window.slowest, e.duration); })
    .observe({ type: "event", durationThreshold: 16 }); }"""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Nothing: the table is the output."""


def measure() -> list[Table]:
    with tempfile.TemporaryDirectory(prefix="kepu-bench-") as folder:
        os.environ |= {
            "KEPU_DATA": folder,
            "KEPU_SECOND_FACTOR": "off",
            "DJANGO_SETTINGS_MODULE": "kepu.project.settings",
        }
        application, cookie = _installation(Path(folder))
        server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            rows = _rows(f"http://127.0.0.1:{server.server_port}", cookie)
        finally:
            server.shutdown()
    head = ("page", "line", "largest paint, 75th percentile", "limit", "shift", "slowest interaction", "limit ")
    notes = (f"{RUNS} runs each with an empty cache, 360 px wide; 75th percentile, as the web vitals are judged",)
    return [Table("Pages on a slow line", head, rows, SCRIPT, notes)]


def _installation(folder: Path) -> tuple[Any, tuple[str, str]]:
    """An installation with the demo world's size of lists: 200 accounts and bodies; its application and a session."""
    from kepu.project import environment

    environment.prepare(folder)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.test import Client

    for command in ("createcachetable", "migrate"):
        call_command(command, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from tests.plans import factories
    from tests.world import COUNTY_A, build

    world = build()
    for number in range(200):
        world.person("liaison", COUNTY_A, name=f"测试员{number}")
    plan = factories.plan(COUNTY_A, state="issued", public=True)
    bodies = list(world.bodies[COUNTY_A].values())[:2]
    for _number in range(60):
        factories.ledger_target(factories.ledger_task(plan, bodies, public=True), public=True)
    client = Client()
    client.force_login(world.person("office_head", COUNTY_A))
    name = settings.SESSION_COOKIE_NAME
    return get_wsgi_application(), (name, client.cookies[name].value)


def _rows(url: str, cookie: tuple[str, str]) -> list[tuple[object, ...]]:
    from playwright.sync_api import sync_playwright

    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for line, (latency, down, slower, limit) in LINES.items():
            for name, path, is_desk in PAGES:
                runs = [
                    _run(browser, url, path, cookie if is_desk else None, (latency, down, slower)) for _ in range(RUNS)
                ]
                paint, shift, act = (_worst_quarter([run[index] for run in runs]) for index in range(3))
                rows.append(
                    (name, line, f"{paint:.0f} ms", f"≤ {limit} ms", f"{shift:.3f}", f"{act:.0f} ms", "≤ 200 ms")
                )
        browser.close()
    return rows


def _worst_quarter(figures: list[float]) -> float:
    """The 75th percentile."""
    return statistics.quantiles(figures, n=4, method="inclusive")[2]


def _run(
    browser: Any, url: str, path: str, cookie: tuple[str, str] | None, line: tuple[int, int, int]
) -> tuple[float, ...]:
    latency, down, slower = line
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="zh-CN")
    if cookie:
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": url}])
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": latency, "downloadThroughput": down, "uploadThroughput": down / 2},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(url + path)
    paint, shift = page.evaluate(WATCH)
    page.evaluate(REMEMBER)
    for opener in page.locator("summary, [data-toggle]").all()[:3]:
        if opener.is_visible():
            opener.click()
            opener.press("Escape")
    for field in page.locator("input[type=search], input[type=text]").all()[:1]:
        if field.is_visible():
            field.press_sequentially("科普")
    page.wait_for_timeout(200)
    slowest = page.evaluate("window.slowest")
    context.close()
    return paint, shift, slowest
