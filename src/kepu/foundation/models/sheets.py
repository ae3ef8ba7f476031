from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kepu.foundation import clock
from kepu.foundation.fields import RegionPathField
from kepu.foundation.scope import Scope


class SheetState(models.TextChoices):
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked, not imported yet")
    UNREADABLE = "unreadable", _("Could not be read")
    APPLYING = "applying", _("Being imported")
    APPLIED = "applied", _("Imported")


class SheetRunQuerySet(models.QuerySet["SheetRun"]):
    def visible_to(self, scope: Scope) -> "SheetRunQuerySet":
        return self.filter(scope.under())


class SheetRun(models.Model):
    """One import of one spreadsheet: uploaded, checked without writing anything, then applied or left.

    `report` holds what the check found: counts, problems, states of rows, a preview. `subject_id` is the thing that the
    rows belong to, if the kind has one.
    """

    kind = models.CharField(max_length=80)
    region_path = RegionPathField()
    subject_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=SheetState.choices, default=SheetState.CHECKING)
    job_id = models.BigIntegerField(null=True)
    only_good = models.BooleanField(default=False)
    report = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)

    objects = SheetRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "region_path"], name="sheet_run_kind")]
        constraints = [models.CheckConstraint(condition=Q(state__in=SheetState.values), name="sheet_run_state_known")]
