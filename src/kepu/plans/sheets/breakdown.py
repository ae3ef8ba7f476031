"""The rows of a draft by spreadsheet: the breakdown table (任务分解表) as it stands, changed in Excel, and back again."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.plans import actions, table
from kepu.plans.errors import NotInReview
from kepu.plans.models import Plan
from kepu.plans.queries.desk import load
from kepu.plans.services import table_in
from kepu.plans.services.judging import judge

sheets = foundation.spreadsheets
Column = sheets.Column
LONG = 20_000  # characters in one cell; more than any sentence of a plan, less than a cell may hold

COLUMNS = (
    Column("position", _("No."), max_length=20, hint=_("Only to find the place; not read")),
    Column("section", _("Section"), max_length=600, aliases=("章节", "章节名称", "所属章节"),
           hint=_("A heading of the plan as it stands in the table")),
    Column("task", _("Work task"), required=True, max_length=250, example="办好科普大讲堂",
           aliases=("任务", "任务名称", "重点任务", "主要任务", "工作事项", "任务分解")),
    Column("wording", _("Wording"), max_length=LONG, aliases=("具体内容", "工作内容", "任务内容", "主要内容", "工作措施", "具体措施")),
    Column("targets", _("Target (value and unit)"), max_length=LONG, example="科普讲座 不少于20场（每年）",
           aliases=("年度目标", "年度目标(数值、单位)", "目标", "目标值", "工作目标", "量化目标"), hint=_("One target a line")),
    Column("criterion", _("Completion criterion"), max_length=LONG, aliases=("完成标准",),
           hint=_("What counts as done where no number is set")),
    Column("lead", _("Lead unit"), kind="list", max_length=120, example="县教体局",
           aliases=("牵头部门", "牵头责任单位", "责任单位", "责任部门", "主要责任单位"), hint=_("The first one leads")),
    Column("cooperate", _("Cooperating unit"), kind="list", max_length=120, aliases=("配合部门", "参与单位", "协同单位")),
    Column("owner", _("Data owner"), max_length=LONG, aliases=("数据归口单位",),
           hint=_("One unit for all targets, or one a line beside its target; — where there is none")),
    Column("due", _("Time limit"), max_length=60, aliases=("时限", "完成时间", "时间要求"), example="2026年6月底前"),
    Column("upper_basis", _("Upper basis"), max_length=300, aliases=("依据",)),
    Column("remark", _("Remark"), max_length=300),
    Column("key", _("Row mark"), max_length=200, aliases=("行标识（请勿改动）",),
           hint=_("Leave it as it is; empty it for a new task")),
)  # fmt: skip


class BreakdownSheet(sheets.SheetImport):
    """Cells that the file leaves out change nothing; tasks that it leaves out stay in the draft."""

    kind = "plans.breakdown"
    title = _("Breakdown of tasks")
    permission = actions.REVIEW
    columns = COLUMNS

    def region_of(self, subject_id: int, actor: foundation.Actor) -> str:
        plan = Plan.objects.visible_to(actor.scope).filter(pk=subject_id).first()
        if plan is None:
            raise Http404
        foundation.actions.require(actor, self.permission, plan.region_path)
        if not plan.in_review:
            raise NotInReview()
        return plan.region_path

    def subject_title(self, subject_id: int) -> str:
        return Plan.objects.get(pk=subject_id).title

    def back_url(self, subject_id: int | None) -> str:
        return reverse("plans:review", args=[subject_id]) if subject_id is not None else reverse("plans:index")

    def filled(self, subject_id: int | None) -> Iterable[dict[str, Any]] | None:
        plan = Plan.objects.get(pk=subject_id)
        book = table.open_book(load(plan))
        return lines(plan, book) if book.cards else None

    def places(self, actor: foundation.Actor) -> list[tuple[str, Any]]:
        return []  # the rows belong to a plan; without one there is nothing to import into

    def check(self, rows: Sequence[sheets.Row], target: sheets.Target) -> sheets.Verdict:
        judged = judge(Plan.objects.get(pk=target.subject_id), rows)
        return sheets.Verdict(judged.problems, judged.states)

    def apply(self, rows: Sequence[sheets.Row], target: sheets.Target) -> None:
        plan = Plan.objects.get(pk=target.subject_id)
        table_in.write(plan=plan, rows=rows, title=str(self.title), actor=target.actor)


def lines(plan: Plan, book: table.Book) -> Iterable[dict[str, Any]]:
    """The tasks of a draft as rows of `COLUMNS`, each with the mark by which it is known when it comes back."""
    for position, pk in enumerate(book.cards, start=1):
        cells = book.cells[pk]
        yield cells | {"position": position, "key": str(table.key_of(plan.pk, pk, cells))}


BREAKDOWN = sheets.register(BreakdownSheet())
