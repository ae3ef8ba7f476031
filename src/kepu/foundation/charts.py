"""Bar charts as SVG made here, each with the table that it shows; no script, and shape or label beside colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise

WIDTH = 640
ROW = 34
LABEL = 160
VALUE = 90


@dataclass(frozen=True)
class Bar:
    """A row of the chart; `goal` draws a dashed line at the value to reach. Values are not negative."""

    label: str
    value: Decimal | int
    goal: Decimal | int | None = None


@dataclass(frozen=True)
class Placed:
    bar: Bar
    y: int
    text_y: int
    width: int
    value_x: int
    goal_x: int | None


@dataclass(frozen=True)
class BarChart:
    """Horizontal bars. `source` names where the figures come from and as of when; each chart has one."""

    title: str | Promise
    bars: Sequence[Bar]
    unit: str | Promise
    source: str | Promise

    @property
    def height(self) -> int:
        return ROW * len(self.bars) + 8

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def label_x(self) -> int:
        return LABEL - 8

    @property
    def bar_x(self) -> int:
        return LABEL

    @property
    def has_goals(self) -> bool:
        return any(bar.goal is not None for bar in self.bars)

    def placed(self) -> list[Placed]:
        room = WIDTH - LABEL - VALUE
        most = max((max(b.value, b.goal or 0) for b in self.bars), default=0) or 1
        rows = []
        for number, bar in enumerate(self.bars):
            y = ROW * number + 6
            width = int(room * bar.value / most)
            goal = None if bar.goal is None else LABEL + int(room * bar.goal / most)
            rows.append(Placed(bar, y, y + 16, width, max(LABEL + width, goal or 0) + 8, goal))
        return rows
