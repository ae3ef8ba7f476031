"""One person of a household by chance: with equal probability, or by Kish's table.

Source of the table: Kish, A procedure for objective respondent selection within the household, JASA 44 (1949), 380–387.
"""

from enum import StrEnum
from typing import Any

import numpy as np

from .errors import SurveyError

Array = np.ndarray[Any, Any]


class Choice(StrEnum):
    """Equal: 1/k each. Kish: the printed table that interviewers know; for five persons it is 1/6 or 1/4."""

    EQUAL = "equal"
    KISH = "kish"


# share of households that get the form, and the number of the person to take for 1, 2, … 6 eligible persons
KISH_FORMS = (
    (2, (1, 1, 1, 1, 1, 1)),
    (1, (1, 1, 1, 1, 2, 2)),
    (1, (1, 1, 1, 2, 2, 2)),
    (2, (1, 1, 2, 2, 3, 3)),
    (2, (1, 2, 2, 3, 4, 4)),
    (1, (1, 2, 3, 3, 3, 5)),
    (1, (1, 2, 3, 4, 5, 5)),
    (2, (1, 2, 3, 4, 5, 6)),
)
_TWELFTHS = np.array([share for share, _ in KISH_FORMS])
_PERSON = np.array([persons for _, persons in KISH_FORMS])


def choose_persons(chance: Array, eligible: Array, choice: Choice) -> tuple[Array, Array]:
    """(m,) numbers of the chosen persons, from 1 in the order of the household's list; (m,) their probabilities.

    `chance`: (m,) uniform in [0, 1), one for each household; `eligible`: (m,) eligible persons, whole, ≥ 1 (Kish: ≤ 6).
    Raises `household.eligible` for other counts, `household.too_many` where Kish's table is too short: persons after
    the sixth could never be chosen, and no weight can mend that.
    """
    eligible = np.asarray(eligible, dtype=float)
    bad = ~(np.isfinite(eligible) & (eligible >= 1) & (eligible == np.floor(eligible)))
    if bad.any():
        got = str(eligible[np.flatnonzero(bad)[0]])
        hint = "take households without eligible persons out of the frame"
        raise SurveyError("household.eligible", "eligible", "whole numbers >= 1", got, hint)
    count = eligible.astype(int)
    if choice is Choice.EQUAL:
        return np.floor(chance * count).astype(int) + 1, 1 / count
    most = _PERSON.shape[1]
    if len(count) and count.max() > most:
        hint = "choose with equal probability instead"
        raise SurveyError("household.too_many", "eligible", f"at most {most} for Kish's table", str(count.max()), hint)
    form = np.searchsorted(np.cumsum(_TWELFTHS), chance * _TWELFTHS.sum(), side="right")
    person = _PERSON[form, count - 1]
    same = _PERSON[:, count - 1] == person
    return person, (_TWELFTHS[:, None] * same).sum(axis=0) / _TWELFTHS.sum()


def person_grid(chance: Array, most: int, choice: Choice) -> Array:
    """(m, most) for a frame that does not know its households: whom to take where 1, 2, … `most` persons are eligible.

    The interviewer reads the column of the number that she finds; the weight is then divided by that person's
    probability (1 / number for an equal choice). Raises as `choose_persons`.
    """
    columns = [choose_persons(chance, np.full(len(chance), count), choice)[0] for count in range(1, most + 1)]
    return np.column_stack(columns)
