"""Targets and task states in words, for templates of this room."""

from datetime import date

from django import template

from kepu.plans import wording
from kepu.plans.enums import TaskState
from kepu.plans.models import LedgerTask

register = template.Library()

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
