"""What the page of the chain shows: pairs of tasks, upper tasks that nobody takes up, and targets that fall short."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet

from kepu.foundation import door as foundation
from kepu.plans.enums import Comparator, Period, PlanState
from kepu.plans.matching import dice
from kepu.plans.models import Alignment, LedgerTarget, LedgerTask, Plan

SAME_SUBJECT = 0.5  # pairs of characters in common; below it two targets count different things
# A share or a figure per head can be set beside the upper one; a county's number of persons cannot.
PER_HEAD = ("人均", "每万人", "每千人", "每百人", "每人", "每村", "每所", "每个")


@dataclass(frozen=True)
class Shortfall:
    """A target beside the upper one that it falls short of. `below` and `later` say in what."""

    target: LedgerTarget
    upper: LedgerTarget
    below: bool
    later: bool


@dataclass
class Pair:
    """One of our tasks with what it answers to and what is proposed."""

    task: LedgerTask
    confirmed: list[Alignment] = field(default_factory=list)
    proposed: list[Alignment] = field(default_factory=list)
    refused: list[Alignment] = field(default_factory=list)


@dataclass(frozen=True)
class Chain:
    pairs: list[Pair]
    above: list[LedgerTask]  # all upper tasks
    missing: list[LedgerTask]  # upper tasks without a confirmed counterpart
    shortfalls: list[Shortfall]


def possible_uppers(plan: Plan, scope: foundation.Scope) -> QuerySet:
    """Issued plans of the regions above, and of the own region for yearly points, that the person may read."""
    parts = plan.region_path.rstrip("/").split("/")
    above = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)]
    plans = Plan.objects.visible_to(scope).filter(state=PlanState.ISSUED, region_path__in=above)
    return plans.exclude(pk=plan.pk).order_by("-region_path", "-issued_on")


def chain(plan: Plan) -> Chain:
    """The whole comparison of a plan with its linked upper plan, in a fixed number of queries."""
    own, above = _tasks(plan), _tasks(plan.upper) if plan.upper else []
    pairs = {task.task_id: Pair(task) for task in own}
    links = Alignment.objects.filter(task__in=list(pairs), upper__plan=plan.upper)
    taken: dict[int, list[LedgerTask]] = defaultdict(list)
    for link in links.select_related("upper").order_by("-similarity", "id"):
        pair = pairs[link.task_id]
        {True: pair.confirmed, False: pair.refused, None: pair.proposed}[link.confirmed].append(link)
        if link.confirmed:
            taken[link.upper_id].append(pair.task)
    missing = [task for task in above if task.pk not in taken]
    shortfalls = [
        found
        for upper in above
        for task in taken.get(upper.pk, ())
        for found in compare(task.shown_targets, upper.shown_targets)
    ]
    if plan.upper:
        shortfalls = compare(_goals(plan), _goals(plan.upper)) + shortfalls
    return Chain(list(pairs.values()), above, missing, shortfalls)


def _tasks(plan: Plan) -> list[LedgerTask]:
    targets = Prefetch("targets", LedgerTarget.objects.filter(current=True), to_attr="shown_targets")
    return list(LedgerTask.objects.current().filter(plan=plan).order_by("position", "id").prefetch_related(targets))


def _goals(plan: Plan) -> list[LedgerTarget]:
    return list(LedgerTarget.objects.filter(plan=plan, task=None, current=True).order_by("position"))


def compare(own: list[LedgerTarget], above: list[LedgerTarget]) -> list[Shortfall]:
    """Each upper target beside the nearest of ours with the same unit and subject, where ours is lower or later."""
    found = []
    for upper in above:
        rivals = [t for t in own if t.unit == upper.unit and dice(t.subject, upper.subject) >= SAME_SUBJECT]
        if not rivals:
            continue
        target = max(rivals, key=lambda one: dice(one.subject, upper.subject))
        shortfall = Shortfall(target, upper, below=_below(target, upper), later=_later(target, upper))
        if shortfall.below or shortfall.later:
            found.append(shortfall)
    return found


def comparable(target: LedgerTarget) -> bool:
    """Whether its value may be set beside that of another region: shares and figures per head, not totals."""
    return target.unit in {"%", "百分点"} or any(word in target.subject for word in PER_HEAD)


def _below(target: LedgerTarget, upper: LedgerTarget) -> bool:
    if target.value is None or upper.value is None or not comparable(target):
        return False
    if Comparator.AT_MOST in {target.comparator, upper.comparator}:
        return target.value > upper.value
    return target.value < upper.value


def _later(target: LedgerTarget, upper: LedgerTarget) -> bool:
    ends = [
        t.year if t.period == Period.DEADLINE else t.end_year if t.period == Period.SPAN else None
        for t in (target, upper)
    ]
    return None not in ends and ends[0] > ends[1]
