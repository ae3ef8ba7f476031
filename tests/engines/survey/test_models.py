"""Regression, cross-tables, plausible values and combined samples, against R where R has them."""

import json
from pathlib import Path

import numpy as np
import pytest

from kepu.engines.survey.combined import combine_samples, effective_size
from kepu.engines.survey.commands.columns import Columns
from kepu.engines.survey.contrasts import contrast, joint
from kepu.engines.survey.crosstables import crosstable
from kepu.engines.survey.data import read
from kepu.engines.survey.design import survey_design
from kepu.engines.survey.errors import SurveyError
from kepu.engines.survey.estimates import estimate
from kepu.engines.survey.plausible import combine
from kepu.engines.survey.regression import model_matrix, regress
from kepu.engines.survey.replicates import make_replicates

GOLDEN = Path(__file__).parent / "golden"
EXPECTED = json.loads((GOLDEN / "csls_like.json").read_text())["results"]


@pytest.fixture(scope="module")
def survey():
    """The columns of wave 2023 and their design."""
    data = Columns(read(GOLDEN / "csls_like.parquet"))
    rows = data.texts("wave").matches({"2023"})
    names = ("psu", "district", "w", "sex", "age", "edu", "urban", "grp", "lit", "pv1", "pv2", "pv3", "pv4", "pv5")
    columns = {name: data.numbers(name)[rows] for name in names}
    return columns, survey_design(columns["w"], strata=[columns["district"]], clusters=[columns["psu"]])


def test_logistic_regression(survey):
    columns, design = survey
    labels = {name: columns[name].astype(int).astype(str) for name in ("age", "edu", "sex")}
    terms = {"age": labels["age"], "edu": labels["edu"], "urban": columns["urban"], "sex": labels["sex"]}
    x, names = model_matrix(terms)
    fit = regress(design, columns["lit"], x, names=names, family="logistic")
    expected = EXPECTED["glm_lit"]
    assert list(names) == [
        e["term"].replace("factor(", "").replace(")", "") if "Int" not in e["term"] else e["term"] for e in expected
    ]
    assert fit.coefficients == pytest.approx([e["est"] for e in expected], rel=1e-9, abs=1e-9)
    assert fit.se == pytest.approx([e["se"] for e in expected], rel=1e-8)
    assert fit.df == 120 + 1 - 11


def test_linear_regression_on_a_constant_is_the_mean(survey):
    columns, design = survey
    fit = regress(design, columns["lit"], np.ones((len(design), 1)))
    row = estimate(design, columns["lit"])
    assert fit.coefficients[0] == pytest.approx(row["estimate"][0], rel=1e-12)
    assert fit.se[0] == pytest.approx(row["se"][0], rel=1e-12)
    jackknifed = regress(make_replicates(design, "JKn"), columns["lit"], np.ones((len(design), 1)))
    assert jackknifed.se[0] == pytest.approx(EXPECTED["JKn_lit_2023"][0]["se"], rel=1e-9)


def test_separated_and_collinear_models_are_refused(survey):
    columns, design = survey
    with pytest.raises(SurveyError) as refusal:
        regress(design, columns["lit"], np.column_stack([columns["urban"], columns["urban"]]))
    assert refusal.value.code == "regression.collinear"
    with pytest.raises(SurveyError) as refusal:
        regress(design, columns["lit"], model_matrix({"a": columns["lit"]})[0], family="logistic")
    assert refusal.value.code == "regression.not_converged"


def test_rao_scott(survey):
    columns, design = survey
    made = crosstable(design, columns["lit"], columns["grp"])
    test, expected = made.test, EXPECTED["raoscott_lit_grp"]
    assert [test.f, test.df, test.denominator_df, test.p] == pytest.approx(
        [expected[k] for k in ("F", "ndf", "ddf", "p")], rel=1e-9
    )
    assert made.cells["share"].sum() == pytest.approx(1)
    assert len(made.cells) == 12


@pytest.mark.parametrize("name", ["theta", "plit"])
def test_plausible_values(survey, name):
    columns, design = survey
    draws = np.column_stack([columns[f"pv{j}"] for j in range(1, 6)])
    made = estimate(design, draws if name == "theta" else (draws > 1).astype(float))
    mixed = combine(made["estimate"], made["se"] ** 2)
    expected = EXPECTED[f"PV_rubin_{name}"]
    assert [float(mixed.estimate), float(mixed.se), float(mixed.df), float(mixed.missing_information)] == pytest.approx(
        [expected[k] for k in ("est", "se", "df", "fmi")], rel=1e-9
    )


def test_plausible_values_of_domains(survey):
    columns, design = survey
    draws = np.column_stack([columns[f"pv{j}"] > 1 for j in range(1, 6)]).astype(float)
    made = estimate(design, draws, by=columns["grp"])
    mixed = combine(made["estimate"].reshape(6, 5).T, made["se"].reshape(6, 5).T ** 2)
    assert mixed.estimate == pytest.approx(EXPECTED["PV_rubin_plit_by_grp"]["est"], rel=1e-9)
    assert mixed.se == pytest.approx(EXPECTED["PV_rubin_plit_by_grp"]["se"], rel=1e-9)


def test_contrasts_keep_the_covariance(survey):
    columns, design = survey
    both = joint(design, columns["lit"], columns["urban"].astype(int), 2)
    change = contrast(both, np.array([-1.0, 1.0]))
    expected = EXPECTED["urban_minus_rural"]
    assert [change.estimate[0], np.sqrt(change.covariance[0, 0])] == pytest.approx(
        [expected["est"], expected["se"]], rel=1e-9
    )
    replicated = joint(make_replicates(design, "JKn"), columns["lit"], columns["urban"].astype(int), 2)
    assert replicated.covariance == pytest.approx(both.covariance, rel=0.02)


def test_combined_samples_add_as_independent_ones(survey):
    columns, design = survey
    online = survey_design(np.full(500, design.weights.sum() / 500))
    answers = (np.arange(500) % 3 == 0).astype(float)
    both = combine_samples({"household": design, "online": online}, shares=[0.8, 0.2])
    row = estimate(both.design, np.concatenate([columns["lit"], answers]), statistic="total")
    apart = [estimate(design, columns["lit"], statistic="total"), estimate(online, answers, statistic="total")]
    assert row["estimate"][0] == pytest.approx(0.8 * apart[0]["estimate"][0] + 0.2 * apart[1]["estimate"][0])
    assert row["se"][0] ** 2 == pytest.approx(0.64 * apart[0]["se"][0] ** 2 + 0.04 * apart[1]["se"][0] ** 2)
    assert both.table()["share"].tolist() == [0.8, 0.2]
    assert effective_size(online.weights) == pytest.approx(500)
    domain = np.where(np.arange(len(both.design)) < len(design), 0, 1)
    assert [len(d) for d in both.doubts(domain, 2, "online")] == [0, 1]
