from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people.models import Membership, Organisation, Role, User
from kepu.people.services import memberships
from kepu.regions import door as regions

# A code can be right for three steps of 30 seconds; remember it for longer than that (S8).
CODE_SECONDS = 180
CHOOSE = _("Please choose")


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Account name")
        self.fields["password"].label = _("Password")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class _OneCode:
    """A field for the six digits of the telephone, right once only."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code on your telephone")
        field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}

    def clean_code(self) -> str:
        code = super().clean_code()
        if not cache.add(f"code:{self.user.pk}:{code.strip()}", 1, CODE_SECONDS):
            raise ValidationError(_("This code is not right, or it was used before. Wait for the next one."))
        return code


class CodeForm(_OneCode, AuthenticateForm):
    pass


class RepeatCodeForm(_OneCode, ReauthenticateForm):
    pass


class FirstCodeForm(_OneCode, ActivateTOTPForm):
    pass


class NewPassword(forms.Form):
    """Two fields for a password of one's own; paste is allowed."""

    password = forms.CharField(
        label=_("Your own password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters; 15 or more are better, and a sentence is easy to remember."),
    )  # fmt: skip
    repeated = forms.CharField(
        label=_("The password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def person(self) -> User | None:
        """Whose password it will be, for the rule against one's own names."""
        return None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        password = values.get("password")
        if password:
            try:
                validate_password(password, self.person())
            except ValidationError as refused:
                self.add_error("password", refused)
            if values.get("repeated") != password:
                self.add_error("repeated", _("The two passwords differ."))
        return values


class SlipForm(NewPassword):
    username = forms.CharField(label=_("Account name"), widget=forms.TextInput(attrs={"autocomplete": "username"}))
    code = forms.CharField(
        label=_("Code on the slip"), max_length=40, help_text=_("Twelve letters and digits; small letters are fine too."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("username", "code", "password", "repeated")

    def person(self) -> User | None:
        return User(username=self.cleaned_data.get("username", ""))


class ChangePasswordForm(NewPassword):
    current = forms.CharField(
        label=_("Password until now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "password", "repeated")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def person(self) -> User:
        return self._user


class RegionFields(forms.Form):
    """Name and code of the regions from the province down to that of the office; the lowest one filled in is its own."""

    province_name = forms.CharField(label=_("Province"), max_length=60)
    province_code = forms.CharField(label=_("Code of the province"), max_length=16, help_text=_("Two or six digits"))
    city_name = forms.CharField(label=_("City"), max_length=60, required=False)
    city_code = forms.CharField(label=_("Code of the city"), max_length=16, required=False)
    county_name = forms.CharField(label=_("County or district"), max_length=60, required=False)
    county_code = forms.CharField(label=_("Code of the county or district"), max_length=16, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for level in ("city", "county"):
            if bool(values.get(f"{level}_name")) != bool(values.get(f"{level}_code")):
                self.add_error(f"{level}_code", _("Name and code go together."))
        if values.get("county_name") and not values.get("city_name"):
            self.add_error("city_name", _("A county needs its city."))
        return values

    def chain(self) -> list[tuple[str, str, str]]:
        """(kind, name, code) from the province down."""
        kinds = (("province", "province"), ("prefecture", "city"), ("county", "county"))
        values = self.cleaned_data
        return [
            (kind, values[f"{key}_name"], values[f"{key}_code"]) for kind, key in kinds if values.get(f"{key}_name")
        ]


class FirstRunForm(RegionFields, NewPassword):
    association = forms.CharField(
        label=_("Association that runs the office"), max_length=100,
        help_text=_("Its full name, as on the seal"),
    )  # fmt: skip
    association_short = forms.CharField(label=_("Its short name"), max_length=60)
    name = forms.CharField(label=_("Your name"), max_length=60)
    username = forms.CharField(
        label=_("Account name"), max_length=60, validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    field_order = (
        "province_name", "province_code", "city_name", "city_code", "county_name", "county_code",
        "association", "association_short", "name", "username", "password", "repeated",
    )  # fmt: skip

    def person(self) -> User:
        return User(username=self.cleaned_data.get("username", ""), name=self.cleaned_data.get("name", ""))


class OfficeForm(forms.Form):
    """Everything a new office needs, on one page."""

    parent_path = forms.ChoiceField(label=_("Under"))
    kind = forms.ChoiceField(label=_("Kind of region"), choices=regions.Kind.choices, initial=regions.Kind.COUNTY)
    name = forms.CharField(label=_("Name of the region"), max_length=60)
    code = forms.CharField(
        label=_("Code"), max_length=16, required=False, help_text=_("Empty for a zone without a code of its own")
    )
    association = forms.CharField(label=_("Association that runs the office"), max_length=100)
    association_short = forms.CharField(label=_("Its short name"), max_length=60)
    head_name = forms.CharField(label=_("Head of the office"), max_length=60)
    head_username = forms.CharField(
        label=_("Account name of the head"), max_length=60, validators=User._meta.get_field("username").validators
    )

    def __init__(self, *args: Any, parents: list[regions.DivisionInfo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent_path"].choices = [(division.path, division.name) for division in parents]


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Person's name"), max_length=60)
    username = forms.CharField(
        label=_("Account name"), max_length=60, validators=User._meta.get_field("username").validators
    )


class MembershipForm(forms.Form):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"), empty_label=CHOOSE)
    role = forms.ModelChoiceField(Role.objects.none(), label=_("Role held"), empty_label=CHOOSE)
    valid_to = forms.DateField(
        label=_("Valid to"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Empty: until somebody ends it"),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: foundation.Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = foundation.clock.today()
        regions_kept = [path for path in actor.scope.regions if actor.may("people.manage", path)]
        mine = foundation.Scope(regions=tuple(regions_kept))
        self.fields["organisation"].queryset = Organisation.objects.on(today).visible_to(mine)
        self.fields["role"].queryset = Role.objects.filter(
            pk__in=[role.pk for role in Role.objects.all() if _may_give_somewhere(actor, role, regions_kept)]
        )


def _may_give_somewhere(actor: foundation.Actor, role: Role, paths: list[str]) -> bool:
    for path in paths:
        try:
            memberships.require_may_give(actor, role, path)
        except memberships.NotYours:
            continue
        return True
    return False


class AccountFilter(forms.Form):
    q = forms.CharField(label=_("Name or account name"), required=False)
    role = forms.ModelChoiceField(Role.objects.all(), label=_("Role held"), required=False, empty_label=_("all"))
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("all")), ("active", _("active")), ("waiting", _("never signed in")), ("closed", _("closed"))],
    )


class ColleagueForm(forms.Form):
    """Another person of the same scope, from a day on."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"), empty_label=CHOOSE)
    valid_from = forms.DateField(
        label=_("Starting on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, scope: foundation.Scope, without: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.visible_to(scope).filter(is_active=True).exclude(pk=without)


class HandOverForm(ColleagueForm):
    memberships = forms.ModelMultipleChoiceField(
        Membership.objects.none(), label=_("Roles that go along"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, scope: foundation.Scope, without: int, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, without=without, **kwargs)
        own = Membership.objects.on(foundation.clock.today()).filter(user_id=without, deputy_of=None)
        self.fields["memberships"].queryset = own.select_related("organisation", "role")
        self.fields["person"].label = _("Successor")


class DeputyForm(ColleagueForm):
    valid_to = forms.DateField(
        label=_("To (the day after the last)"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, scope: foundation.Scope, without: int, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, without=without, **kwargs)
        self.fields["person"].label = _("Deputy")
