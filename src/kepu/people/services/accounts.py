"""Accounts: opened by the office, entered by a slip, ended for good when the person asks."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people.models import Membership, PersonToken, Slip, User
from kepu.people.services import memberships
from kepu.people.services.handover import open_matters

SLIP_DAYS = 14
# Read out over the telephone: without 0 O 1 I L and the like. 12 of 30 are 58 bits.
SLIP_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SLIP_LENGTH = 12


class AccountTaken(foundation.Refusal):
    code = "people.account_taken"
    sentence = _("The account name %(username)s is taken.")


class SlipRefused(foundation.Refusal):
    code = "people.slip_refused"
    sentence = _(
        "This account name and slip do not fit, or the slip was used or has expired. Ask the office for a new one."
    )


class NotYourself(foundation.Refusal):
    code = "people.not_yourself"
    sentence = _("You cannot do this to your own account; ask a colleague.")


class StillActive(foundation.Refusal):
    code = "people.still_active"
    sentence = _("Hand over what is open and end the roles of this person first.")


@dataclass(frozen=True)
class PrintedSlip:
    """What is printed and given to the person; the code is not stored and cannot be shown again."""

    user_id: int
    username: str
    name: str
    code: str
    expires_at: datetime


@transaction.atomic
def open_account(
    *, username: str, name: str, actor: foundation.Actor, email: str = "", region_path: str = "0/"
) -> User:
    """A new account without a password and without any right. Raises AccountTaken."""
    if User.objects.filter(username__iexact=username).exists():
        raise AccountTaken(username=username, where="username")
    user = User.objects.create_user(username, name=name, email=email)
    PersonToken.objects.create(user=user)
    foundation.audit.record(
        "account.open", actor=actor, obj=user, region_path=region_path, after={"username": username, "person": name}
    )
    return user


@transaction.atomic
def issue_slip(*, user_id: int, actor: foundation.Actor) -> PrintedSlip:
    """A slip for the first sign-in or after a forgotten password. Older slips of the person no longer work."""
    user = User.objects.select_for_update().get(pk=user_id, is_active=True)
    memberships.require_may_keep(actor, user)
    code = "".join(secrets.choice(SLIP_LETTERS) for _place in range(SLIP_LENGTH))
    expires_at = foundation.clock.now() + timedelta(days=SLIP_DAYS)
    Slip.objects.filter(user=user, used_at=None).delete()
    Slip.objects.create(user=user, digest=_digest(code), expires_at=expires_at)
    _log("account.slip", user, actor)
    grouped = "-".join(code[start : start + 4] for start in range(0, SLIP_LENGTH, 4))
    return PrintedSlip(user.pk, user.username, user.name, grouped, expires_at)


@transaction.atomic
def redeem_slip(*, username: str, code: str, password: str) -> User:
    """Set the person's own password for a slip that fits; works once. Raises SlipRefused, ValidationError (password)."""
    now = foundation.clock.now()
    slip = (
        Slip.objects.select_for_update()
        .select_related("user")
        .filter(digest=_digest(code), used_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if slip is None or slip.user.username.casefold() != username.strip().casefold():
        raise SlipRefused(where="code")
    validate_password(password, slip.user)
    slip.used_at = now
    slip.save(update_fields=["used_at"])
    set_password(user=slip.user, password=password)
    return slip.user


@transaction.atomic
def set_password(*, user: User, password: str, keep_session: str = "") -> None:
    """A new password; all sessions of the person end with it, but the one of the key `keep_session`."""
    user.set_password(password)
    user.password_changed_at = foundation.clock.now()
    user.save(update_fields=["password", "password_changed_at"])
    end_sessions(user, keep=keep_session)
    _log("account.password", user, foundation.Actor(user_id=user.pk, name=str(user)))


@transaction.atomic
def disable(*, user_id: int, actor: foundation.Actor) -> User:
    """The person can no longer sign in; running sessions end at once, slips stop working. Roles stay for the record."""
    if user_id == actor.user_id:
        raise NotYourself
    user = User.objects.select_for_update().get(pk=user_id)
    memberships.require_may_keep(actor, user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    Slip.objects.filter(user=user, used_at=None).delete()
    end_sessions(user)
    _log("account.disable", user, actor)
    return user


@transaction.atomic
def enable(*, user_id: int, actor: foundation.Actor) -> User:
    user = User.objects.select_for_update().get(pk=user_id, emptied_at=None)
    memberships.require_may_keep(actor, user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _log("account.enable", user, actor)
    return user


@transaction.atomic
def reset_second_factor(*, user_id: int, actor: foundation.Actor) -> PrintedSlip:
    """For a lost telephone: factor and recovery codes go, sessions end, and a slip lets the person start anew."""
    if user_id == actor.user_id:
        raise NotYourself
    user = User.objects.select_for_update().get(pk=user_id)
    memberships.require_may_keep(actor, user)
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user)
    _log("account.second_factor_reset", user, actor)
    return issue_slip(user_id=user_id, actor=actor)


def end_sessions(user: User, *, keep: str = "") -> int:
    """End the sessions of a person, but the one of the key `keep`; how many there were."""
    sessions = list(UserSession.objects.filter(user=user).exclude(session_key=keep))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def empty_account(*, user_id: int, actor: foundation.Actor) -> User:
    """Delete what the account knows of the person and keep the bare row, so that what was signed still points there.

    By the person or by the office. Refused while a role counts or anything is open. What the law obliges to keep (the
    audit log, signed papers) keeps a number and no name. Raises StillActive.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    today = foundation.clock.today()
    if Membership.objects.on(today).filter(user=user).exists() or open_matters(user_id):
        raise StillActive
    end_sessions(user)
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    Slip.objects.filter(user=user).delete()
    PersonToken.objects.filter(user=user).update(lookup=None, user=None, emptied_at=foundation.clock.now())
    user.username, user.name, user.email = f"emptied-{user.pk}", "", ""
    user.is_active, user.emptied_at, user.last_login = False, foundation.clock.now(), None
    user.set_unusable_password()
    user.save()
    _log("account.empty", user, actor)
    return user


def _digest(code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return foundation.sealing.mac("slip", letters)[:64]


def _log(action: str, user: User, actor: foundation.Actor) -> None:
    foundation.audit.record(action, actor=actor, obj=user, region_path=foundation.audit.home_of(user.pk))
