"""A room imports another only as `from kepu.<room> import door`; the layer contracts alone do not stop a reach inside."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "kepu"
ROOMS = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name not in {"engines", "__pycache__"}}


def reaches(path: Path, room: str, source: str) -> list[str]:
    """Imports of other rooms in a file that are not their door, as 'line: what'."""
    found = []
    package = ["kepu", *path.relative_to(SOURCE).parent.parts] if path.is_relative_to(SOURCE) else ["kepu", room]
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names = [f"{module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get_model":
            first = node.args[0] if node.args else None
            label = str(first.value).split(".")[0] if isinstance(first, ast.Constant) else ""
            if label in ROOMS - {room}:
                found.append(f"{node.lineno}: get_model({label})")
        for name in names:
            parts = name.split(".")
            if parts[0] == "kepu" and len(parts) > 1 and parts[1] in ROOMS - {room} and parts[2:] != ["door"]:
                found.append(f"{node.lineno}: {name}")
    return found


def room_files():
    for room in sorted(ROOMS - {"project"}):
        for path in sorted((SOURCE / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield pytest.param(room, path, id=str(path.relative_to(SOURCE)))


@pytest.mark.parametrize(("room", "path"), list(room_files()))
def test_other_rooms_are_entered_by_the_door(room, path):
    assert reaches(path, room, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from kepu.plans import models",
        "from kepu.plans.models import Task",
        "import kepu.plans.models",
        "from kepu import plans",
        "from ..plans import services",
        "apps.get_model('plans', 'Task')",
    ],
)
def test_a_reach_inside_is_seen(line):
    assert reaches(SOURCE / "people" / "x.py", "people", line) != []
