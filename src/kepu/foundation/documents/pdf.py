"""Tables as PDF: the same columns and rows as the Word table, on sheets that print anywhere as they look here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kepu.engines.typeset import PdfTable, table_pdf
from kepu.foundation.documents.tables import UPRIGHT, shares, text_of
from kepu.foundation.spreadsheets.cells import clean
from kepu.foundation.spreadsheets.columns import Column

_ALIGN = {"integer": "right", "decimal": "right", "date": "center"}


def pdf_table(
    title: str | Promise, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], *, note: str | Promise = ""
) -> bytes:
    """A4, lying across above seven columns, the head on every page, page x of y, fonts embedded (quality U7).

    Raises LookupError where the machine has no Chinese font, Rejected where the table is too much for one document.
    """
    texts = [[clean(text_of(column.shown(row.get(column.key)))) for column in columns] for row in rows]
    table = PdfTable(
        title=clean(str(title)),
        note=clean(str(note)),
        heads=[clean(str(column.label)) for column in columns],
        rows=texts,
        shares=shares(columns, texts),
        aligns=[_ALIGN.get(column.kind, "left") for column in columns],
        footer=_("Page {page} of {pages}"),
        across=len(columns) > UPRIGHT,
    )
    return table_pdf(table)
