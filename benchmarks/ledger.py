"""The ledger at the size of a province: 120 plans, 6,000 tasks, 60,000 assignments on SQLite, read by 20 people at once.

The server (`kepu serve`, no worker) and the readers share the machine's cores. Each reader opens the ledger in turn by
section, unit and deadline, filtered and unfiltered, on several pages, and thinks 3 to 8 seconds in between. The ceiling
is what the same server answers when nobody thinks.
"""

import http.client
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

from benchmarks.report import Table

PLANS, TASKS, UNITS = 120, 50, 10  # tasks a plan, units a task
READERS, MINUTES, CEILING_SECONDS = 20, float(os.environ.get("BENCH_MINUTES", "5")), 20
COUNTIES, BODIES = 40, 25
QUERIES = (
    "", "?page=2", "?by=unit", "?by=due", "?by=category", "?by=unit&page=5", "?category=youth", "?due=year",
    "?state=under_way", "?q=%E5%9F%B9%E8%AE%AD", "?role=lead&page=3", "?page=60",
)  # fmt: skip


def measure() -> list[Table]:
    with tempfile.TemporaryDirectory(prefix="kepu-bench-") as folder:
        _prepare(Path(folder))
        cookies = _fill()
        server, port = _serve(folder)
        try:
            _warm(port, cookies[0])
            seconds = _read(port, cookies, minutes=MINUTES)
            rate = _ceiling(port, cookies)
        finally:
            server.terminate()
            server.wait(30)
    if not seconds:
        raise RuntimeError("no page was read")
    rows = [
        ["pages read", len(seconds)],
        ["p50", f"{_share(seconds, 0.50) * 1000:.0f} ms"],
        ["p95 (goal ≤ 300 ms)", f"{_share(seconds, 0.95) * 1000:.0f} ms"],
        ["largest", f"{max(seconds) * 1000:.0f} ms"],
        ["ceiling without thinking", f"{rate:.1f} pages/s"],
    ]
    notes = [
        f"{PLANS} plans, {PLANS * TASKS} tasks, {PLANS * TASKS * UNITS} assignments; SQLite; kepu serve with 2 web processes",
        f"{READERS} readers, 3 to 8 s think time, {MINUTES:g} minutes, client on the same cores; 50 tasks a page",
    ]
    return [Table("Ledger page", ["figure", "measured"], rows, "python -m benchmarks ledger", notes)]


def _prepare(folder: Path) -> None:
    os.environ.update(KEPU_DATA=str(folder), KEPU_SECOND_FACTOR="off", DJANGO_SETTINGS_MODULE="kepu.project.settings")
    os.environ.pop("KEPU_DATABASE_URL", None)
    from kepu.project import command

    command.start_django()
    from kepu.project import migrate

    migrate.main([])


