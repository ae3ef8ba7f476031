"""Background work of this room."""

from typing import Any

from django.urls import reverse

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans.models import Plan
from kepu.plans.services import importing


@foundation.jobs.job(importing.WORK, attempts=2)
def read_plan_file(
    progress: foundation.jobs.Progress, *, plan_id: int, file_id: int, user_id: int | None
) -> dict[str, Any]:
    """Read a stored file into the draft of its plan."""
    actor = people.actor_of(user_id) if user_id is not None else foundation.SYSTEM
    importing.read_file(progress, plan=Plan.objects.get(pk=plan_id), file_id=file_id, actor=actor)
    return {"result_url": reverse("plans:review", args=[plan_id])}
