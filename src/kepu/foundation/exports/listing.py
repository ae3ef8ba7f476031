"""What a list is, apart from its page: title, columns and rows, made from an address for a person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

from kepu.engines.typeset import chinese_font
from kepu.foundation import actions
from kepu.foundation.access import PUBLIC, SIGNED_IN
from kepu.foundation.scope import Actor, Scope
from kepu.foundation.spreadsheets.columns import Column

XLSX, CSV, PDF, WORD = "xlsx", "csv", "pdf", "docx"
TABLES = (XLSX, CSV, PDF)


@dataclass(frozen=True)
class Asked:
    """Who asks for which part of a list: the query of the address, and the id of what the list is about, if anything."""

    query: QueryDict
    actor: Actor
    subject: int | None = None

    @property
    def scope(self) -> Scope:
        return self.actor.scope

    @classmethod
    def of(cls, request: HttpRequest, subject: int | None = None) -> "Asked":
        return cls(request.GET, request.actor, subject)


@dataclass(frozen=True)
class Listing:
    """The list as asked. `rows` give a value per column key and are taken once, one by one; `total` counts them.

    `note` stands under the title of a paper; without one it says how many records there are, and of which day.
    `obj` and `region_path` are what the audit entry of an export names.
    """

    title: str | Promise
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any]]
    total: int
    note: str = ""
    obj: Model | None = None
    region_path: str = "0/"


def bare(query: QueryDict) -> QueryDict:
    """Filter and order alone, without which page or file was asked for."""
    rest = query.copy()
    for name in ("export", "page"):
        rest.pop(name, None)
    return rest


Build = Callable[[Asked], Listing]


@dataclass(frozen=True)
class Registered:
    kind: str
    build: Build
    permission: str
    audit: str
    formats: tuple[str, ...]

    def offered(self) -> tuple[str, ...]:
        """The formats that this machine can write: no PDF without a Chinese font."""
        return tuple(each for each in self.formats if each != PDF or chinese_font())

    def listing(self, asked: Asked) -> Listing:
        """Raises PermissionDenied, and Http404 for a subject out of scope: an order is asked again when it runs."""
        if self.permission == SIGNED_IN and asked.actor.user_id is None:
            raise PermissionDenied(self.permission)
        if self.permission not in {PUBLIC, SIGNED_IN}:
            actions.require(asked.actor, self.permission)
        return self.build(asked)


_registry: dict[str, Registered] = {}


def register(
    kind: str, build: Build, *, permission: str, audit: str = "list.export", formats: tuple[str, ...] = TABLES
) -> None:
    """Make a list known under a stable name. `permission` is the rule of its page, `audit` the action on record."""
    if kind in _registry:
        raise ValueError(f"list {kind!r} is registered twice")
    _registry[kind] = Registered(kind, build, permission, audit, formats)


def registered(kind: str) -> Registered:
    """Raises LookupError."""
    if kind not in _registry:
        # Lists are declared beside their pages, which a worker has not loaded yet.
        import_module(settings.ROOT_URLCONF)
    if kind not in _registry:
        raise LookupError(f"no list of kind {kind!r}")
    return _registry[kind]
