"""Survey estimates of 300,000 respondents: domains, raking, re-raked bootstrap, growth, and `svy` beside them.

Each measurement runs in a process of its own, so that its peak memory is its own. 4,000 units in 400 strata, 60 domains
that cut across the strata, 40 items: 2,400 domain proportions.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.report import Table

SCRIPT = "python -m benchmarks survey"
RESPONDENTS = 300_000
GROWTH = (30_000, 300_000, 3_000_000)
SURVEY = """
import json, resource, sys, time
import numpy as np

def survey(n, items=40):
    rng = np.random.default_rng(20250)
    psus, strata = max(400, n * 4000 // 300_000), max(40, n * 400 // 300_000)
    psu = np.sort(rng.integers(0, psus, n))
    stratum = psu * strata // psus
    domain = rng.integers(0, 60, n)
    weight = rng.lognormal(5, 0.4, n)
    ability = rng.normal(size=n) + rng.normal(0, 0.4, psus)[psu] + rng.normal(0, 0.2, 60)[domain]
    answers = np.empty((n, items), dtype=np.int8, order="F")
    for j in range(items):
        answers[:, j] = ability + rng.normal(size=n) > (j - items / 2) / 12
    cuts = (2, 5, 6, 12, 24)
    margins = [np.clip(((ability * 0.3 + rng.normal(size=n)) * k / 5 + k / 2).astype(int), 0, k - 1) for k in cuts]
    return psu, stratum, domain, weight, answers, margins

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

def done(**values):
    print(json.dumps(values))

def timed(work, repeat):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2], max(times), result
"""
OURS = """
from kepu.engines.survey.design import survey_design
from kepu.engines.survey.estimates import estimate
from kepu.engines.survey.calibration import Margin, rake
from kepu.engines.survey.replicates import make_replicates, rake_replicates

psu, stratum, domain, weight, answers, codes = survey(int(sys.argv[1]))
design = survey_design(weight, strata=[stratum], clusters=[psu])

def margins():
    rng = np.random.default_rng(7)
    total = weight.sum()
    out = []
    for m in codes:
        found = np.bincount(m, weights=weight) * rng.uniform(0.8, 1.25, m.max() + 1)
        out.append(Margin(m, found / found.sum() * total, "m"))
    return out
"""
DOMAINS = """
# the design is read anew in every run: it is part of what a user waits for
def work():
    design = survey_design(weight, strata=[stratum], clusters=[psu])
    return estimate(design, answers, statistic="proportion", by=domain, interval="logit", deff="wor")
median, worst, table = timed(work, int(sys.argv[2]))
done(median=median, worst=worst, memory=peak(), rows=len(table), se=float(table["se"].sum()))
"""
RAKE = """
known = margins()
median, worst, fit = timed(lambda: rake(design, known, epsilon=1e-9), int(sys.argv[2]))
done(median=median, worst=worst, memory=peak(), rounds=fit.iterations, converged=fit.converged)
"""
BOOTSTRAP = """
known = margins()
def work():
    made = make_replicates(design, "subbootstrap", replicates=500, seed=1)
    raked, fit = rake_replicates(made, known, epsilon=1e-9)
    return estimate(raked, answers, statistic="proportion", by=domain, interval="logit"), raked, fit
median, worst, (table, raked, fit) = timed(work, 1)
done(median=median, worst=worst, memory=peak(), rows=len(table), cells=len(raked.adjustments), converged=fit.converged)
"""
PEER = """
import polars, svy
psu, stratum, domain, weight, answers, codes = survey(int(sys.argv[1]))
frame = polars.DataFrame({"psu": psu, "stratum": stratum, "domain": domain, "w": weight,
    **{f"i{j}": answers[:, j] for j in range(answers.shape[1])}})
def work():
    sample = svy.Sample(data=frame, design=svy.Design(stratum="stratum", psu="psu", wgt="w"))
    return sample.estimation.prop([f"i{j}" for j in range(answers.shape[1])], by="domain", deff="wor")
