"""PDF: opened in a limited child to learn whether it is locked and how many pages it has."""

from __future__ import annotations

from .limits import DEFAULT, Limits, Reason, Rejected
from .process import run_limited


def check_pdf(data: bytes, limits: Limits = DEFAULT) -> int:
    """Number of pages. Raises Rejected: ENCRYPTED if it needs a password, TOO_LARGE above `limits.pages`, MALFORMED."""
    return int(run_limited(f"{__name__}:count_pages", data, limits, options={"pages": limits.pages}))


def count_pages(data: bytes, *, pages: int) -> bytes:
    """The child's part of `check_pdf`."""
    document = open_pdf(data, pages=pages)
    return str(len(document)).encode()


def open_pdf(data: bytes, *, pages: int):  # type: ignore[no-untyped-def]
    """A pypdfium2 document that needs no password and has at most `pages` pages. Raises Rejected. For child processes."""
    import pypdfium2  # slow import, and only the child needs it
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
        raise Rejected(Reason.ENCRYPTED if locked else Reason.MALFORMED, str(error)) from error
    if len(document) > pages:
        raise Rejected(Reason.TOO_LARGE, f"{len(document)} pages")
    return document
