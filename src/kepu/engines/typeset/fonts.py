"""Which Chinese font of this machine a PDF is set in."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

# In the order in which they suit a paper: serif first, as offices print; then what else holds the characters.
FAMILIES = (
    "FangSong",
    "FangSong_GB2312",
    "SimSun",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "AR PL UMing CN",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)


def packaged() -> list[str]:
    """Folders of fonts that came as a Python package (the extra `kepu[fonts]`)."""
    found = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    return [str(Path(place)) for place in (found.submodule_search_locations or ())] if found else []


@cache
def chinese_font() -> str:
    """The family that PDFs are set in, empty where this machine has none. Looks once a process (0.1 s)."""
    import typst  # slow import: a library of 80 MB

    held = set(typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=packaged()).families())
    return next((family for family in FAMILIES if family in held), "")
