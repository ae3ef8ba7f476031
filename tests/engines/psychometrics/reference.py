"""The reference numbers of golden/ and the data they were made from."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np

from kepu.engines.psychometrics.items import Items

FOLDER = Path(__file__).parent / "golden"


@cache
def golden():
    return json.loads((FOLDER / "golden_irt_simulated.json").read_text(encoding="utf-8"))["results"]


@cache
def table(stem):
    """Names and columns of a data file; an empty cell is NaN, a text column stays text."""
    with (FOLDER / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    columns = [list(column) for column in zip(*rows, strict=True)]
    return names, [column if column[0].isalpha() else [float(v) if v else np.nan for v in column] for column in columns]


@cache
def responses():
    return np.array(table("data_sim2pl_40x3000")[1]).T


def items(rows, names=True):
    """Items from rows of slopes and intercepts, or of slopes and difficulties."""
    labels = [row["item"] for row in rows] if names else None
    if "d" in rows[0]:
        return Items.of([row["a1"] for row in rows], [row["d"] for row in rows], names=labels)
    return Items.from_difficulty([row["a"] for row in rows], [row["b"] for row in rows], names=labels)
