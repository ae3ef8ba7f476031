"""The one file that knows the `mirt` package (1.2.0): fit statistics, and a calibration from outside to check ours by.

The package cannot weight respondents and takes twenty times as long for 300,000 of them (docs/psychometrics.md has the
trial), so `calibration` does not go through it.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .calibration import Settings
from .curves import Model
from .errors import PsychometricsError
from .grids import STANDARD, Grid
from .items import MISSING, Codes, Floats, Items, coded, codes_of


@dataclass(frozen=True)
class ItemFit:
    """One row an item: Orlando & Thissen's S-X², its degrees of freedom and chance, and RMSEA."""

    names: tuple[str, ...]
    s_x2: Floats
    df: Floats
    p: Floats
    rmsea: Floats


@dataclass(frozen=True)
class ModelFit:
    """M2 of Maydeu-Olivares & Joe with df and chance, RMSEA with its 90 % interval, SRMSR, TLI, CFI."""

    m2: float
    df: int
    p: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    srmsr: float
    tli: float
    cfi: float


def item_fit(responses: ArrayLike, items: Items, grid: Grid | None = None) -> ItemFit:
    """S-X² of each 2PL, 3PL or graded item over complete answers. Source: Orlando & Thissen (2000), APM 24, 50–64.

    Raises `fit.incomplete`, `fit.mixed` where 3PL and graded items meet (the package has no such model).
    """
    from mirt.diagnostics.itemfit import compute_itemfit

    codes = _complete(responses, items)
    nodes = (grid or Grid.between()).nodes
    found = compute_itemfit(
        _model(items),
        codes.astype(np.int64),
        statistics=["S_X2"],
        quadrature_points=nodes,
        quadrature_weights=np.exp(STANDARD.log_density(nodes)[0]),
    )
    s_x2, df = np.asarray(found["S_X2"], dtype=np.float64), np.asarray(found["df"], dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        rmsea = np.sqrt(np.maximum(s_x2 - df, 0) / (df * (len(codes) - 1)))
    return ItemFit(items.names, s_x2, df, np.asarray(found["p_value"], dtype=np.float64), rmsea)


def model_fit(responses: ArrayLike, items: Items, points: int = 61) -> ModelFit:
    """Whether the model as a whole fits complete answers. Source: Maydeu-Olivares & Joe (2006), Psychometrika 71, 713–732.

    Raises `fit.incomplete`, `fit.mixed`, `fit.too_few_items` where pairs of items cannot test the model.
    """
    from mirt.diagnostics.modelfit import compute_fit_indices

    codes = _complete(responses, items).astype(np.int64)
    found = {key: float(value) for key, value in compute_fit_indices(_model(items), codes, n_quadpts=points).items()}
    if found["M2_df"] <= 0:
        got = f"{found['M2_df']:.0f} degrees of freedom"
        raise PsychometricsError("fit.too_few_items", "items", "more pairs of items than parameters", got)
    return ModelFit(
        m2=found["M2"],
        df=int(found["M2_df"]),
        p=found["M2_p"],
        rmsea=found["RMSEA"],
        rmsea_low=found["RMSEA_CI_lower"],
        rmsea_high=found["RMSEA_CI_upper"],
        srmsr=found["SRMSR"],
        tli=found["TLI"],
        cfi=found["CFI"],
    )


def calibrate_by_package(responses: ArrayLike, model: Model = Model.TWO_PL, settings: Settings | None = None) -> Items:
    """The package's own estimates for 2PL or graded items, unweighted, normal(0, 1) ability: a second opinion."""
    import mirt

    codes, chosen = codes_of(responses), settings or Settings()
    kinds: dict[Model, Literal["2PL", "GRM"]] = {Model.TWO_PL: "2PL", Model.GRADED: "GRM"}
    if (kind := kinds.get(model)) is None:
        raise PsychometricsError("fit.model", "model", "2PL or graded", model, "3PL needs priors; use calibrate")
    found = mirt.fit_mirt(
        codes.astype(np.int64),
        model=kind,
        n_quadpts=chosen.grid.nodes.size,
        tol=chosen.tolerance,
        max_iter=chosen.most,
        compute_standard_errors=False,
        accelerate="squarem",
    )
    parameters = {name: np.asarray(value) for name, value in found.model.parameters.items()}
    difficulty = parameters["difficulty"] if kind == "2PL" else parameters["thresholds"]
    return Items.from_difficulty(np.ravel(parameters["discrimination"]), difficulty)


def _complete(responses: ArrayLike, items: Items) -> Codes:
    codes = coded(responses, items)
    if (codes == MISSING).any():
        raise PsychometricsError("fit.incomplete", "responses", "every item answered", "missing answers")
    return codes


def _model(items: Items) -> Any:
    from mirt.models.dichotomous import ThreeParameterLogistic, TwoParameterLogistic
    from mirt.models.polytomous import GradedResponseModel

    names = list(items.names)
    if (items.categories > 2).any():
        if items.asymptotic.any():
            raise PsychometricsError("fit.mixed", "items", "graded and 2PL items, or 3PL items", "both kinds")
        graded = GradedResponseModel(n_items=len(items), n_categories=items.categories.tolist(), item_names=names)
        return _filled(graded, discrimination=items.slope, thresholds=items.difficulty)
    difficulty: NDArray[np.float64] = items.difficulty[:, 0]
    if items.asymptotic.any():
        three = ThreeParameterLogistic(n_items=len(items), item_names=names)
        return _filled(three, discrimination=items.slope, difficulty=difficulty, guessing=items.guessing)
    two = TwoParameterLogistic(n_items=len(items), item_names=names)
    return _filled(two, discrimination=items.slope, difficulty=difficulty)


def _filled(model: Any, **parameters: Floats) -> Any:
    """The package's model at our parameters; it has no public way to say that they are estimates."""
    model.set_parameters(**parameters)
    model._is_fitted = True
    return model
