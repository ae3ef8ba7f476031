"""`kepu survey draw`: from a frame and a specification to a sample with weights."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest

from kepu.engines.survey.commands.draw import main
from kepu.engines.survey.commands.estimate import main as estimate

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "survey"
FRAME = """district,township,village,adults,households
A,a1,01,100,40
A,a1,02,150,60
A,a2,03,80,30
A,a2,04,90,35
A,a3,05,400,160
B,b1,06,100,41
B,b1,07,10,4
B,b2,08,500,200
B,b3,09,200,80
"""
SPEC = {
    "seed": 7,
    "strata": ["district"],
    "stages": [
        {"unit": "township", "method": "brewer", "size": "adults", "n": {"A": 2, "B": 2}},
        {"unit": "village", "method": "srs", "n": 1},
    ],
}


@pytest.fixture
def call(tmp_path, capsysbinary):
    """Run the verb on a frame and a specification; exit status, standard output, the refusal."""

    def run(specification=SPEC, frame=FRAME, *more):
        place = tmp_path / "frame.csv"
        place.write_text(frame, encoding="utf-8")
        spec = tmp_path / "spec.json"
        spec.write_text(
            specification if isinstance(specification, str) else json.dumps(specification), encoding="utf-8"
        )
        status = main([str(place), str(spec), *map(str, more)])
        out, err = capsysbinary.readouterr()
        return status, out.decode(), json.loads(err) if err else None

    return run


def records(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_sample_has_the_frame_s_cells_and_chained_weights(call):
    status, out, refusal = call()
    assert (status, refusal) == (0, None)
    drawn = records(out)
    assert len(drawn) == 4
    assert list(drawn[0]) == [
        *FRAME.splitlines()[0].split(","),
        *(f"stage{s}_{what}" for s in (1, 2) for what in ("population", "taken", "certainty", "probability")),
        "probability",
        "weight",
    ]
    frame = {row["village"]: row for row in records(FRAME)}
    size = {}
    for row in frame.values():
        size[row["township"]] = size.get(row["township"], 0) + int(row["adults"])
    for row in drawn:
        assert {key: row[key] for key in frame[row["village"]]} == frame[row["village"]]  # 01 stays 01
        first = float(row["stage1_probability"])
        if row["district"] == "A":  # 2·(250, 170, 400)/820, below 1 all of them
            assert first == pytest.approx(2 * size[row["township"]] / 820)
        else:  # 2·500/810 ≥ 1 is certain; the other unit by (110, 200)/310
            assert first == pytest.approx(1 if row["township"] == "b2" else size[row["township"]] / 310)
            assert row["stage1_certainty"] == str(int(row["township"] == "b2"))
        villages = sum(other["township"] == row["township"] for other in frame.values())
        assert row["stage2_population"] == str(villages)
        assert float(row["weight"]) == pytest.approx(villages / first)
        assert float(row["probability"]) == pytest.approx(first / villages)


def test_a_file_and_a_summary_instead_of_the_sample_itself(call, tmp_path):
    out = tmp_path / "out.csv"
    plain = call()[1]
    status, summary, _ = call(SPEC, FRAME, "-o", out)
    assert status == 0
    assert out.read_text(encoding="utf-8") == plain
    said = json.loads(summary)
    assert (said["seed"], said["rows"]) == (7, 4)
    assert [line["stratum"] for line in said["strata"]] == [{"district": "A"}, {"district": "B"}]
    assert [line["units"] for line in said["strata"]] == [3, 3]
    assert said["sum_of_weights"] == pytest.approx(sum(float(row["weight"]) for row in records(plain)))
    # b2 is certain, so the only other township of B has nothing to differ from
    assert [line["taken_for_sure"] for line in said["strata"]] == [0, 1]
    assert [[one["code"] for one in line["warnings"]] for line in said["strata"]] == [[], ["lonely_psu"]]
    lonely = {"seed": 7, "strata": "district", "stages": [{"method": "srs", "n": 1}]}
    said = json.loads(call(lonely, FRAME, "-o", out)[1])
    assert [[one["code"] for one in line["warnings"]] for line in said["strata"]] == [["lonely_psu"], ["lonely_psu"]]


def test_parquet_gives_the_same_sample(call, tmp_path):
    expected = call()[1]
    place = tmp_path / "frame.csv"
    text = pyarrow.csv.ConvertOptions(column_types={"village": "string"})
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(place, convert_options=text), tmp_path / "frame.parquet")
    assert main([str(tmp_path / "frame.parquet"), str(tmp_path / "spec.json"), "-o", str(tmp_path / "o.csv")]) == 0
    assert (tmp_path / "o.csv").read_text(encoding="utf-8") == expected


def test_the_estimate_takes_the_sample_as_it_is(call, tmp_path, capsysbinary):
    """Every village of every drawn township: the number of townships' adults comes out by hand from two of three."""
    spec = {"seed": 5, "strata": "district", "stages": [{"unit": "township", "method": "srs", "n": 2}]}
    out = tmp_path / "out.csv"
    assert call(spec, FRAME, "-o", out)[0] == 0
    design = {"weights": "weight", "strata": ["district"], "clusters": ["township"], "fpc": ["stage1_population"]}
    question = {"id": "adults", "statistic": "total", "variable": "adults"}
    ask = tmp_path / "estimate.json"
    ask.write_text(json.dumps({"design": design, "estimates": [question]}), encoding="utf-8")
    assert estimate([str(out), str(ask)]) == 0
    (row,) = json.loads(capsysbinary.readouterr().out)["estimates"][0]["rows"]
    sums = {}
    for one in records(out.read_text(encoding="utf-8")):
        key = one["district"], one["township"]
        sums[key] = sums.get(key, 0) + int(one["adults"])
    assert row["estimate"] == pytest.approx(1.5 * sum(sums.values()))
    variance = 0.0
    for district in "AB":
        first, second = (value for key, value in sums.items() if key[0] == district)
        variance += 9 * (1 - 2 / 3) * (first - second) ** 2 / 2 / 2
    assert row["se"] == pytest.approx(variance**0.5)


