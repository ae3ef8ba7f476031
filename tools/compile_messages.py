"""Compiles every room's Chinese catalogue with Babel, so that no system gettext is needed to run the product."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).resolve().parent.parent / "src" / "kepu"


def main() -> int:
    for po in sorted(SOURCE.rglob("*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, abort_invalid=True)
        with mo.open("wb") as target:
            write_mo(target, catalogue)
    return 0


if __name__ == "__main__":
    sys.exit(main())
