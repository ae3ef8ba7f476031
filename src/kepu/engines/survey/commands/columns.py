"""The columns that a request names, each turned into categories or numbers once."""

from dataclasses import dataclass, field

import numpy as np

from ..arrays import Floats, Ints, Mask
from ..data import Data


@dataclass(frozen=True)
class Texts:
    """A column as categories: `codes` (n,) into `values`, -1 for missing; in numeric order if all of them are numbers."""

    codes: Ints
    values: list[str]

    @property
    def missing(self) -> Mask:
        return np.asarray(self.codes < 0)

    def matches(self, wanted: set[str]) -> Mask:
        """Rows (n,) whose text is one of `wanted`."""
        hit = np.array([value in wanted for value in [*self.values, None]])
        return np.asarray(hit[self.codes])


@dataclass
class Columns:
    """Columns of a data file by name."""

    data: Data
    _texts: dict[str, Texts] = field(default_factory=dict)
    _numbers: dict[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.data)

    def texts(self, name: str) -> Texts:
        """The column as categories."""
        if name not in self._texts:
            codes, values = self.data.codes(name)
            order = _numeric_order(values)
            place = np.empty(len(values) + 1, dtype=np.int64)
            place[order], place[-1] = np.arange(len(values)), -1
            self._texts[name] = Texts(place[codes], [values[i] for i in order])
        return self._texts[name]

    def numbers(self, name: str) -> Floats:
        """The column as numbers, nan for missing. Raises SurveyError data.not_a_number."""
        if name not in self._numbers:
            self._numbers[name] = np.asarray(self.data.numbers(name), dtype=np.float64)
        return self._numbers[name]


def _numeric_order(values: list[str]) -> list[int]:
    """Positions of the values (in order of text) in numeric order, or as they are if one is not a number."""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return list(range(len(values)))
    return sorted(range(len(values)), key=lambda i: (numbers[i], values[i]))
