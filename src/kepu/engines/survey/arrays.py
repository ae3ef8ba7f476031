"""Names for the two kinds of array that every part of the engine passes on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Anything = NDArray[Any]


def ranks(values: Anything) -> tuple[Ints, Anything]:
    """Codes 0…k-1 of each value in sorted order, and the k distinct values."""
    distinct, codes = np.unique(values, return_inverse=True)
    return codes.reshape(-1).astype(np.int64), distinct


def crossing(*codes: Ints) -> Ints:
    """One code for each combination that occurs, ordered by the first code, then the second, …"""
    joint = codes[0]
    for more in codes[1:]:
        joint = ranks(joint)[0] * (int(more.max(initial=0)) + 1) + more
    return ranks(joint)[0]


def sums_by(codes: Ints, values: Floats, size: int) -> Floats:
    """Sums of the columns of `values` (n, k) by code, shape (size, k); negative codes are left out."""
    inside = codes >= 0
    if not inside.all():
        codes, values = codes[inside], values[inside]
    sums = [np.bincount(codes, weights=column, minlength=size) for column in values.T]
    return np.stack(sums, axis=1) if sums else np.zeros((size, 0))
