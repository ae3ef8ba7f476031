"""The command from file to file: what it prints, what it refuses, and that it knows nothing of Django."""

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from kepu.engines.survey.commands.columns import Columns
from kepu.engines.survey.commands.estimate import main, run
from kepu.engines.survey.commands.request import KEYS, parse
from kepu.engines.survey.data import read
from kepu.engines.survey.errors import SurveyError

HEAD = "w,town,psu,half,ssu,code,name.of,income,yes,gap,y 2,rw1,rw2,total\n"
ROWS = (
    '10,A,1,x,1,01,"a, b",100,1,,1,20,0,2\n10,A,1,x,2,1,c,120,0,5,2,20,0,2\n20,A,2,x,1,1,c,90,1,7,3,0,40,2\n'
    "20,B,3,y,1,01,c,80,0,3,4,40,0,5\n30,B,4,y,1,2,c,300,1,,5,0,60,5\n30,B,4,y,2,10,c,200,0,1,6,0,60,5\n"
)
MEAN = {"id": "a", "statistic": "mean", "variable": "income"}
DESIGN = {"weights": "w", "strata": ["town"], "clusters": ["psu"]}


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(HEAD + ROWS)
    return path


def estimated(data, *estimates, **spec):
    return run(parse({"design": DESIGN, "estimates": list(estimates), **spec}), Columns(read(data)))


def rows(data, *estimates, **spec):
    return [row for entry in estimated(data, *estimates, **spec)["estimates"] for row in entry["rows"]]


def refused(data, *estimates, **spec):
    with pytest.raises(SurveyError) as refusal:
        estimated(data, *(estimates or [MEAN]), **spec)
    return refusal.value.code


def test_a_mean_that_can_be_checked_by_hand(data):
    """Totals of w by unit 20 20 | 20 60, of w·income 2200 1800 | 1600 15000; the mean is 20600 / 120."""
    (row,) = rows(data, MEAN)
    mean = 20600 / 120
    units = [[2200 - 20 * mean, 1800 - 20 * mean], [1600 - 20 * mean, 15000 - 60 * mean]]
    variance = sum(2 * sum((z - sum(pair) / 2) ** 2 for z in pair) for pair in units) / 120**2
    assert row["estimate"] == pytest.approx(mean, rel=1e-14)
    assert row["se"] == pytest.approx(variance**0.5, rel=1e-12)
    assert (row["df"], row["n"], row["weighted_n"]) == (2, 6, 120)
    assert row["low"] == pytest.approx(mean - 4.302652729911275 * row["se"])
    assert [w["code"] for w in row["warnings"]] == ["few_respondents", "few_degrees_of_freedom"]


def test_values_are_compared_as_printed(data):
    by = {"id": "a", "statistic": "total", "variable": "yes", "by": ["code"]}
    assert [row["by"]["code"] for row in rows(data, by)] == ["01", "1", "2", "10"]
    for value, n in ((1, 2), ("01", 2), (1.0, 2), ("1.0", None)):
        where = {**MEAN, "where": {"code": value}}
        if n is None:
            assert refused(data, where) == "domain.empty"
        else:
            assert rows(data, where)[0]["n"] == n
    share = {"id": "a", "statistic": "proportion", "variable": "name.of", "value": "a, b"}
    assert rows(data, share)[0]["estimate"] == pytest.approx(10 / 120)
    assert rows(data, {**MEAN, "variable": "y 2"})[0]["n"] == 6


def test_where_is_a_domain_and_not_a_cut(data):
    """One unit of a stratum inside the domain is not lonely: the other counts as 0."""
    (row,) = rows(data, {**MEAN, "where": {"psu": 4}})
    assert row["df"] == 2
    assert row["n"] == 2
    (row,) = rows(data, {**MEAN, "where": {"psu": 4}, "df": "domain", "interval": "normal"})
    assert row["df"] == 0


def test_missing_values(data):
    assert refused(data, {**MEAN, "variable": "gap"}) == "data.missing"
    assert refused(data, {**MEAN, "by": ["gap"]}) == "data.missing"
    (row,) = rows(data, {**MEAN, "variable": "gap", "missing": "drop"})
    assert (row["n"], row["weighted_n"]) == (4, 80)
    assert rows(data, MEAN)[0]["n"] == 6  # gaps in columns that nobody names do not matter


