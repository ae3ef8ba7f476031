"""Every list as a file: what it shows, in its order and scope, as a spreadsheet, CSV, PDF or Word (quality U6).

A room says once how a list is made from an address and a person, and uses the same for its page:

    def accounts(asked: exports.Asked) -> exports.Listing:
        rows = filtered(asked)
        return exports.Listing(_("Accounts"), COLUMNS, (as_row(row) for row in rows), total=rows.count())

    exports.register("people.accounts", accounts, permission="people.manage", audit="account.export")

In the view `exports.answer(request, "people.accounts")` gives the file that `?export=` asks for, or None; in the template
`{% export_links "people.accounts" %}` offers the files. A list that takes longer than a page may is ordered as a job;
the file waits some days for the one person who ordered it.
"""

from kepu.foundation.exports.listing import CSV, PDF, TABLES, WORD, XLSX, Asked, Listing, register, registered
from kepu.foundation.exports.pages import answer
from kepu.foundation.exports.work import forget_old

__all__ = [
    "CSV",
    "PDF",
    "TABLES",
    "WORD",
    "XLSX",
    "Asked",
    "Listing",
    "answer",
    "forget_old",
    "register",
    "registered",
]
