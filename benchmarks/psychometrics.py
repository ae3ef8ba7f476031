"""Scoring and calibration at the size of the national survey: 300,000 respondents, 40 items."""

import resource
import time

import numpy as np

from benchmarks.report import Table, seconds
from kepu.engines.psychometrics.assembly import BankItem, Blueprint, Range, assemble
from kepu.engines.psychometrics.calibration import calibrate
from kepu.engines.psychometrics.dif import mantel_haenszel
from kepu.engines.psychometrics.items import Items
from kepu.engines.psychometrics.mirt_adapter import calibrate_by_package
from kepu.engines.psychometrics.scoring import eap, plausible_values, weighted_likelihood

PEOPLE, ITEMS = 300_000, 40
SIZES = (30_000, 300_000, 3_000_000)
SCRIPT = "python -m benchmarks psychometrics"


def survey(people: int) -> tuple[Items, np.ndarray]:
    """Right and wrong answers of so many people to 40 2PL items, in chunks so that memory is that of the answers."""
    rng = np.random.default_rng(2026)
    items = Items.from_difficulty(np.exp(rng.normal(0.1, 0.3, ITEMS)), rng.normal(0, 1, ITEMS))
    answers = np.empty((people, ITEMS), dtype=np.int8)
    for start in range(0, people, 100_000):
        theta = rng.normal(size=min(100_000, people - start))
        chance = items.probabilities(theta)[:, 1].T
        answers[start : start + len(theta)] = rng.random(chance.shape) < chance
    return items, answers


def processor(work) -> tuple[object, float, float]:
    """Result, wall and processor seconds of one run."""
    wall, own = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - own


def measure() -> list[Table]:
    """Bars: EAP of 300,000 in 1 s; 2PL 40 × 300,000 in 20 s."""
    return [scoring(), calibration(), growth(), assembly()]


def scoring() -> Table:
    items, answers = survey(PEOPLE)
    group = np.arange(PEOPLE) % 2
    work = {
        "EAP, 61 points (bar 1 s)": (lambda: eap(answers, items), 5),
        "five plausible values": (lambda: plausible_values(answers, items, draws=5, seed=1), 1),
        "WLE with observed errors": (lambda: weighted_likelihood(answers, items), 1),
        "Mantel–Haenszel DIF": (lambda: mantel_haenszel(answers, group), 1),
    }
    rows = []
    for name, (call, repeat) in work.items():
        median, largest = seconds(call, repeat)
        rows.append((name, f"{median:.2f}", f"{largest:.2f}"))
    return Table(f"Scoring {PEOPLE:,} respondents, {ITEMS} items", ("work", "seconds", "largest"), rows, SCRIPT)


def calibration() -> Table:
    items, answers = survey(PEOPLE)
    weights = np.random.default_rng(1).uniform(0.5, 2.0, PEOPLE)
    rows = []
    for name, given in (("2PL (bar 20 s)", None), ("2PL, survey weights", weights)):
        found, wall, own = processor(lambda given=given: calibrate(answers, weights=given))
        error = np.abs(found.items.slope / items.slope - 1).max()
        rows.append((name, f"{wall:.1f}", f"{own:.1f}", found.passes, found.converged, f"{error:.3f}"))
    tenth = answers[: PEOPLE // 10]
    ours, wall, own = processor(lambda: calibrate(tenth))
    error = np.abs(ours.items.slope / items.slope - 1).max()
    rows.append(("2PL, a tenth", f"{wall:.1f}", f"{own:.1f}", ours.passes, ours.converged, f"{error:.3f}"))
    theirs, wall, own = processor(lambda: calibrate_by_package(tenth))
    error = np.abs(theirs.slope / items.slope - 1).max()
    rows.append(("mirt 1.2.0 with squarem, a tenth", f"{wall:.1f}", f"{own:.1f}", "–", "–", f"{error:.3f}"))
    head = ("work", "seconds", "processor seconds", "passes", "converged", "largest relative error of a slope")
    notes = ("a change of 1e-6 in any parameter stops both; the error is against the values that made the answers",)
    return Table(f"Calibration, {ITEMS} items × {PEOPLE:,} respondents", head, rows, SCRIPT, notes)


def growth() -> Table:
    rows, times = [], []
    for people in SIZES:
        items, answers = survey(people)
        times.append(seconds(lambda a=answers, i=items: eap(a, i), 3)[0])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
        rows.append((f"{people:,}", f"{times[-1]:.2f}", f"{peak:.1f}"))
    slope = np.polyfit(np.log(SIZES), np.log(times), 1)[0]
    notes = (f"log-log slope {slope:.2f} (bar 1.1)", "peak memory is that of the whole bench so far, in GiB (bar 4)")
    return Table("EAP as the survey grows", ("respondents", "seconds", "peak GiB"), rows, SCRIPT, notes)


def assembly() -> Table:
    """Two forms of 50 from 500 by the older bank's blueprint."""
    rng = np.random.default_rng(5)
    items = Items.from_difficulty(rng.uniform(0.7, 1.8, 500), rng.normal(0, 1, 500))
    information = items.information([-1.0, 0.0, 1.0])
    bank = [
        BankItem(name, f"d{i % 4}", f"p{i % 26}", float(items.difficulty[i, 0]), tuple(information[i].tolist()))
        for i, name in enumerate(items.names)
    ]
    blueprint = Blueprint(50, {f"d{k}": Range(12, 13) for k in range(4)}, {}, Range(1, 3), None, (9.0, 11.0, 9.0))
    found, wall, _ = processor(lambda: assemble(bank, blueprint, 2))
    rows = [
        ("2 forms of 50 from 500, 26 benchmarks, 4 dimensions", f"{wall:.1f}", f"{found.distance:.2f}", found.proved)
    ]
    return Table("Assembly of parallel forms", ("work", "seconds", "distance from target", "proved"), rows, SCRIPT)
