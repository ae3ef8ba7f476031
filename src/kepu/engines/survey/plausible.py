"""Results from several plausible values or imputations put together by Rubin's rules (Rubin 1987; Barnard and Rubin 1999)."""

from dataclasses import dataclass

import numpy as np

from .arrays import Floats
from .errors import SurveyError


@dataclass(frozen=True)
class Combined:
    """Arrays of one shape. `within` mean sampling variance, `between` variance of the estimates, `variance` of the
    combined estimate, `df`, `missing_information` the share of it that imputation adds."""

    estimate: Floats
    variance: Floats
    within: Floats
    between: Floats
    df: Floats
    missing_information: Floats

    @property
    def se(self) -> Floats:
        return np.asarray(np.sqrt(self.variance))


def combine(estimates: Floats, variances: Floats, *, df_complete: float = np.inf) -> Combined:
    """Estimates and their variances, both (m, …), first axis the m plausible values; V = W + (1 + 1/m) B.

    `df_complete`: degrees of freedom without imputation; infinite gives Rubin's (m-1)(1 + 1/r)², r = (1 + 1/m)B/W.
    Raises SurveyError plausible.values for fewer than two values.
    """
    q, u = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    m = len(q)
    if m < 2 or q.shape != u.shape:
        raise SurveyError("plausible.values", "estimates", "two or more, each with a variance", f"{q.shape}, {u.shape}")
    within, between = u.mean(axis=0), q.var(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (1 + 1 / m) * between / within
        df = np.where(between > 0, (m - 1) * (1 + 1 / ratio) ** 2, np.inf)
        if np.isfinite(df_complete):
            observed = (df_complete + 1) / (df_complete + 3) * df_complete * within / (within + between)
            df = 1 / (1 / observed + 1 / df)
        missing = np.where(np.isinf(df), 0.0, (ratio + 2 / (df + 3)) / (ratio + 1))
    return Combined(q.mean(axis=0), within + (1 + 1 / m) * between, within, between, df, missing)
