"""`kepu survey plan SPEC.json [-o OUT.json]`: sample size, power and allocation, by docs/survey/plan.schema.json."""

import argparse
import json
import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..allocation import Rule, Strata, allocate, mean_se
from ..errors import SurveyError
from ..planning import (
    Change,
    Clusters,
    Conditions,
    Sides,
    change_power,
    detectable_change,
    precision,
    share_spread,
    size_for_change,
    size_for_cv,
    size_for_margin,
    size_for_target,
    target_power,
)
from ..reliability import Doubt, doubts
from .answering import answer, put
from .fields import Fields, read_specification

Answer = dict[str, Any]


def main(argv: Sequence[str]) -> int:
    """Run the verb; 0, or 2 if the specification was refused."""
    parser = argparse.ArgumentParser(
        prog="kepu survey plan", description="How large must the sample be, what can it show, how is it spread?"
    )
    parser.add_argument("specification", type=Path, metavar="SPEC.json")
    parser.add_argument("-o", "--out", type=Path, metavar="OUT.json", help="write the answers here")
    call = parser.parse_args(argv)
    return answer(lambda: _run(call.specification, call.out))


def _run(specification: Path, out: Path | None) -> None:
    answers = read_specification(specification, lambda fields: fields.items("questions", _answer))
    put(json.dumps({"engine": "kepu survey plan 1", "answers": answers}, ensure_ascii=False, indent=1) + "\n", out)


def _answer(fields: Fields) -> Answer:
    ask = fields.choice("ask", list(QUESTIONS))
    return {"id": fields.text("id"), "ask": ask, **QUESTIONS[ask](fields)}


def _conditions(fields: Fields) -> Conditions:
    return Conditions(
        level=fields.number("level", 0.95, least=0.5, most=0.9999),
        deff=fields.number("deff", 1.0, above=0),
        population=fields.whole("population", least=2) if fields.has("population") else None,
        df=fields.number("df", least=1) if fields.has("df") else None,
        clusters=fields.inner("clusters", _clusters) if fields.has("clusters") else None,
    )


def _clusters(fields: Fields) -> Clusters:
    return Clusters(
        take=fields.number("take", least=1),
        rho=fields.number("rho", least=0, most=1),
        strata=fields.whole("strata", 1, least=1),
    )


def _value(fields: Fields, population: int | None) -> tuple[float, float]:
    """The expected value and S² of the figure that is planned."""
    if fields.has("share") == fields.has("mean"):
        raise SurveyError("spec.value", f"{fields.where}.share", "either share or mean with sd", "both or neither")
    if fields.has("share"):
        share = fields.number("share", above=0)
        return share, share_spread(share, population)
    return fields.number("mean"), fields.number("sd", above=0) ** 2


def _sample_size(fields: Fields) -> Answer:
    conditions = _conditions(fields)
    value, spread = _value(fields, conditions.population)
    if fields.has("margin") == fields.has("cv"):
        raise SurveyError("spec.value", f"{fields.where}.margin", "either margin or cv", "both or neither")
    if fields.has("margin"):
        n = size_for_margin(spread, fields.number("margin", above=0), conditions)
    else:
        n = size_for_cv(value, spread, fields.number("cv", above=0), conditions)
    return _given(fields, conditions, value, spread, n)


def _precision(fields: Fields) -> Answer:
    conditions = _conditions(fields)
    value, spread = _value(fields, conditions.population)
    return _given(fields, conditions, value, spread, fields.whole("n", least=1))


def _given(fields: Fields, conditions: Conditions, value: float, spread: float, n: int) -> Answer:
    got = precision(value, spread, n, conditions)
    return {
        "n": n,
        **_field_size(fields, n, conditions),
        "se": got.se,
        "margin": got.margin,
        "cv": got.cv if value else None,
        **_printed(conditions, got.df),
        "warnings": _doubts(fields, conditions, [n], got.df),
    }


def _field_size(fields: Fields, n: int, conditions: Conditions) -> Answer:
    """Persons to approach, and clusters to visit, for n answers."""
    invited = math.ceil(n / fields.number("response_rate", 1.0, above=0, most=1) - 1e-9)
    return {"invited": invited, "clusters": math.ceil(n / conditions.clusters.take) if conditions.clusters else None}


