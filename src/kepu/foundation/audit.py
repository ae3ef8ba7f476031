"""The audit log: who did what, when, from where, with what result; sealed so that a change afterwards shows.

Entries go unchained into the caller's transaction, so that writers never wait for each other. `seal()`, called by every
tick, chains what is committed by then with a key that is not in the database. `verify()` tells what was tampered with,
what is missing and what is not sealed yet. Not to be seen: an entry removed before it was sealed (the triggers stand
against that), and a change made by somebody who also holds the key; therefore the head is printed or sent elsewhere.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.functional import Promise

from kepu.foundation import sealing
from kepu.foundation.models.audit import AuditEntry, Outcome
from kepu.foundation.scope import Actor

# What never enters the log, and what enters only as a digest that tells equal from different.
SECRET_FIELDS = frozenset(
    {"password", "password1", "password2", "secret", "token", "code", "otp", "csrfmiddlewaretoken", "slip"}
)
_personal_fields: set[str] = {"phone", "mobile", "email", "id_number", "username", "wechat", "address"}
NOT_RECORDED = "(not recorded)"
# Mobile and resident identity numbers inside free text.
_NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_home_of: Callable[[int], str] | None = None


def declare_personal(*names: str) -> None:
    """Names of fields whose values the log keeps only as keyed digests; called by the room that owns them."""
    _personal_fields.update(names)


def locate_accounts(home_of: Callable[[int], str]) -> None:
    """Tell the log how to find the region path of an account, for sign-ins; called by the room of accounts."""
    global _home_of
    _home_of = home_of


_labels: dict[str, str | Promise] = {}


def describe(labels: dict[str, str | Promise]) -> None:
    """Give actions the words in which the log shows them; called by the room that records them."""
    _labels.update(labels)


def label_of(action: str) -> str:
    return str(_labels.get(action, action))


def actions_like(text: str) -> list[str]:
    """Keys of actions whose words hold `text`, and `text` itself for those without words."""
    return [text, *(key for key, label in _labels.items() if text in str(label))]


def home_of(user_id: int | None) -> str:
    return _home_of(user_id) if _home_of and user_id is not None else "0/"


@dataclass
class Origin:
    """Where an action comes from: a request, or a job or command without one; and the refusals to write at its end."""

    request: HttpRequest | None = None
    refusals: list[AuditEntry] = field(default_factory=list)


_origin: ContextVar[Origin | None] = ContextVar("kepu_audit_origin", default=None)


@contextmanager
def origin(request: HttpRequest | None = None) -> Iterator[Origin]:
    """Everything recorded inside carries this request; refusals are written at the end, in their own transaction."""
    here = Origin(request)
    token = _origin.set(here)
    try:
        yield here
    finally:
        _origin.reset(token)
        if here.refusals:
            with transaction.atomic():
                AuditEntry.objects.bulk_create(here.refusals)


def record(
    action: str,
    *,
    actor: Actor,
    obj: models.Model | None = None,
    region_path: str = "0/",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
    outcome: str = Outcome.DONE,
) -> None:
    """Write one entry into the caller's transaction: if that is rolled back, it did not happen and is not logged."""
    _entry(action, actor, obj, region_path, before, after, detail, outcome).save(force_insert=True)


def refused(
    action: str,
    *,
    actor: Actor,
    obj: models.Model | None = None,
    region_path: str = "0/",
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one entry that survives the rollback of whatever was refused: at the end of the request or job."""
    entry = _entry(action, actor, obj, region_path, None, None, detail, Outcome.REFUSED)
    here = _origin.get()
    if here is None:
        entry.save(force_insert=True)
    else:
        here.refusals.append(entry)


def _entry(
    action: str,
    actor: Actor,
    obj: models.Model | None,
    region_path: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    detail: dict[str, Any] | None,
    outcome: str,
) -> AuditEntry:
    here = _origin.get()
    request = here.request if here else None
    # The route and not the address: an address may hold a token.
    route = request.resolver_match.route if request and request.resolver_match else ""
    return AuditEntry(
        action=one_line(action)[:80],
        outcome=outcome,
        actor_id=actor.user_id,
        by_system=actor.is_system,
        region_path=region_path,
        object_kind=obj._meta.label_lower if obj else "",
        object_id=str(obj.pk) if obj else "",
        address=address_of(request) if request else None,
        method=one_line(request.method or "")[:10] if request else "",
        route=one_line(route)[:200],
        before=_text(before),
        after=_text(after),
        detail=_text(detail),
    )


def address_of(request: HttpRequest) -> str | None:
    """Address of the other end; behind a proxy the last one that our own proxy wrote, never what a client claims."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.KEPU_BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).split(",")[-1].strip()
    try:
        return str(ip_address(address))
    except ValueError:
        return None


def one_line(text: str) -> str:
    """Control characters and line breaks spelled out, so that one entry is one line wherever it is printed (S13)."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def personal(value: str) -> str:
    """Keyed digest of a personal value: equal values give equal digests, and nothing can be read back."""
    return "digest:" + sealing.mac("personal", value)[:20]


def _text(values: dict[str, Any] | None) -> str:
    if not values:
        return ""
    return json.dumps(_clean(values), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _clean(value: Any, name: str = "") -> Any:
    if name.lower() in SECRET_FIELDS:
        return NOT_RECORDED
    if isinstance(value, dict):
        return {one_line(str(key)): _clean(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, name) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if value is None or isinstance(value, bool):
        return value
    if name.lower() in _personal_fields:
        return personal(str(value)) if value != "" else ""
    if isinstance(value, int | float):
        return value if not _NUMBERS.search(str(value)) else personal(str(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return _NUMBERS.sub(lambda found: personal(found[0]), one_line(str(value)))
