"""What the rooms above use of the ground floor: `from kepu.foundation import door as foundation`."""

from kepu.foundation import (
    actions,
    actors,
    audit,
    charts,
    checks,
    clock,
    documents,
    due,
    exports,
    files,
    guards,
    jobs,
    navigation,
    sealing,
    search,
    spreadsheets,
    themes,
    ticks,
    undo,
)
from kepu.foundation.access import BEARER, PUBLIC, SIGNED_IN, access
from kepu.foundation.errors import Refusal
from kepu.foundation.fields import RegionPathField
from kepu.foundation.scope import ANONYMOUS, SYSTEM, Actor, BadPath, Grant, Scope, check_path
from kepu.foundation.scope import PUBLIC as PUBLIC_SCOPE

__all__ = [
    "ANONYMOUS",
    "BEARER",
    "PUBLIC",
    "PUBLIC_SCOPE",
    "SIGNED_IN",
    "SYSTEM",
    "Actor",
    "BadPath",
    "Grant",
    "Refusal",
    "RegionPathField",
    "Scope",
    "access",
    "actions",
    "actors",
    "audit",
    "charts",
    "check_path",
    "checks",
    "clock",
    "documents",
    "due",
    "exports",
    "files",
    "guards",
    "jobs",
    "navigation",
    "sealing",
    "search",
    "spreadsheets",
    "themes",
    "ticks",
    "undo",
]
