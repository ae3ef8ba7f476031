"""Doubts that travel with a figure, and a graded label made of them.

Thresholds follow common practice of statistical offices: n < 30 (many), df < 8 (National Center for Health Statistics
2017), cv 15 % and 30 % (Statistics Canada's release guidelines). They are data: pass your own.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Doubt:
    """One reason to read a figure with care. `code` is stable; `got` and `limit` are the numbers behind it."""

    code: str
    got: float | None = None
    limit: float | None = None

    def as_dict(self) -> dict[str, str | float | None]:
        """The fields, for JSON."""
        return asdict(self)


class Label(StrEnum):
    """How far a figure carries."""

    GOOD = "good"
    CAUTION = "caution"
    UNRELIABLE = "unreliable"


@dataclass(frozen=True)
class Thresholds:
    """Where doubts begin. `cv` are the bounds of caution and of no use."""

    n: int = 30
    df: int = 8
    cv: tuple[float, float] = (0.15, 0.30)
    online_share: float = 0.5


def doubts(
    *, n: int, df: float, estimate: float, thresholds: Thresholds | None = None, domain_n: bool = True
) -> tuple[Doubt, ...]:
    """Doubts that a row's own numbers raise: few respondents, few degrees of freedom."""
    limits = thresholds or Thresholds()
    found = []
    if domain_n and n < limits.n:
        found.append(Doubt("few_respondents", n, limits.n))
    if df < limits.df:
        found.append(Doubt("few_degrees_of_freedom", df, limits.df))
    return tuple(found)


def label(*, cv: float | None, doubts: tuple[Doubt, ...], thresholds: Thresholds | None = None) -> Label:
    """GOOD up to the first cv bound and without doubts, UNRELIABLE beyond the second, CAUTION between. No cv: CAUTION."""
    low, high = (thresholds or Thresholds()).cv
    if cv is not None and cv > high:
        return Label.UNRELIABLE
    return Label.GOOD if cv is not None and cv <= low and not doubts else Label.CAUTION