def _printed(conditions: Conditions, df: float) -> Answer:
    return {
        "level": conditions.level,
        "deff": conditions.design_effect(),
        "df": df if math.isfinite(df) else None,  # JSON has no infinity: null is the normal distribution
    }


def _doubts(fields: Fields, conditions: Conditions, sizes: Sequence[int], df: float) -> list[Answer]:
    """As the rows of an estimate will say them later, and one that only a plan can have."""
    value = doubts(n=min(sizes), df=df)
    invited = max(_field_size(fields, n, conditions)["invited"] for n in sizes)
    if conditions.population is not None and invited > conditions.population:
        value += (Doubt("invited_exceed_population", invited, conditions.population),)
    return [doubt.as_dict() for doubt in value]


def _target_size(fields: Fields) -> Answer:
    conditions, target, wanted, sides = _target(fields)
    value, spread = _value(fields, conditions.population)
    n = size_for_target(value, target, spread, conditions, wanted=wanted, sides=sides)
    got = target_power(value, target, spread, n, conditions, wanted=wanted, sides=sides)
    return {
        "n": n,
        **_field_size(fields, n, conditions),
        "distance": got.difference,
        "se": got.se,
        "power": got.power,
        **_printed(conditions, got.df),
        "warnings": _doubts(fields, conditions, [n], got.df),
    }


def _target_power(fields: Fields) -> Answer:
    """Can this sample show that the target is reached (or missed)? With the size that would do."""
    conditions, target, wanted, sides = _target(fields)
    value, spread = _value(fields, conditions.population)
    n = fields.whole("n", least=1)
    got = target_power(value, target, spread, n, conditions, wanted=wanted, sides=sides)
    needed = _or_none(lambda: size_for_target(value, target, spread, conditions, wanted=wanted, sides=sides))
    return {
        "verdict": got.verdict,
        "n": n,
        "distance": got.difference,
        "se": got.se,
        "power": got.power,
        "needed_n": needed,
        **_printed(conditions, got.df),
        "warnings": _doubts(fields, conditions, [n], got.df),
    }


def _target(fields: Fields) -> tuple[Conditions, float, float, Sides]:
    wanted = fields.number("power", 0.8, least=0.5, most=0.9999)
    return _conditions(fields), fields.number("target"), wanted, Sides(fields.choice("sides", list(Sides), Sides.ONE))


def _or_none(size: Callable[[], Any]) -> Any:
    """A size, or nothing where none would do."""
    try:
        return size()
    except SurveyError as refusal:
        if refusal.code not in {"planning.unreachable", "planning.no_change"}:
            raise
        return None


def _change(fields: Fields, conditions: Conditions, end: float) -> tuple[Change, bool]:
    """The change that is asked for, and whether it is one of shares."""
    start = fields.number("from")
    share = fields.choice("statistic", ("share", "mean")) == "share"
    if share:
        spread = (share_spread(start, conditions.population), share_spread(end, conditions.population))
    else:
        spread = (fields.number("sd", above=0) ** 2,) * 2
    return Change(
        start,
        end,
        spread,
        overlap=fields.number("overlap", 0.0, least=0, most=1),
        correlation=fields.number("correlation", 0.0, least=-1, most=1),
        sides=Sides(fields.choice("sides", list(Sides), Sides.TWO)),
    ), share


def _waves(fields: Fields) -> tuple[int, int]:
    value = fields.need("n")
    sizes = value if isinstance(value, list) else [value, value]
    if len(sizes) != 2 or not all(isinstance(n, int) and not isinstance(n, bool) and n >= 1 for n in sizes):
        raise fields.refuse("n", "a whole number, or one for each of the two waves", value)
    return sizes[0], sizes[1]


def _change_size(fields: Fields) -> Answer:
    conditions = _conditions(fields)
    change, _ = _change(fields, conditions, fields.number("to"))
    wanted = fields.number("power", 0.8, least=0.5, most=0.9999)
    first = fields.whole("first_n", least=1) if fields.has("first_n") else None
    ratio = fields.number("ratio", 1.0, above=0)
    waves = size_for_change(change, conditions, wanted=wanted, ratio=ratio, first=first)
    got = change_power(change, waves, conditions, wanted=wanted)
    return {
        "n": list(waves),
        **_field_size(fields, waves[1], conditions),
        "change": got.difference,
        "se": got.se,
        "power": got.power,
        **_printed(conditions, got.df),
        "warnings": _doubts(fields, conditions, waves, got.df),
    }


