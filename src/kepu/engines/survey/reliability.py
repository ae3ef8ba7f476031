"""Doubts that travel with a figure.

Thresholds follow common practice of statistical offices: n < 30 (many), df < 8 (National Center for Health Statistics
2017). They are data: pass your own. The graded label of a figure: grading.py.
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Doubt:
    """One reason to read a figure with care. `code` is stable; `got` and `limit` are the numbers behind it."""

    code: str
    got: float | None = None
    limit: float | None = None

    def as_dict(self) -> dict[str, str | float | None]:
        """The fields, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Thresholds:
    """Where doubts begin."""

    n: int = 30
    df: int = 8
    online_share: float = 0.5


def doubts(*, n: int, df: float, thresholds: Thresholds | None = None) -> tuple[Doubt, ...]:
    """Doubts that a row's own numbers raise: few respondents, few degrees of freedom."""
    limits = thresholds or Thresholds()
    found = []
    if n < limits.n:
        found.append(Doubt("few_respondents", n, limits.n))
    if df < limits.df:
        found.append(Doubt("few_degrees_of_freedom", df, limits.df))
    return tuple(found)
