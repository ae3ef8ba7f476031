"""Item parameters from answers: 2PL, 3PL and graded items by marginal maximum likelihood, with survey weights and groups."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from .curves import Model, Prior, free_of, items_of, table_of
from .em import STEEPEST, Fit, Patterns, Point, Problem, fit
from .errors import PsychometricsError
from .grids import Grid, Population, numbers
from .items import MISSING, Codes, Floats, Items, codes_of

WARM_START = 20_000  # patterns of the part that finds the starting values of a large fit


@dataclass(frozen=True)
class Settings:
    """Quadrature and stopping. `tolerance`: largest change of a parameter in one EM step; `most`: passes over the data."""

    grid: Grid = field(default_factory=Grid.between)
    tolerance: float = 1e-6
    most: int = 500


@dataclass(frozen=True)
class Calibration:
    """What was found, and how.

    `log_likelihood` is the weighted marginal one, without priors; `parameters` counts the free ones; `respondents` N and
    `weight` Σw; `passes` over the data; `change`: largest change in the last step; `converged`: whether it fell below the
    tolerance. `populations` holds mean and sd of ability by group, the first fixed.
    """

    items: Items
    models: tuple[Model, ...]
    groups: tuple[Hashable, ...]
    populations: tuple[Population, ...]
    log_likelihood: float
    parameters: int
    respondents: int
    weight: float
    passes: int
    change: float
    converged: bool
    priors: tuple[Prior, ...]
    settings: Settings

    @property
    def aic(self) -> float:
        """−2 log L + 2 p."""
        return -2 * self.log_likelihood + 2 * self.parameters

    @property
    def bic(self) -> float:
        """−2 log L + p ln N."""
        return -2 * self.log_likelihood + self.parameters * float(np.log(self.respondents))


def calibrate(
    responses: ArrayLike,
    models: Model | Sequence[Model] = Model.TWO_PL,
    *,
    names: Sequence[str] | None = None,
    weights: ArrayLike | None = None,
    groups: Sequence[Hashable] | None = None,
    priors: Sequence[Prior] = (),
    settings: Settings | None = None,
    start: Items | None = None,
) -> Calibration:
    """Items that maximise Σ_i w_i log ∫ P(x_i | θ) φ(θ) dθ, plus the log priors.

    Responses (N, J), categories from 0, missing NaN or −1 (items not given to a person are missing). One model, or one an
    item. Ability is normal(0, 1); with `groups` (N,) the first group met is, and the others' means and sds are estimated
    (concurrent calibration). Weights (N,) enter as given: scale them to mean 1 to keep the likelihood's size.
    A guessing without a prior may end at its lowest, 0.00005; it has no standard error then.
    Raises `calibration.*`, `responses.*`, `weights.*`. Not having converged is reported, not raised.
    Source: Bock & Aitkin (1981), Psychometrika 46, 443–459; Samejima (1969); priors: Mislevy (1986), Psychometrika 51.
    """
    codes, chosen = codes_of(responses), settings or Settings()
    labels = tuple(names) if names is not None else tuple(f"item_{j + 1}" for j in range(codes.shape[1]))
    kinds = tuple(models) if not isinstance(models, Model) else (models,) * len(labels)
    if len(labels) != codes.shape[1] or len(kinds) != codes.shape[1]:
        raise PsychometricsError(
            "calibration.shape", "names, models", f"{codes.shape[1]} each", f"{len(labels)}, {len(kinds)}"
        )
    weight = numbers(weights, len(codes), "weights")
    group, keys = _grouped(groups, len(codes))
    categories = checked_categories(codes, weight, labels, kinds)
    problem = Problem(
        Patterns.of(codes, group, weight), chosen.grid.nodes, free_of(kinds, categories), tuple(priors), labels
    )
    table = starting_table(codes, categories, kinds) if start is None else table_of(start)
    first = Point(table, np.zeros(len(keys)), np.ones(len(keys)))
    found = fit(problem, _warmed(problem, first, chosen), chosen.tolerance, chosen.most)
    return _calibration(found, problem, kinds, keys, len(codes), chosen)


def _calibration(
    found: Fit, problem: Problem, kinds: tuple[Model, ...], keys: tuple[Hashable, ...], rows: int, settings: Settings
) -> Calibration:
    point = found.point
    if (steep := np.flatnonzero(np.abs(point.table[:, 0]) > 0.98 * STEEPEST)).size:
        names = ", ".join(problem.names[j] for j in steep[:5])
        hint = "items that are always answered alike; leave one out, or use a prior for the slopes"
        raise PsychometricsError("calibration.diverged", names, "a finite slope", "none that is best", hint)
    return Calibration(
        items=items_of(point.table, problem.names),
        models=kinds,
        groups=keys,
        populations=tuple(Population(float(m), float(s)) for m, s in zip(point.means, point.sds, strict=True)),
        log_likelihood=found.expected.log_likelihood,
        parameters=len(problem.pack(point)),
        respondents=rows,
        weight=float(problem.patterns.weight.sum()),
        passes=found.passes,
        change=found.change,
        converged=found.converged,
        priors=tuple(problem.priors),
        settings=settings,
    )


def _grouped(groups: Sequence[Hashable] | None, rows: int) -> tuple[NDArray[np.int64], tuple[Hashable, ...]]:
    if groups is None:
        return np.zeros(rows, dtype=np.int64), ("all",)
    if len(groups) != rows:
        raise PsychometricsError("calibration.shape", "groups", f"{rows} labels", str(len(groups)))
    place: dict[Hashable, int] = {}
    numbered = np.array([place.setdefault(label, len(place)) for label in groups], dtype=np.int64)
    return numbered, tuple(place)


def checked_categories(
    codes: Codes, weight: Floats, names: Sequence[str], models: Sequence[Model]
) -> NDArray[np.int64]:
    """Number of categories of each item, every one of them chosen by someone. Raises `calibration.*` where not."""
    counts = np.empty(len(names), dtype=np.int64)
    for j, (name, model) in enumerate(zip(names, models, strict=True)):
        given = codes[(codes[:, j] != MISSING) & (weight > 0), j]
        if not given.size:
            raise PsychometricsError("calibration.no_answers", name, "answers", "none")
        seen = np.bincount(given)
        if seen.size < 2 or not seen.all():
            empty = [str(k) for k in np.flatnonzero(seen == 0)] or ["1"]
            hint = "join it with a neighbour, or leave the item out"
            raise PsychometricsError(
                "calibration.empty_category",
                name,
                "every category chosen by someone",
                f"nobody in {', '.join(empty)}",
                hint,
            )
        if seen.size > 2 and model is not Model.GRADED:
            hint = "use the graded model, or score the answers right or wrong"
            raise PsychometricsError("calibration.too_many_categories", name, "0 and 1", f"0 to {seen.size - 1}", hint)
        counts[j] = seen.size
    return counts


def starting_table(codes: Codes, categories: NDArray[np.int64], models: Sequence[Model]) -> Floats:
    """Slopes 1, intercepts from the shares at or above each category, guessing 0.15 where it is free."""
    table = np.full((len(models), int(categories.max()) + 1), np.nan)
    table[:, 0] = 1.0
    for j, (count, model) in enumerate(zip(categories, models, strict=True)):
        given = codes[codes[:, j] != MISSING, j]
        shares = np.array([(np.sum(given >= k) + 0.5) / (given.size + 1) for k in range(1, count)])
        low = 0.15 if model is Model.THREE_PL else 0.0
        rising = np.clip((shares - low) / (1 - low), 0.02, 0.999)
        # a marginal share is a logistic curve flattened by the spread of ability; 1.2 undoes it for slope 1
        table[j, 1:count] = 1.2 * logit(rising) - 1e-3 * np.arange(count - 1)
        with np.errstate(divide="ignore"):
            table[j, -1] = logit(low)
    return table


def _warmed(problem: Problem, start: Point, settings: Settings) -> Point:
    """Where a systematic part of many patterns leads; the start itself where there are few or the part lacks a category."""
    step = len(problem.patterns.codes) // WARM_START
    if step < 2:
        return start
    part = problem.patterns.every(step)
    seen = [(part.codes == k).any(axis=0) for k in range(int(part.codes.max()) + 1)]
    wanted = [(problem.patterns.codes == k).any(axis=0) for k in range(int(problem.patterns.codes.max()) + 1)]
    if len(seen) < len(wanted) or not all((s >= w).all() for s, w in zip(seen, wanted, strict=True)):
        return start
    smaller = Problem(part, problem.nodes, problem.free, problem.priors, problem.names)
    return fit(smaller, start, max(settings.tolerance, 1e-3), settings.most).point