def test_nobody_and_everybody(data):
    """No variance gives se 0 and deff 0, an estimate of 0 has no cv, and limits stay numbers."""
    for interval in ("t", "normal", "logit", "beta", "likelihood", "arcsine", "wilson"):
        nobody = {"id": "a", "statistic": "proportion", "variable": "yes", "value": 2, "interval": interval}
        (row,) = rows(data, nobody)
        assert (row["estimate"], row["se"], row["cv"], row["deff"]) == (0, 0, None, 0)
        assert row["warnings"][0]["code"] == "value_not_in_data"
        assert row["low"] == 0
        assert 0 <= row["high"] < 1
        everybody = {
            "id": "a",
            "statistic": "proportion",
            "variable": "half",
            "where": {"half": "x"},
            "interval": interval,
        }
        full = next(row for row in rows(data, everybody) if row["category"] == "x")
        assert (full["estimate"], full["se"], full["cv"], full["deff"], full["high"]) == (1, 0, 0, 0, 1)


def test_a_difference_is_one_row(data):
    spec = {
        "id": "d",
        "statistic": "difference",
        "of": "mean",
        "variable": "income",
        "from": {"town": "A"},
        "to": {"town": "B"},
    }
    (row,) = rows(data, spec)
    assert row["by"] == {}
    assert row["estimate"] == pytest.approx(16600 / 80 - 4000 / 40)
    assert (row["deff"], row["n"]) == (None, 6)
    assert refused(data, {**spec, "to": {"town": "C"}}) == "domain.empty"


def test_quantile_difference_has_the_error_of_its_interval(data):
    spec = {"statistic": "quantile", "variable": "income", "probabilities": [0.5]}
    (row,) = rows(data, {"id": "q", **spec})
    assert row["probability"] == 0.5
    assert row["estimate"] == 120
    apart = {"id": "d", **spec, "statistic": "difference", "of": "quantile", "from": {"town": "A"}, "to": {"town": "B"}}
    (row,) = rows(data, apart)
    assert row["estimate"] == 200 - 90 or row["estimate"] == 300 - 90 or row["estimate"] == 300 - 100


def test_given_replicates_use_their_scales_as_they_are(data):
    """V = scale · Σ (θ_r - mean)² with nothing implied by the type."""
    replicates = {"columns": ["rw1", "rw2"], "type": "BRR", "scale": 0.5}
    (row,) = rows(data, MEAN, design={"weights": "w"}, replicates=replicates)
    first, second = (20 * 100 + 20 * 120 + 40 * 80) / 80, (40 * 90 + 60 * 300 + 60 * 200) / 160
    assert row["se"] ** 2 == pytest.approx(0.5 * (first - second) ** 2 / 2)
    (row,) = rows(data, MEAN, design={"weights": "w"}, replicates={**replicates, "mse": True})
    assert row["se"] ** 2 == pytest.approx(0.5 * sum((value - 20600 / 120) ** 2 for value in (first, second)))
    (row,) = rows(data, MEAN, design={"weights": "w"}, replicates={"columns": ["rw1", "rw2"]})
    assert "replicate_scale_not_given" in [w["code"] for w in row["warnings"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"design": {"weights": "ww"}}, "data.no_such_column"),
        ({"design": {"weights": "gap"}}, "weights.missing"),
        ({"design": {"weights": "w", "strata": ["gap"]}}, "design.missing"),
        ({"design": {"weights": "w", "strata": ["half"], "clusters": ["ssu"]}}, "design.cluster_in_two_strata"),
        ({"design": {"weights": "w", "fpc": ["income"]}}, "design.fpc_varies"),
        ({"design": {"weights": "w", "strata": ["town"], "fpc": ["total"]}}, "design.fpc_too_small"),
        ({"design": {"weights": "w", "strata": ["psu"], "clusters": ["psu"]}}, "design.lonely_psu"),
        ({"design": {"weights": "w", "lonely": "adjust"}}, "spec.unknown_key"),
        ({"design": {"pps": {"method": "brewer", "probability": "w"}}}, "design.probability"),
        ({"estimates": [{"statistic": "mode", "variable": "income"}]}, "spec.choice"),
        ({"estimates": [{"statistic": "mean"}]}, "spec.missing"),
        ({"estimates": [{**MEAN, "interval": "logit"}]}, "interval.share"),
        ({"estimates": [{**MEAN, "variable": "town"}]}, "data.not_a_number"),
        ({"estimates": [MEAN, MEAN]}, "spec.id"),
        ({"estimates": []}, "spec.missing"),
        ({"replicates": {"columns": ["rw1"], "make": {"type": "JK1"}}}, "spec.replicates"),
        ({"replicates": {"make": {"type": "JK1"}}}, "replicates.type"),
        ({"replicates": {"columns": ["rw1", "rw2"], "rscales": "a"}}, "spec.value"),
        ({"replicates": {"columns": ["rw1", "rw2"], "rscales": [1, 2, 3]}}, "replicates.rscales"),
        ({"replicates": {"make": {"type": "bootstrap", "replicates": "many"}}}, "spec.value"),
        ({"design": {**DESIGN, "nest": "yes"}}, "spec.value"),
        ({"calibration": {"method": "rake", "margins": [{"columns": ["town"], "totals": {"A": 3}}]}}, "calibration.class_without_total"),
        ({"calibration": {"method": "rake", "margins": [{"columns": ["town"], "totals": {"A": 3, "B": 2, "C": 1}}]}}, "calibration.empty_class"),
        ({"calibration": {"method": "rake", "margins": [{"columns": ["town"], "totals": {"A": 3, "B": 2}}, {"columns": ["half"], "totals": {"x": 4, "y": 2}}]}}, "calibration.totals_contradict"),
        ({"calibration": {"method": "logit", "model": ["town"], "totals": {"(Intercept)": 200, "townB": 90}, "bounds": [0.9, 1.1]}}, "calibration.infeasible"),
        ({"calibration": {"method": "logit", "model": ["town"], "totals": {"(Intercept)": 120, "townB": 70}}}, "calibration.bounds"),
    ],
)  # fmt: skip
def test_what_cannot_be_estimated_is_refused_by_name(data, change, code):
    with pytest.raises(SurveyError) as refusal:
        run(parse({"design": DESIGN, "estimates": [MEAN], **change}), Columns(read(data)))
    assert refusal.value.code == code