def test_persons_crossed_strata_and_sorted_lists(call):
    spec = {
        "seed": 1,
        "strata": ["district", "township"],
        "stages": [
            {
                "method": "pps_systematic",
                "size": "adults",
                "order": ["households"],
                "n": {"A": {"a1": 1, "a2": 1, "a3": 1}, "B": {"b1": 2, "b2": 1, "b3": 1}},
            }
        ],
        "household": {"eligible": "adults"},
    }
    drawn = records(call(spec)[1])
    assert [row["township"] for row in drawn] == ["a1", "a2", "a3", "b1", "b1", "b2", "b3"]
    for row in drawn:
        assert 1 <= int(row["person"]) <= int(row["adults"])
        assert float(row["person_probability"]) == pytest.approx(1 / int(row["adults"]))
        assert float(row["weight"]) == pytest.approx(int(row["adults"]) / float(row["stage1_probability"]))


def test_a_grid_for_households_that_the_frame_does_not_know(call):
    spec = {"seed": 1, "stages": [{"method": "srs", "n": 9}], "household": {"up_to": 3, "choice": "kish"}}
    drawn = records(call(spec)[1])
    assert [key for key in drawn[0] if key.startswith("person")] == ["person_of_1", "person_of_2", "person_of_3"]
    assert {row["person_of_1"] for row in drawn} == {"1"}
    assert {row["person_of_3"] for row in drawn} <= {"1", "2", "3"}
    assert {row["weight"] for row in drawn} == {"1.0"}  # the person's probability is known in the field only


def changed(stage=None, **other):
    stages = [{**SPEC["stages"][0], **(stage or {})}, SPEC["stages"][1]]
    return {**SPEC, "stages": stages, **other}


