from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people.models.organisations import Organisation, living


class Reach(models.TextChoices):
    """What a role lets its holder see: everything under the region, or what is assigned to the own organisation."""

    REGION = "region", _("The region and everything below it")
    ORGANISATION = "organisation", _("What is assigned to the own organisation")


class Role(models.Model):
    """A named bundle of actions. Roles are data: an installation may change the bundle, never the meaning of an action."""

    key = models.SlugField(_("Key"), max_length=30, unique=True)
    name = models.CharField(_("Name"), max_length=30)
    actions = models.JSONField(_("Actions"), default=list)
    reach = models.CharField(_("Reach"), max_length=12, choices=Reach.choices, default=Reach.ORGANISATION)
    needs_second_factor = models.BooleanField(_("Second factor required"), default=True)
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("sort_order", "key")

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, scope: foundation.Scope) -> "MembershipQuerySet":
        return self.filter(scope.under() | models.Q(organisation_id__in=scope.organisations))

    def on(self, day: date) -> "MembershipQuerySet":
        """Memberships that count on `day`: neither they nor the one they stand in for have ended."""
        return self.filter(living(day)).filter(
            models.Q(deputy_of=None) | models.Q(living(day, "deputy_of__"), deputy_of__user__is_active=True)
        )


class Membership(models.Model):
    """A person holds a role for an organisation over a region. A deputy's one hangs on the one it stands in for."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    region_path = foundation.RegionPathField()
    deputy_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="deputies")
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=models.Q(valid_from=None)
                | models.Q(valid_to=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
            ),
            models.CheckConstraint(
                name="nobody_is_own_deputy", condition=models.Q(deputy_of=None) | ~models.Q(deputy_of=models.F("id"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.role}"
