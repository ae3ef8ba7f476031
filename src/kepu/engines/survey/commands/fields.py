"""A specification in JSON, read strictly: an unknown key is a mistake, and every refusal names its place."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..errors import SurveyError

T = TypeVar("T")

LARGEST = 1e15


@dataclass(frozen=True)
class Fields:
    """One JSON object. Each reading method takes a key; `done` refuses the keys that nobody asked for."""

    values: Mapping[str, Any]
    where: str = "specification"
    asked: set[str] = field(default_factory=set)

    def has(self, key: str) -> bool:
        """Whether the key is there with a value; `null` counts as not given."""
        self.asked.add(key)
        return self.values.get(key) is not None

    def need(self, key: str) -> Any:
        """The value of a key that must be there."""
        if not self.has(key):
            raise SurveyError("spec.missing", f"{self.where}.{key}", "a value", "nothing")
        return self.values[key]

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._given(key, default)
        if not isinstance(value, str) or not value:
            raise self.refuse(key, "a text", value)
        return value

    def choice(self, key: str, options: Sequence[str], default: str | None = None) -> str:
        """One of the options."""
        value = self._given(key, default)
        if not isinstance(value, str) or value not in options:
            raise self.refuse(key, "one of " + ", ".join(options), value)
        return value

    def number(
        self, key: str, default: float | None = None, *, above: float = -math.inf, least: float = -math.inf,
        most: float = math.inf,
    ) -> float:  # fmt: skip
        """A number, greater than `above`, at least `least`, at most `most`, and of a size that squares can be taken of."""
        value = self._given(key, default)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
            raise self.refuse(key, "a number", value)
        if value and not 1 / LARGEST <= abs(value) <= LARGEST:
            raise self.refuse(key, f"0 or a number between {1 / LARGEST:g} and {LARGEST:g}", value)
        if value <= above or value < least or value > most:
            limits = [f"> {above:g}"] * math.isfinite(above) + [f">= {least:g}"] * math.isfinite(least)
            raise self.refuse(key, "a number " + " and ".join(limits + [f"<= {most:g}"] * math.isfinite(most)), value)
        return float(value)

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value = self._given(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LARGEST:
            raise self.refuse(key, f"a whole number from {least} to {LARGEST:g}", value)
        return value

    def columns(self, key: str) -> tuple[str, ...]:
        """Names of columns: a text or a list of texts; nothing if the key is not given."""
        if not self.has(key):
            return ()
        value = self.values[key]
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
            raise self.refuse(key, "a column or a list of columns", value)
        return tuple(names)

    def items(self, key: str, read: Callable[["Fields"], T]) -> tuple[T, ...]:
        """A list of one object or more, each read by `read` and then closed."""
        value = self.need(key)
        if not isinstance(value, list) or not value:
            raise self.refuse(key, "a list of objects", value)
        return tuple(_read_one(item, f"{self.where}.{key}[{position}]", read) for position, item in enumerate(value))

    def inner(self, key: str, read: Callable[["Fields"], T]) -> T:
        """An object under a key, read by `read` and then closed."""
        return _read_one(self.need(key), f"{self.where}.{key}", read)

    def refuse(self, key: str, expected: str, got: object) -> SurveyError:
        """The error that says what this key should hold."""
        shown = json.dumps(got, ensure_ascii=False, default=str)
        return SurveyError(
            "spec.value", f"{self.where}.{key}", expected, shown if len(shown) <= 80 else shown[:79] + "…"
        )

    def done(self) -> None:
        """Refuse what was written and not read: a misspelt key would otherwise be a silent default."""
        unknown = sorted(set(self.values) - self.asked)
        if unknown:
            known = ", ".join(sorted(self.asked))
            raise SurveyError("spec.unknown_key", f"{self.where}.{unknown[0]}", f"one of: {known}", unknown[0])

    def _given(self, key: str, default: Any) -> Any:
        return self.need(key) if default is None or self.has(key) else default


def read_specification(path: Path, read: Callable[[Fields], T]) -> T:
    """The specification in a JSON file (UTF-8), read by `read`; refuses `spec.*`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except OSError as problem:
        raise SurveyError("spec.unreadable", path.name, "a readable file", problem.strerror or str(problem)) from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as problem:
        raise SurveyError("spec.not_json", path.name, "JSON in UTF-8", str(problem)) from None
    return _read_one(values, "specification", read)


def _read_one(value: Any, where: str, read: Callable[[Fields], T]) -> T:
    if not isinstance(value, dict):
        raise SurveyError("spec.value", where, "an object", json.dumps(value, ensure_ascii=False)[:80])
    fields = Fields(value, where)
    result = read(fields)
    fields.done()
    return result


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise SurveyError("spec.key_twice", key, "each key once", key)
        values[key] = value
    return values


def _no_constant(name: str) -> None:
    raise SurveyError("spec.not_json", name, "a finite number", name)
