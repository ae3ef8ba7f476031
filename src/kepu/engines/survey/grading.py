"""A letter for each figure, A to F, by a scale that is data: an office may bring its own.

Sources of the scale that ships: CV bands of Statistics Canada, Retail Commodity Survey, Quality measures 2019 (row of
response rates of 80 % and more); 30 respondents and 8 degrees of freedom of Parker et al., National Center for Health
Statistics Data Presentation Standards for Proportions, Vital and Health Statistics 2(175), 2017.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import SurveyError

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Band:
    """A label for coefficients of variation below a bound (0.1 = 10 %)."""

    label: str
    cv_below: float


@dataclass(frozen=True)
class Scale:
    """Bands from the best to the worst, bounds rising; `last` is for everything beyond them and for figures without CV.

    Fewer respondents than `n`, fewer degrees of freedom than `df`, or no variance at all give `weak` at best: the CV of
    such a figure is itself hardly known. `source` says where the thresholds come from and is printed with the labels.
    """

    bands: tuple[Band, ...] = (Band("A", 0.05), Band("B", 0.10), Band("C", 0.165), Band("D", 0.25), Band("E", 0.33))
    last: str = "F"
    n: float = 30
    df: float = 8
    weak: str = "E"
    source: str = "CV: Statistics Canada, Retail Commodity Survey 2019; n, df: NCHS, Vital Health Stat 2(175), 2017"

    def __post_init__(self) -> None:
        bounds = [band.cv_below for band in self.bands]
        if not bounds or not all(low < high for low, high in zip([0.0, *bounds], bounds, strict=False)):
            raise SurveyError("grading.bands", "bands", "bounds > 0 that rise", str(bounds))
        if len(set(self.labels)) < len(self.labels) or self.weak not in self.labels:
            raise SurveyError(
                "grading.labels", "weak", "one of the labels, each once: " + ", ".join(self.labels), self.weak
            )

    @property
    def labels(self) -> list[str]:
        """From the best to the worst."""
        return [*(band.label for band in self.bands), self.last]


def grades(*, cv: Array, n: Array, df: Array, scale: Scale | None = None) -> Array:
    """(m,) labels of figures with a CV (share of the figure, NaN where it is 0), n respondents and df degrees of freedom."""
    used = scale or Scale()
    share, respondents, freedom = (np.asarray(values, dtype=float) for values in (cv, n, df))
    if not share.shape == respondents.shape == freedom.shape or (share < 0).any():
        raise SurveyError("grading.figures", "cv", "cv >= 0, n and df for each figure", "others")
    worst = len(used.bands)
    place = np.where(
        np.isnan(share), worst, np.searchsorted([band.cv_below for band in used.bands], share, side="right")
    )
    doubtful = ~(respondents >= used.n) | ~(freedom >= used.df) | (share == 0)
    place = np.where(doubtful, np.maximum(place, used.labels.index(used.weak)), place)
    return np.array(used.labels, dtype=object)[place]
