"""The audit log: entries, the links that seal them into a chain, the seals, and the purges of old spans.

All four tables are append-only by trigger (see guards.py). An entry and its link may go only once a purge of their seal
is on record, and the table of purges refuses a span younger than the statutory six months.
"""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kepu.foundation import clock
from kepu.foundation.fields import RegionPathField
from kepu.foundation.scope import Scope

# Network logs are kept for at least six months (Cybersecurity Law of the PRC); 183 days cover any six months.
SHORTEST_RETENTION = timedelta(days=183)


class Outcome(models.TextChoices):
    DONE = "done", _("Succeeded")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, scope: Scope) -> "AuditEntryQuerySet":
        return self.filter(scope.under())

    def unsealed(self) -> "AuditEntryQuerySet":
        return self.exclude(models.Exists(AuditLink.objects.filter(entry_id=models.OuterRef("pk"))))


class AuditEntry(models.Model):
    """Who did what to which object, when and from where, with what result.

    No foreign keys: the entry outlives the account and the object. `before`, `after` and `detail` hold canonical JSON
    text rather than a JSON column, so that the sealed bytes are the same on every database.
    """

    at = models.DateTimeField(default=clock.now, db_index=True)
    action = models.CharField(max_length=80, db_index=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.DONE)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    by_system = models.BooleanField(default=False)
    region_path = RegionPathField()
    object_kind = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    method = models.CharField(max_length=10, blank=True)
    route = models.CharField(max_length=200, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    detail = models.TextField(blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_object")]


class AuditSeal(models.Model):
    """Closes a span of committed entries. `mac` covers this row and the seal before it: the newest one is the head."""

    number = models.BigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64)
    last_link = models.CharField(max_length=64)
    entries = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    sealed_at = models.DateTimeField()
    mac = models.CharField(max_length=64)


class AuditLink(models.Model):
    """Binds one entry to its seal; `mac` covers the entry and the link before it."""

    entry_id = models.BigIntegerField(primary_key=True)
    seal = models.ForeignKey(AuditSeal, models.PROTECT, related_name="+")
    mac = models.CharField(max_length=64)


class AuditPurge(models.Model):
    """Says that the entries of a seal were removed because the whole span was past its retention."""

    seal = models.OneToOneField(AuditSeal, models.PROTECT, primary_key=True, related_name="+")
    last_day = models.IntegerField()  # days since 0001-01-01, of the youngest entry
    purged_day = models.IntegerField()
    mac = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purged_day__gte=F("last_day") + SHORTEST_RETENTION.days), name="audit_purge_after_retention"
            )
        ]
