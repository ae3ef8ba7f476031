"""The ledger: the rows of the version in force, one for each task, target and unit, with the running state beside them.

A row keeps its id from version to version, so that facts, letters and links can point at it; what a later version no
longer contains stays with `current=False`.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans.enums import Resolution, Role, TaskState
from kepu.plans.models.draft import Target, Task
from kepu.plans.models.plan import Plan
from kepu.plans.models.terms import TargetTerms, TaskTerms, one_of, target_constraints


class LedgerTaskQuerySet(models.QuerySet):
    def current(self) -> models.QuerySet:
        return self.filter(current=True)

    def visible_to(self, scope: foundation.Scope) -> models.QuerySet:
        """Tasks of the own regions, tasks that name an own unit, and published ones if those are meant."""
        condition = scope.under()
        if scope.regions or scope.organisations:
            condition |= Q(pk__in=LedgerUnit.objects.within(scope).values("task"))
        if scope.public:
            condition |= Q(public=True)
        return self.filter(condition)


class LedgerTask(TaskTerms):
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="ledger_tasks")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="ledger")
    region_path = foundation.RegionPathField()
    public = models.BooleanField(default=False)  # the office may hold back single rows of a public plan
    current = models.BooleanField(default=True)
    version_number = models.PositiveSmallIntegerField()  # of the version that wrote the row last
    position = models.PositiveIntegerField()
    path = models.CharField(max_length=80)
    section_path = models.CharField(max_length=80, blank=True)
    section_title = models.CharField(max_length=250, blank=True)
    chapter_title = models.CharField(max_length=250, blank=True)  # of the section of level 1 above it
    # Name of the unit that answers first, as printed: the ledger is read by it. Null: nobody is named.
    answering = models.CharField(max_length=120, null=True)  # noqa: DJ001 - nobody sorts last, an empty name first
    state = models.CharField(max_length=16, choices=TaskState.choices, default=TaskState.NOT_STARTED)
    state_note = models.CharField(max_length=500, blank=True)
    state_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)  # of the running state, for two people at one row

    objects = LedgerTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("Task in the ledger")
        ordering = ["plan", "position", "id"]
        constraints = [one_of("state", TaskState, "plans_ledgertask_state")]
        indexes = [
            models.Index(fields=["plan", "current", "position"], name="plans_ledgertask_order"),
            models.Index(fields=["current", "due_on"], name="plans_ledgertask_due"),
            models.Index(fields=["current", "category"], name="plans_ledgertask_category"),
        ]


class LedgerTargetQuerySet(models.QuerySet):
    def visible_to(self, scope: foundation.Scope) -> models.QuerySet:
        """As for tasks; the unit that owns the figure sees it too. A target of the goals section has no task."""
        condition = scope.under()
        if scope.regions or scope.organisations:
            condition |= Q(task__in=LedgerUnit.objects.within(scope).values("task"))
            condition |= Q(data_owner__in=people.within(scope))
        if scope.public:
            condition |= Q(public=True)
        return self.filter(condition)


class LedgerTarget(TargetTerms):
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="ledger_targets")
    task = models.ForeignKey(LedgerTask, null=True, on_delete=models.PROTECT, related_name="targets")
    target = models.OneToOneField(Target, on_delete=models.PROTECT, related_name="ledger")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    region_path = foundation.RegionPathField()
    public = models.BooleanField(default=False)
    current = models.BooleanField(default=True)
    version_number = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    printed = models.CharField(max_length=60, blank=True)
    sentence = models.TextField(blank=True)

    objects = LedgerTargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("Target in the ledger")
        ordering = ["plan", "position", "id"]
        constraints = target_constraints("plans_ledgertarget")
        indexes = [models.Index(fields=["plan", "current", "position"], name="plans_ledgertarget_order")]


class LedgerUnitQuerySet(models.QuerySet):
    def within(self, scope: foundation.Scope) -> models.QuerySet:
        """Units that are one of the scope's organisations, or lie in one of its regions.

        For `IN`, never for a correlated `EXISTS`: the subqueries then run once, by index, and only if they are needed.
        """
        return self.filter(organisation__in=people.within(scope)).order_by()


class LedgerUnit(models.Model):
    """A unit on a task as printed, and under `of` one row for each organisation that a wildcard stood for at issue."""

    task = models.ForeignKey(LedgerTask, on_delete=models.CASCADE, related_name="units")
    of = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveIntegerField()
    printed = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=Role.choices)
    resolution = models.CharField(max_length=16, choices=Resolution.choices)
    organisation = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    wildcard = models.CharField(max_length=40, blank=True)

    objects = LedgerUnitQuerySet.as_manager()

    class Meta:
        ordering = ["task", "position", "id"]
        constraints = [
            one_of("role", Role, "plans_ledgerunit_role"),
            models.CheckConstraint(name="plans_ledgerunit_resolved", condition=~Q(resolution=Resolution.UNRESOLVED)),
        ]
        indexes = [models.Index(fields=["organisation", "task"], name="plans_ledgerunit_of")]


class Alignment(models.Model):
    """A task of this plan answers to a task of the upper plan; proposed by similarity, confirmed by a person."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="alignments")
    upper = models.ForeignKey(LedgerTask, on_delete=models.PROTECT, related_name="+")
    similarity = models.FloatField(null=True)  # 0..1; null where a person linked them by hand
    confirmed = models.BooleanField(null=True)  # null: proposed; False: refused, so that it is not proposed again
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Link to an upper task")
        constraints = [
            models.UniqueConstraint(fields=["task", "upper"], name="plans_alignment_once"),
            models.CheckConstraint(
                name="plans_alignment_similarity",
                condition=Q(similarity__isnull=True) | (Q(similarity__gte=0.0) & Q(similarity__lte=1.0)),
            ),
        ]
