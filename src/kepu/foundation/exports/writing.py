"""A listing as bytes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kepu.engines.sandbox import Rejected
from kepu.foundation import clock, documents
from kepu.foundation.errors import Refusal
from kepu.foundation.exports.listing import CSV, PDF, WORD, XLSX, Listing
from kepu.foundation.spreadsheets import writing as spreadsheets
from kepu.foundation.templatetags.kepu import cn_date

LABELS = {XLSX: "Excel", CSV: "CSV", PDF: "PDF", WORD: "Word"}
MEDIA_TYPES = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
    PDF: "application/pdf",
    WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# Rows at most. A sheet ends at 1,048,576; 5,000 rows are three hundred pages of paper and 600 MB while they are set.
MOST = {XLSX: 1_000_000, CSV: 1_000_000, PDF: 5_000, WORD: 5_000}
STEP = 200  # rows between two words about the progress


class TooManyRows(Refusal):
    code = "export.too_many_rows"
    sentence = gettext_lazy("A file of this kind holds at most %(most)s rows. Narrow the list, or save it as Excel.")


class TooMuchText(Refusal):
    code = "export.too_much_text"
    sentence = gettext_lazy("This list holds more text than a PDF can be made of. Narrow it, or save it as Excel.")


def check_size(listing: Listing, wanted: str) -> None:
    """Raises TooManyRows."""
    if listing.total > MOST[wanted]:
        raise TooManyRows(most=MOST[wanted])


def write(listing: Listing, wanted: str, *, step: Callable[[int], None] | None = None) -> bytes:
    """The file. `step` is told every STEP rows how many are done. Raises TooManyRows, TooMuchText."""
    check_size(listing, wanted)
    rows = _counted(listing.rows, step) if step else listing.rows
    note = listing.note or note_of(listing.total)
    if wanted == CSV:
        return spreadsheets.export_csv(listing.columns, rows)
    if wanted == XLSX:
        return spreadsheets.export_xlsx(listing.title, listing.columns, rows, note=note)
    if wanted == WORD:
        return documents.table(listing.title, listing.columns, rows, note=note)
    try:
        return documents.pdf_table(listing.title, listing.columns, rows, note=note)
    except Rejected as rejected:
        raise TooMuchText from rejected


def note_of(total: int) -> str:
    said = ngettext("%(count)s record, as of %(day)s", "%(count)s records, as of %(day)s", total)
    return said % {"count": total, "day": cn_date(clock.today())}


def name_of(listing: Listing, wanted: str) -> str:
    return f"{listing.title}.{wanted}"


def _counted(rows: Iterable[Mapping[str, Any]], step: Callable[[int], None]) -> Iterator[Mapping[str, Any]]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % STEP == 0:
            step(number)


def title_of(listing: Listing) -> str:
    return _("Export: %(title)s") % {"title": listing.title}
