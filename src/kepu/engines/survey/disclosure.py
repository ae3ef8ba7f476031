"""Suppression: which figures may not be shown, and which others must go with them so that no subtraction brings them back.

A table with its margins is a set of sums. A hidden cell is safe if the shown cells leave room for it: they must still be
consistent with a value `protection` higher than the true one. Rules, formulas and an example: docs/survey-publishing.md.
Sources: Fischetti & Salazar-González, Solving the cell suppression problem on tabular data with linear constraints,
Management Science 47 (2001); Hundepool et al., Statistical Disclosure Control (2012), chapter 4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import OptimizeResult, linprog

from .errors import SurveyError
from .tables import Table

Array = np.ndarray[Any, Any]
Key = tuple[str | None, ...]

_TOLERANCE = 1e-7


class State(StrEnum):
    """What happens to a cell: shown, hidden by a rule, hidden to protect others."""

    SHOWN = "shown"
    PRIMARY = "primary"
    COMPLEMENTARY = "complementary"


@dataclass(frozen=True)
class Rules:
    """A figure is hidden where it has fewer than `n` respondents, a smaller weighted count, a larger CV or fewer degrees
    of freedom; None switches a rule off. The default hides cells of fewer than ten respondents, empty ones included."""

    n: float | None = 10
    weighted_n: float | None = None
    cv: float | None = None
    df: float | None = None

    def reasons(
        self, n: Array, *, weighted_n: Array | None = None, cv: Array | None = None, df: Array | None = None
    ) -> list[tuple[str, ...]]:
        """The rules that each figure breaks; (m,) arrays. A CV that is NaN or infinite (a figure of 0) breaks its rule.

        Raises `disclosure.rule_without_figures` for a rule whose figures are not given.
        """
        columns: dict[str, Array] = {}
        for name, values, limit in (
            ("n", n, self.n),
            ("weighted_n", weighted_n, self.weighted_n),
            ("cv", cv, self.cv),
            ("df", df, self.df),
        ):
            if limit is None:
                continue
            if values is None:
                raise SurveyError("disclosure.rule_without_figures", name, "figures for this rule", "nothing")
            figures = np.asarray(values, dtype=float)
            columns[name] = ~(figures <= limit) if name == "cv" else ~(figures >= limit)
        return [tuple(name for name, broken in columns.items() if broken[row]) for row in range(len(n))]


@dataclass(frozen=True)
class CrossTable:
    """A table of counts with the margins that are shown.

    `keys`: one label a dimension for each cell, None for the total over it. `values`: (C,) counts ≥ 0, additive.
    `parents`: one mapping a dimension, label → label above (townships → county …); without one all labels are summed
    by the total. Every crossing of lowest labels must be there; margins may be missing and are then simply not shown.
    """

    keys: Sequence[Key]
    values: Array
    parents: Sequence[Mapping[str, str]] = ()
    _sums: "_Sums" = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sums", _sums(self))


@dataclass(frozen=True)
class _Sums:
    """`relations` (E, C') with relations @ values = 0 over the table's cells and, after them, the margins not shown."""

    relations: sparse.csr_matrix
    values: Array


def suppress(
    table: CrossTable,
    primary: Array,
    *,
    protection: float = 10.0,
    fixed: Array | None = None,
    cost: Array | None = None,
) -> Table:
    """Add the cells that must go with the primary ones; returns the state of every cell and what an outsider can compute.

    `primary`, `fixed`: (C,) bool; fixed cells are shown in any case (published before, impossible by nature).
    `protection`: for every primary cell an outsider must hold a value this much higher possible; with the n of the rule
    nobody can tell that a cell is small, not even from a sum of hidden cells. `cost`: (C,) loss of hiding a cell, default
    1 + value. Columns: `state`, `low`, `high` (the range that shown cells leave for a cell; the value itself if shown).
    Cells are added by one linear programme a primary cell (the cheapest change that the sums allow), then every added
    cell that is not needed is shown again: no smaller subset of the result would do, though another set might.
    Raises `disclosure.fixed_primary`, `disclosure.cannot_protect`, `disclosure.length`, `disclosure.protection`.
    """
    count = len(table.values)
    primary = _mask(primary, count, "primary")
    fixed = np.zeros(count, dtype=bool) if fixed is None else _mask(fixed, count, "fixed")
    if not protection > 0:
        raise SurveyError("disclosure.protection", "protection", "a number > 0", f"{protection:g}")
    if (primary & fixed).any():
        where = _name(table.keys[int(np.flatnonzero(primary & fixed)[0])])
        raise SurveyError("disclosure.fixed_primary", where, "a cell that may be hidden", "a cell that is fixed")
    loss = 1 + np.asarray(table.values, dtype=float) if cost is None else np.asarray(cost, dtype=float)
    if loss.shape != (count,) or not (np.isfinite(loss) & (loss > 0)).all():
        raise SurveyError("disclosure.length", "cost", f"{count} numbers > 0", "others")
    unseen = len(table._sums.values) - count
    hidden = np.concatenate([primary, np.ones(unseen, dtype=bool)])
    fixed = np.concatenate([fixed, np.zeros(unseen, dtype=bool)])
    loss = np.concatenate([loss, np.zeros(unseen)])
    cells = np.flatnonzero(primary)
    changes: dict[int, Array] = {}
    for cell in cells[np.argsort(-table.values[cells], kind="stable")].tolist():  # the large may protect the small
        change = _change(table._sums, cell, protection, np.where(hidden, 0.0, loss), ~fixed)
        if change is None:
            hint = "hide another margin, or leave fewer cells fixed"
            raise SurveyError(
                "disclosure.cannot_protect", _name(table.keys[cell]), "cells that could hide it", "none", hint
            )
        changes[cell] = change
        hidden |= change != 0
    _show_again(table._sums, hidden, changes, protection, loss)
    low, high = _ranges(table._sums, hidden, count)
    state = [
        State.PRIMARY if first else State.COMPLEMENTARY if second else State.SHOWN
        for first, second in zip(primary, hidden[:count], strict=True)
    ]
    return Table({"state": np.array(state, dtype=object), "low": low, "high": high})


def ranges(table: CrossTable, hidden: Array) -> Table:
    """What an outsider can compute: `low` and `high` of each cell from the cells that are not hidden, counts being ≥ 0.

    `hidden`: (C,) bool. low = high means that hiding was in vain.
    """
    count = len(table.values)
    mask = np.concatenate([_mask(hidden, count, "hidden"), np.ones(len(table._sums.values) - count, dtype=bool)])
    low, high = _ranges(table._sums, mask, count)
    return Table({"low": low, "high": high})


def _show_again(sums: _Sums, hidden: Array, changes: dict[int, Array], protection: float, loss: Array) -> None:
    """Take back, dearest first, the cells without which every primary cell is still safe; changes `hidden`.

    `changes`: for each primary cell a change that proves it safe; only the proofs that use a cell must be found anew.
    """
    added = [cell for cell in np.flatnonzero(hidden & (loss > 0)).tolist() if cell not in changes]
    for cell in sorted(added, key=lambda place: -loss[place]):
        hidden[cell] = False
        anew: dict[int, Array] = {}
        for own, change in changes.items():
            if change[cell]:
                found = _change(sums, own, protection, np.zeros(len(hidden)), hidden)
                if found is None:
                    hidden[cell] = True
                    break
                anew[own] = found
        else:
            changes.update(anew)


def _change(sums: _Sums, cell: int, amount: float, loss: Array, free: Array) -> Array | None:
    """The cheapest change of the free cells that keeps every sum and no count below 0 and raises `cell` by `amount`."""
    places = np.flatnonzero(free)
    own = int(np.searchsorted(places, cell))
    relations = sums.relations[:, places]
    up: list[tuple[float, float | None]] = [(0.0, None)] * len(places)
    down: list[tuple[float, float | None]] = [(0.0, float(value)) for value in sums.values[places]]
    up[own], down[own] = (amount, amount), (0.0, 0.0)
    solved: OptimizeResult = linprog(
        np.concatenate([loss[places]] * 2),
        A_eq=sparse.hstack([relations, -relations], format="csr"),
        b_eq=np.zeros(relations.shape[0]),
        bounds=up + down,
        method="highs",
    )
    if solved.status != 0:
        return None
    change = np.zeros(len(sums.values))
    change[places] = solved.x[: len(places)] - solved.x[len(places) :]
    change[np.abs(change) <= _TOLERANCE * amount] = 0.0
    return change


def _ranges(sums: _Sums, hidden: Array, count: int) -> tuple[Array, Array]:
    low = np.array(sums.values[:count], dtype=float)
    high = low.copy()
    places = np.flatnonzero(hidden)
    relations = sums.relations[:, places]
    target = relations @ sums.values[places]
    for position, cell in enumerate(places):
        if cell >= count:
            continue
        for sign, result in ((1.0, low), (-1.0, high)):
            aim = np.zeros(len(places))
            aim[position] = sign
            solved = linprog(aim, A_eq=relations, b_eq=target, bounds=(0, None), method="highs")
            result[cell] = np.inf if solved.status == 3 else sign * solved.fun  # 3: nothing bounds it from above
    return low, high


def _sums(table: CrossTable) -> _Sums:
    """All sums of the table, with a cell for every margin, shown or not."""
    keys = list(table.keys)
    values = np.asarray(table.values, dtype=float)
    dimensions = len(keys[0]) if keys else 0
    if not dimensions or len(values) != len(keys) or any(len(key) != dimensions for key in keys):
        got = f"{len(keys)} keys, {len(values)} values"
        raise SurveyError("disclosure.length", "table", "a key and a value for each cell", got)
    if not (np.isfinite(values) & (values >= 0)).all():
        raise SurveyError("disclosure.count", "values", "counts >= 0", "others")
    place = {key: position for position, key in enumerate(keys)}
    if len(place) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise SurveyError("disclosure.key_twice", _name(twice), "each cell once", "two")
    parts = [_parts({key[axis] for key in keys}, _parents(table, axis, dimensions)) for axis in range(dimensions)]
    leaves = [[label for label in own if not own[label]] for own in parts]
    for key in product(*leaves):
        if key not in place:
            hint = "an empty crossing has the count 0"
            raise SurveyError("disclosure.incomplete", _name(key), "every crossing of lowest labels", "nothing", hint)
    inner = {key: values[place[key]] for key in product(*leaves)}
    for key in product(*parts):
        place.setdefault(key, len(place))
    rows = [
        (place[key], [place[(*key[:axis], part, *key[axis + 1 :])] for part in parts[axis][label]])
        for key in product(*parts)
        for axis, label in enumerate(key)
        if parts[axis][label]
    ]
    relations = sparse.lil_matrix((len(rows), len(place)))
    for row, (whole, members) in enumerate(rows):
        relations[row, whole] = 1.0
        relations[row, members] = -1.0
    summed = _summed(parts, inner, place)
    off = np.flatnonzero(np.abs(summed[: len(keys)] - values) > 1e-6 * (1 + values))
    if len(off):
        cell = off[0]
        raise SurveyError(
            "disclosure.not_additive", _name(keys[cell]), f"the sum {summed[cell]:g}", f"{values[cell]:g}"
        )
    return _Sums(relations.tocsr(), summed)


def _parents(table: CrossTable, axis: int, dimensions: int) -> Mapping[str, str]:
    if table.parents and len(table.parents) != dimensions:
        raise SurveyError("disclosure.length", "parents", f"{dimensions} mappings", str(len(table.parents)))
    return table.parents[axis] if table.parents else {}


def _parts(labels: set[str | None], parents: Mapping[str, str]) -> dict[str | None, list[str]]:
    """Each label of a dimension, the total (None) included, with the labels that it sums."""
    parts: dict[str | None, list[str]] = {None: []}
    waiting = [label for label in labels if label is not None]
    while waiting:
        label = waiting.pop()
        if label not in parts:
            parts[label] = []
            waiting += [parents[label]] if label in parents else []
    for label in sorted(name for name in parts if name is not None):
        parts[parents.get(label)].append(label)
    for label in parents:
        seen, above = {label}, parents.get(label)
        while above is not None:
            if above in seen:
                raise SurveyError("disclosure.circle", f"label {label}", "labels above it that end", "a circle")
            seen.add(above)
            above = parents.get(above)
    return parts


def _summed(
    parts: Sequence[Mapping[str | None, Sequence[str]]], inner: Mapping[Key, float], place: Mapping[Key, int]
) -> Array:
    """(C',) the sum of the lowest cells under each cell."""

    def under(own: Mapping[str | None, Sequence[str]], label: str | None) -> list[str | None]:
        return [leaf for part in own[label] for leaf in under(own, part)] if own[label] else [label]

    below = [{label: under(own, label) for label in own} for own in parts]
    values = np.zeros(len(place))
    for key, position in place.items():
        values[position] = sum(inner[cell] for cell in product(*(below[axis][label] for axis, label in enumerate(key))))
    return values


def _mask(values: Array, count: int, name: str) -> Array:
    mask = np.asarray(values)
    if mask.shape != (count,) or mask.dtype != bool:
        raise SurveyError("disclosure.length", name, f"{count} true or false", f"{mask.shape} {mask.dtype}")
    return mask


def _name(key: Key) -> str:
    return "cell " + " / ".join("total" if label is None else label for label in key)
