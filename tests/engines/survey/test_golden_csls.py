"""Every block of golden/csls_like.json (R survey 4.5, made by csls_like.R beside it) through the command's own code.

csls_like.parquet holds the data that the script writes as csv, every column as text.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from kepu.engines.survey.commands.columns import Columns
from kepu.engines.survey.commands.estimate import run
from kepu.engines.survey.commands.request import parse
from kepu.engines.survey.data import read

GOLDEN = Path(__file__).parent / "golden"
EXPECTED = json.loads((GOLDEN / "csls_like.json").read_text())["results"]
STACKED = {"weights": "w", "strata": [["wave", "district"]], "clusters": ["psu"]}
ONE_WAVE = {"weights": "w", "strata": ["district"], "clusters": ["psu"]}
IN_2023 = {"statistic": "proportion", "variable": "lit", "value": 1}


@pytest.fixture(scope="module")
def wave(tmp_path_factory):
    """The rows of 2023 as a csv, as the blocks were made from a design of that wave alone."""
    import pyarrow.compute as pc
    from pyarrow import csv, parquet

    table = parquet.read_table(GOLDEN / "csls_like.parquet")
    path = tmp_path_factory.mktemp("csls") / "wave.csv"
    csv.write_csv(table.filter(pc.equal(table["wave"], "2023")), path)
    return path


def rows(path, *estimates, **spec):
    spec = parse({"design": ONE_WAVE, "estimates": list(estimates), **spec})
    result = run(spec, Columns(read(path)))
    return [row for estimate in result["estimates"] for row in estimate["rows"]]


def near(got, expected, tolerance=1e-9):
    assert got == pytest.approx(expected, rel=tolerance, abs=1e-300)


def test_means_and_intervals_by_t(wave):
    for variable, block in (("lit", "lit_2023"), ("score", "score_mean_2023")):
        (row,) = rows(wave, {"statistic": "mean", "variable": variable})
        expected = EXPECTED[block][0]
        near([row[k] for k in ("estimate", "se", "low", "high")], [expected[k] for k in ("est", "se", "lo_t", "hi_t")])
        assert row["df"] == EXPECTED["df"]


def test_the_other_wave_from_the_stacked_file():
    """The other wave out of the stacked file: strata crossed with the wave, df of that wave."""
    estimate = {"statistic": "mean", "variable": "lit", "where": {"wave": 2024}, "df": "domain"}
    (row,) = rows(GOLDEN / "csls_like.parquet", estimate, design=STACKED)
    expected = EXPECTED["lit_2024"][0]
    near([row[k] for k in ("estimate", "se", "low", "high")], [expected[k] for k in ("est", "se", "lo_t", "hi_t")])


def test_categories(wave):
    made = {row["category"]: row for row in rows(wave, {"statistic": "proportion", "variable": "tier"})}
    assert len(made) == 4
    for expected in EXPECTED["tier_2023"]:
        row = made[expected["label"].removeprefix("tier")]
        near([row[k] for k in ("estimate", "se", "low", "high")], [expected[k] for k in ("est", "se", "lo_t", "hi_t")])


def test_design_effects(wave):
    wor, wr = rows(wave, {"id": "a", **IN_2023}, {"id": "b", **IN_2023, "deff": "wr"})
    near(wor["deff"], EXPECTED["deff_2023"])
    near(wr["deff"], EXPECTED["deff_2023_wr"])


@pytest.mark.parametrize(
    ("ours", "theirs", "tolerance"),
    [
        ("t", "mean", 1e-9),
        ("logit", "xlogit", 1e-9),
        ("logit", "logit", 1e-8),
        ("beta", "beta", 1e-8),
        ("likelihood", "likelihood", 1e-5),
        ("arcsine", "asin", 1e-9),
        ("wilson", "wilson", 1e-9),
    ],
)
def test_intervals_of_a_share(wave, ours, theirs, tolerance):
    (row,) = rows(wave, {**IN_2023, "interval": ours})
    near([row["low"], row["high"]], EXPECTED["lit_ci_2023"][theirs], tolerance)


@pytest.mark.parametrize("name", ["district", "grp", "sex", "age", "edu", "urban"])
def test_domains(wave, name):
    made = {row["by"][name]: row for row in rows(wave, {**IN_2023, "by": [name]})}
    expected = EXPECTED[f"lit_2023_by_{name}"]
    assert set(made) == {str(e[name]) for e in expected}
    for e in expected:
        row = made[str(e[name])]
        near([row["estimate"], row["se"], row["deff"]], [e["lit"], e["se"], e["DEff.lit"]])


def test_crossed_domains(wave):
    made = {tuple(row["by"].values()): row for row in rows(wave, {**IN_2023, "by": ["district", "grp"]})}
    expected = EXPECTED["lit_2023_by_district_grp"]
    assert len(made) == len(expected) == 144
    for e in expected:
        row = made[str(e["district"]), str(e["grp"])]
        near([row["estimate"], row["se"]], [e["lit"], e["se"]])


def test_logit_intervals_of_domains(wave):
    made = {row["by"]["district"]: row for row in rows(wave, {**IN_2023, "by": ["district"], "interval": "logit"})}
    for e in EXPECTED["lit_2023_by_district_ci_logit"]:
        # R stops its logistic fit early: its own estimate is off by 1e-8 here against svymean
        near([made[str(e["district"])][k] for k in ("estimate", "low", "high")], [e["lit"], e["ci_l"], e["ci_u"]], 2e-8)


def test_differences_keep_the_covariance(wave):
    (row,) = rows(
        wave, {"statistic": "difference", "of": "mean", "variable": "lit", "from": {"urban": 0}, "to": {"urban": 1}}
    )
    near([row["estimate"], row["se"]], [EXPECTED["urban_minus_rural"][k] for k in ("est", "se")])
    assert row["by"] == {}
    change = {"statistic": "difference", "of": "mean", "variable": "lit", "from": {"wave": 2023}, "to": {"wave": 2024}}
    (row,) = rows(GOLDEN / "csls_like.parquet", change, design=STACKED)
    near([row["estimate"], row["se"], row["df"]], [EXPECTED["change_2023_2024"][k] for k in ("est", "se", "df")])


MARGINS = [{"columns": [name], "totals": EXPECTED["margins"][name]} for name in ("sex", "age", "edu", "urban")]
RAKE = {"method": "rake", "margins": MARGINS, "epsilon": 1e-9, "max_iterations": 1000}


def test_raking_and_calibrated_residuals(wave):
    total, *domains = rows(
        wave, {"id": "a", "statistic": "mean", "variable": "lit"}, {"id": "b", **IN_2023, "by": ["district"]},
        calibration=RAKE,
    )  # fmt: skip
    expected = EXPECTED["raked_lit_2023"][0]
    near(
        [total[k] for k in ("estimate", "se", "low", "high")],
        [expected[k] for k in ("est", "se", "lo_t", "hi_t")],
        1e-7,
    )
    assert len(domains) == 24
    for row, e in zip(domains, EXPECTED["raked_lit_2023_by_district"], strict=True):
        near([row["estimate"], row["se"]], [e["lit"], e["se"]], 1e-7)


def test_raked_weights(wave):
    from kepu.engines.survey.commands.building import sample

    spec = parse({"design": ONE_WAVE, "calibration": RAKE, "estimates": [{"statistic": "mean", "variable": "lit"}]})
    design, fit = sample(spec, Columns(read(wave)))
    w = design.weights
    assert fit.converged
    near(w[:20].tolist(), EXPECTED["raked_weights_head"], 1e-7)
    found = {"min": w.min(), "max": w.max(), "sum": w.sum(), "deff_kish": len(w) * (w**2).sum() / w.sum() ** 2}
    near(found, EXPECTED["raked_weights_summary"], 1e-7)
    naive = EXPECTED["raked_lit_2023_naive_se_weights_as_fixed"][0]
    from dataclasses import replace

    from kepu.engines.survey.estimates import estimate

    fixed = estimate(replace(design, residuals=None), read(wave).numbers("lit"))
    near([fixed["se"][0], fixed["low"][0], fixed["high"][0]], [naive[k] for k in ("se", "lo_t", "hi_t")], 1e-7)
    assert np.isfinite(w).all()


def test_jackknife(wave):
    jackknife = {"make": {"type": "JKn"}}
    total, *groups = rows(wave, {"id": "a", **IN_2023}, {"id": "b", **IN_2023, "by": ["grp"]}, replicates=jackknife)
    expected = EXPECTED["JKn_lit_2023"][0]
    near([total[k] for k in ("estimate", "se", "low", "high")], [expected[k] for k in ("est", "se", "lo_t", "hi_t")])
    for row, e in zip(groups, EXPECTED["JKn_by_grp"], strict=True):
        near([row["estimate"], row["se"]], [e["lit"], e["se"]])


def test_jackknife_raked_in_every_replicate(wave):
    (row,) = rows(wave, IN_2023, replicates={"make": {"type": "JKn"}}, calibration=RAKE)
    expected = EXPECTED["JKn_raked_lit_2023"][0]
    near([row["estimate"], row["se"]], [expected[k] for k in ("est", "se")], 1e-7)
