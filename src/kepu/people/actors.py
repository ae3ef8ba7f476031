"""What a person may do and see on a day, from memberships: in three queries, however many memberships there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from kepu.foundation import door as foundation
from kepu.people.models import Membership, Organisation, OrganisationChange, OrganisationSuccession, Reach, User


@dataclass(frozen=True)
class Standing:
    """A person's actor together with what the sign-in asks of it."""

    actor: foundation.Actor
    needs_second_factor: bool


NOBODY = Standing(foundation.ANONYMOUS, needs_second_factor=False)


def standing(user: User, day: date) -> Standing:
    """Grants are the union of all memberships that count on `day`; scope is what their roles reach.

    A role that reaches a region sees everything under it, and whatever names a body of that region, such as the tasks
    of the level above. A role that reaches an organisation sees what is assigned to it. Both see what was assigned to
    a predecessor. An account without any membership sees what residents see.
    """
    if not user.is_active:
        return NOBODY
    rows = list(Membership.objects.on(day).filter(user=user).select_related("role"))
    grants = {
        foundation.Grant(action, membership.region_path) for membership in rows for action in membership.role.actions
    }
    regions = outermost(row.region_path for row in rows if row.role.reach == Reach.REGION)
    organisations = {row.organisation_id for row in rows} | _bodies_under(regions)
    scope = foundation.Scope(
        regions=regions, organisations=frozenset(organisations | _predecessors(organisations)), public=True
    )
    actor = foundation.Actor(user_id=user.pk, name=str(user), grants=frozenset(grants), scope=scope)
    return Standing(actor, any(row.role.needs_second_factor for row in rows))


def home_of(user_id: int) -> str:
    """The region path of an account: that of its latest membership, or the root for one without any."""
    latest = Membership.objects.filter(user_id=user_id).order_by("-id").values_list("region_path", flat=True).first()
    return latest or "0/"


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths without those that lie under another of them."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(above) for above in kept):
            kept.append(path)
    return tuple(kept)


def _bodies_under(regions: tuple[str, ...]) -> set[int]:
    if not regions:
        return set()
    under = Q()
    for path in regions:
        under |= Q(region_path__startswith=path)
    return set(Organisation.objects.filter(under).values_list("id", flat=True))


def _predecessors(organisations: set[int]) -> set[int]:
    if not organisations:
        return set()
    arrows = list(
        OrganisationSuccession.objects.exclude(change__what=OrganisationChange.What.RENAME).values_list(
            "target_id", "source_id"
        )
    )
    found: set[int] = set()
    heirs = set(organisations)
    while heirs:
        heirs = {source for target, source in arrows if target in heirs} - found - organisations
        found |= heirs
    return found