def _fill() -> list[str]:
    """Rows as an issue leaves them, in bulk; returns a session for each reader."""
    from django.db import transaction
    from django.db.models import OuterRef, Subquery
    from django.utils import timezone

    from kepu.people.models import Organisation
    from kepu.plans.models import LedgerTarget, LedgerTask, LedgerUnit, Plan, Target, Task

    dice = random.Random(20261122)
    paths = ["0/90/9001/", *(f"0/90/9001/{900101 + n}/" for n in range(COUNTIES - 1))]
    categories = ["youth", "farmers", "industrial_workers", "elderly", "officials", "informatization", "infrastructure"]
    with transaction.atomic():
        bodies = Organisation.objects.bulk_create(
            Organisation(
                name=f"第{c}地区第{n}单位",
                short_name=f"{c}区{n}局",
                kind="government",
                level="county",
                region_path=path,
                sort_order=n,
            )
            for c, path in enumerate(paths)
            for n in range(BODIES)
        )
        by_path = {path: [one for one in bodies if one.region_path == path] for path in paths}
        plans = Plan.objects.bulk_create(
            Plan(
                title=f"第{n}号全民科学素质行动实施方案", region_path=paths[n % COUNTIES], state="issued", issued_on=date(2026, 1, 1),
                start_year=2026, end_year=2030, created_at=timezone.now(),
            )
            for n in range(PLANS)
        )  # fmt: skip
        words = ["培训科学教师", "建设科普基地", "开展科普下乡", "举办技能竞赛", "普及健康知识", "发展科技志愿者"]
        drafts, rows = [], []
        for plan in plans:
            for n in range(TASKS):
                title = f"{dice.choice(words)}第{n}项"
                terms = {
                    "number": f"{n + 1}.", "title": title, "text": f"{title}。每年完成{n + 1}场，到2030年达到{n + 10}场以上。" * 2,
                    "category": dice.choice(categories), "due_on": date(2026 + n % 5, 12, 31) if n % 3 else None,
                }  # fmt: skip
                drafts.append(Task(plan=plan, path=f"二/(一)/{n + 1}", position=n, reviewed=True, **terms))
                rows.append(
                    LedgerTask(
                        plan=plan, region_path=plan.region_path, version_number=1, position=n, path=f"二/(一)/{n + 1}",
                        section_path=f"二/(一{n // 10})", section_title=f"重点行动之{n // 10}", chapter_title="二、重点任务",
                        state=dice.choice(["not_started", "under_way", "done"]), **terms,
                    )
                )  # fmt: skip
        for row, draft in zip(rows, Task.objects.bulk_create(drafts), strict=True):
            row.task = draft
        rows = LedgerTask.objects.bulk_create(rows)
        value = {"subject": "科普活动", "value": 20, "unit": "场", "period": "per_year", "counting": "periodic"}
        targets = Target.objects.bulk_create(Target(plan=row.plan, task=row.task, **value) for row in rows)
        LedgerTarget.objects.bulk_create(
            LedgerTarget(
                plan=row.plan,
                task=row,
                target=target,
                region_path=row.region_path,
                version_number=1,
                position=0,
                **value,
            )
            for row, target in zip(rows, targets, strict=True)
        )
        LedgerUnit.objects.bulk_create(
            LedgerUnit(
                task=row, position=n, printed=body.short_name, name=body.short_name, role="lead" if n == 0 else "cooperate",
                resolution="organisation", organisation=body,
            )
            for row in rows
            for n, body in enumerate(dice.sample(by_path[row.region_path], UNITS))
        )  # fmt: skip
        first = LedgerUnit.objects.filter(task=OuterRef("pk"), role="lead").values("name")[:1]
        LedgerTask.objects.update(answering=Subquery(first))
    return _sessions(by_path)


def _sessions(by_path) -> list[str]:
    """Half of the readers sit in the city's office, the others in counties."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from kepu.people import default_roles
    from kepu.people.models import Membership, Role, User

    default_roles.install()
    role, found = Role.objects.get(key="clerk"), []
    paths = list(by_path)
    for n in range(READERS):
        path = paths[0] if n % 2 else paths[n + 1]
        user = User.objects.create_user(f"reader{n}", None, name=f"读者{n}")
        Membership.objects.create(user=user, organisation=by_path[path][0], role=role, region_path=path)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        found.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return found


def _serve(folder: str) -> tuple[subprocess.Popen[bytes], int]:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kepu", "serve", "--port", str(port), "--no-worker"]
    server = subprocess.Popen(command, env={**os.environ, "KEPU_DATA": folder}, stdout=subprocess.DEVNULL)
    for _ in range(120):
        time.sleep(0.5)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server, port
    server.terminate()
    raise RuntimeError("the server did not start within a minute")


def _open(port: int, cookie: str, query: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.perf_counter()
    connection.request("GET", f"/desk/ledger/{query}", headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    taken = time.perf_counter() - start
    connection.close()
    if answer.status != 200 or b"data-table" not in body:
        raise RuntimeError(f"{query}: {answer.status} {answer.getheader('Location')}")
    return taken


def _warm(port: int, cookie: str) -> None:
    for query in QUERIES[:4] * 2:
        _open(port, cookie, query)


def _read(port: int, cookies: list[str], *, minutes: float) -> list[float]:
    seconds: list[float] = []
    failures: list[BaseException] = []
    until = time.monotonic() + minutes * 60

    def reader(number: int) -> None:
        dice = random.Random(number)
        time.sleep(dice.uniform(0, 5))
        try:
            while time.monotonic() < until:
                seconds.append(_open(port, cookies[number], dice.choice(QUERIES[:-1] if number % 2 == 0 else QUERIES)))
                time.sleep(dice.uniform(3, 8))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=reader, args=(n,)) for n in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return seconds


def _ceiling(port: int, cookies: list[str]) -> float:
    count, until, lock = 0, time.monotonic() + CEILING_SECONDS, threading.Lock()

    def reader(number: int) -> None:
        nonlocal count
        dice = random.Random(number)
        while time.monotonic() < until:
            _open(port, cookies[number], dice.choice(QUERIES[:5]))
            with lock:
                count += 1

    threads = [threading.Thread(target=reader, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / CEILING_SECONDS


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
