"""Divisions as a tree of paths, their population, and what became of them.

A path holds the codes from the root down, like `0/99/9901/990101/`. A code that changes makes a new division; the old
one ends and a change row says where its people went, so that figures of both boundaries can be compared.
"""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation


class Kind(models.TextChoices):
    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("Prefecture-level city")
    COUNTY = "county", _("County or district")
    TOWNSHIP = "township", _("Township or subdistrict")
    VILLAGE = "village", _("Village or community")
    ZONE = "zone", _("Zone (high-tech, development)")


# How far down the tree a kind stands; a zone stands beside the divisions of its parent's next level.
DEPTH = {Kind.PROVINCE: 1, Kind.PREFECTURE: 2, Kind.COUNTY: 3, Kind.TOWNSHIP: 4, Kind.VILLAGE: 5}


class DivisionQuerySet(models.QuerySet["Division"]):
    def visible_to(self, scope: foundation.Scope) -> "DivisionQuerySet":
        return self.filter(scope.under("path"))

    def on(self, day: date) -> "DivisionQuerySet":
        """Divisions that exist on `day`; the day of `valid_to` itself no longer counts."""
        return self.filter(
            models.Q(valid_from=None) | models.Q(valid_from__lte=day),
            models.Q(valid_to=None) | models.Q(valid_to__gt=day),
        )


class Division(models.Model):
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = foundation.RegionPathField(unique=True)
    code = models.CharField(_("Code"), max_length=16)
    has_official_code = models.BooleanField(default=True)
    name = models.CharField(_("Name"), max_length=60)
    short_name = models.CharField(_("Short name"), max_length=30)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    sort_order = models.PositiveIntegerField(_("Order"), default=0)
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        constraints = [
            models.CheckConstraint(
                name="division_ends_after_it_begins",
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gt=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Population(models.Model):
    """Residents of a division at the end of a year, in persons."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="populations")
    year = models.PositiveSmallIntegerField(_("Year"))
    persons = models.PositiveBigIntegerField(_("Residents"))
    source = models.CharField(_("Source"), max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["division", "year"], name="one_population_a_year")]


class DivisionChange(models.Model):
    class What(models.TextChoices):
        RENAME = "rename", _("Renamed")
        RECODE = "recode", _("New code or new parent")
        MERGE = "merge", _("Merged")
        SPLIT = "split", _("Split")

    what = models.CharField(max_length=8, choices=What.choices)
    on = models.DateField()
    basis = models.CharField(max_length=200, blank=True)
    old_name = models.CharField(max_length=60, blank=True)
    new_name = models.CharField(max_length=60, blank=True)


class DivisionChangeLine(models.Model):
    """One arrow of the crosswalk: `share` of the source's people went to the target, 0 < share <= 1."""

    change = models.ForeignKey(DivisionChange, models.PROTECT, related_name="lines")
    source = models.ForeignKey(Division, models.PROTECT, related_name="+")
    target = models.ForeignKey(Division, models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=9, decimal_places=8, default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "source", "target"], name="one_arrow_a_change"),
            models.CheckConstraint(name="share_is_a_part", condition=models.Q(share__gt=0) & models.Q(share__lte=1)),
        ]
