"""Import of a spreadsheet in two steps, the same for every room: check and report, then write.

A room describes one kind of import in one class and registers an instance when its app is ready:

    class OrganisationSheet(SheetImport):
        kind = "people.organisations"            # part of the address
        title = _("Organisations")
        permission = "people.manage"             # held over the region that the rows go to
        columns = (Column("name", _("Name"), required=True), Column("code", _("Code")))
        key = ("code",)                          # two rows of one file with the same key are a fault
        done_url = "/desk/organisations/"

        def check(self, rows, target):           # reads only; bulk queries, never one a row
            known = …
            problems = [row.problem("code", _("…")) for row in rows if …]
            return Verdict(problems, {row.number: NEW if row["code"] not in known else CHANGED for row in rows})

        def apply(self, rows, target):           # inside one transaction; bulk_create / bulk_update; audit.record
            …

    spreadsheets.register(OrganisationSheet())

Link to it with `importer.url()` or `importer.url(subject=plan.pk)`. The frame does the rest: template, upload through the
file guard, reading in a limited child, checking and writing as jobs with progress, preview, report by row, column and
reason, the file with marked cells, "import all" or "import only the good rows", a second check right before writing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kepu.foundation.scope import Actor
from kepu.foundation.spreadsheets.columns import Column, Problem, Row

NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass(frozen=True)
class Target:
    """Where the rows go: a region, the thing they belong to (if the kind has one), and who imports them."""

    region_path: str
    subject_id: int | None
    actor: Actor


@dataclass(frozen=True)
class Verdict:
    """What a check against the database found: problems, and for each row number NEW, CHANGED or SAME."""

    problems: Sequence[Problem] = ()
    states: dict[int, str] = field(default_factory=dict)


class SheetImport:
    """One kind of import; see the module's text. Subclasses set the attributes and give `check` and `apply`."""

    kind: str
    title: str | Promise
    permission: str
    columns: Sequence[Column]
    key: Sequence[str] = ()
    done_url: str = ""
    max_rows: int = 10_000

    def columns_for(self, subject_id: int | None) -> Sequence[Column]:
        """The columns, where they depend on the subject or on the day's lists of choices."""
        return self.columns

    def places(self, actor: Actor) -> list[tuple[str, str | Promise]]:
        """Region paths that the person may import into, with names to choose from; asked where there is no subject.

        The frame knows no names of regions: a room whose people hold the right over several overrides this.
        """
        paths = sorted({grant.region_path for grant in actor.grants if grant.action == self.permission})
        return [(path, path) for path in paths]

    def region_of(self, subject_id: int, actor: Actor) -> str:
        """Region path of the subject, found through `visible_to(actor.scope)`. Raises Http404 if it is not seen."""
        raise NotImplementedError(f"{self.kind} takes no subject")

    def subject_title(self, subject_id: int) -> str:
        """Name of the subject for the head of the page."""
        return ""

    def filled(self, subject_id: int | None) -> Iterable[Mapping[str, Any]] | None:
        """What is there already, as rows for the template: a list to change rather than to begin. None for an empty one."""
        return None

    def back_url(self, subject_id: int | None) -> str:
        """Where the rows are seen once they are in."""
        return self.done_url

    def check(self, rows: Sequence[Row], target: Target) -> Verdict:
        raise NotImplementedError

    def apply(self, rows: Sequence[Row], target: Target) -> None:
        raise NotImplementedError

    def url(self, subject: int | None = None) -> str:
        address = reverse("foundation:sheet_start", args=[self.kind])
        return f"{address}?subject={subject}" if subject is not None else address


_registry: dict[str, SheetImport] = {}


def register(importer: SheetImport) -> SheetImport:
    """Make a kind of import known; called once when the room's app is ready."""
    if importer.kind in _registry:
        raise ValueError(f"import {importer.kind!r} is registered twice")
    keys = {column.key for column in importer.columns_for(None)}
    if unknown := set(importer.key) - keys:
        raise ValueError(f"import {importer.kind!r}: key names no column: {sorted(unknown)}")
    _registry[importer.kind] = importer
    return importer


def importer_of(kind: str) -> SheetImport | None:
    return _registry.get(kind)


def repeated(rows: Iterable[Row], key: Sequence[str]) -> list[Problem]:
    """A problem for each row whose key stood in an earlier row; rows with an empty key are not compared."""
    first: dict[tuple[object, ...], int] = {}
    problems = []
    for row in rows:
        identity = tuple(row[part] for part in key)
        if not key or any(part in (None, "", ()) for part in identity):
            continue
        earlier = first.setdefault(identity, row.number)
        if earlier != row.number:
            problems.append(row.problem(key[0], _("The same as in row %(row)s") % {"row": earlier}))
    return problems
