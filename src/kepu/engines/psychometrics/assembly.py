"""Parallel test forms from an item bank by blueprint, as a linear programme; what cannot be met is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from .errors import PsychometricsError
from .items import Floats


@dataclass(frozen=True)
class BankItem:
    """An item of the bank. `benchmark`: the point of the standard it covers; `difficulty` on any one scale; `information` at the
    blueprint's abilities (Q,), in their order; `exposure`: times already used; `enemies`: names not to meet in one form."""

    name: str
    dimension: str
    benchmark: str
    difficulty: float
    information: tuple[float, ...] = ()
    exposure: int = 0
    enemies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Range:
    """A number from `low` to `high`, both allowed."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise PsychometricsError("assembly.range", "range", "low ≤ high", f"{self.low}, {self.high}")


@dataclass(frozen=True)
class Blueprint:
    """What every form must be.

    `length`: items a form. `dimensions`, `benchmarks`: how many of each; those not named are free. `each_benchmark`: how many of
    every benchmark of the bank that `benchmarks` does not name. `difficulty`: range of the form's mean. `information`: target at
    each ability (Q,), met as nearly as possible. `exposure`: most uses of an item, past ones and this assembly's together.
    `uses`: most forms of this assembly that share an item (1: no overlap). `near`: distances from the target that are as good as
    none, as a share of the largest target; without a target, in units of mean difficulty. Without it the search for the
    last thousandth would never end.
    """

    length: int
    dimensions: Mapping[str, Range] = field(default_factory=dict)
    benchmarks: Mapping[str, Range] = field(default_factory=dict)
    each_benchmark: Range | None = None
    difficulty: Range | None = None
    information: tuple[float, ...] = ()
    exposure: int | None = None
    uses: int = 1
    near: float = 0.01


@dataclass(frozen=True)
class Assembly:
    """Names of the items by form, mean difficulty of each (F,), information (F, Q), largest distance from the target,
    and whether the solver proved that no distance is smaller by more than 1 %, or came `near`."""

    forms: tuple[tuple[str, ...], ...]
    difficulty: Floats
    information: Floats
    distance: float
    proved: bool


SUM_OF_DIFFICULTY, ITEM_RULE = 0.01, 10.0  # what slack costs, beside 1 for a count of items; see _shortfall


@dataclass(frozen=True)
class _Row:
    """One linear constraint: low ≤ Σ coefficients · x ≤ high, under a name a person understands."""

    name: str
    columns: NDArray[np.int64]
    coefficients: Floats
    low: float
    high: float
    slack_cost: float = 1.0


def assemble(bank: Sequence[BankItem], blueprint: Blueprint, forms: int, *, seconds: float = 30.0) -> Assembly:
    """`forms` parallel forms that meet the blueprint, with the least largest distance from the information target.

    Without a target the forms' mean difficulties are held as near to their common middle as possible, so that they are parallel.
    Binary programme solved by HiGHS, ended after `seconds` with the best solution known. Source: van der Linden (2005),
    Linear Models for Optimal Test Design, ch. 3–6.
    Raises `assembly.infeasible`, naming the constraints that cannot be met together and by how much they fall short;
    `assembly.bank` for names twice, enemies unknown, information of another length; `assembly.no_solution_in_time`.
    """
    _check(bank, blueprint, forms)
    rows = _constraints(bank, blueprint, forms)
    target, values = _targets(bank, blueprint)
    count = len(bank) * forms
    near = blueprint.near * (float(np.abs(target).max()) if blueprint.information else blueprint.length)
    solved = _solve(rows, _distances(target, values, len(bank), forms), count, near, seconds)
    if solved.status == 2:
        raise _shortfall(rows, count, seconds)
    if solved.x is None:
        hint = "allow more seconds, or loosen the blueprint"
        raise PsychometricsError("assembly.no_solution_in_time", "assemble", f"a form in {seconds:g} s", "none", hint)
    chosen = solved.x[:count].reshape(forms, len(bank)) > 0.5
    difficulty = np.array([item.difficulty for item in bank])
    information = np.array([item.information for item in bank]).reshape(len(bank), -1)
    return Assembly(
        forms=tuple(tuple(bank[int(i)].name for i in np.flatnonzero(row)) for row in chosen),
        difficulty=chosen @ difficulty / blueprint.length,
        information=chosen.astype(np.float64) @ information,
        distance=float(np.abs(chosen.astype(np.float64) @ values - target).max()),
        proved=bool(solved.status == 0),
    )


def _check(bank: Sequence[BankItem], blueprint: Blueprint, forms: int) -> None:
    names = [item.name for item in bank]
    if forms < 1 or blueprint.length < 1 or blueprint.uses < 1:
        got = f"{forms}, {blueprint.length}, {blueprint.uses}"
        raise PsychometricsError("assembly.range", "forms, length, uses", "1 or more", got)
    if not names or len(set(names)) < len(names):
        raise PsychometricsError("assembly.bank", "bank", "items, each name once", "none, or a name twice")
    for item in bank:
        if strangers := item.enemies - set(names):
            raise PsychometricsError("assembly.bank", item.name, "enemies that are in the bank", sorted(strangers)[0])
        if blueprint.information and len(item.information) != len(blueprint.information):
            expected = f"information at {len(blueprint.information)} abilities"
            raise PsychometricsError("assembly.bank", item.name, expected, str(len(item.information)))


def _targets(bank: Sequence[BankItem], blueprint: Blueprint) -> tuple[Floats, Floats]:
    """What a form's sums should be (T,), and what each item adds (J, T)."""
    if blueprint.information:
        return np.array(blueprint.information), np.array([item.information for item in bank])
    difficulty = np.array([[item.difficulty] for item in bank])
    wanted = blueprint.difficulty
    middle = float(difficulty.mean()) if wanted is None else (wanted.low + wanted.high) / 2
    return np.array([middle * blueprint.length]), difficulty


