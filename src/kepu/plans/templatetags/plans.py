"""Targets and task states in words, for templates of this room."""

import re
from datetime import date

from django import template
from django.utils.translation import gettext as _

from kepu.plans import wording
from kepu.plans.enums import TaskState
from kepu.plans.models import LedgerTask, Plan
from kepu.plans.printing import in_print

register = template.Library()
_BETWEEN_WORDS = re.compile(r"(?<=\w)/(?=[0-9])")

register.filter("amount", wording.amount)
register.filter("period", wording.period)
register.filter("phrase", wording.phrase)

CHIPS = {
    TaskState.NOT_STARTED: "todo",
    TaskState.UNDER_WAY: "active",
    TaskState.DONE: "done",
    TaskState.STANDING: "active",
}


@register.filter
def state_kind(task: LedgerTask) -> str:
    """The shape and colour of a task's state chip."""
    return CHIPS[TaskState(task.state)]


@register.filter
def is_overdue(task: LedgerTask, today: date) -> bool:
    return task.due_on is not None and task.due_on < today and task.state != TaskState.DONE


@register.filter
def plan_years(plan: Plan) -> str:
    """「2026—2030年」, or 「2026年」 for a plan of one year."""
    years = sorted({plan.start_year, plan.end_year} - {None})
    return _("%(years)s (years)") % {"years": "—".join(map(str, years))} if years else ""


@register.filter
def item_place(path: str) -> str:
    """Where an item stands, as people write it: 「四（三）1」 for the path 四/(三)/1, 「四、12」 for 四/12."""
    return in_print(_BETWEEN_WORDS.sub("、", path).replace("/", ""))
