"""`python -m benchmarks [name …]` runs the benches and writes docs/benchmarks.md, keeping tables that were not run."""

import re
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.report import machine

FOLDER = Path(__file__).parent
PAGE = FOLDER.parent / "docs" / "benchmarks.md"
HEAD = "# Benchmarks\n\nWritten by `make bench`. Single machine, client and server on the same cores; compare ratios before absolutes.\n"


def sections(text: str) -> dict[str, str]:
    """The tables of an existing page by bench name."""
    return dict(re.findall(r"<!-- (\w+) -->\n(.*?)(?=<!-- \w+ -->|\Z)", text, re.S))


def main() -> int:
    names = sorted(p.stem for p in FOLDER.glob("*.py") if p.stem not in {"__init__", "__main__", "report"})
    asked = sys.argv[1:] or names
    if unknown := set(asked) - set(names):
        print(f"no bench called {', '.join(sorted(unknown))}; there are {', '.join(names)}", file=sys.stderr)
        return 2
    kept = sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    for name in asked:
        print(f"== {name}", flush=True)
        tables = import_module(f"benchmarks.{name}").measure()
        kept[name] = "\n".join([*(f"> {line}" for line in machine()), "", *(table.markdown() for table in tables)])
        print(kept[name], flush=True)
    body = "\n".join(f"<!-- {name} -->\n{kept[name].strip()}\n" for name in names if name in kept)
    PAGE.write_text(f"{HEAD}\n{body}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
