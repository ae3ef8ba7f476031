"""Reads plan documents of the citizen science-literacy programme from files or text into the ledger contract.

The stages, each in its own file: decode (bytes to text), then as pure functions on text clean, lines, outline, clauses,
targets, document; `read_plan` runs those.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kepu.engines.plandoc.reading import Reading, read_plan

__all__ = ["Reading", "read_plan"]


def __getattr__(name: str) -> Any:
    # On first use: the process that only decodes a file starts in half the time without the text stages' patterns.
    if name in __all__:
        from kepu.engines.plandoc import reading

        return getattr(reading, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
