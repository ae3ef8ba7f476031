"""`kepu survey plan`: questions in, answers out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kepu.engines.survey.commands.plan import QUESTIONS, main

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "survey"
SIZE = {"id": "a", "ask": "sample_size", "share": 0.15, "margin": 0.02}
POWER = {"id": "a", "ask": "change_power", "statistic": "share", "from": 0.14, "to": 0.16, "n": 1200}
SPREAD = {
    "id": "a",
    "ask": "allocation",
    "rule": "proportional",
    "n": 10,
    "strata": [{"stratum": "东", "population": 90}],
}


@pytest.fixture
def ask(tmp_path, capsys):
    """Ask questions; exit status, answers, the refusal."""

    def run(*questions):
        spec = tmp_path / "spec.json"
        spec.write_text(json.dumps({"questions": list(questions)}), encoding="utf-8")
        status = main([str(spec), "-o", str(tmp_path / "out.json")])
        err = capsys.readouterr().err
        if status:
            return status, None, json.loads(err)
        return status, json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["answers"], None

    return run


def test_a_size_with_nonresponse_and_clusters(ask):
    clusters = {"take": 20, "rho": 0.05, "strata": 4}
    _, (size, again), _ = ask({**SIZE, "response_rate": 0.7, "clusters": clusters}, {**SIZE, "cv": None})
    assert size["deff"] == pytest.approx(1.95)
    assert size["clusters"] == -(-size["n"] // 20)
    assert size["df"] == size["clusters"] - 4
    assert size["invited"] == -(-size["n"] * 10 // 7)
    assert size["margin"] <= 0.02
    assert (again["n"], again["invited"], again["clusters"], again["df"]) == (1225, 1225, None, None)
    assert again["warnings"] == []


def test_doubts_are_said(ask):
    _, answers, _ = ask(
        {"id": "a", "ask": "precision", "share": 0.5, "n": 20, "df": 5},
        {**SIZE, "population": 900, "response_rate": 0.3},
        SPREAD | {"n": 1},
    )
    assert [[doubt["code"] for doubt in one["warnings"]] for one in answers] == [
        ["few_respondents", "few_degrees_of_freedom"],
        ["invited_exceed_population"],
        ["lonely_psu"],
    ]


def test_a_verdict_comes_with_what_would_do(ask):
    _, (weak, strong, none), _ = ask(POWER, {**POWER, "n": [9000, 9000]}, {**POWER, "to": 0.14})
    assert (weak["verdict"], strong["verdict"], none["verdict"]) == ("cannot_show", "can_show", "cannot_show")
    assert weak["needed_n"] == strong["needed_n"]
    assert weak["detectable_change"] > 0.02 > strong["detectable_change"]
    assert none["needed_n"] is None
    _, (enough,), _ = ask({**POWER, "n": weak["needed_n"]})
    assert enough["verdict"] == "can_show"


def test_a_target_gets_its_verdict(ask):
    question = {"id": "a", "ask": "target_power", "share": 0.16, "target": 0.15, "n": 3000}
    _, (one, size, equal), _ = ask(
        question,
        {"id": "a", "ask": "target_size", "share": 0.16, "target": 0.15},
        {**question, "target": 0.16},
    )
    assert (one["verdict"], one["needed_n"], size["n"]) == ("cannot_show", 8310, 8310)
    assert (equal["power"], equal["needed_n"]) == (pytest.approx(0.05), None)


def test_a_detectable_change_down_is_another_than_up(ask):
    question = {"id": "a", "ask": "detectable_change", "statistic": "share", "from": 0.14, "n": 1200}
    _, (up, down), _ = ask(question, {**question, "direction": "down"})
    assert up["detectable_change"] > down["detectable_change"] > 0  # shares nearer to one half vary more


REFUSED = [
    ("spec.unknown_key", SIZE | {"sd": 1}),
    ("spec.missing", {"ask": "precision", "share": 0.1, "n": 10}),
    ("spec.value", SIZE | {"ask": "guess"}),
    ("spec.value", SIZE | {"mean": 3}),
    ("spec.value", SIZE | {"cv": 0.1}),
    ("spec.value", SIZE | {"margin": 0}),
    ("spec.value", SIZE | {"margin": "0.02"}),
    ("spec.value", SIZE | {"level": 95}),
    ("spec.value", SIZE | {"response_rate": 0}),
    ("spec.value", SIZE | {"clusters": {"take": 20, "rho": 2}}),
    ("spec.value", POWER | {"n": [1, 2, 3]}),
    ("spec.value", SPREAD | {"strata": []}),
    ("spec.missing", SPREAD | {"strata": [*SPREAD["strata"], {"stratum": "西", "population": 9, "cost": 2}]}),
    ("planning.share", SIZE | {"share": 1}),
    ("planning.share", POWER | {"to": 1.6}),
    ("planning.n", POWER | {"population": 1000}),
    ("planning.overlap", POWER | {"n": [1200, 600], "overlap": 0.9}),
    ("planning.df", POWER | {"n": 40, "clusters": {"take": 20, "rho": 0.1, "strata": 3}}),
    ("planning.unreachable", {**POWER, "ask": "change_size", "n": None, "first_n": 100}),
    ("allocation.n", SPREAD | {"n": 91}),
    ("allocation.stratum_twice", SPREAD | {"strata": SPREAD["strata"] * 2}),
    ("allocation.n_or_budget", SPREAD | {"budget": 5}),
]


@pytest.mark.parametrize(("code", "question"), REFUSED)
def test_what_cannot_be_planned_is_refused_on_standard_error(ask, code, question):
    question = {key: value for key, value in question.items() if value is not None}
    status, _, refusal = ask(question)
    assert (status, refusal["code"]) == (2, code)
    assert all(refusal[key] for key in ("where", "expected", "got"))


def test_the_documented_example_runs_without_django():
    command = "import sys; from kepu.project.command import main; status = main(sys.argv[1:]); "
    command += "sys.exit(status or any(name.split('.')[0] == 'django' for name in sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parents[1] / "src")}
    arguments = ["survey", "plan", EXAMPLES / "plan.example.json"]
    done = subprocess.run(
        [sys.executable, "-c", command, *arguments], capture_output=True, timeout=60, check=False, env=environment
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == json.loads((EXAMPLES / "plan.example.out.json").read_text(encoding="utf-8"))


def test_the_schema_knows_every_question_and_no_other():
    schema = json.loads((EXAMPLES / "plan.schema.json").read_text(encoding="utf-8"))
    questions = schema["properties"]["questions"]["items"]["oneOf"]
    assert [one["properties"]["ask"]["const"] for one in questions] == list(QUESTIONS)
    example = json.loads((EXAMPLES / "plan.example.json").read_text(encoding="utf-8"))
    by_ask = {one["properties"]["ask"]["const"]: one for one in questions}
    for question in example["questions"]:
        known = by_ask[question["ask"]]
        assert set(question) <= set(known["properties"])
        assert set(known["required"]) <= set(question)


def test_the_schema_names_the_keys_that_are_read(ask):
    """A refusal of an unknown key lists the keys that were read."""
    schema = json.loads((EXAMPLES / "plan.schema.json").read_text(encoding="utf-8"))
    for one in schema["properties"]["questions"]["items"]["oneOf"]:
        name = one["properties"]["ask"]["const"]
        full = {
            "sample_size": SIZE,
            "precision": SIZE | {"ask": name, "margin": None, "n": 50},
            "target_size": SIZE | {"ask": name, "margin": None, "target": 0.1},
            "target_power": SIZE | {"ask": name, "margin": None, "target": 0.1, "n": 50},
            "change_size": POWER | {"ask": name, "n": None},
            "change_power": POWER,
            "detectable_change": POWER | {"ask": name, "to": None},
            "allocation": SPREAD,
        }[name]
        refusal = ask({**{key: value for key, value in full.items() if value is not None}, "no_such_key": 1})[2]
        assert refusal["code"] == "spec.unknown_key"
        read = set(refusal["expected"].removeprefix("one of: ").split(", "))
        assert read <= set(one["properties"]), name
