"""`SPEC.json` of `kepu survey estimate`, version 1, as frozen values; every deviation is refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..errors import SurveyError
from ..intervals import METHODS
from .fields import Fields, read_specification

STATISTICS = ("mean", "total", "proportion", "ratio", "quantile", "difference")
KEYS = {
    "specification": {"design", "replicates", "calibration", "estimates", "version", "title", "$schema"},
    "design": {"weights", "strata", "clusters", "fpc", "nest", "lonely_psu", "pps"},
    "pps": {"method", "probability", "psum"},
    "replicates": {"columns", "make", "type", "scale", "rscales", "mse"},
    "make": {"type", "replicates", "seed", "rho"},
    "calibration": {"method", "margins", "model", "totals", "bounds", "epsilon", "max_iterations"},
    "margin": {"columns", "totals"},
    "estimate": {
        "id", "statistic", "of", "variable", "value", "denominator", "probabilities", "by", "where", "from", "to",
        "missing", "interval", "level", "df", "deff",
    },
}  # fmt: skip


@dataclass(frozen=True)
class EstimateSpec:
    """One entry of `estimates`. `statistic` of a difference is what it is a difference of."""

    id: str
    statistic: str
    variable: str
    value: set[str] | None
    value_text: str | None
    denominator: str | None
    probabilities: tuple[float, ...]
    by: tuple[str, ...]
    where: Mapping[str, set[str]]
    start: Mapping[str, set[str]] | None
    end: Mapping[str, set[str]] | None
    missing: str
    interval: str
    level: float
    df: str
    deff: str

    @property
    def is_difference(self) -> bool:
        return self.start is not None

    def columns(self) -> list[str]:
        """Every column that the estimate names."""
        ends = [*(self.start or {}), *(self.end or {})]
        return [self.variable, *([self.denominator] if self.denominator else []), *self.by, *self.where, *ends]


@dataclass(frozen=True)
class Specification:
    """A checked specification. `design`, `replicates`, `calibration` keep their JSON form, keys checked."""

    design: Mapping[str, Any]
    replicates: Mapping[str, Any] | None
    calibration: Mapping[str, Any] | None
    estimates: tuple[EstimateSpec, ...]

    def columns(self) -> list[str]:
        """Every column that is needed, once, in order of first mention."""
        names = [*design_columns(self.design), *((self.replicates or {}).get("columns") or [])]
        calibration = self.calibration or {}
        names += [name for margin in calibration.get("margins") or [] for name in margin["columns"]]
        names += calibration.get("model") or []
        names += [name for estimate in self.estimates for name in estimate.columns()]
        return list(dict.fromkeys(names))


def design_columns(design: Mapping[str, Any]) -> list[str]:
    """The columns of a design, crossings opened."""
    pps = design.get("pps") or {}
    entries = [*(design.get("strata") or []), *(design.get("clusters") or []), *(design.get("fpc") or [])]
    names = [name for entry in entries if entry is not None for name in (entry if isinstance(entry, list) else [entry])]
    return [name for name in (design.get("weights"), pps.get("probability")) if name] + names


def load(path: Path) -> Specification:
    """The specification in a file. Raises SurveyError spec.*."""
    return read_specification(path, _parsed)


def _parsed(fields: Fields) -> Specification:
    fields.asked.update(fields.values)  # every key is checked by name below
    return parse(fields.values)


def parse(content: Any) -> Specification:
    """The specification from decoded JSON."""
    spec = _mapping(content, "specification", "specification")
    design = _mapping(spec.get("design") or {}, "design", "design")
    if design.get("pps"):
        _mapping(design["pps"], "pps", "design.pps")
    for key in ("strata", "clusters", "fpc"):
        _columns(design.get(key), f"design.{key}")
    replicates = _optional(spec, "replicates")
    if replicates is not None:
        _check_replicates(replicates)
    calibration = _optional(spec, "calibration")
    if calibration is not None:
        _check_calibration(calibration)
    if not design.get("weights") and not design.get("pps"):
        raise SurveyError("spec.missing", "design", "weights, or pps", "neither")
    entries = spec.get("estimates")
    if not isinstance(entries, list) or not entries:
        raise SurveyError("spec.missing", "estimates", "a list of at least one estimate", _kind(entries))
    estimates = tuple(_estimate(entry, number) for number, entry in enumerate(entries, start=1))
    ids = [e.id for e in estimates]
    if len(set(ids)) < len(ids):
        raise SurveyError("spec.id", "estimates", "ids that differ", next(i for i in ids if ids.count(i) > 1))
    return Specification(design, replicates, calibration, estimates)


def texts_of(value: Any, where: str) -> set[str]:
    """The texts that a JSON value matches in a file: itself, a number without `.0`; a list matches any of its items."""
    if isinstance(value, list):
        return {text for item in value for text in texts_of(item, where)}
    if isinstance(value, bool):
        return {"true", "TRUE", "True"} if value else {"false", "FALSE", "False"}
    if isinstance(value, float) and value.is_integer():
        return {str(int(value)), repr(value)}
    if isinstance(value, str | int | float):
        return {str(value)}
    raise SurveyError("spec.value", where, "text or a number", _kind(value))


def _estimate(entry: Any, number: int) -> EstimateSpec:
    where = f"estimates[{number}]"
    given = _mapping(entry, "estimate", where)
    where = f"estimate {given.get('id', number)}"
    named = _one_of(given.get("statistic"), STATISTICS, f"{where}, statistic")
    difference = named == "difference"
    statistic = _one_of(given.get("of"), STATISTICS[:-1], f"{where}, of") if difference else named
    _required(given, ("variable",), where)
    if statistic == "ratio":
        _required(given, ("denominator",), where)
    if statistic == "quantile":
        _required(given, ("probabilities",), where)
    if difference:
        _required(given, ("from", "to"), where)
    value = given.get("value")
    if difference and statistic == "proportion" and value is None:
        raise SurveyError("spec.missing", where, "value, the category of the proportion", "none")
    level = given.get("level", 0.95)
    if not isinstance(level, int | float) or not 0 < level < 1:
        raise SurveyError("interval.level", where, "a number between 0 and 1", str(level))
    return EstimateSpec(
        id=str(given.get("id", number)),
        statistic=statistic,
        variable=str(given["variable"]),
        value=None if value is None else texts_of(value, f"{where}, value"),
        value_text=None if value is None else _text(value),
        denominator=given.get("denominator"),
        probabilities=_probabilities(given.get("probabilities"), where) if statistic == "quantile" else (),
        by=() if difference else _names(given.get("by"), f"{where}, by"),
        where=_conditions(given.get("where"), f"{where}, where"),
        start=_conditions(given["from"], f"{where}, from") if difference else None,
        end=_conditions(given["to"], f"{where}, to") if difference else None,
        missing=_one_of(given.get("missing") or "fail", ("fail", "drop"), f"{where}, missing"),
        interval=_one_of(given.get("interval") or "t", METHODS, f"{where}, interval"),
        level=float(level),
        df=_one_of(given.get("df") or "design", ("design", "domain"), f"{where}, df"),
        deff=_one_of(given.get("deff") or "wor", ("wor", "wr"), f"{where}, deff"),
    )


def _check_replicates(replicates: Mapping[str, Any]) -> None:
    if bool(replicates.get("columns")) == bool(replicates.get("make")):
        raise SurveyError("spec.replicates", "replicates", "either columns or make", "both or neither")
    if replicates.get("make"):
        make = _mapping(replicates["make"], "make", "replicates.make")
        _required(make, ("type",), "replicates.make")
    else:
        _names(replicates["columns"], "replicates.columns")


def _check_calibration(calibration: Mapping[str, Any]) -> None:
    methods = ("rake", "poststratify", "linear", "raking", "logit")
    method = _one_of(calibration.get("method"), methods, "calibration, method")
    margins = calibration.get("margins")
    if margins is None:
        _required(calibration, ("model", "totals") if method not in methods[:2] else ("margins",), "calibration")
        _names(calibration["model"], "calibration.model")
        if not isinstance(calibration["totals"], dict):
            raise SurveyError("spec.type", "calibration.totals", "an object", _kind(calibration["totals"]))
        return
    if not isinstance(margins, list) or not margins:
        raise SurveyError("spec.type", "calibration.margins", "a list of margins", _kind(margins))
    for number, entry in enumerate(margins, start=1):
        margin = _mapping(entry, "margin", f"calibration.margins[{number}]")
        _required(margin, ("columns", "totals"), f"calibration.margins[{number}]")
        _names(margin["columns"], f"calibration.margins[{number}].columns")
    if method == "poststratify" and len(margins) != 1:
        raise SurveyError("calibration.margins", "margins", "one margin for poststratify", str(len(margins)))


def _mapping(value: Any, kind: str, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SurveyError("spec.type", where, "an object", _kind(value))
    for key in value:
        if key not in KEYS[kind]:
            near = get_close_matches(key, sorted(KEYS[kind]), n=1)
            known = ", ".join(sorted(KEYS[kind]))
            raise SurveyError("spec.unknown_key", f"{where}.{key}", known, key, f"is it {near[0]}?" if near else "")
    return value


def _optional(spec: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    value = spec.get(key)
    return None if value is None else _mapping(value, key, key)


def _columns(entries: Any, where: str) -> None:
    if entries is None:
        return
    if not isinstance(entries, list):
        raise SurveyError("spec.type", where, "a list, one entry a stage", _kind(entries))
    for entry in entries:
        if isinstance(entry, list) and not where.endswith("fpc"):
            _names(entry, where)
        elif not isinstance(entry, str) and not (entry is None and where.endswith("fpc")):
            raise SurveyError("spec.type", where, "names of columns", _kind(entry))


def _names(value: Any, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise SurveyError("spec.type", where, "a list of names of columns", _kind(value))
    return tuple(value)


def _conditions(value: Any, where: str) -> dict[str, set[str]]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SurveyError("spec.type", where, "an object of column and value", _kind(value))
    return {name: texts_of(item, f"{where}.{name}") for name, item in value.items()}


def _probabilities(value: Any, where: str) -> tuple[float, ...]:
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(p, int | float) and 0 < p < 1 for p in items):
        raise SurveyError("estimate.probabilities", where, "numbers between 0 and 1", str(value))
    return tuple(float(p) for p in items)


def _required(given: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for name in names:
        if given.get(name) in (None, "", []):
            raise SurveyError("spec.missing", where, name, "none")


def _one_of(value: Any, choices: tuple[str, ...], where: str) -> str:
    if value not in choices:
        raise SurveyError("spec.choice", where, ", ".join(choices), str(value))
    return str(value)


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {str(value)[:60]!r}"
