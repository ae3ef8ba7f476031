"""Signals of Django's accounts that the audit log listens to (S12)."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from kepu.foundation import audit
from kepu.foundation.scope import ANONYMOUS, Actor


def _as_actor(user: Any) -> Actor:
    return Actor(user_id=user.pk) if user is not None else ANONYMOUS


@receiver(user_logged_in, dispatch_uid="kepu-audit-in")
def signed_in(sender: Any, user: Any, **_: Any) -> None:
    audit.record("account.sign_in", actor=_as_actor(user), obj=user, region_path=audit.home_of(user.pk))


@receiver(user_logged_out, dispatch_uid="kepu-audit-out")
def signed_out(sender: Any, request: Any, user: Any, **_: Any) -> None:
    if request is not None:
        request.has_signed_out = True  # HeadersMiddleware has the browser forget what it kept
    if user is not None:
        audit.record("account.sign_out", actor=_as_actor(user), obj=user, region_path=audit.home_of(user.pk))


@receiver(user_login_failed, dispatch_uid="kepu-audit-failed")
def sign_in_failed(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    # People type passwords into the wrong box, so the name that was tried is kept as a digest only.
    tried = {name: value for name, value in credentials.items() if name in {"username", "email"}}
    audit.refused("account.sign_in", actor=ANONYMOUS, detail=tried)
