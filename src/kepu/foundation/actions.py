"""The registry of actions: about twenty strings that roles are made of. Each room registers its own at start."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise

from kepu.foundation.scope import Actor


@dataclass(frozen=True)
class Action:
    key: str
    label: str | Promise


_registry: dict[str, Action] = {}


def register(key: str, label: str | Promise) -> str:
    """Make `key` a known action; called once, in the `actions.py` of the room that owns it."""
    if key in _registry:
        raise ValueError(f"action {key!r} is registered twice")
    _registry[key] = Action(key, label)
    return key


def known() -> dict[str, Action]:
    return dict(_registry)


def require(actor: Actor, key: str, region_path: str | None = None) -> None:
    """Pass, or raise PermissionDenied (403). An unregistered key is a programming error."""
    if key not in _registry:
        raise LookupError(f"unknown action {key!r}")
    if not actor.may(key, region_path):
        raise PermissionDenied(key)
