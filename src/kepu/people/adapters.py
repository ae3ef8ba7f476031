"""Where allauth asks us: no sign-up, our own limit on tries, audit of every sign-in, encrypted second factors."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people import actors, throttle
from kepu.people.models import User

SINCE = "kepu-since"  # key of the session: when it began, in seconds
HARD_TRIES = 60  # of one address in one window, failed: beyond, nothing is even checked


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The account name or the password is not right."),
        "incorrect_password": _("This password is not right."),
        "too_many_login_attempts": throttle.TooManyTries.sentence,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return foundation.audit.address_of(request) or "0.0.0.0"  # noqa: S104 - "unknown", not an address to bind

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person, or None with a used-up try. Raises TooManyTries.

        Unknown, disabled and known accounts answer alike. A person with a second factor who knows the password still
        gets in while others fail on that name or from that address, so that nobody can lock out an administrator.
        """
        name, address = str(credentials.get("username", "")), self.get_client_ip(request)
        hard = throttle.take("address-hard", address, tries=HARD_TRIES)
        if hard is None:
            raise throttle.TooManyTries
        slots = [throttle.take("account", name), throttle.take("address", address)]
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if None in slots and not (user and has_second_factor(user)):
            _log_failure("account.locked", name)
            raise throttle.TooManyTries
        if user is None:
            _log_failure("account.wrong_password", name)
            return None
        for slot in (hard, *slots):
            if slot:
                slot.give_back()
        return user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a few minutes ago has just proved who it is; later, changes ask again (S9)."""
        signed_in_for = foundation.clock.now().timestamp() - context.request.session.get(SINCE, 0)
        if signed_in_for < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail: an office network often has none, and the audit log holds every change of an account."""


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it was used before. Wait for the next one."),
        "cannot_delete_authenticator": _("Your role needs the second factor; it cannot be taken off."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return str(settings.KEPU_SITE.name) or "Kepu"

    def get_totp_label(self, user: User) -> str:
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if settings.KEPU_SECOND_FACTOR == "off":
            return True
        user = authenticator.user
        return not actors.standing(user, foundation.clock.today()).needs_second_factor


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def _cipher() -> MultiFernet:
    """Keyed by the secret of the installation; older secrets still open what they closed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factor:" + secret.encode()).digest()))
        for secret in secrets
    )


def _log_failure(action: str, name: str) -> None:
    user = User.objects.filter(username=name).first()
    home = foundation.audit.home_of(user.pk) if user else "0/"
    foundation.audit.refused(
        action, actor=foundation.ANONYMOUS, obj=user, region_path=home, detail={"username": name[:60]}
    )
