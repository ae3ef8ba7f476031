from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kepu.foundation import clock
from kepu.foundation.fields import RegionPathField
from kepu.foundation.scope import Actor


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Finished")
    FAILED = "failed", _("Not finished")
    CANCELLED = "cancelled", _("Cancelled")


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: Actor) -> "JobQuerySet":
        """A person's own jobs, and those under the regions over which the person may read jobs."""
        condition = Q(pk__in=())
        if actor.user_id is not None:
            condition |= Q(actor_id=actor.user_id)
        for grant in actor.grants:
            if grant.action == "jobs.read":
                condition |= Q(region_path__startswith=grant.region_path)
        return self.filter(condition)


class Job(models.Model):
    """A piece of work that outlives the request and the process that runs it.

    A worker holds a job by `worker` until `lease_until`; it renews the lease while alive. Whoever finds the lease run
    out takes the job over, so work is done at least once and its steps have to be idempotent.
    """

    name = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    args = models.JSONField(default=dict)
    region_path = RegionPathField()
    actor_id = models.BigIntegerField(null=True, db_index=True)
    subject_kind = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True)

    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING, db_index=True)
    attempts = models.IntegerField(default=0)
    max_attempts = models.IntegerField(default=3)
    due_at = models.DateTimeField(default=clock.now)
    worker = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)

    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    failure_code = models.CharField(max_length=80, blank=True)
    failure = models.TextField(blank=True)

    created_at = models.DateTimeField(default=clock.now, db_index=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="job_subject"),
            models.Index(fields=["state", "due_at"], name="job_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(condition=Q(done__gte=0) & Q(total__gte=0), name="job_progress_not_negative"),
        ]

    @property
    def percent(self) -> int | None:
        """0 to 100, or None while the amount of work is not known."""
        if self.state == JobState.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def is_open(self) -> bool:
        return self.state in {JobState.WAITING, JobState.RUNNING}


class TickRun(models.Model):
    """When a periodic duty last ran, shared by all processes so that each runs once per interval."""

    name = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
