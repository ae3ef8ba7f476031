"""A roll by spreadsheet: names, and if the sheet says so, which of them are covered since when."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.plans import actions, wording
from kepu.plans.models import LedgerTarget, RollItem
from kepu.plans.services import rolls

sheets = foundation.spreadsheets
Column = sheets.Column
YES_NO = (("yes", _("Covered")), ("no", _("Not covered")))

NAME = Column(
    "name", _("Name on the roll"), required=True, max_length=rolls.LONGEST_NAME,
    aliases=("名称", "单位名称", "学校", "学校名称", "村", "村名", "村(社区)", "村（社区）", "乡镇", "单位"),
)  # fmt: skip
COVERED = Column("covered", _("Coverage"), kind="choice", choices=YES_NO, aliases=("是否覆盖", "是否已覆盖"))
COVERED_ON = Column("covered_on", _("Covered on"), kind="date", aliases=("完成日期",))
NOTE = Column("note", _("Note"), max_length=200)
OUT = (Column("position", _("No."), kind="integer"), NAME, COVERED, COVERED_ON, NOTE)


def lines(items: Iterable[RollItem]) -> Iterable[dict[str, Any]]:
    """The items as rows of `OUT`."""
    for position, item in enumerate(items, start=1):
        yield {
            "position": position,
            "name": item.name,
            "covered": "yes" if item.covered_on else "no",
            "covered_on": item.covered_on,
            "note": item.note,
        }


class RollSheet(sheets.SheetImport):
    """Columns that the file leaves out change nothing; names that it leaves out stay on the roll."""

    kind = "plans.roll"
    title = _("Roll")
    permission = actions.REVIEW
    columns = (NAME, COVERED, COVERED_ON, NOTE)
    key = ("name",)
    max_rows = rolls.LONGEST

    def region_of(self, subject_id: int, actor: foundation.Actor) -> str:
        return _seen(subject_id, actor).region_path

    def subject_title(self, subject_id: int) -> str:
        return wording.phrase(LedgerTarget.objects.get(pk=subject_id))

    def back_url(self, subject_id: int | None) -> str:
        return reverse("plans:roll", args=[subject_id]) if subject_id is not None else reverse("plans:ledger_list")

    def filled(self, subject_id: int | None) -> Iterable[dict[str, Any]] | None:
        items = RollItem.objects.standing().filter(target=subject_id)
        return lines(items) if items.exists() else None

    def places(self, actor: foundation.Actor) -> list[tuple[str, Any]]:
        return []  # a roll belongs to a target; without one there is nothing to import into

    def check(self, rows: Sequence[sheets.Row], target: sheets.Target) -> sheets.Verdict:
        known = _known(target.subject_id)
        today = foundation.clock.today()
        problems, states = [], {}
        for row in rows:
            if row["covered"] == "no" and row["covered_on"]:
                problems.append(row.problem("covered_on", _("Not covered, so there can be no day")))
            if row["covered_on"] and row["covered_on"] > today:
                problems.append(row.problem("covered_on", _("This day is still to come")))
            item = known.get(rolls.fold(row["name"]))
            if item is None or item.removed:
                states[row.number] = sheets.NEW
            else:
                values = _values(row, item)
                same = all(getattr(item, name) == value for name, value in values.items())
                states[row.number] = sheets.SAME if same else sheets.CHANGED
        return sheets.Verdict(problems, states)

    def apply(self, rows: Sequence[sheets.Row], target: sheets.Target) -> None:
        known = _known(target.subject_id)
        wanted = {row["name"]: _values(row, known.get(rolls.fold(row["name"]))) for row in rows}
        rolls.apply_sheet(LedgerTarget.objects.get(pk=target.subject_id), wanted, actor=target.actor)


def _seen(target_id: int, actor: foundation.Actor) -> LedgerTarget:
    target = LedgerTarget.objects.visible_to(actor.scope).filter(pk=target_id).first()
    if target is None:
        raise Http404
    return target


def _known(target_id: int | None) -> dict[str, RollItem]:
    return {rolls.fold(item.name): item for item in RollItem.objects.filter(target=target_id)}


def _values(row: sheets.Row, item: RollItem | None) -> dict[str, Any]:
    """What the row says of an item; only the columns that the file has. 已覆盖 without a day keeps the day that is known."""
    values: dict[str, Any] = {}
    if row["covered"] == "no":
        values["covered_on"] = None
    elif row["covered_on"]:
        values["covered_on"] = row["covered_on"]
    elif row["covered"] == "yes":
        values["covered_on"] = item.covered_on if item and item.covered_on else foundation.clock.today()
    elif "covered_on" in row.places and "covered" not in row.places:
        values["covered_on"] = None
    if "note" in row.places:
        values["note"] = row["note"] or ""
    return values


ROLL = sheets.register(RollSheet())
