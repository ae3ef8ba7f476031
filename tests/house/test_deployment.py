"""The page on deployment names every variable that is read and every verb it speaks of; none that is not there."""

import ast
import re
from dataclasses import fields
from pathlib import Path

from kepu.project.command import VERBS
from kepu.project.environment import Site

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")


def variables_read() -> set[str]:
    """Names of environment variables in calls and subscripts anywhere in the product."""
    found = {f"KEPU_SITE_{item.name.upper()}" for item in fields(Site)}
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values = (
                [*node.args] if isinstance(node, ast.Call) else [node.slice] if isinstance(node, ast.Subscript) else []
            )
            if "environ" in ast.unparse(node) if values else False:
                found |= {
                    str(v.value) for v in values if isinstance(v, ast.Constant) and str(v.value).startswith("KEPU_")
                }
    return found


def test_every_variable_is_documented_and_no_other():
    documented = set(re.findall(r"\bKEPU_[A-Z_]+\b", PAGE))
    assert documented == variables_read()


def test_every_verb_it_speaks_of_exists():
    spoken = set(re.findall(r"\bkepu ([a-z]+)\b", PAGE))
    assert spoken <= set(VERBS)
    assert {"serve", "worker", "tick", "check", "backup", "restore", "upgrade", "migrate"} <= spoken
