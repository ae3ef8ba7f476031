"""A file over 600 lines or a function over 60 is two things in one; the exceptions are listed and only shrink."""

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "kepu"
LONG_FILES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()


def sources():
    return [p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts]


def test_files_stay_short():
    long = {str(p.relative_to(SOURCE)) for p in sources() if len(p.read_text(encoding="utf-8").splitlines()) > 600}
    assert long == LONG_FILES


def test_functions_stay_short():
    long = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 60:
                long.add(f"{path.relative_to(SOURCE)}:{node.name}")
    assert long == LONG_FUNCTIONS


def test_folders_stay_flat():
    assert [p for p in sources() if len(p.relative_to(SOURCE).parts) > 4] == []
