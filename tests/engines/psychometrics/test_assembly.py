import numpy as np
import pytest

from kepu.engines.psychometrics.assembly import BankItem, Blueprint, Range, assemble
from kepu.engines.psychometrics.errors import PsychometricsError
from kepu.engines.psychometrics.items import Items

DIMENSIONS = {"knowledge": 20, "method": 10, "spirit": 10, "ability": 10}
ABILITIES = np.array([-1.0, 0.0, 1.0])


def bank_of(count, seed=3, **changes):
    """A bank whose items go round the dimensions and 26 benchmarks."""
    rng = np.random.default_rng(seed)
    items = Items.from_difficulty(rng.uniform(0.7, 1.8, count), rng.normal(0, 1, count))
    information = items.information(ABILITIES)
    names = [name for name, share in DIMENSIONS.items() for _ in range(share)]
    return [
        BankItem(
            f"i{i}",
            names[i % 50],
            f"p{i % 26}",
            float(items.difficulty[i, 0]),
            tuple(information[i].tolist()),
            **{name: value(i) for name, value in changes.items()},
        )
        for i in range(count)
    ]


def spans(counts):
    return {name: Range(count, count) for name, count in counts.items()}


def test_two_parallel_forms_of_fifty_from_five_hundred():
    bank = bank_of(
        500, exposure=lambda i: 3 if i % 5 == 0 else 0, enemies=lambda i: {f"i{i + 50}"} if i < 40 else set()
    )
    blueprint = Blueprint(
        length=50,
        dimensions=spans(DIMENSIONS),
        each_benchmark=Range(1, 3),
        difficulty=Range(-0.1, 0.1),
        information=(9.0, 11.0, 9.0),
        exposure=3,
    )
    found = assemble(bank, blueprint, 2, seconds=20)
    by_name = {item.name: item for item in bank}
    assert [len(form) for form in found.forms] == [50, 50]
    assert not set(found.forms[0]) & set(found.forms[1])
    for form, mean, information in zip(found.forms, found.difficulty, found.information, strict=True):
        chosen = [by_name[name] for name in form]
        for dimension, count in DIMENSIONS.items():
            assert sum(item.dimension == dimension for item in chosen) == count
        counts = {point: sum(item.benchmark == point for item in chosen) for point in {i.benchmark for i in bank}}
        assert set(counts.values()) <= {1, 2, 3}
        assert not any(item.exposure == 3 for item in chosen)
        assert not any(enemy in form for item in chosen for enemy in item.enemies)
        assert abs(mean) <= 0.1
        np.testing.assert_allclose(mean, np.mean([item.difficulty for item in chosen]))
        np.testing.assert_allclose(information, np.sum([item.information for item in chosen], axis=0))
    assert found.distance == pytest.approx(np.abs(found.information - [9.0, 11.0, 9.0]).max())
    assert found.distance < 0.5


def test_the_best_of_all_forms_is_found():
    from itertools import combinations

    bank = bank_of(9)
    target = (1.0, 1.2, 1.0)
    found = assemble(bank, Blueprint(length=4, information=target), 1)
    best = min(
        np.abs(np.sum([item.information for item in part], axis=0) - target).max() for part in combinations(bank, 4)
    )
    assert found.proved
    assert found.distance <= best * 1.01 + 1e-9  # the solver may stop one per cent away


def test_without_a_target_forms_are_equally_hard():
    found = assemble(bank_of(60), Blueprint(length=10), 3)
    assert np.ptp(found.difficulty) < 0.02


def test_an_item_may_be_used_in_more_forms_where_it_is_allowed():
    bank = bank_of(6)
    with pytest.raises(PsychometricsError):
        assemble(bank, Blueprint(length=4), 2)
    found = assemble(bank, Blueprint(length=4, uses=2), 2)
    assert [len(form) for form in found.forms] == [4, 4]


@pytest.mark.parametrize(
    ("blueprint", "changes", "named"),
    [
        (Blueprint(length=10, dimensions=spans({"method": 5})), {}, "form 1: dimension method"),
        (Blueprint(length=10, dimensions={"magic": Range(1, 2)}), {}, "form 1: dimension magic"),
        (Blueprint(length=2, benchmarks={"p3": Range(2, 2)}), {}, "form 1: benchmark p3"),
        (Blueprint(length=3, difficulty=Range(9, 10)), {}, "form 1: mean difficulty"),
        (Blueprint(length=30), {}, "form 1: length"),
        (Blueprint(length=3, exposure=1), {"exposure": lambda i: 1}, "form 1: length"),
    ],
)
def test_what_cannot_be_met_is_named(blueprint, changes, named):
    with pytest.raises(PsychometricsError) as refusal:
        assemble(bank_of(24, **changes), blueprint, 1)
    assert (refusal.value.code, refusal.value.where) == ("assembly.infeasible", named)


def test_by_how_much_it_falls_short():
    with pytest.raises(PsychometricsError) as refusal:
        assemble(bank_of(24), Blueprint(length=30), 1)
    assert (refusal.value.expected, refusal.value.got) == ("form 1: length 30 to 30", "form 1: length short by 6")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: assemble([], Blueprint(length=1), 1), "assembly.bank"),
        (lambda: assemble(bank_of(2) * 2, Blueprint(length=1), 1), "assembly.bank"),
        (lambda: assemble(bank_of(2, enemies=lambda i: {"nobody"}), Blueprint(length=1), 1), "assembly.bank"),
        (lambda: assemble(bank_of(2), Blueprint(length=1, information=(1.0,)), 1), "assembly.bank"),
        (lambda: assemble(bank_of(2), Blueprint(length=0), 1), "assembly.range"),
        (lambda: Range(2, 1), "assembly.range"),
    ],
)
def test_refusals(call, code):
    with pytest.raises(PsychometricsError) as refusal:
        call()
    assert refusal.value.code == code
