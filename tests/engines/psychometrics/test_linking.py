import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepu.engines.psychometrics.errors import PsychometricsError
from kepu.engines.psychometrics.items import Items
from kepu.engines.psychometrics.linking import Linking, drift, link, link_without_drift

from . import reference

NAMES = [f"k{j}" for j in range(6)]
BASE = Items.of(
    [1.0, 0.7, 1.4, 1.1, 1.8, 0.9],
    [[0.5, np.nan], [-1.0, np.nan], [0.2, -0.9], [1.3, np.nan], [-0.2, np.nan], [2.0, 0.4]],
    [0, 0.15, 0, 0, 0.2, 0],
    names=NAMES,
)


@pytest.mark.parametrize("method", list(Linking))
@pytest.mark.parametrize("anchors", ["all10", "without_item20"])
def test_constants_agree_with_the_reference(method, anchors):
    block = reference.golden()["linking"]
    base, new = reference.items(block["base"]), reference.items(block["new"])
    if anchors == "without_item20":
        base = base.subset([j for j, name in enumerate(base.names) if name != "Item_20"])
    expected = block[anchors][method]
    constants = expected if isinstance(expected, list) else [expected["A"], expected["B"]]
    found = link(base, new, method)
    np.testing.assert_allclose([found.scale, found.shift], constants, rtol=0, atol=1e-8)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(list(Linking)), st.floats(0.6, 1.6), st.floats(-1, 1))
def test_a_known_change_of_scale_is_found_again(method, scale, shift):
    # the new scale has θ_new = (θ_base − B)/A, so a_new = a A and d_new = d + a B, with A the scale and B the shift
    new = Items(
        BASE.names, BASE.slope * scale, BASE.intercepts + BASE.slope[:, None] * shift, BASE.guessing, BASE.upper
    )
    found = link(BASE, new, method)
    np.testing.assert_allclose([found.scale, found.shift], [scale, shift], atol=1e-6)
    back = found.parameters(new)
    np.testing.assert_allclose(back.slope, BASE.slope, atol=1e-5)
    np.testing.assert_allclose(back.intercepts, BASE.intercepts, atol=1e-5)


def test_probabilities_are_the_same_after_the_move():
    new = Items(BASE.names, BASE.slope * 1.2, BASE.intercepts + 0.3, BASE.guessing, BASE.upper)
    found = link(BASE, new, Linking.HAEBARA)
    theta = np.linspace(-3, 3, 7)
    np.testing.assert_allclose(
        found.parameters(new).probabilities(found.abilities(theta)), new.probabilities(theta), atol=1e-12
    )


def test_the_planted_anchor_that_drifted_is_found_and_no_other():
    block = reference.golden()["linking"]
    base, new = reference.items(block["base"]), reference.items(block["new"])
    seen = drift(base, new, link(base, new))
    assert [name for name, bad in zip(seen.names, seen.drifted, strict=True) if bad] == ["Item_20"]
    found, dropped = link_without_drift(base, new)
    assert dropped == ("Item_20",)
    expected = block["without_item20"]["stocking_lord"]
    np.testing.assert_allclose([found.scale, found.shift], expected, atol=1e-8)


def test_robust_z_by_hand():
    # linked by the first item alone, which moves everything by 0.1
    new = Items.from_difficulty([1, 1, 1, 1], [0.0, 1.0, 2.0, 4.0], names=NAMES[:4])
    base = Items.from_difficulty([1, 1, 1, 1], [0.1, 1.2, 2.3, 3.0], names=NAMES[:4])
    seen = drift(base, new, link(base.subset([0]), new.subset([0]), Linking.MEAN_MEAN))
    shift = np.array([0.1, 0.2, 0.3, -1.0]) - 0.1
    spread = np.percentile(shift, 75) - np.percentile(shift, 25)
    np.testing.assert_allclose(seen.robust_z, (shift - np.median(shift)) / (0.74 * spread), atol=1e-12)


def test_refusals():
    other = Items.of([1.0], [0.0], names=["z"])
    flat = Items.of([-1.0], [0.0], names=["k0"])
    calls = {
        "linking.no_anchor": lambda: link(BASE, other),
        "linking.slopes": lambda: link(BASE, flat),
        "linking.categories": lambda: link(BASE, Items.of([1.0], [0.0], names=["k2"])),
        "linking.one_anchor": lambda: link(BASE, Items.of([1.0], [0.0], names=["k0"]), Linking.MEAN_SIGMA),
    }
    for code, call in calls.items():
        with pytest.raises(PsychometricsError) as refusal:
            call()
        assert refusal.value.code == code


def test_too_few_anchors_left_is_refused():
    base = Items.from_difficulty([1.0] * 4, [-1.0, 0.0, 1.0, 2.0], names=NAMES[:4])
    new = Items.from_difficulty([1.0] * 4, [-1.0, 0.0, 2.5, 0.3], names=NAMES[:4])
    with pytest.raises(PsychometricsError) as refusal:
        link_without_drift(base, new, Linking.MEAN_MEAN)
    assert refusal.value.code == "linking.too_few_anchors"