def _change_power(fields: Fields) -> Answer:
    """Can this sample show this change? With the smallest change it can show, and the size that would do."""
    conditions, waves = _conditions(fields), _waves(fields)
    change, share = _change(fields, conditions, fields.number("to"))
    wanted = fields.number("power", 0.8, least=0.5, most=0.9999)
    got = change_power(change, waves, conditions, wanted=wanted)
    needed = _or_none(lambda: list(size_for_change(change, conditions, wanted=wanted, ratio=waves[1] / waves[0])))
    return {
        "verdict": got.verdict,
        "n": list(waves),
        "change": got.difference,
        "se": got.se,
        "power": got.power,
        "detectable_change": detectable_change(change, waves, conditions, wanted=wanted, share=share),
        "needed_n": needed,
        **_printed(conditions, got.df),
        "warnings": _doubts(fields, conditions, waves, got.df),
    }


def _detectable_change(fields: Fields) -> Answer:
    conditions, waves = _conditions(fields), _waves(fields)
    start = fields.number("from")
    upward = fields.choice("direction", ("up", "down"), "up") == "up"
    change, share = _change(fields, conditions, start)  # the size is what is asked: only the start is known
    change = Change(
        start, math.inf if upward else -math.inf, change.spread, change.overlap, change.correlation, change.sides
    )
    wanted = fields.number("power", 0.8, least=0.5, most=0.9999)
    df = change_power(Change(start, start, change.spread, change.overlap, change.correlation), waves, conditions).df
    return {
        "n": list(waves),
        "detectable_change": detectable_change(change, waves, conditions, wanted=wanted, share=share),
        "power": wanted,
        **_printed(conditions, df),
        "warnings": _doubts(fields, conditions, waves, df),
    }


def _allocation(fields: Fields) -> Answer:
    rule = Rule(fields.choice("rule", list(Rule)))
    rows = fields.items("strata", partial(_stratum, fields.whole("least", 1, least=1)))
    names = [row["stratum"] for row in rows]
    for name in names:
        if names.count(name) > 1:
            raise SurveyError("allocation.stratum_twice", f"{fields.where}.strata", "each stratum once", name)
    columns = {}
    for key in ("spread", "mean", "size", "cost"):
        given = [row[key] for row in rows]
        missing = [name for name, value in zip(names, given, strict=True) if value is None]
        if len(missing) < len(rows):
            if missing:
                raise SurveyError("spec.missing", f"{fields.where}.strata, {missing[0]}, {key}", "a value", "nothing")
            columns[key] = np.array(given)
    table = allocate(
        Strata(
            np.array([row["population"] for row in rows]), least=np.array([row["least"] for row in rows]), **columns
        ),
        rule=rule,
        n=fields.whole("n", least=1) if fields.has("n") else None,
        budget=fields.number("budget", above=0) if fields.has("budget") else None,
        exponent=fields.number("exponent", 0.5, least=0, most=1),
    )
    cost = float((table["n"] * columns["cost"]).sum()) if "cost" in columns else None
    return {
        "n": int(table["n"].sum()),
        "cost": cost,
        "se_of_mean": mean_se(table) if "spread" in columns else None,
        "strata": [{"stratum": name, **row} for name, row in zip(names, table.to_records(), strict=True)],
        "warnings": [Doubt("lonely_psu", 1, 2).as_dict()] if (table["n"] < 2).any() else [],
    }


def _stratum(least: int, fields: Fields) -> Answer:
    def optional(key: str, **limits: float) -> float | None:
        return fields.number(key, **limits) if fields.has(key) else None

    return {
        "stratum": fields.text("stratum"),
        "population": fields.whole("population", least=1),
        "spread": optional("sd", least=0),
        "mean": optional("mean"),
        "size": optional("size", above=0),
        "cost": optional("cost", above=0),
        "least": fields.whole("least", least, least=1),
    }


QUESTIONS: dict[str, Callable[[Fields], Answer]] = {
    "sample_size": _sample_size,
    "precision": _precision,
    "target_size": _target_size,
    "target_power": _target_power,
    "change_size": _change_size,
    "change_power": _change_power,
    "detectable_change": _detectable_change,
    "allocation": _allocation,
}
