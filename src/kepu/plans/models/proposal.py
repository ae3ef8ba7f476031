"""Plans that name no units: proposals with their reasons, and the consultation of members before the plan is adopted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.plans.enums import Outcome, Role
from kepu.plans.models.draft import Task
from kepu.plans.models.ledger import LedgerTask
from kepu.plans.models.plan import Plan
from kepu.plans.models.terms import one_of


class DutyQuerySet(models.QuerySet):
    def of_region(self, region_path: str) -> models.QuerySet:
        """The table that a region works with: what ships with the product, and what it or an office above added."""
        parts = region_path.rstrip("/").split("/")
        return self.filter(region_path__in=["/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)])

    def visible_to(self, scope: foundation.Scope) -> models.QuerySet:
        return self.filter(scope.under() | Q(region_path="0/"))


class Duty(models.Model):
    """Words of tasks that fall to a department. The unit is written without its level: 农业农村局."""

    region_path = foundation.RegionPathField()
    word = models.CharField(max_length=30)
    unit = models.CharField(max_length=60)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["unit", "word"]
        constraints = [models.UniqueConstraint(fields=["region_path", "word", "unit"], name="plans_duty_once")]


class UnitProposal(models.Model):
    """A unit proposed for a task, because a similar task elsewhere names it or because the words fall to its duties."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="proposals")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    similar = models.ForeignKey(LedgerTask, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=120, blank=True)  # of the duty, where no similar task is the reason
    score = models.FloatField()  # 0..1, for the order only
    accepted = models.BooleanField(null=True)  # null: not decided

    class Meta:
        ordering = ["task", "-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "organisation"], name="plans_unitproposal_once"),
            one_of("role", Role, "plans_unitproposal_role"),
            models.CheckConstraint(
                name="plans_unitproposal_has_a_reason", condition=Q(similar__isnull=False) | ~Q(words="")
            ),
        ]


class Opinion(models.Model):
    """What a member unit answered when the draft was sent round; 无意见 is an answer too (empty text)."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="opinions")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    received_on = models.DateField()
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.OPEN)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("Opinion on a draft")
        ordering = ["received_on", "id"]
        constraints = [
            one_of("outcome", Outcome, "plans_opinion_outcome"),
            models.CheckConstraint(
                name="plans_opinion_refusal_has_a_reason",
                condition=~Q(outcome__in=[Outcome.PARTLY, Outcome.NOT_ADOPTED]) | ~Q(reason=""),
            ),
        ]
