import secrets

from django.db import models
from django.db.models import Q

from kepu.foundation import clock
from kepu.foundation.fields import RegionPathField


def public_name() -> str:
    """The name in an address: 128 random bits, so that nobody finds a file by counting."""
    return secrets.token_urlsafe(16)


class StoredFile(models.Model):
    """One uploaded or made file and whose it is. The bytes lie under their hash, once however often they are stored.

    `owner_kind` and `owner_id` name the thing that the file belongs to; the rule of that kind decides who reads it.
    No foreign keys to accounts or owners: both live on higher floors.
    """

    public = models.CharField(max_length=22, unique=True, default=public_name)
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=150)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    purpose = models.CharField(max_length=40)
    region_path = RegionPathField()
    owner_kind = models.CharField(max_length=80)
    owner_id = models.BigIntegerField()
    uploaded_by = models.BigIntegerField(null=True)
    uploaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["owner_kind", "owner_id"], name="file_owner")]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="file_not_empty"),
        ]
