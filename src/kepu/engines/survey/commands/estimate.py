"""`kepu survey estimate DATA SPEC.json [-o OUT.json] [--table xlsx|md]`: estimates with their errors.

The contract is docs/survey/estimate.schema.json and docs/survey.md. Errors are one JSON object on stderr, exit status 2.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import Floats, Ints, Mask, crossing
from ..calibration import Calibrated
from ..contrasts import difference
from ..data import read
from ..design import Design
from ..errors import SurveyError
from ..estimates import Options, Rows, Sample, cut, freedom, quantiles, rows
from ..linearization import Kind
from ..reliability import Doubt
from .answering import answer, put
from .building import conditions, sample
from .columns import Columns
from .request import EstimateSpec, Specification, load

ENGINE = "kepu survey, specification 1"


def main(argv: Sequence[str]) -> int:
    """Run the command; 0, or 2 with a structured error."""
    parser = argparse.ArgumentParser(prog="kepu survey estimate", description="Estimates with their errors.")
    parser.add_argument("data", type=Path, metavar="DATA", help="csv or parquet")
    parser.add_argument("specification", type=Path, metavar="SPEC.json")
    parser.add_argument("-o", dest="out", type=Path, metavar="OUT.json", help="write there instead of to the terminal")
    parser.add_argument("--table", choices=("xlsx", "md"), help="also a table beside OUT.json; md without -o: instead")
    args = parser.parse_args(list(argv))
    return answer(lambda: _run(args.data, args.specification, args.out, args.table))


def _run(data: Path, specification: Path, out: Path | None, table: str | None) -> None:
    if table == "xlsx" and out is None:
        raise SurveyError("call.table", "--table xlsx", "-o OUT.json", "none", "a spreadsheet cannot be printed")
    result = run(load(specification), Columns(read(data)))
    text = json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if table is not None:
        from .output import markdown, workbook

        if out is None:
            text = markdown(result)
        elif table == "md":
            put(markdown(result), out.with_suffix(".md"))
        else:
            workbook(result, out.with_suffix(".xlsx"))
    put(text, out)


def run(spec: Specification, file: Columns) -> dict[str, Any]:
    """The result of a specification as JSON values."""
    drawn, calibrated = sample(spec, file)
    doubts = _design_doubts(spec, calibrated)
    return {
        "engine": ENGINE,
        "design": _described(spec, drawn, calibrated),
        "estimates": [_estimate(entry, drawn, file, doubts) for entry in spec.estimates],
    }


def _design_doubts(spec: Specification, calibrated: Calibrated | None) -> tuple[Doubt, ...]:
    found = []
    if calibrated is not None and not calibrated.converged:
        found.append(
            Doubt("calibration_not_converged", calibrated.misfit, (spec.calibration or {}).get("epsilon") or 1e-12)
        )
    if calibrated is not None and calibrated.design.weights.min() < 0:
        found.append(Doubt("negative_weights", float(calibrated.design.weights.min()), 0.0))
    columns = (spec.replicates or {}).get("columns")
    if columns and (spec.replicates or {}).get("scale") is None:
        found.append(Doubt("replicate_scale_not_given", 1.0))
    return tuple(found)


def _described(spec: Specification, drawn: Sample, calibrated: Calibrated | None) -> dict[str, Any]:
    """What a reader needs to judge the errors: how they were computed and every choice that was made."""
    design = drawn if isinstance(drawn, Design) else drawn.design
    level = design.levels[0]
    out: dict[str, Any] = {
        "df": drawn.df,
        "n": len(design),
        "sum_of_weights": float(design.weights.sum()),
        "method": "linearization" if isinstance(drawn, Design) else "replication",
        "strata": len(level.drawn),
        "units": level.units,
        "stages": len(design.levels),
        "lonely_strata": int(level.lonely.sum()),
        "lonely_psu": design.lonely_psu,
        "pps": None if design.pps is None else design.pps.method,
        "quantile_rule": "smallest value that reaches p; Woodruff interval",
    }
    if not isinstance(drawn, Design):
        scales = np.unique(drawn.rscales)
        out["replicates"] = {
            "count": drawn.count,
            "type": (spec.replicates or {}).get("type") or ((spec.replicates or {}).get("make") or {}).get("type"),
            "scale": drawn.scale,
            "rscales": float(scales[0]) if len(scales) == 1 else drawn.rscales.tolist(),
            "centre": "full estimate" if drawn.mse else "mean of replicates",
        }
    if calibrated is not None:
        low, high = calibrated.extremes
        out["calibration"] = {
            "method": (spec.calibration or {})["method"],
            "converged": calibrated.converged,
            "iterations": calibrated.iterations,
            "misfit": calibrated.misfit,
            "smallest_weight": low,
            "largest_weight": high,
        }
    return out


def _estimate(entry: EstimateSpec, drawn: Sample, file: Columns, doubts: tuple[Doubt, ...]) -> dict[str, Any]:
    options = Options(entry.interval, entry.level, entry.df, entry.deff)  # type: ignore[arg-type]  # checked on reading
    inside = conditions(file, entry.where)
    if entry.where and entry.missing == "fail":
        for name in entry.where:
            _refuse(file.texts(name).missing, name, entry)
    if not inside.any():
        raise SurveyError("domain.empty", f"estimate {entry.id}, where", "at least one row", "0")
    answered = inside & _answered(entry, file, inside)
    made = (
        _difference(entry, drawn, file, inside, answered, options)
        if entry.is_difference
        else _by(entry, drawn, file, answered, options)
    )
    if entry.value is not None and not file.texts(entry.variable).matches(entry.value).any():
        doubts = (*doubts, Doubt("value_not_in_data"))
    listed = [_row(entry, part, i, by, category, doubts) for part, i, by, category in made]
    if not listed:
        raise SurveyError("domain.empty", f"estimate {entry.id}", "at least one row that answered", "0")
    choices = {"interval": entry.interval, "level": entry.level, "df": entry.df, "deff": entry.deff}
    return {
        "id": entry.id,
        "statistic": entry.statistic,
        "choices": {**choices, "missing": entry.missing},
        "rows": listed,
    }


def _answered(entry: EstimateSpec, file: Columns, inside: Mask) -> Mask:
    """Rows that have all the columns the estimate names; refuses gaps unless they are to be dropped."""
    full = np.ones(len(file), dtype=bool)
    for name in dict.fromkeys(entry.columns()):
        if name in entry.where:
            continue
        missing = file.texts(name).missing
        if entry.missing == "fail":
            _refuse(missing & inside, name, entry)
        full &= ~missing
    return full


def _refuse(missing: Mask, name: str, entry: EstimateSpec) -> None:
    if missing.any():
        raise SurveyError(
            "data.missing",
            f"estimate {entry.id}, column {name}, row {int(np.flatnonzero(missing)[0]) + 1}",
            "a value in every row",
            f"{int(missing.sum())} missing",
            "say missing: drop to estimate over those who answered",
        )


Made = list[tuple[Rows, int, dict[str, str], str | None]]


def _by(entry: EstimateSpec, drawn: Sample, file: Columns, answered: Mask, options: Options) -> Made:
    columns = [file.texts(name) for name in entry.by]
    domain = np.full(len(file), -1)
    kept = np.flatnonzero(answered)
    if not len(kept):
        return []
    domain[kept] = crossing(*(c.codes[kept] for c in columns)) if columns else 0
    count = int(domain.max()) + 1
    first = np.zeros(count, dtype=np.int64)
    first[domain[kept[::-1]]] = kept[::-1]
    keys = [{name: c.values[c.codes[row]] for name, c in zip(entry.by, columns, strict=True)} for row in first]
    made: Made = []
    for part, category in _parts(entry, drawn, file, domain, count, options):
        for i, (d, column) in enumerate(zip(part.domain, part.column, strict=True)):
            made.append((part, i, keys[d], category[column]))
    return sorted(made, key=lambda row: int(row[0].domain[row[1]]))


def _parts(
    entry: EstimateSpec, drawn: Sample, file: Columns, domain: Ints, count: int, options: Options
) -> list[tuple[Rows, list[str | None]]]:
    """Rows of all domains, a block of categories at a time, with the category of each column."""
    if entry.statistic == "quantile":
        probabilities = np.array(entry.probabilities)
        part = quantiles(drawn, _values(entry, file), domain, count, probabilities, options=options)
        return [(part, [None] * len(probabilities))]
    passed = cut(drawn, domain, count)
    df = freedom(drawn, domain, count, options.df)
    kind = _kind(entry)
    if entry.statistic == "proportion" and entry.value is None:
        texts = file.texts(entry.variable)
        made = rows(passed.shares(texts.codes, len(texts.values)), kind=kind, options=options, df=df)
        return [(made, list(texts.values))]
    x = None if entry.denominator is None or kind != "ratio" else file.numbers(entry.denominator)
    moments = passed.moments(_values(entry, file)[:, None], x, kind=kind)
    _refuse_zero(entry, moments.estimate[moments.n > 0])
    return [(rows(moments, kind=kind, options=options, df=df), [entry.value_text])]


def _refuse_zero(entry: EstimateSpec, estimate: Floats) -> None:
    if not np.isfinite(estimate).all():
        raise SurveyError(
            "estimate.denominator", f"estimate {entry.id}", "a denominator or weights that do not sum to 0", "0"
        )


def _kind(entry: EstimateSpec) -> Kind:
    return "mean" if entry.statistic == "proportion" else entry.statistic  # type: ignore[return-value]


def _values(entry: EstimateSpec, file: Columns) -> Floats:
    """The variable as numbers, or 1 where it has the asked-for value."""
    if entry.value is None:
        return file.numbers(entry.variable)
    return file.texts(entry.variable).matches(entry.value).astype(np.float64)


def _difference(
    entry: EstimateSpec, drawn: Sample, file: Columns, inside: Mask, answered: Mask, options: Options
) -> Made:
    ends = []
    for key, wanted in (("from", entry.start), ("to", entry.end)):
        part = answered & conditions(file, wanted or {})
        if not part.any():
            raise SurveyError("domain.empty", f"estimate {entry.id}, {key}", "at least one row", "0")
        ends.append(part)
    x = file.numbers(entry.denominator) if entry.denominator and entry.statistic == "ratio" else None
    present = np.where(inside, 0, -1)
    y = _values(entry, file)
    if entry.statistic != "quantile":
        return [
            (
                difference(drawn, y, *ends, options=options, kind=_kind(entry), x=x, present=present),
                0,
                {},
                entry.value_text,
            )
        ]
    return [
        (difference(drawn, y, *ends, options=options, probability=p, present=present), 0, {}, None)
        for p in entry.probabilities
    ]


def _row(
    entry: EstimateSpec, part: Rows, i: int, by: dict[str, str], category: str | None, doubts: tuple[Doubt, ...]
) -> dict[str, Any]:
    probability = entry.probabilities[int(part.column[i])] if entry.statistic == "quantile" else None
    numbers = {name: _json(getattr(part, name)[i]) for name in ("estimate", "se", "cv", "low", "high", "df", "deff")}
    if numbers["se"] is None:
        raise SurveyError(
            "estimate.df", f"estimate {entry.id}", "degrees of freedom ≥ 1", f"{part.df[i]:g}", "use interval normal"
        )
    return {
        "by": by,
        "category": category,
        "probability": probability,
        **numbers,
        "n": int(part.n[i]),
        "weighted_n": float(part.weighted_n[i]),
        "warnings": [doubt.as_dict() for doubt in (*doubts, *part.doubts[i])],
    }


def _json(value: float) -> float | int | None:
    if not np.isfinite(value):
        return None
    return float(value)
