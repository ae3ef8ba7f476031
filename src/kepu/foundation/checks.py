"""Checks of the installation and its data: named, in sections, graded (quality R14). `kepu check` runs them all.

A check is a function that yields one sentence a defect and nothing when all is well. Rooms register theirs at start.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    INFO = 0  # worth knowing
    WARNING = 1  # should be mended
    SEVERE = 2  # something promised does not hold
    CRITICAL = 3  # must not run like this


@dataclass(frozen=True)
class Check:
    section: str
    name: str
    severity: Severity
    find: Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Finding:
    check: Check
    sentence: str


_registry: dict[tuple[str, str], Check] = {}


def register(section: str, name: str, severity: Severity, find: Callable[[], Iterable[str]]) -> None:
    if (section, name) in _registry:
        raise ValueError(f"check {section}.{name} is registered twice")
    _registry[section, name] = Check(section, name, severity, find)


def registered() -> list[Check]:
    return sorted(_registry.values(), key=lambda check: (check.section, check.name))


def run(*, at_least: Severity = Severity.INFO) -> list[Finding]:
    """Every finding of the checks of that severity or above, the gravest first."""
    chosen = [check for check in registered() if check.severity >= at_least]
    found = [Finding(check, sentence) for check in chosen for sentence in check.find()]
    return sorted(found, key=lambda finding: -finding.check.severity)
