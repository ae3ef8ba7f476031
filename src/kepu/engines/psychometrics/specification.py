"""The specification of `kepu survey score`, read into values; docs/psychometrics/score-spec.schema.json is its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import PsychometricsError
from .grids import Grid, Population
from .items import Items
from .rules import ScoreRule, known_rule, rule_from
from .scoring import Method


@dataclass(frozen=True)
class Question:
    """A column of the data and what its texts are worth: `values` maps text to category, or None where it holds numbers."""

    column: str
    dimension: str | None
    values: Mapping[str, int] | None
    keyed: bool  # every text that is not a key is wrong
    top: int
    parameters: Mapping[str, Any] | None


@dataclass(frozen=True)
class Ability:
    """Which estimates are wanted, and the choices they rest on."""

    methods: tuple[Method, ...]
    population: Population
    grid: Grid
    bounds: tuple[float, float]
    draws: int
    seed: int
    items: Items


@dataclass(frozen=True)
class Specification:
    """What to score, and how. Ids are columns carried into the result."""

    ids: tuple[str, ...]
    no_answer: frozenset[str]
    questions: tuple[Question, ...]
    rule: ScoreRule | None
    ability: Ability | None


def specification(data: Any) -> Specification:
    """Raises `spec.*` with the key at fault, `rule.*`, `items.*`."""
    _keys(data, "specification", {"items"}, {"version", "id", "no_answer", "rule", "ability"})
    if data.get("version", 1) != 1:
        raise PsychometricsError("spec.version", "version", "1", str(data["version"]))
    if not isinstance(data["items"], list) or not data["items"]:
        raise PsychometricsError("spec.items", "items", "a list of at least one item", str(data["items"])[:60])
    questions = tuple(_question(item, f"items[{n}]") for n, item in enumerate(data["items"]))
    columns = [question.column for question in questions]
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise PsychometricsError("spec.items", "items", "each column once", f"{twice[0]} twice")
    rule, ability = data.get("rule"), data.get("ability")
    if rule is None and ability is None:
        raise PsychometricsError("spec.nothing", "specification", "rule, ability or both", "neither")
    if rule is not None and (bare := [q.column for q in questions if q.dimension is None]):
        raise PsychometricsError("spec.dimension", bare[0], "a dimension, as a rule is asked for", "none")
    return Specification(
        ids=_texts(data.get("id", []), "id"),
        no_answer=frozenset({"", *_texts(data.get("no_answer", []), "no_answer")}),
        questions=questions,
        rule=None if rule is None else _rule(rule),
        ability=None if ability is None else _ability(ability, questions),
    )


def _question(data: Any, where: str) -> Question:
    _keys(data, where, {"column"}, {"dimension", "key", "categories", "top", "parameters"})
    values: dict[str, int] | None = None
    given = [name for name in ("key", "categories", "top") if name in data]
    if len(given) > 1:
        raise PsychometricsError("spec.items", where, "one of key, categories, top", ", ".join(given))
    if "key" in data:
        keys = data["key"] if isinstance(data["key"], list) else [data["key"]]
        values = {_text(key): 1 for key in keys}
    elif "categories" in data:
        if not isinstance(data["categories"], dict) or not all(_whole(v) for v in data["categories"].values()):
            raise PsychometricsError(
                "spec.items", f"{where}.categories", "text: category from 0", str(data["categories"])
            )
        values = {str(text): int(category) for text, category in data["categories"].items()}
    top = max(values.values()) if values else data.get("top", 1)
    if not _whole(top) or top < 1:
        raise PsychometricsError("spec.items", f"{where}.top", "the highest category, from 1", str(top))
    dimension = data.get("dimension")
    return Question(
        str(data["column"]),
        None if dimension is None else str(dimension),
        values,
        "key" in data,
        top,
        data.get("parameters"),
    )


def _ability(data: Any, questions: Sequence[Question]) -> Ability:
    _keys(data, "ability", {"methods"}, {"population", "grid", "bounds", "plausible_values"})
    known = [method.value for method in Method]
    methods = _texts(data["methods"], "ability.methods")
    for method in methods:
        if method not in known:
            raise PsychometricsError("spec.method", "ability.methods", f"of {', '.join(known)}", method)
    population, grid = data.get("population", {}), data.get("grid", {})
    _keys(population, "ability.population", set(), {"mean", "sd"})
    _keys(grid, "ability.grid", set(), {"low", "high", "points"})
    draw = data.get("plausible_values", {"draws": 0, "seed": 0})
    _keys(draw, "ability.plausible_values", {"draws", "seed"}, set())
    if not (_whole(draw["draws"]) and _whole(draw["seed"])):
        raise PsychometricsError("spec.number", "ability.plausible_values", "whole numbers", str(draw))
    if not methods and not draw["draws"]:
        raise PsychometricsError("spec.nothing", "ability", "a method or plausible values", "neither")
    bounds = data.get("bounds", [-6, 6])
    if not isinstance(bounds, list) or len(bounds) != 2:
        raise PsychometricsError("spec.number", "ability.bounds", "two numbers", str(bounds))
    low, high = (_number(value, "ability.bounds") for value in bounds)
    points = grid.get("points", 61)
    if not _whole(points):
        raise PsychometricsError("spec.number", "ability.grid.points", "a whole number", str(points))
    return Ability(
        methods=tuple(Method(method) for method in methods),
        population=Population(
            _number(population.get("mean", 0), "ability.population.mean"),
            _number(population.get("sd", 1), "ability.population.sd"),
        ),
        grid=Grid.between(
            _number(grid.get("low", -6), "ability.grid.low"), _number(grid.get("high", 6), "ability.grid.high"), points
        ),
        bounds=(low, high),
        draws=draw["draws"],
        seed=draw["seed"],
        items=_items(questions),
    )


def _items(questions: Sequence[Question]) -> Items:
    widest = max(question.top for question in questions)
    slopes, guessing = np.empty(len(questions)), np.zeros(len(questions))
    upper, table = np.ones(len(questions)), np.full((len(questions), widest), np.nan)
    for j, question in enumerate(questions):
        where = f"{question.column}.parameters"
        given = question.parameters
        if given is None:
            raise PsychometricsError("spec.parameters", where, "parameters, as ability is asked for", "none")
        _keys(given, where, {"a"}, {"b", "d", "g", "u"})
        if ("b" in given) == ("d" in given):
            raise PsychometricsError("spec.parameters", where, "difficulties b or intercepts d", "both or neither")
        steps = given.get("d", given.get("b"))
        values = [_number(value, where) for value in (steps if isinstance(steps, list) else [steps])]
        if len(values) != question.top:
            got = f"{len(values)} for categories 0 to {question.top}"
            raise PsychometricsError("spec.parameters", where, "one d or b for each category above 0", got)
        slopes[j], guessing[j] = _number(given["a"], where), _number(given.get("g", 0), where)
        upper[j] = _number(given.get("u", 1), where)
        table[j, : question.top] = values if "d" in given else [-slopes[j] * value for value in values]
    return Items(tuple(question.column for question in questions), slopes, table, guessing, upper)


def _rule(data: Any) -> ScoreRule:
    if isinstance(data, dict) and set(data) == {"name", "version"}:
        return known_rule(str(data["name"]), str(data["version"]))
    if not isinstance(data, dict):
        raise PsychometricsError("spec.rule", "rule", "name and version, or a whole rule", str(data)[:60])
    return rule_from(data)


def _keys(data: Any, where: str, required: set[str], optional: set[str]) -> None:
    if not isinstance(data, dict):
        raise PsychometricsError("spec.form", where, "an object", type(data).__name__)
    if lacking := sorted(required - set(data)):
        raise PsychometricsError("spec.key_missing", where, lacking[0], "no such key")
    if odd := sorted(set(data) - required - optional):
        raise PsychometricsError("spec.key_unknown", where, ", ".join(sorted(required | optional)), odd[0])


def _texts(data: Any, where: str) -> tuple[str, ...]:
    if not isinstance(data, list) or any(isinstance(value, (dict, list)) for value in data):
        raise PsychometricsError("spec.form", where, "a list of texts", str(data)[:60])
    return tuple(_text(value) for value in data)


def _text(value: Any) -> str:
    """A JSON number matches the text that prints it."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
        raise PsychometricsError("spec.number", where, "a number", str(value))
    return float(value)