REFUSED = {
    "spec.not_json": ("{", FRAME),
    "spec.key_twice": ('{"seed": 1, "seed": 2}', FRAME),
    "spec.missing": ({"stages": SPEC["stages"]}, FRAME),
    "spec.unknown_key": (changed({"seize": "adults"}), FRAME),
    "spec.value": (changed({"method": "quota"}), FRAME),
    "data.no_such_column": (changed({"size": "adult"}), FRAME),
    "data.not_a_number": (changed(), FRAME.replace("150", "NA")),
    "data.missing": (changed(), FRAME.replace("150", "")),
    "data.empty": (changed(), ""),
    "data.malformed": (changed(), FRAME + "A,a9\n"),
    "data.heading_twice": (changed(), FRAME.replace("households", "adults")),
    "data.heading_taken": (changed(), FRAME.replace("households", "weight")),
    "selection.empty_frame": (changed(), FRAME.splitlines()[0] + "\n"),
    "selection.missing_label": (changed(), FRAME.replace("a1", "")),
    "selection.size_not_positive": (changed(), FRAME.replace("B,b1,06,100", "B,b1,06,-10")),
    "selection.too_few_units": (changed({"n": 4}), FRAME),
    "selection.stratum_without_n": (changed({"n": {"A": 1}}), FRAME),
    "selection.no_such_stratum": (changed({"n": {"A": 1, "B": 1, "C": 1}}), FRAME),
    "household.too_many": (changed(household={"eligible": "adults", "choice": "kish"}), FRAME),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_drawn_is_refused_on_standard_error(call, code):
    status, out, refusal = call(*REFUSED[code])
    assert (status, out) == (2, "")
    assert refusal["code"] == code
    assert set(refusal) == {"code", "where", "expected", "got", "hint"}
    assert all(refusal[key] for key in ("where", "expected", "got"))


@pytest.mark.parametrize(
    "spec",
    [
        [],
        {"seed": -1, "stages": SPEC["stages"]},
        {"seed": True, "stages": SPEC["stages"]},
        {"seed": 1, "stages": []},
        {"seed": 1, "stages": ["srs"]},
        changed({"n": 0}),
        changed({"n": 1.5}),
        changed({"n": {"A": {"x": 1}}}),
        changed({"n": {"A": "1"}}),
        changed({"unit": ["a", "b"]}),
        changed(strata=[1]),
        changed(household="adults"),
        changed(household={"choice": "equal"}),
        changed(household={"eligible": "adults", "up_to": 4}),
        changed(household={"up_to": 0}),
    ],
)
def test_values_of_the_wrong_kind_are_refused_with_their_place(call, spec):
    status, _, refusal = call(spec)
    assert (status, refusal["code"]) == (2, "spec.value")
    assert refusal["where"].startswith("specification")


def test_files_that_cannot_be_read_or_written(call, tmp_path, capsysbinary):
    assert call(SPEC, FRAME, "-o", tmp_path / "no" / "such.csv")[2]["code"] == "output.unwritable"
    assert call(SPEC, FRAME, "-o", tmp_path / "frame.csv")[2]["code"] == "output.is_frame"
    assert (tmp_path / "frame.csv").read_text(encoding="utf-8") == FRAME
    assert main([str(tmp_path / "absent.csv"), str(tmp_path / "spec.json")]) == 2
    assert json.loads(capsysbinary.readouterr().err)["code"] == "data.unreadable"
    assert main([str(tmp_path / "frame.csv"), str(tmp_path / "absent.json")]) == 2
    assert json.loads(capsysbinary.readouterr().err)["code"] == "spec.unreadable"


def test_the_documented_example_runs_without_django():
    command = "import sys; from kepu.project.command import main; status = main(sys.argv[1:]); "
    command += "sys.exit(status or any(name.split('.')[0] == 'django' for name in sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parents[1] / "src")}
    arguments = ["survey", "draw", EXAMPLES / "draw.example.csv", EXAMPLES / "draw.example.json"]
    done = subprocess.run(
        [sys.executable, "-c", command, *arguments], capture_output=True, timeout=60, check=False, env=environment
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (EXAMPLES / "draw.example.out.csv").read_text(encoding="utf-8")


def test_the_schema_names_the_keys_that_are_read():
    schema = json.loads((EXAMPLES / "draw.schema.json").read_text(encoding="utf-8"))
    example = json.loads((EXAMPLES / "draw.example.json").read_text(encoding="utf-8"))
    stage = schema["$defs"]["stage"]["properties"]
    assert set(schema["properties"]) == {"seed", "strata", "stages", "household"}
    assert set(stage) == {"method", "unit", "n", "size", "size_rule", "probability", "order", "short"}
    assert set(example) <= set(schema["properties"])
    assert all(set(one) <= set(stage) for one in example["stages"])
