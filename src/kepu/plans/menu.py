"""What this room puts into the desk's menu, its morning page and its search."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.plans import actions
from kepu.plans.enums import TaskState
from kepu.plans.models import LedgerTask

GROUP = _("Plans and tasks")

foundation.navigation.register(_("Plans"), "plans:index", group=GROUP, order=10, action=actions.READ)
foundation.navigation.register(_("Ledger of tasks"), "plans:ledger_list", group=GROUP, order=20, action=actions.READ)
foundation.navigation.register(
    _("Units and their tasks"), "plans:unit_list", group=GROUP, order=30, action=actions.READ
)
foundation.navigation.register(
    _("Public plans"), "plans:public_list", surface="portal", order=10,
    hint=_("What the government promised for science literacy, who answers for it and by when."),
)  # fmt: skip


@foundation.due.register
def due_tasks(actor: foundation.Actor, scope: foundation.Scope) -> Iterator[foundation.due.DueItem]:
    """Tasks in force with a date that are not done, soonest first."""
    if not actor.may(actions.READ):
        return
    tasks = (
        LedgerTask.objects.current()
        .visible_to(scope.office())
        .exclude(state=TaskState.DONE)
        .filter(due_on__isnull=False)
    )
    for task in tasks.select_related("plan").order_by("due_on", "id")[: foundation.due.LIMIT]:
        yield foundation.due.DueItem(
            title=task.headline,
            url=reverse("plans:ledger_task", args=[task.pk]),
            due_on=task.due_on,
            who=task.plan.title,
            kind=_("Task"),
        )