def _constraints(bank: Sequence[BankItem], blueprint: Blueprint, forms: int) -> list[_Row]:
    rows = list[_Row]()
    place = {item.name: i for i, item in enumerate(bank)}
    everyone = np.arange(len(bank))
    difficulty = np.array([item.difficulty for item in bank])
    benchmarks = dict(blueprint.benchmarks)
    if blueprint.each_benchmark is not None:
        benchmarks = dict.fromkeys((item.benchmark for item in bank), blueprint.each_benchmark) | benchmarks
    pairs = {(i, place[enemy]) for i, item in enumerate(bank) for enemy in item.enemies}
    pairs = {(one, other) for one, other in pairs if one < other or (other, one) not in pairs}
    for form in range(forms):
        start, label = form * len(bank), f"form {form + 1}"
        rows.append(_counted(f"{label}: length", everyone + start, blueprint.length, blueprint.length))
        for kind, wanted, of in (
            ("dimension", blueprint.dimensions, [item.dimension for item in bank]),
            ("benchmark", benchmarks, [item.benchmark for item in bank]),
        ):
            for name, span in wanted.items():
                members = np.flatnonzero(np.array(of) == name)
                rows.append(_counted(f"{label}: {kind} {name}", members + start, span.low, span.high))
        if blueprint.difficulty is not None:
            low, high = blueprint.difficulty.low * blueprint.length, blueprint.difficulty.high * blueprint.length
            rows.append(_Row(f"{label}: mean difficulty", everyone + start, difficulty, low, high, SUM_OF_DIFFICULTY))
        for one, other in sorted(pairs):
            name = f"{label}: enemies {bank[one].name} and {bank[other].name}"
            rows.append(_counted(name, np.array([one, other]) + start, 0, 1, ITEM_RULE))
    for i, item in enumerate(bank):
        left = blueprint.uses
        if blueprint.exposure is not None:
            left = max(0, min(left, blueprint.exposure - item.exposure))
        if left < forms:
            name = f"exposure of {item.name}" if left < blueprint.uses else f"uses of {item.name}"
            rows.append(_counted(name, i + len(bank) * np.arange(forms), 0, left, ITEM_RULE))
    return rows


