"""The command as its users call it: a process with files."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from kepu.engines.psychometrics import command, scoring
from kepu.engines.psychometrics.items import Items

from . import reference

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "psychometrics"


@pytest.fixture
def spec():
    return json.loads((EXAMPLES / "score.example.json").read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command on texts; gives the status, standard output and standard error."""

    def call(data, spec, *options):
        answers = data
        if isinstance(data, str):
            answers = tmp_path / "data.csv"
            answers.write_text(data, encoding="utf-8")
        asked = tmp_path / "spec.json"
        asked.write_text(spec if isinstance(spec, str) else json.dumps(spec), encoding="utf-8")
        status = command.main([str(answers), str(asked), *map(str, options)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_example_of_the_documentation_as_a_process():
    done = subprocess.run(
        [sys.executable, "-c", CALL, "score.example.csv", "score.example.json"],
        cwd=EXAMPLES,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parents[1] / "src")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stdout)
    expected = json.loads((EXAMPLES / "score.example.out.json").read_text(encoding="utf-8"))
    assert {**found, "rows": []} == {**expected, "rows": []}
    for row, wanted in zip(found["rows"], expected["rows"], strict=True):
        assert list(row) == list(wanted)  # also in this order
        for name, value in wanted.items():
            assert row[name] == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value)
    assert done.stderr == ""


CALL = """
import sys
from kepu.project.command import main
status = main(["survey", "score", *sys.argv[1:]])
assert not any(name == "django" or name.startswith("django.") for name in sys.modules)
sys.exit(status)
"""


def test_the_figures_of_the_example(spec, run):
    status, out, _ = run(EXAMPLES / "score.example.csv", spec)
    found = json.loads(out)
    rows = found["rows"]
    assert status == 0
    assert found["tiers"] == {"low": 3, "basic": 0, "literate": 0, "advanced": 1}
    # by hand: case 2 has one of two in knowledge (20), half of spirit (10) and half of ability (10)
    assert [row["score"] for row in rows] == [100, 40, 20, 0]
    assert [row["case"] for row in rows] == ["001", "002", "003", "004"]
    assert [row["answered"] for row in rows] == [5, 5, 3, 5]
    items = Items.of(
        [1.2, 0.9, 1.5, 1.1, 1.3],
        [[0.6, np.nan], [-0.18, np.nan], [0.3, np.nan], [0.88, -0.99], [0.0, -1.56]],
        [0, 0.2, 0, 0, 0],
    )
    codes = [[1, 1, 1, 2, 2], [0, 1, 0, 1, 1], [1, 0, -1, 0, -1], [0, 0, 0, 0, 0]]
    for name, call in (("eap", scoring.eap), ("wle", scoring.weighted_likelihood)):
        expected = call(codes, items)
        np.testing.assert_allclose([row[f"theta_{name}"] for row in rows], expected.theta, atol=1e-11)
        np.testing.assert_allclose([row[f"se_{name}"] for row in rows], expected.se, atol=1e-9)
    assert (rows[0]["theta_ml"], rows[0]["se_ml"], rows[0]["status_ml"]) == (6, None, "at_bound")
    assert found["ability"]["status"]["ml"] == {"at_bound": 2, "ok": 2}


def test_csv_and_parquet_out_agree_with_json(spec, run, tmp_path):
    _, out, _ = run(EXAMPLES / "score.example.csv", spec)
    rows = json.loads(out)["rows"]
    for name in ("out.csv", "out.parquet", "out.json"):
        status, said, _ = run(EXAMPLES / "score.example.csv", spec, "-o", tmp_path / name)
        assert status == 0
        assert name == "out.json" or json.loads(said)["respondents"] == 4
    assert parquet.read_table(tmp_path / "out.parquet").to_pylist() == rows
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["rows"] == rows
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [float(row["score"]) for row in table] == [row["score"] for row in rows]
    assert [row["se_ml"] == "" for row in table] == [True, False, False, True]


def test_parquet_in_gives_what_csv_in_gives(spec, run, tmp_path):
    columns = {
        "case": ["001", "002", "003", "004"],
        "q1": ["B", "A", "B", "A"],
        "q2": ["A", "C", "D", "B"],
        "q3": pyarrow.array([1.0, 0.0, None, 0.0]),
        "q4": ["agree", "partly", "disagree", "disagree"],
        "q5": pyarrow.array([2, 1, 99, 0]),
        "not named": [1, 2, 3, 4],
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "data.parquet")
    _, expected, _ = run(EXAMPLES / "score.example.csv", spec)
    assert json.loads(run(tmp_path / "data.parquet", spec)[1]) == json.loads(expected)


def test_reference_eap_through_the_command(run):
    block = reference.golden()["sim40_2PL"]
    spec = {
        "items": [
            {"column": row["item"], "parameters": {"a": row["a1"], "d": row["d"]}} for row in block["slope_intercept"]
        ],
        "ability": {"methods": ["eap"]},
    }
    head = ",".join(row["item"] for row in block["slope_intercept"])
    lines = [",".join(str(value) for value in pattern.values()) for pattern in block["patterns"]]
    _, out, _ = run("\n".join([head, *lines]) + "\n", spec)
    rows = json.loads(out)["rows"]
    expected = block["scores"]["EAP"]
    np.testing.assert_allclose([row["theta_eap"] for row in rows], [row["theta"] for row in expected], atol=1e-10)
    np.testing.assert_allclose([row["se_eap"] for row in rows], [row["se"] for row in expected], atol=1e-10)


