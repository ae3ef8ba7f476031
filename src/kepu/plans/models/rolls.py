"""The roll (名录) that a full-coverage promise runs over: schools, villages, units, ticked one by one.

Items are never deleted: what is taken off the roll keeps its row with `removed`, so that every change can be undone.
"""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from kepu.plans.enums import RollAct
from kepu.plans.models.ledger import LedgerTarget
from kepu.plans.models.terms import one_of


class RollItemQuerySet(models.QuerySet):
    def standing(self) -> models.QuerySet:
        return self.filter(removed=False)


class RollItem(models.Model):
    target = models.ForeignKey(LedgerTarget, on_delete=models.PROTECT, related_name="roll")
    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=0)
    covered_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    removed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # for two people at one roll

    objects = RollItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["target", "name"], name="plans_rollitem_once")]
        indexes = [models.Index(fields=["target", "position"], name="plans_rollitem_order")]


class RollChange(models.Model):
    """One act on a roll with every item it changed; append-only. Undo is a change too."""

    target = models.ForeignKey(LedgerTarget, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=16, choices=RollAct.choices)
    changes = models.JSONField(encoder=DjangoJSONEncoder)  # [{id, before, after}], values of `services.rolls.FIELDS`
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [one_of("act", RollAct, "plans_rollchange_act")]
        indexes = [models.Index(fields=["target", "-id"], name="plans_rollchange_latest")]
