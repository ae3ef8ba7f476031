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
from .request import Specification


def sample(spec: Specification, file: Columns) -> tuple[Sample, Calibrated | None]:
    """The design or the replicates, calibrated where asked for; replicates are calibrated one by one."""
    design = _design(spec.design, file)
    made = None if spec.replicates is None else _replicates(spec.replicates, design, file)
    if spec.calibration is None:
        return made or design, None
    fit = {
        "epsilon": float(spec.calibration.get("epsilon") or 1e-12),
        "max_iterations": int(spec.calibration.get("max_iterations") or 500),
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
        if len(clusters) > 1 or len(strata) > 1:
            raise SurveyError("design.pps_stages", "design", "one stage with pps", "several")
        if not pps.get("probability"):
            raise SurveyError("spec.missing", "design.pps", "probability", "none")
        return pps_design(
            _numbers(file, pps["probability"], "design.missing"),
            method=pps.get("method", "brewer"),
            strata=strata[0] if strata else None,
            clusters=clusters[0] if clusters else None,
            psum=pps.get("psum"),
            weights=weights,
        )
    if weights is None:
        raise SurveyError("spec.missing", "design.weights", "a column", "nothing")
    return survey_design(
        weights,
        strata=strata,
        clusters=clusters,
        fpc=[None if entry is None else _numbers(file, entry, "design.missing") for entry in design.get("fpc") or []],
        nest=bool(design.get("nest", False)),
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
    mse = bool(spec.get("mse", False))
    if spec.get("columns"):
        columns = np.column_stack([_numbers(file, name, "design.missing") for name in spec["columns"]])
        scale = 1.0 if spec.get("scale") is None else float(spec["scale"])
        rscales = 1.0 if spec.get("rscales") is None else spec["rscales"]
        return given_replicates(design.weights, columns, scale=scale, rscales=rscales, mse=mse)
    make = spec["make"]
    return make_replicates(
        design,
        make["type"],
        replicates=int(make.get("replicates") or 500),
        seed=int(make.get("seed") if make.get("seed") is not None else 1),
        rho=float(make.get("rho") if make.get("rho") is not None else 0.5),
        mse=mse,
    )


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
    if not isinstance(value, list) or len(value) != 2:
        raise SurveyError("calibration.bounds", "bounds", "two numbers, or null", str(value))
    low, high = (edge if edge is not None else default for edge, default in zip(value, (-np.inf, np.inf), strict=True))
    return float(low), float(high)


def conditions(file: Columns, wanted: Mapping[str, set[str]]) -> Anything:
    """Rows (n,) that meet every condition."""
    hit = np.ones(len(file), dtype=bool)
    for name, texts in wanted.items():
        hit &= file.texts(name).matches(texts)
    return hit
