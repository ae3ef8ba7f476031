"""When somebody leaves: everything open goes to the successor in one step, wherever it lies.

A room that holds open matters of persons registers here how to count and how to pass them on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation
from kepu.people.models import Membership, User
from kepu.people.services import memberships


@dataclass(frozen=True)
class OpenMatters:
    """What one room knows of a person's open matters.

    count(user_id) -> how many; hand_over(from_id, to_id, actor) -> how many passed on, inside the caller's transaction.
    """

    key: str
    label: str | Promise
    count: Callable[[int], int]
    hand_over: Callable[[int, int, foundation.Actor], int]


_kinds: dict[str, OpenMatters] = {}


def register_open_matters(
    key: str,
    label: str | Promise,
    *,
    count: Callable[[int], int],
    hand_over: Callable[[int, int, foundation.Actor], int],
) -> None:
    """Let a kind of open matters take part in handovers; called once at start by the room that owns it."""
    if key in _kinds:
        raise ValueError(f"open matters {key!r} are registered twice")
    _kinds[key] = OpenMatters(key, label, count, hand_over)


class SamePerson(foundation.Refusal):
    code = "people.same_person"
    sentence = _("Choose another person as the successor.")


class SuccessorOutside(foundation.Refusal):
    code = "people.successor_outside"
    sentence = _("The successor's account is not active.")


def open_matters(user_id: int) -> list[tuple[OpenMatters, int]]:
    """Kinds of matters that the person has open, with how many."""
    counted = [(kind, kind.count(user_id)) for kind in _kinds.values()]
    return [(kind, number) for kind, number in counted if number]


@transaction.atomic
def hand_over(
    *, from_id: int, to_id: int, membership_ids: list[int], on: date, actor: foundation.Actor
) -> dict[str, int]:
    """Pass the roles (`membership_ids`) and all open matters of one person to another from `on`; counts by kind.

    The successor gets the same roles from that day, the predecessor's end, deputies of the predecessor stop.
    Old papers keep the old name. Raises SamePerson, SuccessorOutside, PermissionDenied.
    """
    if from_id == to_id:
        raise SamePerson(where="to")
    successor = User.objects.select_for_update().get(pk=to_id)
    if not successor.is_active:
        raise SuccessorOutside(where="to")
    passed: dict[str, int] = {"memberships": 0}
    for membership in Membership.objects.select_for_update().filter(pk__in=membership_ids, user_id=from_id):
        memberships.require_may_give(actor, membership.role, membership.region_path)
        Membership.objects.create(
            user=successor, organisation_id=membership.organisation_id, role_id=membership.role_id,
            region_path=membership.region_path, valid_from=on, valid_to=membership.valid_to,
        )  # fmt: skip
        membership.valid_to = on
        membership.save(update_fields=["valid_to"])
        passed["memberships"] += 1
    for kind in _kinds.values():
        passed[kind.key] = kind.hand_over(from_id, to_id, actor)
    foundation.audit.record(
        "account.hand_over", actor=actor, obj=successor, region_path=foundation.audit.home_of(from_id),
        detail={"from": from_id, "to": to_id, "on": on, **passed},
    )  # fmt: skip
    return passed
