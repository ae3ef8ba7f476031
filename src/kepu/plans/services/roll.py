"""The roll (名录) of a full-coverage promise: a list that is ticked one by one."""

from collections.abc import Iterable

from django.db import transaction

from kepu.foundation import door as foundation
from kepu.plans.models import LedgerTarget, RollItem


@transaction.atomic
def extend(*, target: LedgerTarget, names: Iterable[str], actor: foundation.Actor) -> int:
    """Add names to a roll, in their order; those already on it stay as they are. Returns how many are new."""
    present = set(RollItem.objects.filter(target=target).values_list("name", flat=True))
    wanted = dict.fromkeys(name.strip()[:120] for name in names if name.strip())
    new = [name for name in wanted if name not in present]
    RollItem.objects.bulk_create(
        RollItem(target=target, name=name, position=len(present) + place) for place, name in enumerate(new)
    )
    if new:
        foundation.audit.record(
            "plan.roll", actor=actor, obj=target, region_path=target.region_path, detail={"added": len(new)}
        )
    return len(new)


@transaction.atomic
def tick(*, target: LedgerTarget, shown: Iterable[int], ticked: Iterable[int], actor: foundation.Actor) -> int:
    """Bring the items that were on the page to what was ticked there; others stay. Returns how many changed."""
    rows = RollItem.objects.filter(target=target, pk__in=set(shown))
    wanted = set(ticked)
    covered = rows.filter(pk__in=wanted, covered_on=None).update(
        covered_on=foundation.clock.today(), ticked_by_id=actor.user_id
    )
    cleared = rows.exclude(pk__in=wanted).exclude(covered_on=None).update(covered_on=None, ticked_by_id=actor.user_id)
    if covered or cleared:
        foundation.audit.record(
            "plan.roll", actor=actor, obj=target, region_path=target.region_path,
            detail={"covered": covered, "cleared": cleared},
        )  # fmt: skip
    return covered + cleared
