"""The programmes printed in the pages run as they stand."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs"
PROGRAMMES = [
    pytest.param(text, id=f"{page}-{number}")
    for page in ("survey-sampling", "survey-publishing")
    for number, text in enumerate(
        re.findall(r"```python\n(.*?)```", (DOCS / f"{page}.md").read_text(encoding="utf-8"), re.DOTALL)
    )
]


def test_the_pages_have_programmes():
    assert len(PROGRAMMES) == 5


@pytest.mark.parametrize("text", PROGRAMMES)
def test_it_runs(text):
    exec(compile(text, "page", "exec"), {})  # noqa: S102 - our own pages
