"""The ledger as the papers that an office hands over: the breakdown table (任务分解表) and the table of units."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import wording
from kepu.plans.enums import Role
from kepu.plans.models import LedgerTarget, LedgerTask
from kepu.plans.queries import ledger as queries
from kepu.plans.sheets import rolls

TABLES = ("xlsx", "csv")
FORMATS = (*TABLES, "docx")
LABELS = {"xlsx": "Excel", "csv": "CSV", "docx": "Word"}
LEADING = (Role.LEAD, Role.CO_LEAD, Role.RESPONSIBLE)


def links(request: HttpRequest, formats: tuple[str, ...]) -> list[tuple[str, str]]:
    """(label, query) of the files that hold what the page shows: the same filter and order."""
    found = []
    for wanted in formats:
        query = request.GET.copy()
        query["export"] = wanted
        query.pop("page", None)
        found.append((LABELS[wanted], query.urlencode()))
    return found


def breakdown_columns() -> list[foundation.spreadsheets.Column]:
    """The columns of a breakdown table, in the order that offices use."""
    column = foundation.spreadsheets.Column
    return [
        column("position", _("No."), kind="integer"),
        column("section", _("Section")),
        column("task", _("Work task")),
        column("targets", _("Target (value and unit)")),
        column("criterion", _("Completion criterion")),
        column("lead", _("Lead unit")),
        column("cooperate", _("Cooperating unit")),
        column("owner", _("Data owner")),
        column("due", _("Time limit")),
        column("upper_basis", _("Upper basis")),
        column("remark", _("Remark")),
    ]


def breakdown_rows(tasks: Iterable[LedgerTask]) -> Iterable[dict[str, Any]]:
    """One row a task from `queries.with_rows`; units in the printed order, targets one a line."""
    tasks = list(tasks)
    owners = people.organisations({t.data_owner_id for task in tasks for t in task.shown_targets if t.data_owner_id})
    for position, task in enumerate(tasks, start=1):
        by_role = queries.units_by_role(task)
        owned = [owners[t.data_owner_id].short_name for t in task.shown_targets if t.data_owner_id in owners]
        yield {
            "position": position,
            "section": task.section_title,
            "task": task.headline,
            "targets": "\n".join(wording.phrase(target) for target in task.shown_targets),
            "criterion": task.criterion,
            "lead": "、".join(unit.name for role in LEADING for unit in by_role[role]),
            "cooperate": "、".join(unit.name for unit in by_role[Role.COOPERATE]),
            "owner": "、".join(dict.fromkeys(owned)),
            "due": task.due_text or (task.due_on.isoformat() if task.due_on else ""),
            "upper_basis": task.upper_basis,
            "remark": task.remark,
        }


def breakdown(
    tasks: QuerySet, wanted: str, *, title: str, request: HttpRequest, scope: foundation.Scope | None = None
) -> HttpResponse:
    """The filtered ledger as a file: exactly the rows that the page lists, in its order."""
    rows = list(breakdown_rows(queries.with_rows(tasks, scope)))
    note = _("%(count)s tasks, as of %(day)s") % {"count": len(rows), "day": wording.day(foundation.clock.today())}
    foundation.audit.record("plan.export", actor=request.actor, detail={"rows": len(rows), "format": wanted})
    return _file(title, breakdown_columns(), rows, wanted, note)


def units(rows: list[dict[str, Any]], wanted: str) -> HttpResponse:
    """The table of units with the number of tasks in each role."""
    column = foundation.spreadsheets.Column
    columns = [column("unit", _("Unit")), *(column(role, Role(role).label, kind="integer") for role in Role.values)]
    table = [{"unit": row["unit"].short_name, **{role: row["counts"][role] for role in Role.values}} for row in rows]
    return _file(_("Units and their tasks"), columns, table, wanted, "")


def roll(target: LedgerTarget, items: QuerySet, wanted: str, *, request: HttpRequest) -> HttpResponse:
    """The filtered roll of a target, with how far it has come above it."""
    rows = list(rolls.lines(items))
    covered = sum(row["covered"] == "yes" for row in rows)
    note = _("%(target)s; covered %(covered)s of %(count)s, as of %(day)s") % {
        "target": wording.phrase(target),
        "covered": covered,
        "count": len(rows),
        "day": wording.day(foundation.clock.today()),
    }
    foundation.audit.record(
        "plan.export", actor=request.actor, obj=target, region_path=target.region_path,
        detail={"rows": len(rows), "format": wanted},
    )  # fmt: skip
    return _file(_("Roll: %(subject)s") % {"subject": target.subject}, rolls.OUT, rows, wanted, note)


def _file(title: str, columns: Sequence[Any], rows: list[dict[str, Any]], wanted: str, note: str) -> HttpResponse:
    sheets = foundation.spreadsheets
    if wanted == "docx":
        data = foundation.documents.table(title, columns, rows, note=note)
    elif wanted == "xlsx":
        data = sheets.export_xlsx(title, columns, rows, note=note)
    else:
        data = sheets.export_csv(columns, rows)
    return FileResponse(BytesIO(data), as_attachment=True, filename=f"{title}.{wanted}")
