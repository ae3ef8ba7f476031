"""The draft that is corrected at the review desk: what the reader found, and what people decided about it.

Rows of a draft are never deleted: what is left out keeps its place with `dropped`, so that every decision can be undone
and a new reading of the source does not bring it back. `anchor` names the place in the source independently of the
spans, which move when the source is read again.
"""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from kepu.foundation import door as foundation
from kepu.plans.enums import Act, Category, NumberKind, Resolution, Role
from kepu.plans.models.plan import Plan
from kepu.plans.models.terms import TargetTerms, TaskTerms, one_of, target_constraints

CERTAIN = 0.9  # from here on a finding is not shown among the doubtful ones


class DraftRow(models.Model):
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(default=0)  # order in the document
    start = models.PositiveIntegerField(null=True, blank=True)  # span in the cleaned text; null: added by a person
    end = models.PositiveIntegerField(null=True, blank=True)
    anchor = models.CharField(max_length=64, blank=True)
    confidence = models.FloatField(default=1.0)
    reason = models.CharField(max_length=200, blank=True)  # why the reader is in doubt
    reviewed = models.BooleanField(default=False)
    touched = models.BooleanField(default=False)  # a person changed it; a new reading leaves it alone
    dropped = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # of the row, for two people at one desk

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    @property
    def doubtful(self) -> bool:
        return not self.reviewed and self.confidence < CERTAIN


def draft_constraints(prefix: str) -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            name=f"{prefix}_span",
            condition=Q(start__isnull=True, end__isnull=True)
            | Q(start__isnull=False, end__isnull=False, end__gte=F("start")),
        ),
        models.CheckConstraint(name=f"{prefix}_confidence", condition=Q(confidence__gte=0.0) & Q(confidence__lte=1.0)),
    ]


class Section(DraftRow):
    path = models.CharField(max_length=80)  # labels joined: 二/(一)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=250)
    category = models.CharField(max_length=40, choices=Category.choices, blank=True)

    class Meta(DraftRow.Meta):
        constraints = [
            *draft_constraints("plans_section"),
            models.CheckConstraint(name="plans_section_level", condition=Q(level__gte=1)),
        ]
        indexes = [models.Index(fields=["plan", "position"], name="plans_section_order")]


class Task(DraftRow, TaskTerms):
    section = models.ForeignKey(Section, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=80)
    clauses = models.JSONField(default=list, blank=True)  # spans of its responsibility clauses: [[start, end], …]
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta(DraftRow.Meta):
        constraints = [
            *draft_constraints("plans_task"),
            models.CheckConstraint(
                name="plans_task_merged_is_dropped", condition=Q(merged_into=None) | Q(dropped=True)
            ),
        ]
        indexes = [models.Index(fields=["plan", "position"], name="plans_task_order")]


class Assignment(DraftRow):
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="assignments")
    printed = models.CharField(max_length=120)
    name = models.CharField(max_length=120)  # with the level character restored
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.RESPONSIBLE)
    resolution = models.CharField(max_length=16, choices=Resolution.choices, default=Resolution.UNRESOLVED)
    organisation = models.ForeignKey(
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wildcard = models.CharField(max_length=40, blank=True)
    inherited = models.BooleanField(default=False)  # from a lead-in or standing clause

    class Meta(DraftRow.Meta):
        constraints = [
            *draft_constraints("plans_assignment"),
            one_of("role", Role, "plans_assignment_role"),
            models.CheckConstraint(
                name="plans_assignment_resolution",
                condition=(
                    Q(resolution=Resolution.ORGANISATION, organisation__isnull=False, wildcard="")
                    | (Q(resolution=Resolution.WILDCARD, organisation__isnull=True) & ~Q(wildcard=""))
                    | Q(
                        resolution__in=[Resolution.UNRESOLVED, Resolution.AS_PRINTED],
                        organisation__isnull=True,
                        wildcard="",
                    )
                ),
            ),
            models.UniqueConstraint(
                fields=["task", "name"], condition=Q(dropped=False), name="plans_assignment_once_per_task"
            ),
        ]
        indexes = [models.Index(fields=["plan", "position"], name="plans_assignment_order")]


class Target(DraftRow, TargetTerms):
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    section = models.ForeignKey(Section, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # 其中
    printed = models.CharField(max_length=60, blank=True)
    sentence = models.TextField(blank=True)

    class Meta(DraftRow.Meta):
        constraints = [*draft_constraints("plans_target"), *target_constraints("plans_target")]
        indexes = [models.Index(fields=["plan", "position"], name="plans_target_order")]


class NumberFinding(DraftRow):
    """One number of the source. All of them are listed, so that none is overlooked."""

    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="numbers")
    section = models.ForeignKey(Section, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    printed = models.CharField(max_length=60)
    sentence = models.TextField(blank=True)
    kind = models.CharField(max_length=16, choices=NumberKind.choices)
    detail = models.CharField(max_length=40, blank=True)  # the reader's finer class: label, date, name …
    target = models.ForeignKey(Target, null=True, blank=True, on_delete=models.PROTECT, related_name="numbers")
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)

    class Meta(DraftRow.Meta):
        constraints = [
            *draft_constraints("plans_number"),
            one_of("kind", NumberKind, "plans_number_kind"),
            models.CheckConstraint(
                name="plans_number_target_linked", condition=~Q(kind=NumberKind.TARGET) | Q(target__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["plan", "start"], name="plans_number_order")]


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, scope: foundation.Scope) -> models.QuerySet:
        return self.filter(scope.under())


class Decision(models.Model):
    """One act of a person at the review desk, with every row it changed; append-only. Undo is a decision too."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    region_path = foundation.RegionPathField()
    act = models.CharField(max_length=16, choices=Act.choices)
    subject = models.CharField(max_length=250, blank=True)  # title or text of the row, for the log
    changes = models.JSONField(encoder=DjangoJSONEncoder)  # [{row, id, before, after}]
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            one_of("act", Act, "plans_decision_act"),
            models.CheckConstraint(
                name="plans_decision_undo_names_one", condition=~Q(act=Act.UNDO) | Q(undoes__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["plan", "-id"], name="plans_decision_latest")]
