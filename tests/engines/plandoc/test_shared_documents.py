"""The three published plan documents with gold, kept outside the repository."""

import json
from pathlib import Path

import pytest
from tests.engines.plandoc.scoring import score

from kepu.engines.plandoc import read_plan

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "plans"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/plans is absent"),
]


@pytest.mark.parametrize("stem", ["001", "002", "004"])
def test_published_plan_is_read_almost_without_fault(stem: str) -> None:
    source = next((SHARED / "documents").glob(f"{stem}_*.txt"))
    gold = json.loads((SHARED / "gold" / f"{stem}.json").read_text(encoding="utf-8"))
    result = score(read_plan(source.read_text(encoding="utf-8")).contract(), gold)
    assert result.overall >= 0.97, result.notes