DATA = "case,q1,q2,q3,q4,q5\n001,B,A,1,agree,2\n002,B,A,{q3},agree,2\n"


@pytest.mark.parametrize(
    ("data", "change", "code", "where"),
    [
        (DATA.format(q3="x"), {}, "data.value", "q3, row 2"),
        (DATA.format(q3="-1"), {}, "data.value", "q3, row 2"),
        (DATA.format(q3="2"), {}, "data.value", "q3, row 2"),
        ("case,q1\n001,B\n", {}, "data.column_missing", "q2"),
        ("case,q1,q2,q3,q4,q5\n", {}, "data.empty", None),
        ("case,q1,q2,q3,q4,q5,q5\n1,B,A,1,agree,2,2\n", {}, "data.column_twice", "q5"),
        ("case,q1,q2,q3,q4,q5\n1,B,A\n", {}, "data.unreadable", None),
        ("", {}, "data.column_missing", "case"),
        (DATA.format(q3="1"), {"rule": {"name": "citizen-100", "version": "0"}}, "rule.unknown", "rule"),
        (DATA.format(q3="1"), {"rule": "citizen-100"}, "spec.rule", "rule"),
        (DATA.format(q3="1"), {"rule": None, "ability": None}, "spec.nothing", "specification"),
        (DATA.format(q3="1"), {"extra": 1}, "spec.key_unknown", "specification"),
        (DATA.format(q3="1"), {"version": 2}, "spec.version", "version"),
        (DATA.format(q3="1"), {"items": []}, "spec.items", "items"),
        (DATA.format(q3="1"), {"items": [{"column": "q1"}]}, "spec.dimension", "q1"),
        (DATA.format(q3="1"), {"rule": None, "items": [{"column": "q1"}]}, "spec.parameters", "q1.parameters"),
        (DATA.format(q3="1"), {"ability": {"methods": ["best"]}}, "spec.method", "ability.methods"),
        (DATA.format(q3="1"), {"ability": {"methods": ["ml"], "bounds": [6, -6]}}, "scoring.bounds", "bounds"),
        (
            DATA.format(q3="1"),
            {"ability": {"methods": ["eap"], "population": {"sd": 0}}},
            "population.range",
            "population",
        ),
        (DATA.format(q3="1"), {"ability": {"methods": ["eap"], "grid": {"points": 2}}}, "grid.range", "grid"),
    ],
)
def test_refused_input_is_one_structured_error(spec, run, data, change, code, where):
    status, out, err = run(data, spec | change)
    error = json.loads(err)["error"]
    assert (status, out, error["code"]) == (2, "", code)
    assert set(error) == {"code", "where", "expected", "got", "hint"}
    assert where is None or error["where"] == where


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"a": 1}, "spec.parameters"),
        ({"a": 1, "b": 0, "d": 0}, "spec.parameters"),
        ({"a": 1, "b": [0, 1]}, "spec.parameters"),
        ({"a": "steep", "b": 0}, "spec.number"),
        ({"a": 1, "b": 0, "g": 1.5}, "items.asymptotes"),
        ({"a": 1, "b": 0, "c": 0.2}, "spec.key_unknown"),
    ],
)
def test_refused_parameters(run, parameters, code):
    spec = {"items": [{"column": "q", "parameters": parameters}], "ability": {"methods": ["eap"]}}
    status, _, err = run("q\n1\n", spec)
    assert (status, json.loads(err)["error"]["code"]) == (2, code)


def test_specifications_and_files_that_cannot_be_used(spec, run, tmp_path):
    data = EXAMPLES / "score.example.csv"
    for call, code in (
        (lambda: run(data, "{"), "spec.not_json"),
        (lambda: run(data, "[]"), "spec.form"),
        (lambda: run(data, spec, "-o", tmp_path / "out.xlsx"), "output.kind"),
        (lambda: run(data, spec, "-o", tmp_path / "no" / "out.json"), "output.unwritable"),
        (lambda: run(data, spec, "-o", tmp_path / "no" / "out.csv"), "output.unwritable"),
        (lambda: run(tmp_path / "none.csv", spec), "data.unreadable"),
    ):
        status, _, err = call()
        assert (status, json.loads(err)["error"]["code"]) == (2, code)
    assert command.main([str(data), str(tmp_path / "none.json")]) == 2


def test_a_file_in_another_encoding_is_refused(spec, run, tmp_path):
    (tmp_path / "gbk.csv").write_bytes("编号,q1,q2,q3,q4,q5\n".encode("gb18030"))
    status, _, err = run(tmp_path / "gbk.csv", spec)
    assert (status, json.loads(err)["error"]["code"]) == (2, "data.unreadable")


def test_the_schema_names_every_key_that_is_read(spec):
    schema = json.loads((EXAMPLES / "score-spec.schema.json").read_text(encoding="utf-8"))
    assert set(spec) == set(schema["properties"])
    assert set(spec["ability"]) | {"grid"} == set(schema["properties"]["ability"]["properties"])
    used = {key for item in spec["items"] for key in item}
    assert used == set(schema["$defs"]["item"]["properties"])
