"""Offices in one step: the very first one of an installation, and those of the regions below."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people import default_roles
from kepu.people.models import Kind, Organisation, Role, User
from kepu.people.services import accounts, memberships, organisations
from kepu.regions import door as regions

# A division's kind -> the level of the bodies that sit there.
LEVELS = {
    regions.Kind.PROVINCE: "province", regions.Kind.PREFECTURE: "prefecture", regions.Kind.COUNTY: "county",
    regions.Kind.ZONE: "county", regions.Kind.TOWNSHIP: "township", regions.Kind.VILLAGE: "village",
}  # fmt: skip


class AlreadySetUp(foundation.Refusal):
    code = "people.already_set_up"
    sentence = _("This installation is set up. Sign in with your account.")


@dataclass(frozen=True)
class Office:
    region_path: str
    organisation_id: int
    head_id: int
    slip: accounts.PrintedSlip | None  # None where the head chose a password at once


def is_first_run() -> bool:
    return not User.objects.exists()


@transaction.atomic
def first_run(
    *,
    chain: Sequence[tuple[str, str, str]],
    association: str,
    association_short: str,
    name: str,
    username: str,
    password: str,
) -> Office:
    """The first office: its region with those above, the association, and a head with a password of the person's own.

    chain: (kind, name, code) from the province down. Closed once any account exists. The first person also runs the
    machine, so that there is somebody to give that role away; that two roles are joined is logged. Raises AlreadySetUp.
    """
    default_roles.install()
    # Two browsers at once: the second waits here and then finds an account.
    Role.objects.select_for_update().get(key="office_head")
    if not is_first_run():
        raise AlreadySetUp
    path = "0/"
    for kind, place, code in chain:
        path = _division(path, kind, place, code, foundation.SYSTEM)
    body = _association(path, association, association_short, foundation.SYSTEM)
    user = accounts.open_account(username=username, name=name, actor=foundation.SYSTEM, region_path=path)
    for role in ("office_head", "system_admin"):
        memberships.join(user_id=user.pk, organisation_id=body.pk, role=role, region_path=path, actor=foundation.SYSTEM)
    foundation.audit.record(
        "roles.joined", actor=foundation.SYSTEM, obj=user, region_path=path,
        detail={"roles": ["office_head", "system_admin"], "reason": "first run"},
    )  # fmt: skip
    accounts.set_password(user=user, password=password)
    return Office(path, body.pk, user.pk, None)


@transaction.atomic
def create_office(
    *,
    parent_path: str,
    kind: str,
    name: str,
    code: str,
    association: str,
    association_short: str,
    head_name: str,
    head_username: str,
    actor: foundation.Actor,
) -> Office:
    """A tenant in one step: division (made if missing), association, head of the office, slip. Raises what its steps raise."""
    foundation.actions.require(actor, "people.tenants", parent_path)
    path = _division(parent_path, kind, name, code, actor)
    body = _association(path, association, association_short, actor)
    user = accounts.open_account(username=head_username, name=head_name, actor=actor, region_path=path)
    memberships.join(user_id=user.pk, organisation_id=body.pk, role="office_head", region_path=path, actor=actor)
    slip = accounts.issue_slip(user_id=user.pk, actor=actor)
    foundation.audit.record("office.create", actor=actor, obj=body, region_path=path, after={"head": user.pk})
    return Office(path, body.pk, user.pk, slip)


def _division(parent_path: str, kind: str, name: str, code: str, actor: foundation.Actor) -> str:
    found = [d for d in regions.children(parent_path, foundation.clock.today()) if d.name == name]
    return (
        found[0] if found else regions.create(name=name, kind=kind, parent_path=parent_path, code=code, actor=actor)
    ).path


def _association(path: str, name: str, short_name: str, actor: foundation.Actor) -> Organisation:
    found = Organisation.objects.filter(region_path=path, name=name, valid_to=None).first()
    division = regions.division(path)
    return found or organisations.create_organisation(
        name=name, short_name=short_name, kind=Kind.ASSOCIATION, level=LEVELS[regions.Kind(division.kind)],
        region_path=path, is_member=True, actor=actor,
    )  # fmt: skip
