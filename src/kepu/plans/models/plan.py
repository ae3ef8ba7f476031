"""A plan, the files it was read from, and the versions that were issued.

A plan has one *draft* (draft.py), which people correct at the review desk. Issuing writes an immutable `Version` and
brings the *ledger* (ledger.py) up to it. Pages of units, exports and residents read the ledger, never the draft, so
nothing unreviewed can be seen there.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.plans.enums import PlanKind, PlanState
from kepu.plans.models.terms import one_of


def ancestors(paths: tuple[str, ...]) -> set[str]:
    """Each path with everything above it: `0/32/3206/` gives `0/`, `0/32/` and itself."""
    found = set()
    for path in paths:
        parts = path.rstrip("/").split("/")
        found |= {"/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)}
    return found


class PlanQuerySet(models.QuerySet):
    def visible_to(self, scope: foundation.Scope) -> models.QuerySet:
        """Plans of the own regions; issued ones of the offices above or that name one's units; public ones if meant."""
        from kepu.plans.models.ledger import LedgerUnit  # the ledger points at plans

        issued = Q(state=PlanState.ISSUED)
        named = LedgerUnit.objects.within(scope).filter(task__current=True)
        condition = scope.under() | (issued & Q(region_path__in=ancestors(scope.regions)))
        if scope.regions or scope.organisations:
            condition |= issued & Q(pk__in=named.values("task__plan"))
        if scope.public:
            condition |= issued & Q(public=True)
        return self.filter(condition)


class Plan(models.Model):
    title = models.CharField(max_length=200)
    notice_title = models.CharField(max_length=250, blank=True)
    kind = models.CharField(max_length=20, choices=PlanKind.choices, default=PlanKind.PLAN)
    region_path = foundation.RegionPathField()
    issuing_body = models.CharField(max_length=120, blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    start_year = models.PositiveSmallIntegerField(null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(null=True, blank=True)
    upper = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="lower")
    state = models.CharField(max_length=20, choices=PlanState.choices, default=PlanState.IMPORTING)
    public = models.BooleanField(default=False)
    job_id = models.BigIntegerField(null=True, blank=True)  # of the reading that is under way or was the last
    version = models.PositiveIntegerField(default=1)
    kept_by = models.ForeignKey(  # 经办人: whose open matter it is; passes on with a handover, unlike who began it
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("Plan")
        constraints = [
            one_of("state", PlanState, "plans_plan_state"),
            one_of("kind", PlanKind, "plans_plan_kind"),
            models.CheckConstraint(
                name="plans_plan_period",
                condition=Q(start_year__isnull=True, end_year__isnull=True)
                | Q(start_year__isnull=False, end_year__isnull=False, end_year__gte=F("start_year")),
            ),
            models.CheckConstraint(name="plans_plan_not_its_own_upper", condition=~Q(upper=F("id")) | Q(upper=None)),
        ]
        indexes = [models.Index(fields=["state", "public"], name="plans_plan_state_public")]

    def __str__(self) -> str:
        return self.title

    @property
    def in_review(self) -> bool:
        """Whether there is a draft to look at; it stays open after an issue, for the next version."""
        return self.state in {PlanState.REVIEWING, PlanState.ISSUED}


class SourceDocument(models.Model):
    """One reading of one file: what the reviewers see on the left. The raw file is for download only."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="sources")
    file_id = models.BigIntegerField()  # of the stored file (foundation.files), whose owner is the plan
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    text = models.TextField()  # cleaned; all spans of the draft count its characters
    reading = models.JSONField()
    engine_version = models.CharField(max_length=40)
    warnings = models.JSONField(default=list)
    read_at = models.DateTimeField()
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        get_latest_by = "id"


class Version(models.Model):
    """An issued version. Written once; the database refuses any change (foundation.guards)."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()  # as services/issue.py:snapshot writes it
    digest = models.CharField(max_length=64)  # SHA-256 of the canonical JSON of `content`
    reason = models.CharField(max_length=500, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plans_version_number"),
            models.CheckConstraint(name="plans_version_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="plans_version_later_has_reason", condition=Q(number=1) | ~Q(reason="")),
        ]
