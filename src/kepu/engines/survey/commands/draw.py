"""`kepu survey draw FRAME SPEC.json [-o OUT.csv]`: a sample from a frame, by docs/survey/draw.schema.json."""

import argparse
import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..data import Data, read
from ..errors import SurveyError
from ..households import Choice, person_grid
from ..reliability import Doubt
from ..selection import EQUAL, SORTED, Array, Label, Method, Sample, Short, SizeRule, Stage, draw
from .answering import answer, put
from .fields import Fields, read_specification


def main(argv: Sequence[str]) -> int:
    """Run the verb; 0, or 2 if the frame or the specification was refused."""
    parser = argparse.ArgumentParser(
        prog="kepu survey draw", description="Draw a sample from a frame; the frame itself is not changed."
    )
    parser.add_argument("frame", type=Path, metavar="FRAME", help="csv or parquet, one row a unit that can be drawn")
    parser.add_argument("specification", type=Path, metavar="SPEC.json")
    parser.add_argument("-o", "--out", type=Path, metavar="OUT.csv", help="write the sample here and print a summary")
    call = parser.parse_args(argv)
    return answer(lambda: _run(call.frame, call.specification, call.out))


@dataclass(frozen=True)
class _Drawn:
    """A sample with what its specification asked to be printed with it. `grid`: whom to take, by number of persons."""

    seed: int
    strata: tuple[str, ...]
    sample: Sample
    grid: Array | None


def _run(frame: Path, specification: Path, out: Path | None) -> None:
    if out is not None and out.exists() and frame.exists() and out.samefile(frame):
        raise SurveyError("output.is_frame", str(out), "another file than the frame", str(frame))
    data = read(frame)
    drawn = read_specification(specification, partial(_draw, data))
    put(_as_csv(data, drawn), out)
    if out is not None:
        put(json.dumps(_summary(drawn), ensure_ascii=False, indent=1) + "\n", None)


def _draw(data: Data, fields: Fields) -> _Drawn:
    seed = fields.whole("seed")
    strata = fields.columns("strata")
    stages = fields.items("stages", partial(_stage, data, strata))
    for position, stage in enumerate(stages[:-1]):
        if stage.unit is None:
            raise SurveyError("spec.missing", f"{fields.where}.stages[{position}].unit", "a column", "nothing")
    household = fields.inner("household", partial(_household, data)) if fields.has("household") else None
    fields.done()  # before the draw: a misspelt key must not cost a wait
    sample = draw(len(data), seed=seed, stages=stages, strata=_labels(data, strata))
    if household is None:
        return _Drawn(seed, strata, sample, None)
    eligible, choice = household
    if isinstance(eligible, int):
        return _Drawn(seed, strata, sample, person_grid(sample.chance, eligible, choice))
    return _Drawn(seed, strata, sample.choose(eligible, choice), None)


def _stage(data: Data, strata: tuple[str, ...], fields: Fields) -> Stage:
    method = Method(fields.choice("method", list(Method)))
    stage = Stage(method, unit=data.text(fields.text("unit")) if fields.has("unit") else None)
    stage = replace(stage, short=Short(fields.choice("short", list(Short), Short.REFUSE)))
    if method not in EQUAL and fields.has("probability"):
        return replace(
            stage, probability=_whole_column(data, fields.text("probability")), order=_order(data, fields, method)
        )
    if method not in EQUAL:
        size = _whole_column(data, fields.text("size"))
        stage = replace(stage, size=size, size_rule=SizeRule(fields.choice("size_rule", list(SizeRule), SizeRule.SUM)))
    value = fields.need("n")
    n = dict(_by_stratum(fields, value, strata)) if isinstance(value, dict) else fields.whole("n", least=1)
    return replace(stage, n=n, order=_order(data, fields, method))


def _household(data: Data, fields: Fields) -> tuple[Array | int, Choice]:
    """Eligible persons by frame row, or the largest number that a grid is made for where the frame does not know them."""
    choice = Choice(fields.choice("choice", list(Choice), Choice.EQUAL))
    if fields.has("eligible") == fields.has("up_to"):
        raise SurveyError("spec.value", f"{fields.where}.eligible", "either eligible or up_to", "both or neither")
    if fields.has("up_to"):
        return fields.whole("up_to", least=1), choice
    return _whole_column(data, fields.text("eligible")), choice


