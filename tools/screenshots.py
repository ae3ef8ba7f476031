"""Takes the pictures of docs/screenshots from the demo: main pages at three widths and in three themes.

    make screenshots

Starts the demo in a directory that is thrown away, signs in the demo's accounts by their sessions, and leaves small PNGs.
"""

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "screenshots"
# Each page in the standard theme at every width, and in the other themes at the widest.
LOOKS = (("standard", 1440), ("standard", 768), ("standard", 360), ("elder", 1440), ("elder", 360), ("dark", 1440))
HEIGHT = {1440: 900, 768: 1024, 360: 740}
PATIENCE = 180  # seconds for the demo to load on a slow machine


@dataclass(frozen=True)
class Picture:
    name: str
    path: str
    account: str | None = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(data: Path) -> Iterator[str]:
    """The demo's address while it runs. Raises RuntimeError where it does not come up."""
    port = free_port()
    environ = {**os.environ, "KEPU_DATA": str(data)}
    server = subprocess.Popen([sys.executable, "-m", "kepu", "demo", "--port", str(port)], env=environ)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + PATIENCE
        while not answers(address):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the demo did not start; try `make demo` to see why")
            time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def pictures() -> list[Picture]:
    """What is worth a picture in the world of the demo; Django must be set up on the demo's data."""
    from django.urls import reverse

    from kepu.people.models import User
    from kepu.plans.models import LedgerTask, LedgerUnit, Plan

    clerk = User.objects.filter(memberships__role__key="clerk").order_by("pk").first()
    if clerk is None:
        raise RuntimeError("the demo has no clerk to look at the desk")
    home = clerk.memberships.order_by("pk").values_list("region_path", flat=True).first()
    shown = [Picture("home", reverse("portal:home")), Picture("desk", reverse("portal:desk"), clerk.username)]
    shown.append(Picture("ledger", reverse("plans:ledger_list"), clerk.username))
    draft = Plan.objects.filter(state="reviewing").order_by("pk").first() or Plan.objects.order_by("pk").first()
    if draft:
        shown.append(Picture("review", reverse("plans:review", args=[draft.pk]), clerk.username))
    if (
        task := LedgerTask.objects.current()
        .filter(region_path=home, units__organisation__isnull=False)
        .order_by("pk")
        .first()
    ):
        unit = LedgerUnit.objects.filter(task=task, organisation__isnull=False).first()
        shown.append(Picture("unit", reverse("plans:unit_page", args=[unit.organisation_id]), clerk.username))
    if public := Plan.objects.filter(state="issued", public=True).order_by("pk").first():
        shown.append(Picture("public-plan", reverse("plans:public_plan", args=[public.pk])))
    return shown


def session_of(username: str) -> str:
    from django.conf import settings
    from django.test import Client

    from kepu.people.models import User

    client = Client()
    client.force_login(User.objects.get(username=username))
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def take(address: str, shown: list[Picture], sessions: dict[str, str], cookie: str, out: Path) -> int:
    """Write one PNG for each page and look into `out`; returns how many."""
    from playwright.sync_api import sync_playwright

    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        for theme, width in LOOKS:
            for picture in shown:
                context = browser.new_context(viewport={"width": width, "height": HEIGHT[width]}, locale="zh-CN")
                cookies = [{"name": "kepu-look", "value": f"{theme}-20", "url": address}]
                if picture.account:
                    cookies.append({"name": cookie, "value": sessions[picture.account], "url": address})
                context.add_cookies(cookies)
                page = context.new_page()
                page.goto(address + picture.path)
                if page.url.split("?")[0] != address + picture.path:
                    raise RuntimeError(f"{picture.path} led to {page.url}")
                small(page.screenshot(), out / f"{picture.name}-{theme}-{width}.png")
                context.close()
        browser.close()
    return len(LOOKS) * len(shown)


def small(png: bytes, path: Path) -> None:
    """Flat pages need few colours: a third of the size, and the same to the eye."""
    from PIL import Image

    Image.open(io.BytesIO(png)).convert("RGB").quantize(128).save(path, optimize=True)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="kepu-pictures-") as folder:
        data = Path(folder)
        with demo(data) as address:
            os.environ["KEPU_DATA"] = str(data)
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kepu.project.settings")
            import django

            django.setup()
            from django.conf import settings

            shown = pictures()
            sessions = {p.account: session_of(p.account) for p in shown if p.account}
            count = take(address, shown, sessions, settings.SESSION_COOKIE_NAME, OUT)
    print(f"{count} pictures in {OUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
