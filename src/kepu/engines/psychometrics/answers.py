"""Answers from a file, as the texts that stand in it, turned into category numbers and then into scores."""

from csv import reader as header
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
from numpy.typing import NDArray
from pyarrow import compute, csv, parquet

from . import rules, scoring
from .errors import PsychometricsError
from .items import MISSING, Codes
from .specification import Ability, Question, Specification


def read(path: Path, wanted: Specification) -> pyarrow.Table:
    """The columns that the specification names, each as text, empty where there is nothing.

    Raises `data.unreadable`, `data.column_missing`, `data.empty`.
    """
    names = list(dict.fromkeys([*wanted.ids, *(question.column for question in wanted.questions)]))
    try:
        there = _names(path)
        if lacking := [name for name in names if name not in there]:
            got = ", ".join(there[:12])
            raise PsychometricsError("data.column_missing", lacking[0], "a column of this name", got)
        if twice := [name for name in names if there.count(name) > 1]:
            raise PsychometricsError(
                "data.column_twice", twice[0], "one column of this name", str(there.count(twice[0]))
            )
        table = _columns(path, names)
    except (OSError, UnicodeDecodeError, pyarrow.ArrowException) as error:
        raise PsychometricsError("data.unreadable", str(path), "csv in UTF-8, or parquet", str(error)[:200]) from error
    if not table.num_rows:
        raise PsychometricsError("data.empty", str(path), "at least one respondent", "none")
    return pyarrow.table({name: _text(table[name]) for name in names})


def _names(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return list(parquet.read_schema(path).names)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(header(file), [])


def _columns(path: Path, names: list[str]) -> pyarrow.Table:
    if path.suffix == ".parquet":
        return parquet.read_table(path, columns=names)
    options = csv.ConvertOptions(
        column_types={name: pyarrow.string() for name in names}, include_columns=names, strings_can_be_null=False
    )
    return csv.read_csv(path, convert_options=options, parse_options=csv.ParseOptions(newlines_in_values=True))


def _text(column: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    """Numbers as they would be printed: whole ones without a point."""
    if pyarrow.types.is_floating(column.type) and compute.all(compute.equal(column, compute.floor(column))).as_py():
        column = column.cast(pyarrow.int64())
    if pyarrow.types.is_boolean(column.type):
        column = column.cast(pyarrow.int8())
    return compute.fill_null(compute.utf8_trim_whitespace(column.cast(pyarrow.string())), "")


def scores(table: pyarrow.Table, wanted: Specification) -> pyarrow.Table:
    """Ids, then what was asked for: score, dimensions, tier, literate; theta, se, status by method; plausible values."""
    codes = np.stack([_codes(table[q.column], q, wanted.no_answer) for q in wanted.questions], axis=1)
    columns: dict[str, Any] = {name: table[name] for name in wanted.ids}
    columns["answered"] = (codes != MISSING).sum(axis=1)
    if wanted.rule is not None:
        dimensions = [question.dimension or "" for question in wanted.questions]
        found = rules.apply(wanted.rule, codes, dimensions, [question.top for question in wanted.questions])
        columns["score"] = found.total
        for place, (name, _) in enumerate(wanted.rule.dimensions):
            columns[f"score_{name}"] = np.ascontiguousarray(found.dimensions[:, place])
        columns["tier"], columns["literate"] = found.tier, found.literate.astype(np.int8)
    if wanted.ability is not None:
        columns |= _abilities(codes, wanted.ability)
    return pyarrow.table(columns)


def _abilities(codes: Codes, wanted: Ability) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    items, population = wanted.items, wanted.population
    calls = {
        scoring.Method.EAP: lambda: scoring.eap(codes, items, population, wanted.grid),
        scoring.Method.MAP: lambda: scoring.maximum_a_posteriori(codes, items, population),
        scoring.Method.ML: lambda: scoring.maximum_likelihood(codes, items, bounds=wanted.bounds),
        scoring.Method.WLE: lambda: scoring.weighted_likelihood(codes, items, bounds=wanted.bounds),
        scoring.Method.EAP_SUM: lambda: scoring.eap_from_sum(codes, items, population, wanted.grid),
    }
    for method in wanted.methods:
        found = calls[method]()
        # what has no value is empty in the file, and the status says why
        columns[f"theta_{method}"], columns[f"se_{method}"] = (_finite(v) for v in (found.theta, found.se))
        columns[f"status_{method}"] = found.status
    if wanted.draws:
        values = scoring.plausible_values(codes, items, draws=wanted.draws, seed=wanted.seed, population=population)
        columns |= {f"pv_{draw + 1}": np.ascontiguousarray(values[:, draw]) for draw in range(wanted.draws)}
    return columns


def _finite(values: NDArray[np.float64]) -> pyarrow.Array:
    return pyarrow.array(values, mask=~np.isfinite(values))


def _codes(column: pyarrow.ChunkedArray, question: Question, no_answer: frozenset[str]) -> NDArray[np.int16]:
    """Category numbers (N,), by looking up each distinct text once. Raises `data.value` with the first row at fault."""
    coded = column.combine_chunks().dictionary_encode()
    texts = coded.dictionary.to_pylist()
    worth = np.array([_worth(text, question, no_answer) for text in texts], dtype=np.int16)
    index = coded.indices.to_numpy(zero_copy_only=False)
    if (bad := np.flatnonzero(worth == _UNKNOWN)).size:
        row = int(np.flatnonzero(np.isin(index, bad))[0])
        expected = f"a whole number from 0 to {question.top}" if question.values is None else ", ".join(question.values)
        hint = "list texts that mean no answer under no_answer"
        raise PsychometricsError("data.value", f"{question.column}, row {row + 1}", expected, texts[index[row]], hint)
    result: NDArray[np.int16] = worth[index]
    return result


_UNKNOWN = -2


def _worth(text: str, question: Question, no_answer: frozenset[str]) -> int:
    if text in no_answer:
        return MISSING
    if question.values is not None:
        return question.values.get(text, 0 if question.keyed else _UNKNOWN)
    return int(text) if text.isdecimal() and int(text) <= question.top else _UNKNOWN
