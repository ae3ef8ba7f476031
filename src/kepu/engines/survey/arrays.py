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
    if np.issubdtype(values.dtype, np.integer) and len(values):
        low, high = int(values.min()), int(values.max())
        if high - low <= 4 * len(values):  # no need to sort
            shifted = values.astype(np.int64) - low
            seen = np.zeros(high - low + 1, dtype=bool)
            seen[shifted] = True
            return (np.cumsum(seen) - 1)[shifted], (np.flatnonzero(seen) + low).astype(values.dtype)
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
    sums = np.empty((size, values.shape[1]), order="F")
    for j, column in enumerate(values.T):
        sums[:, j] = np.bincount(codes, weights=column, minlength=size)
    return sums