median, worst, made = timed(work, 1)
done(median=median, worst=worst, memory=peak())
"""


def run(script: str, respondents: int, repeat: int = 5, python: str = sys.executable) -> dict[str, float]:
    """What a script printed as its last line."""
    env = {**os.environ, "PYTHONPATH": "src"}
    call = [python, "-c", script, str(respondents), str(repeat)]
    printed = subprocess.run(call, stdout=subprocess.PIPE, check=True, env=env, text=True, timeout=900).stdout
    return json.loads(printed.strip().splitlines()[-1])


def peer_python(folder: Path) -> str | None:
    """The interpreter of a fresh environment with the peer from its hashed lock, or none where that cannot be made."""
    lock = Path(__file__).parent.parent / "requirements" / "oracle.lock"
    python = folder / "bin" / "python"
    steps = (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", str(lock)],
    )
    for step in steps:
        done = subprocess.run(step, stderr=subprocess.PIPE, check=False, text=True, timeout=600)
        if done.returncode:
            print(f"svy is left out: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
            return None
    return str(python)


def against_peer(ours: dict[str, float]) -> list[tuple[str, ...]]:
    """The same 2,400 proportions by `svy`, as a multiple of our time."""
    with tempfile.TemporaryDirectory() as folder:
        python = peer_python(Path(folder))
        if python is None:
            return []
        theirs = run(SURVEY + PEER, RESPONDENTS, 1, python)
    ratio = theirs["median"] / ours["median"]
    return [
        ("the same by svy", f"{theirs['median']:.1f} s", "", f"{theirs['memory']:.0f} MiB", f"{ratio:.0f} × our time")
    ]


def speeds() -> Table:
    """The measurements that have a bar."""
    rows = []
    made = run(SURVEY + OURS + DOMAINS, RESPONDENTS)
    rows.append(_row("2,400 domain proportions, SE, DEFF, logit", made, "0.3 s, 500 MiB"))
    rows += against_peer(made)
    fit = run(SURVEY + OURS + RAKE, RESPONDENTS)
    rows.append(_row(f"raking to 5 correlated margins, {fit['rounds']} rounds", fit, "0.3 s"))
    boot = run(SURVEY + OURS + BOOTSTRAP, RESPONDENTS, 1)
    name = f"500 bootstrap replicates, each re-raked ({boot['cells']:,} cells), 2,400 proportions"
    rows.append(_row(name, boot, "20 s"))
    notes = ("300,000 respondents, 4,000 units, 400 strata, 60 domains across strata, 40 items; memory of the process",)
    return Table("Survey estimates", ("what", "median", "slowest", "peak memory", "bar"), rows, SCRIPT, notes)


def _row(what: str, made: dict[str, float], bar: str) -> tuple[str, ...]:
    return what, f"{made['median']:.3f} s", f"{made['worst']:.3f} s", f"{made['memory']:.0f} MiB", bar


def growth() -> Table:
    """Time and memory of the domain proportions from 30,000 to 3,000,000 respondents."""
    rows, points = [], []
    for size in GROWTH:
        made = run(SURVEY + OURS + DOMAINS, size, 5 if size < 1_000_000 else 2)
        points.append((math.log(size), math.log(made["median"])))
        rows.append((f"{size:,}", f"{made['median']:.3f} s", f"{made['memory']:.0f} MiB"))
    slope = (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])
    notes = (
        f"time grows with size to the power {slope:.2f}",
        "bar: power 1.1, 4 GiB at 3,000,000; units and strata grow too",
    )
    return Table("Survey estimates: growth", ("respondents", "median", "peak memory"), rows, SCRIPT, notes)


def measure() -> list[Table]:
    """Both tables; some two minutes and the making of the peer's environment."""
    return [speeds(), growth()]


if __name__ == "__main__":
    print("\n".join(table.markdown() for table in measure()))
