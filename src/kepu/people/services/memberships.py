"""Who holds which role for whom, until when, and who stands in."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people.models import Membership, Organisation, Role, User

# Power over the whole installation, not over a region.
MACHINE_ACTIONS = frozenset({"system.manage", "audit.read"})


class NotYours(foundation.Refusal):
    code = "people.not_yours"
    sentence = _("You can only give rights that you hold yourself over this region.")
    status = 403


class DeputyOfDeputy(foundation.Refusal):
    code = "people.deputy_of_deputy"
    sentence = _("A deputy cannot name a deputy.")


class DeputyNeedsEnd(foundation.Refusal):
    code = "people.deputy_needs_end"
    sentence = _("Standing in needs a last day, within the time of the role that it stands in for.")


@transaction.atomic
def join(
    *,
    user_id: int,
    organisation_id: int,
    role: str,
    actor: foundation.Actor,
    region_path: str | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Give a person a role for an organisation, over the organisation's region unless told. Raises NotYours.

    Nobody hands out what they do not hold: each action of the role must be the giver's own over that region, and the
    body must lie where the giver keeps the memberships. Whoever sets up offices may give all business roles below; the
    roles of the machine and of the log come only from whoever runs the machine.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    path = region_path or organisation.region_path
    bundle = Role.objects.get(key=role)
    require_may_give(actor, bundle, path)
    if not actor.may("people.manage", organisation.region_path):
        raise NotYours
    membership = Membership.objects.create(
        user_id=user_id,
        organisation=organisation,
        role=bundle,
        region_path=path,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _log("membership.begin", membership, actor)
    return membership


def require_may_give(actor: foundation.Actor, role: Role, region_path: str) -> None:
    """Pass, or raise NotYours."""
    if MACHINE_ACTIONS & set(role.actions):
        allowed = actor.may("system.manage", region_path)
    elif actor.may("people.tenants", region_path):
        allowed = True
    else:
        allowed = all(actor.may(key, region_path) for key in ("people.manage", *role.actions))
    if not allowed:
        raise NotYours


def require_may_keep(actor: foundation.Actor, user: User) -> None:
    """Pass, or raise NotYours: whoever resets or closes an account could give every role that it holds."""
    for membership in Membership.objects.on(foundation.clock.today()).filter(user=user).select_related("role"):
        require_may_give(actor, membership.role, membership.region_path)


@transaction.atomic
def leave(*, membership_id: int, on: date, actor: foundation.Actor) -> Membership:
    """The role counts no more from `on`; those who stand in for it stop with it."""
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    require_may_give(actor, membership.role, membership.region_path)
    membership.valid_to = on
    membership.save(update_fields=["valid_to"])
    _log("membership.end", membership, actor)
    return membership


@transaction.atomic
def name_deputy(
    *, membership_id: int, deputy_id: int, valid_from: date, valid_to: date, actor: foundation.Actor
) -> Membership:
    """Let another person hold the role from `valid_from` to the day before `valid_to`.

    By the holder or by whoever keeps the memberships. Ends at once with the role it stands in for.
    Raises DeputyOfDeputy, DeputyNeedsEnd.
    """
    own = Membership.objects.select_for_update().get(pk=membership_id)
    if own.user_id != actor.user_id:
        require_may_give(actor, own.role, own.region_path)
    if own.deputy_of_id:
        raise DeputyOfDeputy
    if valid_to <= valid_from or (own.valid_to and valid_to > own.valid_to):
        raise DeputyNeedsEnd(where="valid_to")
    deputy = Membership.objects.create(
        user=User.objects.get(pk=deputy_id), organisation=own.organisation, role=own.role, region_path=own.region_path,
        deputy_of=own, valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    _log("membership.deputy", deputy, actor)
    return deputy


def _log(action: str, membership: Membership, actor: foundation.Actor) -> None:
    foundation.audit.record(
        action, actor=actor, obj=membership, region_path=membership.region_path,
        after={
            "user": membership.user_id, "organisation": membership.organisation_id, "role": membership.role.key,
            "from": membership.valid_from, "to": membership.valid_to, "deputy_of": membership.deputy_of_id,
        },
    )  # fmt: skip