def _by_stratum(fields: Fields, value: Any, strata: tuple[str, ...]) -> list[tuple[Label, int]]:
    """Numbers by stratum; several columns nest, as the totals of a calibration do."""
    if not strata:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return [((), value)]
        raise fields.refuse(
            "n", "a whole number >= 1 for each stratum, nested as deep as there are strata columns", value
        )
    if not isinstance(value, Mapping):
        raise fields.refuse("n", f"values of {strata[0]}, each with its number", value)
    return [((key, *label), n) for key, inner in value.items() for label, n in _by_stratum(fields, inner, strata[1:])]


def _labels(data: Data, strata: tuple[str, ...]) -> Array | None:
    if not strata:
        return None
    labels = np.empty(len(data), dtype=object)
    labels[:] = list(zip(*(data.text(name).tolist() for name in strata), strict=True))
    return labels


def _order(data: Data, fields: Fields, method: Method) -> Array | None:
    """Ranks along the given columns: as numbers where every cell is one, else as text."""
    columns = fields.columns("order") if method in SORTED else ()
    if not columns:
        return None
    keys = []
    for name in columns:
        try:
            keys.append(_whole_column(data, name))
        except SurveyError as refusal:
            if refusal.code != "data.not_a_number":
                raise
            codes, _ = data.codes(name)
            keys.append(codes)
    ranks = np.empty(len(data), dtype=int)
    ranks[np.lexsort(keys[::-1])] = np.arange(len(data))
    return ranks


def _whole_column(data: Data, name: str) -> Array:
    """A column of numbers without a gap."""
    values = data.numbers(name)
    gaps = np.flatnonzero(np.isnan(values))
    if len(gaps):
        raise SurveyError("data.missing", f"column {name}, row {gaps[0] + 1}", "a number", "an empty cell")
    return values


def _added(drawn: _Drawn) -> dict[str, list[Any]]:
    sample = drawn.sample
    columns: dict[str, list[Any]] = {}
    for stage in range(sample.probability.shape[1]):
        prefix = f"stage{stage + 1}_"
        columns[prefix + "population"] = sample.population[:, stage].tolist()
        columns[prefix + "taken"] = sample.taken[:, stage].tolist()
        columns[prefix + "certainty"] = sample.certainty[:, stage].astype(int).tolist()
        columns[prefix + "probability"] = sample.probability[:, stage].tolist()
    if sample.person is not None and sample.person_probability is not None:
        columns["person"] = sample.person.tolist()
        columns["person_probability"] = sample.person_probability.tolist()
    if drawn.grid is not None:
        for count, persons in enumerate(drawn.grid.T, start=1):
            columns[f"person_of_{count}"] = persons.tolist()
    columns["probability"] = sample.inclusion.tolist()
    columns["weight"] = sample.weight.tolist()
    return columns


def _as_csv(data: Data, drawn: _Drawn) -> str:
    added = _added(drawn)
    for name in added:
        if name in data.names:
            hint = "rename that column of the frame"
            raise SurveyError("data.heading_taken", f"column {name}", "a frame without this heading", name, hint)
    columns = [data.text(name)[drawn.sample.rows].tolist() for name in data.names] + list(added.values())
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow([*data.names, *added])
    writer.writerows(zip(*columns, strict=True))
    return sheet.getvalue()


def _summary(drawn: _Drawn) -> dict[str, Any]:
    """What was drawn, by stratum, with the doubt that an estimate will meet."""
    sample = drawn.sample
    rows: dict[Label, list[int]] = {}
    for row, label in enumerate(sample.stratum):
        rows.setdefault(label, []).append(row)
    weight = sample.weight
    lines = []
    for label, members in rows.items():
        population, taken, sure = (
            int(sizes[members[0], 0]) for sizes in (sample.population, sample.taken, sample.sure)
        )
        lonely = taken - sure == 1 and population - sure > 1  # those taken for sure say nothing of the others
        lines.append(
            {
                "stratum": dict(zip(drawn.strata, label, strict=True)),
                "units": population,
                "taken": taken,
                "taken_for_sure": sure,
                "rows": len(members),
                "sum_of_weights": float(weight[members].sum()),
                "warnings": [Doubt("lonely_psu", 1, 2).as_dict()] if lonely else [],
            }
        )
    return {"seed": drawn.seed, "rows": len(weight), "sum_of_weights": float(weight.sum()), "strata": lines}
