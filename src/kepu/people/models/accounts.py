import secrets

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, *, name: str = "", email: str = "") -> "User":
        """An account that may sign in; without a password it waits for its slip. Holds no right before a membership."""
        user = self.model(
            username=self.model.normalize_username(username), name=name, email=self.normalize_email(email)
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, scope: foundation.Scope) -> "UserQuerySet":
        """Accounts with a membership in the region, ended ones too, so that a predecessor can still be looked up."""
        mine = models.Q(memberships__organisation_id__in=scope.organisations)
        return self.filter(scope.under("memberships__region_path") | mine).distinct()


class User(AbstractBaseUser):
    """An account. Residents need none; liaisons reply by link; accounts are for the office.

    There is no superuser: whatever a person may do comes from a membership. Deletion empties the row and keeps it,
    so that what the person signed still points somewhere.
    """

    username = models.CharField(
        _("Account name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This account name is taken.")},
    )  # fmt: skip
    name = models.CharField(_("Person's name"), max_length=60, blank=True)
    email = models.EmailField(_("Mail"), blank=True)
    is_active = models.BooleanField(_("Active"), default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager.from_queryset(UserQuerySet)()

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)


class Slip(models.Model):
    """A paper slip for the first sign-in: works once, until a day, and is stored as a digest only."""

    user = models.ForeignKey(User, models.CASCADE, related_name="slips")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


def new_token() -> str:
    return secrets.token_hex(16)


class PersonToken(models.Model):
    """What facts hold of a person. Deletion empties the look-up and the account; the token and the facts stay."""

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    lookup = models.CharField(max_length=64, unique=True, null=True, blank=True)
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="person")
    emptied_at = models.DateTimeField(null=True, blank=True)
