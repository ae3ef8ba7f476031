"""Reads plan documents of the citizen science-literacy programme from text into the ledger contract.

The stages, each a pure function in its own file: clean, lines, outline, clauses, targets, document; `read_plan` runs them."""

from kepu.engines.plandoc.reading import Reading, read_plan

__all__ = ["Reading", "read_plan"]
