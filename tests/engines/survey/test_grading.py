"""Each figure gets the letter of its band, and no better one than its footing allows."""

import numpy as np
import pytest

from kepu.engines.survey.errors import SurveyError
from kepu.engines.survey.grading import Band, Scale, grades


def test_letters_follow_the_bands_of_the_scale():
    cv = np.array([0.001, 0.0499, 0.05, 0.0999, 0.1, 0.165, 0.25, 0.33, 0.9, np.inf, np.nan])
    labels = grades(cv=cv, n=np.full(11, 30), df=np.full(11, 8))
    assert labels.tolist() == ["A", "A", "B", "B", "C", "D", "E", "F", "F", "F", "F"]


def test_a_weak_footing_caps_the_letter():
    labels = grades(
        cv=np.array([0.01, 0.01, 0.4, 0.0, 0.01]),
        n=np.array([29, 30, 10, 500, 30]),
        df=np.array([50, 7.9, 50, 50, np.inf]),
    )
    assert labels.tolist() == ["E", "E", "F", "E", "A"]


def test_an_office_may_bring_its_own_scale():
    scale = Scale((Band("good", 0.15), Band("caution", 0.3)), last="hidden", n=100, df=0, weak="caution", source="own")
    labels = grades(cv=np.array([0.1, 0.1, 0.2, 0.3]), n=np.array([100, 99, 100, 100]), df=np.ones(4), scale=scale)
    assert labels.tolist() == ["good", "caution", "caution", "hidden"]
    assert Scale().labels == ["A", "B", "C", "D", "E", "F"]


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("grading.bands", lambda: Scale(())),
        ("grading.bands", lambda: Scale((Band("A", 0.2), Band("B", 0.1)), weak="B")),
        ("grading.bands", lambda: Scale((Band("A", 0.0),), weak="A")),
        ("grading.labels", lambda: Scale((Band("A", 0.1),), weak="Z")),
        ("grading.labels", lambda: Scale((Band("A", 0.1),), last="A", weak="A")),
        ("grading.figures", lambda: grades(cv=np.array([0.1]), n=np.array([1, 2]), df=np.array([1]))),
        ("grading.figures", lambda: grades(cv=np.array([-0.1]), n=np.array([1]), df=np.array([1]))),
    ],
)
def test_a_scale_that_makes_no_sense_is_refused(code, call):
    with pytest.raises(SurveyError) as refused:
        call()
    assert refused.value.code == code
