"""From a specification and a file to the design, replicates and calibration that the engine computes with."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..arrays import Anything, Floats, Ints, crossing
from ..calibration import Calibrated, Margin, calibrate, poststratify, rake
from ..design import Design, pps_design, survey_design
from ..errors import SurveyError
from ..estimates import Sample
from ..replicates import (
    Replicates,
    given_replicates,
    make_replicates,
    model_replicates,
    poststratify_replicates,
    rake_replicates,
)
from .columns import Columns
from .fields import Fields
from .request import Specification


def sample(spec: Specification, file: Columns) -> tuple[Sample, Calibrated | None]:
    """The design or the replicates, calibrated where asked for; replicates are calibrated one by one."""
    design = _design(spec.design, file)
    made = None if spec.replicates is None else _replicates(spec.replicates, design, file)
    if spec.calibration is None:
        return made or design, None
    fields = Fields(spec.calibration, "calibration")
    fit = {
        "epsilon": fields.number("epsilon", 1e-12, above=0),
        "max_iterations": fields.whole("max_iterations", 500, least=1),
    }
    method = spec.calibration["method"]
    if method in {"rake", "poststratify"}:
        margins = [_margin(entry, file) for entry in spec.calibration["margins"]]
        if made is None:
            done = rake(design, margins, **fit) if method == "rake" else poststratify(design, margins[0])  # type: ignore[arg-type]
            return done.design, done
        return rake_replicates(made, margins, **fit) if method == "rake" else poststratify_replicates(made, margins[0])  # type: ignore[arg-type]
    model, totals = _model(spec.calibration, file)
    bounds = _bounds(spec.calibration.get("bounds"))
    if made is None:
        done = calibrate(design, model, totals, distance=method, bounds=bounds, **fit)  # type: ignore[arg-type]
        return done.design, done
    return model_replicates(made, model, totals, distance=method, bounds=bounds, **fit)  # type: ignore[arg-type]


def _design(design: Mapping[str, Any], file: Columns) -> Design:
    weights = _numbers(file, design["weights"], "weights.missing") if design.get("weights") else None
    strata = [_labels(file, entry) for entry in design.get("strata") or []]
    clusters = [_labels(file, entry) for entry in design.get("clusters") or []]
    pps = design.get("pps")
    if pps:
        if len(clusters) > 1 or len(strata) > 1 or design.get("fpc"):
            raise SurveyError("design.pps_stages", "design", "one stage and no fpc with pps", "more")
        if not pps.get("probability"):
            raise SurveyError("spec.missing", "design.pps", "probability", "none")
        return pps_design(
            _numbers(file, pps["probability"], "design.missing"),
            method=pps.get("method", "brewer"),
            strata=strata[0] if strata else None,
            clusters=clusters[0] if clusters else None,
            psum=Fields(pps, "design.pps").number("psum") if pps.get("psum") is not None else None,
            weights=weights,
            lonely_psu=design.get("lonely_psu") or "fail",
        )
    if weights is None:
        raise SurveyError("spec.missing", "design.weights", "a column", "nothing")
    return survey_design(
        weights,
        strata=strata,
        clusters=clusters,
        fpc=[None if entry is None else _numbers(file, entry, "design.missing") for entry in design.get("fpc") or []],
        nest=flag(Fields(design, "design"), "nest"),
        lonely_psu=design.get("lonely_psu") or "fail",
    )


def _numbers(file: Columns, name: str, code: str) -> Floats:
    values = file.numbers(name)
    _refuse_missing(np.isnan(values), name, code)
    return values


def _labels(file: Columns, entry: str | list[str]) -> Ints:
    names = entry if isinstance(entry, list) else [entry]
    parts = []
    for name in names:
        column = file.texts(name)
        _refuse_missing(column.missing, name, "design.missing")
        parts.append(column.codes)
    return crossing(*parts)


def _refuse_missing(missing: Anything, name: str, code: str) -> None:
    if missing.any():
        row = int(np.flatnonzero(missing)[0])
        raise SurveyError(
            code, f"column {name}, row {row + 1}", "a value in every row", f"{int(missing.sum())} missing"
        )


def _replicates(spec: Mapping[str, Any], design: Design, file: Columns) -> Replicates:
    fields = Fields(spec, "replicates")
    mse = flag(fields, "mse")
    if spec.get("columns"):
        columns = np.column_stack([_numbers(file, name, "design.missing") for name in spec["columns"]])
        scale = fields.number("scale", 1.0, above=0)
        rscales = fields.number("rscales", 1.0) if not isinstance(spec.get("rscales"), list) else spec["rscales"]
        if isinstance(rscales, list) and not all(isinstance(r, int | float) for r in rscales):
            raise fields.refuse("rscales", "a number or a list of numbers", rscales)
        return given_replicates(design.weights, columns, scale=scale, rscales=rscales, mse=mse)
    make = Fields(spec["make"], "replicates.make")
    return make_replicates(
        design,
        spec["make"]["type"],
        replicates=make.whole("replicates", 500, least=2),
        seed=make.whole("seed", 1),
        rho=make.number("rho", 0.5, least=0, most=0.999),
        mse=mse,
    )


def flag(fields: Fields, key: str) -> bool:
    """True or false, false if not given."""
    value = fields.values.get(key)
    if value is not None and not isinstance(value, bool):
        raise fields.refuse(key, "true or false", value)
    return bool(value)


def _margin(entry: Mapping[str, Any], file: Columns) -> Margin:
    """A margin over one column, or over several whose totals nest in their order."""
    names = entry["columns"] if isinstance(entry["columns"], list) else [entry["columns"]]
    name = " × ".join(names)
    columns = [file.texts(column) for column in names]
    for column, texts in zip(names, columns, strict=True):
        _refuse_missing(texts.missing, column, "calibration.missing")
    totals = dict(_leaves(entry["totals"], len(names), name, ()))
    joint = crossing(*(texts.codes for texts in columns))
    first = np.zeros(int(joint.max()) + 1, dtype=np.int64)
    first[joint[::-1]] = np.arange(len(joint))[::-1]
    place = {key: number for number, key in enumerate(totals)}
    numbers = np.empty(len(first), dtype=np.int64)
    for code, row in enumerate(first):
        key = tuple(texts.values[texts.codes[row]] for texts in columns)
        if key not in place:
            raise SurveyError(
                "calibration.class_without_total", name, "a total for every class of the file", " / ".join(key)
            )
        numbers[code] = place[key]
    return Margin(numbers[joint], np.array(list(totals.values()), dtype=np.float64), name)


def _leaves(totals: Any, depth: int, name: str, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], float]]:
    if depth == 0:
        if isinstance(totals, bool) or not isinstance(totals, int | float):
            raise SurveyError("calibration.totals", f"{name} {' / '.join(path)}", "a number", str(totals)[:60])
        return [(path, float(totals))]
    if not isinstance(totals, dict) or not totals:
        raise SurveyError("calibration.totals", f"{name} {' / '.join(path)}", "totals by class", str(totals)[:60])
    return [leaf for key, below in totals.items() for leaf in _leaves(below, depth - 1, name, (*path, key))]


def _model(spec: Mapping[str, Any], file: Columns) -> tuple[Floats, Floats]:
    """Columns of the calibration model and their totals, from margins or from a model with treatment contrasts."""
    if spec.get("margins"):
        margins = [_margin(entry, file) for entry in spec["margins"]]
        columns = [(margin.codes[:, None] == np.arange(len(margin.totals))).astype(np.float64) for margin in margins]
        return np.column_stack(columns), np.concatenate([margin.totals for margin in margins])
    totals = dict(spec["totals"])
    columns, values = [], []
    if "(Intercept)" in totals:
        columns.append(np.ones(len(file)))
        values.append(totals.pop("(Intercept)"))
    for name in [spec["model"]] if isinstance(spec["model"], str) else spec["model"]:
        if name in totals:
            columns.append(_numbers(file, name, "calibration.missing"))
            values.append(totals.pop(name))
            continue
        texts = file.texts(name)
        _refuse_missing(texts.missing, name, "calibration.missing")
        without = []
        for number, value in enumerate(texts.values):
            key = f"{name}{value}"
            if key in totals:
                columns.append((texts.codes == number).astype(np.float64))
                values.append(totals.pop(key))
            else:
                without.append(value)
        if len(without) > 1:
            raise SurveyError(
                "calibration.class_without_total", name, "totals for all classes but one", ", ".join(without[:10])
            )
    if totals:
        raise SurveyError("calibration.totals", ", ".join(totals), "totals of the model's columns", "others")
    if not all(isinstance(value, int | float) for value in values):
        raise SurveyError("calibration.totals", "totals", "numbers", "others")
    return np.column_stack(columns), np.array(values, dtype=np.float64)


def _bounds(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(v, int | float | None) for v in value):
        raise SurveyError("calibration.bounds", "bounds", "two numbers, or null", str(value))
    low, high = (edge if edge is not None else default for edge, default in zip(value, (-np.inf, np.inf), strict=True))
    return float(low), float(high)


def conditions(file: Columns, wanted: Mapping[str, set[str]]) -> Anything:
    """Rows (n,) that meet every condition."""
    hit = np.ones(len(file), dtype=bool)
    for name, texts in wanted.items():
        hit &= file.texts(name).matches(texts)
    return hit
