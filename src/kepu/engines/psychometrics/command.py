"""`kepu survey score`: scores by rule and abilities by item parameters on the command line, without Django."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import PsychometricsError

if TYPE_CHECKING:
    import pyarrow

    from .specification import Specification

ENGINE = "kepu psychometrics 1"
REFUSED = 2


def main(argv: Sequence[str]) -> int:
    """Run the command; 0 means done, 2 a wrong call or input that was refused with a structured error on standard error."""
    arguments = _parser().parse_args(argv)
    try:
        _score(arguments.data, arguments.spec, arguments.out)
    except PsychometricsError as refusal:
        sys.stderr.write(json.dumps({"error": refusal.as_dict()}, ensure_ascii=False) + "\n")
        return REFUSED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kepu survey score",
        description="Scores answers by a rule, by item parameters, or both. The result goes to OUT (.json, .csv or .parquet), "
        "with a summary on standard output, or as JSON to standard output. Refused input: one JSON error, exit status 2.",
    )
    parser.add_argument("data", type=Path, metavar="DATA", help="answers, csv or parquet, one row a respondent")
    parser.add_argument("spec", type=Path, metavar="SPEC.json", help="what to score; see docs/psychometrics.md")
    parser.add_argument("-o", "--out", type=Path, metavar="OUT", help="file for the scores")
    return parser


def _score(data: Path, spec: Path, out: Path | None) -> None:
    if out is not None and out.suffix not in {".json", ".csv", ".parquet"}:
        raise PsychometricsError(
            "output.kind", str(out), "a name ending in .json, .csv or .parquet", out.suffix or "none"
        )
    try:
        text = json.loads(spec.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PsychometricsError("spec.unreadable", str(spec), "a file", str(error.strerror)) from error
    except ValueError as error:
        raise PsychometricsError("spec.not_json", str(spec), "JSON in UTF-8", str(error)) from error

    from .answers import read, scores  # numpy and pyarrow load once the specification is there
    from .specification import specification

    wanted = specification(text)
    table = scores(read(data, wanted), wanted)
    head = _head(wanted, table)
    if out is None or out.suffix == ".json":
        rows = table.to_pylist()
        _write(json.dumps({**head, "rows": rows}, ensure_ascii=False, allow_nan=False), out)
        return
    _write_table(table, out)
    _write(json.dumps(head, ensure_ascii=False, allow_nan=False), None)


def _head(wanted: Specification, table: pyarrow.Table) -> dict[str, Any]:
    """Which definitions and choices the figures rest on, and how many respondents there are of each kind."""
    head: dict[str, Any] = {"engine": ENGINE, "respondents": table.num_rows, "items": len(wanted.questions)}
    if wanted.rule is not None:
        rule = wanted.rule
        head["rule"] = {"name": rule.name, "version": rule.version, "source": rule.source, "missing": rule.missing}
        head["tiers"] = {tier.name: 0 for tier in rule.tiers} | _counts(table, "tier")
    if wanted.ability is not None:
        ability = wanted.ability
        head["ability"] = {
            "population": {"mean": ability.population.mean, "sd": ability.population.sd},
            "grid": {
                "low": float(ability.grid.nodes[0]),
                "high": float(ability.grid.nodes[-1]),
                "points": ability.grid.nodes.size,
            },
            "bounds": list(ability.bounds),
            "standard_errors": "eap, eap_sum: posterior sd; map, ml, wle: observed information",
            "wle_weight": "jeffreys",
            "seed": ability.seed if ability.draws else None,
            "status": {method.value: _counts(table, f"status_{method}") for method in ability.methods},
        }
    return head


def _counts(table: pyarrow.Table, column: str) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in table[column].value_counts().to_pylist()}


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(text.encode("utf-8") + b"\n")  # whatever the terminal's encoding, JSON is UTF-8
        sys.stdout.buffer.flush()
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise PsychometricsError("output.unwritable", str(out), "a file to write", str(error.strerror)) from error


def _write_table(table: pyarrow.Table, out: Path) -> None:
    from pyarrow import csv, parquet

    try:
        if out.suffix == ".csv":
            csv.write_csv(table, out)
        else:
            parquet.write_table(table, out)
    except OSError as error:
        raise PsychometricsError("output.unwritable", str(out), "a file to write", str(error)) from error
