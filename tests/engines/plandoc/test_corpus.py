"""The reader against the composed plan documents: every document scores at least 0.95.

`pending.json` names the documents the reader does not reach yet, each with what is wrong; an entry whose document has
come up to the mark makes its test fail, so that the list can only shrink.
"""

import json
from pathlib import Path

import pytest
from tests.engines.plandoc import scoring

from kepu.engines.plandoc import read_plan
from kepu.engines.plandoc.decode import decode

HERE = Path(__file__).parent
GOLD = sorted((HERE / "gold").glob("*.json"))
PENDING = json.loads((HERE / "pending.json").read_text(encoding="utf-8"))
MARK = 0.95


def case(path):
    reason = PENDING.get(path.stem)
    return pytest.param(path, id=path.stem, marks=pytest.mark.xfail(strict=True, reason=reason) if reason else ())


@pytest.mark.parametrize("path", [case(path) for path in GOLD])
def test_reader_reaches_the_mark(path):
    gold = json.loads(path.read_text(encoding="utf-8"))
    name = gold["source"]["file"]
    text = decode((HERE / "documents" / name).read_bytes(), name=name).text
    result = scoring.score(read_plan(text).contract(), gold)
    assert result.overall >= MARK, "\n".join([str(result.parts), *result.notes])


def test_pending_names_only_documents_of_the_corpus():
    assert set(PENDING) <= {path.stem for path in GOLD}
