from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation


class Kind(models.TextChoices):
    """The order is the fixed order of units in every table: party, government, mass bodies, institutions, territories."""

    PARTY = "party", _("Party body")
    GOVERNMENT = "government", _("Government department")
    MASS = "mass", _("Mass organisation")
    ASSOCIATION = "association", _("Association for science and technology")
    INSTITUTION = "institution", _("Public institution")
    VERTICAL = "vertical", _("Body under vertical leadership")
    COUNCIL = "council", _("People's government of a region")
    TERRITORY = "territory", _("Township or subdistrict")
    ZONE = "zone", _("Zone committee")
    SOCIETY = "society", _("Society or federation of societies")
    ENTERPRISE = "enterprise", _("Enterprise")
    SCHOOL = "school", _("School or university")
    OFFICE = "office", _("Programme office")
    OTHER = "other", _("Other")


class Level(models.TextChoices):
    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("City")
    COUNTY = "county", _("County or district")
    TOWNSHIP = "township", _("Township or subdistrict")
    VILLAGE = "village", _("Village or community")


def living(day: date, prefix: str = "") -> models.Q:
    """Condition for rows that are valid on `day`; the day of `valid_to` itself no longer counts."""
    begun = models.Q(**{f"{prefix}valid_from": None}) | models.Q(**{f"{prefix}valid_from__lte": day})
    not_over = models.Q(**{f"{prefix}valid_to": None}) | models.Q(**{f"{prefix}valid_to__gt": day})
    return begun & not_over


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, scope: foundation.Scope) -> "OrganisationQuerySet":
        return self.filter(scope.under() | models.Q(pk__in=scope.organisations))

    def on(self, day: date) -> "OrganisationQuerySet":
        return self.filter(living(day))


class Organisation(models.Model):
    name = models.CharField(_("Full name"), max_length=100)
    short_name = models.CharField(_("Short name"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    level = models.CharField(_("Level"), max_length=12, choices=Level.choices)
    region_path = foundation.RegionPathField()
    sort_order = models.PositiveIntegerField(_("Order"), default=0)
    is_member = models.BooleanField(_("Member unit"), default=False)
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ("region_path", "sort_order", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["region_path", "name"], condition=models.Q(valid_to=None), name="one_living_name_a_region"
            ),
            models.CheckConstraint(
                name="organisation_ends_after_it_begins",
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gt=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class OrganisationAlias(models.Model):
    """Another way to write an organisation in the papers of one region (and of the regions below it)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="aliases")
    alias = models.CharField(_("Also written"), max_length=100)
    region_path = foundation.RegionPathField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region_path", "alias"], condition=models.Q(valid_to=None), name="one_meaning_an_alias"
            )
        ]


class OrganisationChange(models.Model):
    class What(models.TextChoices):
        RENAME = "rename", _("Renamed")
        MERGE = "merge", _("Merged")
        SPLIT = "split", _("Split")

    what = models.CharField(max_length=8, choices=What.choices)
    on = models.DateField()
    basis = models.CharField(max_length=200, blank=True)
    old_name = models.CharField(max_length=100, blank=True)
    new_name = models.CharField(max_length=100, blank=True)


class OrganisationSuccession(models.Model):
    """One arrow of a change: `share` of the source's duties went to the target, 0 < share <= 1."""

    change = models.ForeignKey(OrganisationChange, models.PROTECT, related_name="lines")
    source = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    target = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=9, decimal_places=8, default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "source", "target"], name="one_succession_a_change"),
            models.CheckConstraint(
                name="succession_share_is_a_part", condition=models.Q(share__gt=0) & models.Q(share__lte=1)
            ),
        ]
