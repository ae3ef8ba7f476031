"""Word 97 to 2003 and WPS documents (.doc, .wps)."""

from __future__ import annotations

import re

from .plain import tidy
from .result import Decoded, Unreadable


def read_doc(data: bytes) -> Decoded:
    """The text of an old Word document. Raises Unreadable. Labels that Word generates are not in such a text."""
    from legacy_doc import extract_text  # only the child needs it
    from legacy_doc.exceptions import LegacyDocError

    try:
        result = extract_text(data)
    except LegacyDocError as error:
        raise Unreadable("encrypted" if "ncrypt" in str(error) else "malformed", str(error)) from error
    text = tidy(result.text)
    if not re.search(r"\S", text):
        raise Unreadable("empty")
    return Decoded(text.rstrip() + "\n", "doc", ("numbers_lost",))
