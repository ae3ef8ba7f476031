"""People and bodies as other rooms see them: `from kepu.people import door as people`. Frozen values, many at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from kepu.foundation import door as foundation
from kepu.people import actors, resolution
from kepu.people.models import Kind, Level, Organisation, User
from kepu.people.resolution import Candidate, Resolution, Successor
from kepu.people.services import accounts, handover, memberships
from kepu.people.services import organisations as organisation_services

__all__ = [
    "Candidate",
    "Kind",
    "Level",
    "OrganisationInfo",
    "Resolution",
    "Successor",
    "actor_of",
    "create_organisation",
    "expand_wildcard",
    "learn_alias",
    "open_account",
    "organisations",
    "organisations_in",
    "persons",
    "register_open_matters",
    "resolve_units",
    "successors",
    "within",
]

resolve_units = resolution.resolve_units
expand_wildcard = resolution.expand_wildcard
successors = resolution.successors
learn_alias = organisation_services.learn_alias
register_open_matters = handover.register_open_matters


@dataclass(frozen=True)
class OrganisationInfo:
    id: int
    name: str
    short_name: str
    kind: str
    level: str
    region_path: str
    sort_order: int
    is_living: bool


def _info(row: Organisation) -> OrganisationInfo:
    today = foundation.clock.today()
    is_living = (row.valid_from is None or row.valid_from <= today) and (row.valid_to is None or row.valid_to > today)
    return OrganisationInfo(
        row.pk, row.name, row.short_name, row.kind, row.level, row.region_path, row.sort_order, is_living
    )


def create_organisation(
    *,
    name: str,
    short_name: str,
    kind: str,
    level: str,
    region_path: str,
    actor: foundation.Actor,
    is_member: bool = False,
    valid_from: date | None = None,
) -> OrganisationInfo:
    """Add a body. Raises the refusals of services.organisations."""
    return _info(
        organisation_services.create_organisation(
            name=name,
            short_name=short_name,
            kind=kind,
            level=level,
            region_path=region_path,
            is_member=is_member,
            valid_from=valid_from,
            actor=actor,
        )
    )


def open_account(
    *,
    username: str,
    name: str,
    password: str,
    role: str,
    organisation_id: int,
    region_path: str,
    actor: foundation.Actor,
) -> int:
    """An account that can sign in at once with `password`, in one role; returns its id. Raises AccountTaken."""
    user = accounts.open_account(username=username, name=name, region_path=region_path, actor=actor)
    memberships.join(user_id=user.pk, organisation_id=organisation_id, role=role, region_path=region_path, actor=actor)
    accounts.set_password(user=user, password=password)
    return user.pk


def organisations(ids: Iterable[int]) -> dict[int, OrganisationInfo]:
    """The organisations of these ids, ended ones too; unknown ids are absent."""
    return {row.pk: _info(row) for row in Organisation.objects.filter(pk__in=list(ids))}


def within(scope: foundation.Scope) -> QuerySet[Organisation, int]:
    """Ids of the organisations that the scope reaches, as a subquery for filters: the caller's own query runs it."""
    return Organisation.objects.visible_to(scope).order_by().values_list("pk", flat=True)


def organisations_in(region_path: str) -> list[OrganisationInfo]:
    """The living organisations of exactly this region, in the office's order."""
    rows = Organisation.objects.on(foundation.clock.today()).filter(region_path=foundation.check_path(region_path))
    return [_info(row) for row in rows.order_by("sort_order", "id")]


def actor_of(user_id: int) -> foundation.Actor:
    """The actor of an account as of today, for jobs that run in its name. Raises User.DoesNotExist."""
    return actors.standing(User.objects.get(pk=user_id), foundation.clock.today()).actor


def persons(ids: Iterable[int]) -> dict[int, str]:
    """Names of accounts; an emptied account gives an empty name."""
    return dict(User.objects.filter(pk__in=list(ids)).values_list("id", "name"))
