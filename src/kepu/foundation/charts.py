"""Bar charts made here, each with the table that it shows; no script, and shape or label beside colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise

# Bars are drawn in a box this wide that stretches to the page; words stay text, so that they grow with the theme.
WIDTH = 1000


@dataclass(frozen=True)
class Bar:
    """A row of the chart; `goal` draws a dashed line at the value to reach. Values are not negative."""

    label: str
    value: Decimal | int
    goal: Decimal | int | None = None


@dataclass(frozen=True)
class Drawn:
    bar: Bar
    width: int
    goal_at: int | None


@dataclass(frozen=True)
class BarChart:
    """Horizontal bars. `source` names where the figures come from and as of when; each chart has one."""

    title: str | Promise
    bars: Sequence[Bar]
    unit: str | Promise
    source: str | Promise

    @property
    def has_goals(self) -> bool:
        return any(bar.goal is not None for bar in self.bars)

    def drawn(self) -> list[Drawn]:
        most = max((max(bar.value, bar.goal or 0) for bar in self.bars), default=0) or 1
        return [
            Drawn(bar, int(WIDTH * bar.value / most), None if bar.goal is None else int(WIDTH * bar.goal / most))
            for bar in self.bars
        ]