def test_negative_weights_are_refused(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("w,income\n1,2\n-1,3\n")
    assert refused(path, MEAN, design={"weights": "w"}) == "weights.negative"


def test_the_process(data, tmp_path):
    """Status and streams; Django is not loaded; a table beside the JSON keeps formulas as text."""
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({"design": DESIGN, "estimates": [{**MEAN, "id": "=1+1"}]}))
    out = tmp_path / "out.json"
    assert main([str(data), str(spec), "-o", str(out), "--table", "xlsx"]) == 0
    assert json.loads(out.read_text())["estimates"][0]["id"] == "=1+1"
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["estimates"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    script = (
        "import sys\nfrom kepu.engines.survey.commands.estimate import main\n"
        f"status = main([{str(data)!r}, {str(spec)!r}, '--table', 'md'])\n"
        "assert not any(name.split('.')[0] == 'django' for name in sys.modules)\nsys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env={"PYTHONPATH": "src"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("| id | domain |")


def test_a_refusal_is_json_on_standard_error(data, tmp_path, capsys):
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({"design": DESIGN, "estimates": [{**MEAN, "variable": "incom"}]}))
    assert main([str(data), str(spec)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    error = json.loads(captured.err)
    assert set(error) == {"code", "where", "expected", "got", "hint"}
    assert error["code"] == "data.no_such_column"
    assert main([str(data), str(spec), "--table", "xlsx"]) == 2


def test_ten_thousand_categories(tmp_path):
    path = tmp_path / "wide.csv"
    head = "w,psu," + ",".join(f"c{j}" for j in range(8))
    path.write_text(head + "\n" + "\n".join(f"2,{i % 50},k{i},1,2,3,4,5,6,7" for i in range(10_000)) + "\n")
    made = rows(path, {"statistic": "proportion", "variable": "c0"}, design={"weights": "w", "clusters": ["psu"]})
    assert len(made) == 10_000
    assert made[0]["estimate"] == pytest.approx(1e-4)


EXAMPLES = Path(__file__).parents[3] / "docs" / "survey"


def test_the_documented_example_and_its_schema():
    spec = json.loads((EXAMPLES / "estimate.example.json").read_text())
    schema = json.loads((EXAMPLES / "estimate.schema.json").read_text())
    known = {name: set(part["properties"]) for name, part in schema["properties"].items() if "properties" in part}
    assert known["design"] == KEYS["design"]
    assert known["replicates"] == KEYS["replicates"]
    assert known["calibration"] == KEYS["calibration"]
    assert set(schema["properties"]) == KEYS["specification"]
    assert set(schema["properties"]["estimates"]["items"]["properties"]) == KEYS["estimate"]
    made = run(parse(spec), Columns(read(EXAMPLES / "estimate.example.csv")))
    assert made == json.loads((EXAMPLES / "estimate.example.out.json").read_text())
    row = made["estimates"][0]["rows"][0]
    assert row["se"] == pytest.approx(72**-0.5)
    assert row["deff"] == pytest.approx(1 / 72 / 0.0475)
