"""What a person may do and see on a day, from memberships: in two queries, however many memberships there are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from kepu.foundation import door as foundation
from kepu.people.models import Membership, OrganisationChange, OrganisationSuccession, Reach, User


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
    organisations = {row.organisation_id for row in rows}
    scope = foundation.Scope(regions=regions, organisations=frozenset(organisations), public=True)
    scope = replace(scope, organisations=scope.organisations | _predecessors(scope))
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


def _predecessors(scope: foundation.Scope) -> set[int]:
    """Bodies whose duties came to one that the scope reaches, through any number of changes."""
    arrows = list(
        OrganisationSuccession.objects.exclude(change__what=OrganisationChange.What.RENAME).values_list(
            "target_id", "target__region_path", "source_id"
        )
    )
    heirs = {target for target, path, _source in arrows if target in scope.organisations or scope.covers(path)}
    found: set[int] = set()
    while heirs:
        heirs = {source for target, _path, source in arrows if target in heirs} - found
        found |= heirs
    return found
