"""Score rules as data: points by dimension, the bound of literacy, tiers; each with a name and a version."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import PsychometricsError
from .items import MISSING, Floats, codes_of


class Missing(StrEnum):
    """What an item without an answer is worth."""

    WRONG = "wrong"  # no points: "don't know" and silence alike
    LEFT_OUT = "left_out"  # the dimension is scored on the items that were answered
    REFUSED = "refused"  # the data are refused


@dataclass(frozen=True)
class Bound:
    """A score from which something holds; `inclusive` says whether the bound itself does."""

    start: float
    inclusive: bool

    def reached(self, total: Floats) -> NDArray[np.bool_]:
        """By score (N,), as rounded by `apply`."""
        return total >= self.start if self.inclusive else total > self.start


@dataclass(frozen=True)
class Tier:
    """A tier and its lower bound; None for the lowest."""

    name: str
    bound: Bound | None


@dataclass(frozen=True)
class ScoreRule:
    """Points by dimension (name, points); number of items that a test must have, or None; treatment of missing answers.

    `tiers` rise. A result names rule and version, for a share is only comparable within one definition.
    """

    name: str
    version: str
    source: str
    dimensions: tuple[tuple[str, float], ...]
    items: int | None
    missing: Missing
    literate: Bound
    tiers: tuple[Tier, ...]

    @property
    def top(self) -> float:
        """The highest score."""
        return sum(points for _, points in self.dimensions)


@dataclass(frozen=True)
class RuleScores:
    """Score (N,) from 0 to the rule's top, by dimension (N, D), tier (N,), whether literate (N,), answers given (N,)."""

    rule: ScoreRule
    total: Floats
    dimensions: Floats
    tier: NDArray[np.str_]
    literate: NDArray[np.bool_]
    answered: NDArray[np.int64]


def apply(
    rule: ScoreRule, responses: ArrayLike, dimensions: Sequence[str], tops: ArrayLike | None = None
) -> RuleScores:
    """Score right/wrong or graded answers (N, J), with each item's dimension (J,) and highest category `tops` (J,), else 1.

    score = Σ_d points_d · (categories reached in d) / (highest categories of d's items), rounded to 9 decimals before it meets
    a bound, so that 28 of 40 points and 42 of 60 are the 70 they are on paper.
    Raises `rule.dimension`, `rule.items`, `rule.missing`, `responses.out_of_range`.
    """
    codes = codes_of(responses)
    place = _places(rule, dimensions, codes.shape[1])
    top = np.ones(codes.shape[1]) if tops is None else np.asarray(tops, dtype=np.float64)
    if (over := np.argwhere(codes > top)).size:
        row, column = over[0]
        got = str(codes[row, column])
        raise PsychometricsError(
            "responses.out_of_range", f"item {column + 1}, row {row + 1}", f"0 to {top[column]:g}", got
        )
    given = codes != MISSING
    if rule.missing is Missing.REFUSED and not given.all():
        row, column = np.argwhere(~given)[0]
        where = f"item {column + 1}, row {row + 1}"
        raise PsychometricsError("rule.missing", where, f"an answer, by {rule.name} {rule.version}", "none")
    member = (place[:, None] == np.arange(len(rule.dimensions))).astype(np.float64)
    earned = np.where(given, codes, 0) @ member
    possible = (
        (given * top) @ member if rule.missing is Missing.LEFT_OUT else np.broadcast_to(top @ member, earned.shape)
    )
    points = np.array([points for _, points in rule.dimensions])
    with np.errstate(invalid="ignore", divide="ignore"):
        parts: Floats = np.where(possible > 0, points * earned / possible, 0.0)
    total: Floats = parts.sum(axis=1).round(9)
    tier = np.full(len(codes), rule.tiers[0].name, dtype=f"<U{max(len(t.name) for t in rule.tiers)}")
    for step in rule.tiers:
        if step.bound is not None:
            tier[step.bound.reached(total)] = step.name
    return RuleScores(rule, total, parts.round(9), tier, rule.literate.reached(total), given.sum(axis=1))


def _places(rule: ScoreRule, dimensions: Sequence[str], count: int) -> NDArray[np.int64]:
    label = f"{rule.name} {rule.version}"
    if len(dimensions) != count or (rule.items is not None and count != rule.items):
        expected = f"{rule.items if rule.items is not None else count} items with a dimension each"
        raise PsychometricsError("rule.items", label, expected, f"{count} items, {len(dimensions)} dimensions")
    known = [name for name, _ in rule.dimensions]
    for j, name in enumerate(dimensions):
        if name not in known:
            raise PsychometricsError("rule.dimension", f"item {j + 1}", f"one of {', '.join(known)}", name)
    for name in known:
        if name not in dimensions:
            raise PsychometricsError(
                "rule.dimension", label, f"an item of {name}", "none", "the rule gives points for it"
            )
    return np.array([known.index(name) for name in dimensions])


def rule_from(data: Mapping[str, Any]) -> ScoreRule:
    """A rule from its data (docs/psychometrics/score-spec.schema.json). Raises `rule.form` with the key at fault."""
    wanted = {"name", "version", "source", "dimensions", "items", "missing", "literate", "tiers"}
    if set(data) != wanted:
        odd = sorted(set(data) ^ wanted)
        raise PsychometricsError("rule.form", "rule", f"the keys {', '.join(sorted(wanted))}", ", ".join(odd))
    try:
        rule = ScoreRule(
            name=str(data["name"]),
            version=str(data["version"]),
            source=str(data["source"]),
            dimensions=tuple((str(name), float(points)) for name, points in data["dimensions"].items()),
            items=None if data["items"] is None else int(data["items"]),
            missing=Missing(data["missing"]),
            literate=_bound(data["literate"]),
            tiers=tuple(Tier(str(t["name"]), None if t["from"] is None else _bound(t)) for t in data["tiers"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PsychometricsError("rule.form", "rule", "the form of the schema", repr(error)) from error
    starts = [tier.bound.start for tier in rule.tiers[1:] if tier.bound is not None]
    if (
        not rule.tiers
        or rule.tiers[0].bound is not None
        or len(starts) < len(rule.tiers) - 1
        or starts != sorted(starts)
    ):
        raise PsychometricsError("rule.form", "tiers", "a lowest tier without a bound, then rising bounds", str(starts))
    if not rule.dimensions or any(points <= 0 for _, points in rule.dimensions):
        raise PsychometricsError("rule.form", "dimensions", "positive points for each", str(dict(rule.dimensions)))
    return rule


def _bound(data: Mapping[str, Any]) -> Bound:
    if not isinstance(data["inclusive"], bool):
        raise TypeError("inclusive must be true or false")
    return Bound(float(data["from"]), data["inclusive"])


@cache
def known_rules() -> tuple[ScoreRule, ...]:
    """The rules that come with Kepu, from rules.json."""
    text = files(__package__).joinpath("rules.json").read_text(encoding="utf-8")
    return tuple(rule_from(data) for data in json.loads(text))


def known_rule(name: str, version: str) -> ScoreRule:
    """One of them. Raises `rule.unknown` with what there is."""
    for rule in known_rules():
        if (rule.name, rule.version) == (name, version):
            return rule
    there = ", ".join(f"{rule.name} {rule.version}" for rule in known_rules())
    raise PsychometricsError("rule.unknown", "rule", f"one of {there}, or a whole rule", f"{name} {version}")
