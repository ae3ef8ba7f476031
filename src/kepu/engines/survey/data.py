"""A data file as columns: text exactly as printed, numbers checked, an empty cell missing."""

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from .errors import SurveyError

Array = np.ndarray[Any, Any]

_PIECE = 1 << 24


@dataclass(frozen=True)
class Data:
    """The columns of one file, each turned into an array only when it is asked for."""

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def names(self) -> list[str]:
        return list(self.table.column_names)

    def text(self, name: str) -> Array:
        """(n,) objects: the cell's text as printed in the file, None where it is empty."""
        return np.asarray(self._printed(name).to_numpy(zero_copy_only=False), dtype=object)

    def codes(self, name: str) -> tuple[Array, list[str]]:
        """(n,) positions in the list of the column's distinct texts, -1 where the cell is empty; and that list, sorted."""
        encoded = self._printed(name).combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):  # an empty file has no chunk to combine
            encoded = encoded.combine_chunks()
        labels = encoded.dictionary.to_pylist()
        order = sorted(range(len(labels)), key=labels.__getitem__)
        rank = np.full(len(labels) + 1, -1, dtype=np.int64)
        rank[order] = np.arange(len(labels))
        indices = encoded.indices.fill_null(len(labels)).to_numpy(zero_copy_only=False)
        return rank[indices], [labels[position] for position in order]

    def numbers(self, name: str) -> Array:
        """(n,) floats, NaN where the cell is empty.

        Raises `data.not_a_number` for a cell that is neither empty nor a finite decimal number, with its row.
        """
        column = self._column(name)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            column = column.cast(pa.string())
            column = pc.utf8_trim_whitespace(column)
            column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
        try:
            values = np.array(column.cast(pa.float64()).to_numpy(), dtype=float)  # a copy of our own, writable
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            values = np.array([_number(cell) for cell in column.to_pylist()])
        present = column.is_valid().to_numpy()
        if not np.isfinite(values[present]).all():
            row = int(np.flatnonzero(present & ~np.isfinite(values))[0])
            raise SurveyError(
                "data.not_a_number",
                f"column {name}, row {row + 1}",
                "a number or an empty cell",
                repr(self._column(name)[row].as_py()),
                "an answer that is missing is an empty cell",
            )
        return values

    def _printed(self, name: str) -> pa.ChunkedArray:
        column = self._column(name)
        try:
            return _text(column)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            expected = "text, numbers, dates or yes and no"
            raise SurveyError("data.kind", f"column {name}", expected, str(column.type)) from None

    def _column(self, name: str) -> pa.ChunkedArray:
        if name not in self.table.column_names:
            shown = ", ".join(self.table.column_names[:20])
            raise SurveyError("data.no_such_column", f"column {name}", f"one of: {shown}", name)
        return self.table.column(name)


def read(path: Path) -> Data:
    """The file's columns; `.parquet` is read as Parquet, everything else as CSV with a heading row.

    CSV may be UTF-8 (with or without a mark) or GB18030, with commas and line breaks inside quotes.
    Raises SurveyError `data.*` for a file that is absent, empty, ragged, in an unknown encoding or has a heading twice.
    """
    try:
        table = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path.read_bytes())
    except OSError as problem:
        raise SurveyError("data.unreadable", path.name, "a readable file", problem.strerror or str(problem)) from None
    except pa.ArrowInvalid as problem:
        raise SurveyError(
            "data.malformed",
            path.name,
            "rows with as many cells as the heading",
            str(problem).splitlines()[0],
            "a comma inside a cell needs quotes around the cell",
        ) from None
    for name in table.column_names:
        if table.column_names.count(name) > 1:
            raise SurveyError("data.heading_twice", f"column {name}", "each heading once", name)
    return Data(table)


def _parquet(path: Path) -> pa.Table:
    import pyarrow.parquet

    return pyarrow.parquet.read_table(path, partitioning=None)


def _csv(content: bytes) -> pa.Table:
    if not content.strip():
        raise SurveyError("data.empty", "the file", "a heading row and rows", "nothing")
    read_options = pyarrow.csv.ReadOptions(encoding=_encoding(content))
    # line breaks in cells cost the parallel reading, so only a file that could have them pays for it
    parse_options = pyarrow.csv.ParseOptions(newlines_in_values=b'"' in content)
    heading = content.splitlines()[0].decode(read_options.encoding).removeprefix("\ufeff")
    if not heading.strip():
        raise SurveyError("data.empty", "row 1", "headings", "an empty row")
    with pyarrow.csv.open_csv(pa.BufferReader(content), read_options, parse_options) as reader:
        names = reader.schema.names
    convert = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    return pyarrow.csv.read_csv(pa.BufferReader(content), read_options, parse_options, convert)


def _encoding(content: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(content), _PIECE):  # in pieces: the whole as text would be as large again
                decoder.decode(content[start : start + _PIECE])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise SurveyError("data.encoding", "the file", "UTF-8 or GB18030 text", "other bytes", "save the file as CSV UTF-8")


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A typed column as it would be printed: whole numbers without a decimal point."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        whole = pc.equal(column, pc.floor(column))
        printed = pc.if_else(whole, pc.if_else(whole, column, 0.0).cast(pa.int64(), safe=False).cast(pa.string()), None)
        column = pc.coalesce(printed, column.cast(pa.string()))
    elif not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _number(cell: object) -> float:
    if cell is None:
        return float("nan")
    try:
        return float(str(cell))
    except ValueError:
        return float("inf")  # told from a missing cell by the caller, who names the row
