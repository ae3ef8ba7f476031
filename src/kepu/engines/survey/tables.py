"""A result: named columns of one length."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars
    import pyarrow


@dataclass(frozen=True)
class Table:
    """Columns of numpy arrays of one length, in the order to be shown. Neither the mapping nor the arrays are changed."""

    columns: Mapping[str, np.ndarray[Any, Any]]

    def __post_init__(self) -> None:
        lengths = {name: len(values) for name, values in self.columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of unequal length: {lengths}")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        return self.columns[name]

    def to_records(self) -> list[dict[str, Any]]:
        """One dictionary a row, with plain Python values."""
        lists = {name: values.tolist() for name, values in self.columns.items()}
        return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]

    def to_arrow(self) -> "pyarrow.Table":
        """The same columns as an Arrow table."""
        import pyarrow

        return pyarrow.table(dict(self.columns))

    def to_polars(self) -> "polars.DataFrame":
        """The same columns as a Polars frame; needs Polars, which Kepu does not install."""
        import polars

        return polars.DataFrame(dict(self.columns))
