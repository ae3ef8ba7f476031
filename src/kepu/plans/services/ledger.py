"""The running state beside an issued task. The issued wording never changes here."""

from django.db import transaction

from kepu.foundation import door as foundation
from kepu.plans.enums import TaskState
from kepu.plans.errors import Conflict
from kepu.plans.models import LedgerTask


@transaction.atomic
def set_state(task: LedgerTask, *, state: str, note: str, seen: int, actor: foundation.Actor) -> LedgerTask:
    """Say where a task stands. `seen` is the row's version that the person saw; Conflict if it has moved on."""
    before = {"state": task.state, "state_note": task.state_note}
    after = {"state": TaskState(state).value, "state_note": note}
    moved = LedgerTask.objects.filter(pk=task.pk, version=seen).update(
        **after, state_on=foundation.clock.today(), version=seen + 1
    )
    if not moved:
        task.refresh_from_db()
        raise Conflict(mine=after, theirs={"state": task.state, "state_note": task.state_note})
    foundation.audit.record(
        "plan.task_state", actor=actor, obj=task, region_path=task.region_path, before=before, after=after
    )
    task.refresh_from_db()
    return task
