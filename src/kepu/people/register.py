"""The register of personal fields (S27): what is kept of a person, what for, on which basis, for how long.

A test compares it with the models: a new field of a person that is not entered here fails the build. Export and
deletion of an account follow this table.
"""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kepu.people.models import Membership, PersonToken, Slip, User

_DUTY = _("Needed to carry out a public duty (Personal Information Protection Law, article 13)")
_SECURITY = _("Duty to keep the network secure (Cybersecurity Law)")
_ACCOUNT = _("As long as the account exists")


@dataclass(frozen=True)
class PersonalField:
    model: str  # app.model
    field: str
    label: str | Promise
    purpose: str | Promise
    basis: str | Promise
    retention: str | Promise


FIELDS = (
    PersonalField("people.user", "username", _("Account name"), _("To sign in"), _DUTY, _ACCOUNT),
    PersonalField("people.user", "name", _("Person's name"), _("Shown beside what the person did in office"), _DUTY, _ACCOUNT),
    PersonalField("people.user", "email", _("Mail"), _("Optional; to be reached by the office"), _DUTY, _ACCOUNT),
    PersonalField("people.user", "password", _("Password"), _("To sign in; kept as a digest only"), _SECURITY, _ACCOUNT),
    PersonalField("people.user", "last_login", _("Last sign-in"), _("To notice misuse"), _SECURITY, _ACCOUNT),
    PersonalField("people.membership", "user", _("Roles held"), _("To know what the person may do"), _DUTY,
                  _("Kept for the record; without the name once the account is emptied")),
    PersonalField("people.slip", "user", _("Slip for the first sign-in"), _("To let the person in once"), _SECURITY,
                  _("Until used, 14 days at most; the trace of use until the account is emptied")),
    PersonalField("people.persontoken", "lookup", _("Keyed look-up of a person"), _("To count a person once"), _DUTY,
                  _ACCOUNT),
    PersonalField("people.persontoken", "user", _("Keyed look-up of a person"), _("To count a person once"), _DUTY,
                  _ACCOUNT),
    PersonalField("mfa.authenticator", "user", _("Second factor"), _("To sign in safely; encrypted"), _SECURITY, _ACCOUNT),
    PersonalField("usersessions.usersession", "ip", _("Address of the machine"), _("To show and end own sign-ins"),
                  _SECURITY, _("Until the sign-in ends")),
    PersonalField("usersessions.usersession", "user_agent", _("Browser"), _("To show and end own sign-ins"), _SECURITY,
                  _("Until the sign-in ends")),
    PersonalField("usersessions.usersession", "user", _("Sign-ins"), _("To show and end own sign-ins"), _SECURITY,
                  _("Until the sign-in ends")),
    PersonalField("account.emailaddress", "user", _("Mail"), _("Not used; the table belongs to the sign-in library"),
                  _SECURITY, _ACCOUNT),
    PersonalField("account.emailaddress", "email", _("Mail"), _("Not used; the table belongs to the sign-in library"),
                  _SECURITY, _ACCOUNT),
)  # fmt: skip


def export(user: User) -> dict[str, Any]:
    """Everything the register names of one person, without secrets: a password or factor is only said to exist."""
    memberships = Membership.objects.filter(user=user).select_related("organisation", "role").order_by("id")
    person = PersonToken.objects.filter(user=user).first()
    return {
        "account": {
            "username": user.username, "name": user.name, "email": user.email, "since": user.date_joined.isoformat(),
            "last_sign_in": user.last_login.isoformat() if user.last_login else None,
            "has_password": user.has_usable_password(),
            "has_second_factor": Authenticator.objects.filter(user=user).exists(),
        },
        "roles": [
            {
                "organisation": row.organisation.name, "role": row.role.name, "region": row.region_path,
                "from": str(row.valid_from or ""), "to": str(row.valid_to or ""),
            }
            for row in memberships
        ],
        "slips": [
            {"created": row.created_at.isoformat(), "used": row.used_at.isoformat() if row.used_at else None}
            for row in Slip.objects.filter(user=user).order_by("id")
        ],
        "sign_ins": [
            {"address": row.ip, "browser": row.user_agent, "since": row.created_at.isoformat()}
            for row in UserSession.objects.filter(user=user).order_by("id")
        ],
        "token": person.token if person else None,
    }  # fmt: skip