def _counted(name: str, columns: NDArray[np.int64], low: float, high: float, slack_cost: float = 1.0) -> _Row:
    return _Row(name, columns, np.ones(len(columns)), low, high, slack_cost)


def _distances(target: Floats, values: Floats, items: int, forms: int) -> list[_Row]:
    """Σ values x − t ≤ target and Σ values x + t ≥ target for every form; t is the column after the last item."""
    distance = np.array([items * forms])
    rows = list[_Row]()
    for form in range(forms):
        columns = np.concatenate([np.arange(items) + form * items, distance])
        for goal, added in zip(target, values.T, strict=True):
            rows.append(_Row("target", columns, np.append(added, -1.0), -np.inf, float(goal)))
            rows.append(_Row("target", columns, np.append(added, 1.0), float(goal), np.inf))
    return rows


def _solve(
    rows: Sequence[_Row], distances: Sequence[_Row], count: int, near: float, seconds: float
) -> optimize.OptimizeResult:
    cost = np.append(np.zeros(count), 1.0)
    return optimize.milp(
        cost,
        constraints=_linear([*rows, *distances], count + 1),
        integrality=np.append(np.ones(count), 0),
        bounds=optimize.Bounds(np.append(np.zeros(count), near), np.append(np.ones(count), np.inf)),
        options={"time_limit": seconds, "mip_rel_gap": 0.01},
    )


def _linear(rows: Sequence[_Row], width: int) -> optimize.LinearConstraint:
    entries = np.concatenate([row.coefficients for row in rows])
    columns = np.concatenate([row.columns for row in rows])
    pointers = np.append(0, np.cumsum([len(row.columns) for row in rows]))
    matrix = sparse.csr_array((entries, columns, pointers), shape=(len(rows), width))
    return optimize.LinearConstraint(matrix, [row.low for row in rows], [row.high for row in rows])


def _shortfall(rows: Sequence[_Row], count: int, seconds: float) -> PsychometricsError:
    """The refusal that names what fails: the same programme with slack on every row, and the least total slack.

    Slack on a rule about items costs more, so that a count of the blueprint is named before an enemy or an exposure; slack on
    the sum of difficulties costs less, for a hundredth of it is not an item.
    """
    total = len(rows)
    cost = np.array([row.slack_cost for row in rows])
    loose = [
        _Row(
            row.name,
            np.append(row.columns, [count + r, count + total + r]),
            np.append(row.coefficients, [1.0, -1.0]),
            row.low,
            row.high,
        )
        for r, row in enumerate(rows)
    ]
    solved = optimize.milp(
        np.concatenate([np.zeros(count), cost, cost]),
        constraints=_linear(loose, count + 2 * total),
        integrality=np.append(np.ones(count), np.zeros(2 * total)),
        bounds=optimize.Bounds(0, np.append(np.ones(count), np.full(2 * total, np.inf))),
        options={"time_limit": seconds},
    )
    if solved.x is None:
        hint = "allow more seconds to learn which"
        return PsychometricsError(
            "assembly.infeasible", "blueprint", "constraints that can be met together", "none", hint
        )
    short, over = solved.x[count : count + total], solved.x[count + total :]
    broken = [r for r in range(total) if short[r] > 1e-6 or over[r] > 1e-6]
    expected = "; ".join(f"{rows[r].name} {rows[r].low:g} to {rows[r].high:g}" for r in broken[:5])
    got = "; ".join(
        f"{rows[r].name} {'short by' if short[r] > over[r] else 'over by'} {max(short[r], over[r]):g}"
        for r in broken[:5]
    )
    hint = "add such items to the bank or loosen what is named" + (
        f"; {len(broken) - 5} more" if len(broken) > 5 else ""
    )
    return PsychometricsError("assembly.infeasible", ", ".join(rows[r].name for r in broken[:5]), expected, got, hint)
