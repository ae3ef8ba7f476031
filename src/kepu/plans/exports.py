"""The ledger as the papers that an office hands over: the breakdown table (任务分解表) and the table of units."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import table, wording
from kepu.plans.enums import Outcome, Role
from kepu.plans.models import LedgerTarget, LedgerTask, Plan
from kepu.plans.queries import ledger as queries
from kepu.plans.queries.chain import Chain, Shortfall
from kepu.plans.sheets import rolls
from kepu.regions import door as regions

exports = foundation.exports
PAPERS = (exports.XLSX, exports.CSV, exports.PDF, exports.WORD)
PART = 500


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


def breakdown_rows(tasks: Iterable[LedgerTask], first: int = 1) -> Iterable[dict[str, Any]]:
    """One row a task from `queries.with_rows`; units in the printed order, targets one a line."""
    tasks = list(tasks)
    owners = people.organisations({t.data_owner_id for task in tasks for t in task.shown_targets if t.data_owner_id})
    for position, task in enumerate(tasks, start=first):
        by_role = queries.units_by_role(task)
        owned = [owners[t.data_owner_id].short_name for t in task.shown_targets if t.data_owner_id in owners]
        yield {
            "position": position,
            "section": task.section_title,
            "task": task.headline,
            "targets": "\n".join(wording.phrase(target) for target in task.shown_targets),
            "criterion": task.criterion,
            "lead": "、".join(unit.name for role in table.LEADING for unit in by_role[role]),
            "cooperate": "、".join(unit.name for unit in by_role[Role.COOPERATE]),
            "owner": "、".join(dict.fromkeys(owned)),
            "due": task.due_text or (task.due_on.isoformat() if task.due_on else ""),
            "upper_basis": task.upper_basis,
            "remark": task.remark,
        }


def breakdown(tasks: QuerySet, *, title: str, scope: foundation.Scope | None = None) -> exports.Listing:
    """The filtered ledger as a paper: exactly the rows that the page lists, in its order."""
    total = tasks.count()
    note = _("%(count)s tasks, as of %(day)s") % {"count": total, "day": wording.day(foundation.clock.today())}
    rows = (row for part in _parts(queries.with_rows(tasks, scope)) for row in part)
    return exports.Listing(title, breakdown_columns(), rows, total=total, note=note)


def _parts(tasks: QuerySet) -> Iterable[Iterable[dict[str, Any]]]:
    """The rows some hundred tasks at a time: their owners are looked up together."""
    position, source = 1, iter(tasks.iterator(chunk_size=PART))
    while part := list(islice(source, PART)):
        yield breakdown_rows(part, position)
        position += len(part)


def units(rows: list[dict[str, Any]]) -> exports.Listing:
    """The table of units with the number of tasks in each role."""
    column = foundation.spreadsheets.Column
    columns = [column("unit", _("Unit")), *(column(role, Role(role).label, kind="integer") for role in Role.values)]
    table = [{"unit": row["unit"].short_name, **{role: row["counts"][role] for role in Role.values}} for row in rows]
    return exports.Listing(_("Units and their tasks"), columns, table, total=len(table))


def roll(target: LedgerTarget, items: QuerySet) -> exports.Listing:
    """The filtered roll of a target, with how far it has come above it."""
    rows = list(rolls.lines(items))
    covered = sum(row["covered"] == "yes" for row in rows)
    note = _("%(target)s; covered %(covered)s of %(count)s, as of %(day)s") % {
        "target": wording.phrase(target),
        "covered": covered,
        "count": len(rows),
        "day": wording.day(foundation.clock.today()),
    }
    return exports.Listing(
        _("Roll: %(subject)s") % {"subject": target.subject}, rolls.OUT, rows,
        total=len(rows), note=note, obj=target, region_path=target.region_path,
    )  # fmt: skip


def plan_list(plans: QuerySet) -> exports.Listing:
    """The plans that the index lists."""
    column = foundation.spreadsheets.Column
    columns = [
        column("title", _("Title")),
        column("region", _("Region")),
        column("document_number", _("Document number")),
        column("issued_on", _("Date of issue"), kind="date"),
        column("state", _("State")),
    ]
    names = regions.divisions(set(plans.order_by().values_list("region_path", flat=True)))
    rows = (
        {
            "title": plan.title,
            "region": names[plan.region_path].name if plan.region_path in names else "",
            "document_number": plan.document_number,
            "issued_on": plan.issued_on,
            "state": plan.get_state_display(),
        }
        for plan in plans.iterator()
    )
    return exports.Listing(_("Plans"), columns, rows, total=plans.count())


def chain(plan: Plan, found: Chain, show: str) -> exports.Listing:
    """One list of the page of the chain: pairs, upper tasks that nobody takes up, or targets that fall short."""
    column = foundation.spreadsheets.Column
    own, upper = column("own", _("Our task")), column("upper", _("Upper task"))
    columns, rows = {
        "pairs": ([own, upper, column("state", _("Answers to it"))], list(_pairs(found))),
        "missing": (
            [column("section", _("Section")), upper],
            [{"section": task.section_title, "upper": task.headline} for task in found.missing],
        ),
        "short": (
            [column("own", _("Our target")), column("upper", _("Upper target")), column("state", _("Difference"))],
            [
                {"own": wording.phrase(one.target), "upper": wording.phrase(one.upper), "state": _difference(one)}
                for one in found.shortfalls
            ],
        ),
    }[show]
    title = _("Chain of plans: %(plan)s") % {"plan": plan.title}
    return exports.Listing(title, columns, rows, total=len(rows), obj=plan, region_path=plan.region_path)


def _pairs(found: Chain) -> Iterable[dict[str, Any]]:
    for pair in found.pairs:
        links = [(link, _("Confirmed")) for link in pair.confirmed] + [(link, _("Proposed")) for link in pair.proposed]
        for link, state in links:
            yield {"own": pair.task.headline, "upper": link.upper.headline, "state": state}
        if not links:
            yield {"own": pair.task.headline, "upper": "", "state": _("Nothing similar in the upper plan")}


def _difference(one: Shortfall) -> str:
    words = [_("below the upper target")] * one.below + [_("later than the upper target")] * one.later
    return "、".join(words)


def opinions(plan: Plan, rows: QuerySet) -> exports.Listing:
    """What members said of a draft and what became of it (意见采纳情况表), a unit without objection included."""
    column = foundation.spreadsheets.Column
    columns = [
        column("position", _("No."), kind="integer"),
        column("unit", _("Unit")),
        column("text", _("Opinion, word for word")),
        column("task", _("On which clause")),
        column("outcome", _("Outcome of the opinion")),
        column("reason", _("Reason given")),
    ]
    given = list(rows)
    units = people.organisations({row.organisation_id for row in given})
    lines = [
        {
            "position": position,
            "unit": units[row.organisation_id].short_name,
            "text": row.text or Outcome.NONE.label,
            "task": row.task.headline if row.task else "",
            "outcome": "" if row.outcome == Outcome.NONE else row.get_outcome_display(),
            "reason": row.reason,
        }
        for position, row in enumerate(given, start=1)
    ]
    title = _("Opinions on the draft and what became of them: %(plan)s") % {"plan": plan.title}
    return exports.Listing(title, columns, lines, total=len(lines), obj=plan, region_path=plan.region_path)
