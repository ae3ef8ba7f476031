"""How much a failed sign-in tells by its duration: a name that exists against one that does not (quality S7)."""

import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.report import Table

TRIES = 200
LIMIT = 0.050  # seconds between the medians
SCRIPT = "python -m benchmarks signin"


def measure() -> list[Table]:
    with tempfile.TemporaryDirectory(prefix="kepu-bench-") as folder:
        os.environ |= {"KEPU_DATA": folder, "KEPU_SECOND_FACTOR": "off"}
        from kepu.project import environment

        environment.prepare(Path(folder))
        times = _times()
    known, unknown = (statistics.median(times[kind]) for kind in ("known", "unknown"))
    rows = [
        (label, f"{statistics.median(found) * 1000:.1f} ms", f"{max(found) * 1000:.1f} ms", "")
        for label, found in (
            ("name that exists, wrong password", times["known"]),
            ("name that does not exist", times["unknown"]),
            ("closed account, right password", times["closed"]),
        )
    ]
    gap = abs(known - unknown)
    rows.append(("gap between the first two", f"{gap * 1000:.1f} ms", "", f"< {LIMIT * 1000:.0f} ms"))
    notes = (
        f"{TRIES} tries of each kind by turns through the page, argon2 as in production; counters of tries cleared before each",
        "processor time, which other work on the machine does not lengthen; the database is a local file and adds the same to each",
    )
    return [Table("Failed sign-ins", ("try", "median", "longest", "limit"), rows, SCRIPT, notes)]


def _times() -> dict[str, list[float]]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "kepu.project.settings"
    import django

    django.setup()
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import Client

    call_command("createcachetable", verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from kepu.people.models import User

    User.objects.create_user("known", "澄湖边上三棵老柳树", name="在册")
    User.objects.create_user("closed", "澄湖边上三棵老柳树", name="停用")
    User.objects.filter(username="closed").update(is_active=False)
    tries = {"known": ("known", "wrong"), "unknown": ("nobody", "wrong"), "closed": ("closed", "澄湖边上三棵老柳树")}
    times: dict[str, list[float]] = {kind: [] for kind in tries}
    client = Client(HTTP_HOST="localhost")
    client.get("/account/login/")
    for _number in range(TRIES):
        for kind, (name, password) in tries.items():
            cache.clear()
            start = time.process_time()
            answer = client.post("/account/login/", {"login": name, "password": password})
            times[kind].append(time.process_time() - start)
            if answer.status_code != 200:
                raise RuntimeError(f"{kind}: {answer.status_code}")
    return times
