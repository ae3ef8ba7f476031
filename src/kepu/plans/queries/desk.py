"""The draft as the review desk shows it: every row of the plan on exactly one card, loaded with a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from kepu.people import door as people
from kepu.plans.enums import NumberKind, Resolution, Role
from kepu.plans.models import Assignment, NumberFinding, Plan, Section, SourceDocument, Target, Task
from kepu.plans.models.draft import CERTAIN, DraftRow
from kepu.plans.services.recording import row_name


@dataclass
class Card:
    """A task, a section or the front matter, with all that is checked together with it."""

    key: str  # task-12, section-3, front
    row: Task | Section | None
    section: Section | None = None
    assignments: list[Assignment] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    numbers: list[NumberFinding] = field(default_factory=list)

    @property
    def is_task(self) -> bool:
        return isinstance(self.row, Task)

    @property
    def dropped(self) -> bool:
        return self.row is not None and self.row.dropped

    @property
    def rows(self) -> list[DraftRow]:
        """What is confirmed with the card; what was left out needs no confirmation."""
        own: list[DraftRow] = [] if self.row is None or self.row.dropped else [self.row]
        parts = [*self.assignments, *self.targets, *self.numbers]
        return own + [row for row in parts if not row.dropped and not (self.dropped and self.is_task)]

    @property
    def reviewed(self) -> bool:
        return all(row.reviewed for row in self.rows)

    @property
    def confidence(self) -> float:
        return min((row.confidence for row in self.rows if not row.reviewed), default=1.0)

    @property
    def doubtful(self) -> bool:
        return self.confidence < CERTAIN

    @property
    def doubts(self) -> list[DraftRow]:
        return [row for row in self.rows if row.doubtful]

    @property
    def live_assignments(self) -> list[Assignment]:
        return [row for row in self.assignments if not row.dropped]

    @property
    def live_targets(self) -> list[Target]:
        return [row for row in self.targets if not row.dropped]

    @property
    def unresolved(self) -> list[Assignment]:
        return [row for row in self.live_assignments if row.resolution == Resolution.UNRESOLVED]

    @property
    def unsplit(self) -> bool:
        """Several units and no word on who leads."""
        rows = self.live_assignments
        return len(rows) > 1 and any(row.role == Role.RESPONSIBLE for row in rows)

    @property
    def open_numbers(self) -> list[NumberFinding]:
        return [row for row in self.numbers if not row.reviewed]

    @property
    def needs_units(self) -> bool:
        return isinstance(self.row, Task) and not self.row.no_units and not self.live_assignments

    @property
    def seen(self) -> str:
        """Which rows in which versions are on the page; confirming sends it back."""
        return " ".join(f"{row_name(row)}:{row.pk}:{row.version}" for row in self.rows)


@dataclass
class Desk:
    plan: Plan
    source: SourceDocument | None
    cards: list[Card]
    organisations: dict[int, people.OrganisationInfo]

    def __iter__(self) -> Iterator[Card]:
        return iter(self.cards)

    def get(self, key: str) -> Card | None:
        return next((card for card in self.cards if card.key == key), None)

    @property
    def live(self) -> list[Card]:
        return [card for card in self.cards if not card.dropped]

    @property
    def done(self) -> int:
        return sum(card.reviewed for card in self.live)

    @property
    def numbers(self) -> list[NumberFinding]:
        return [number for card in self.cards for number in card.numbers]

    @property
    def numbers_done(self) -> int:
        return sum(number.reviewed for number in self.numbers)

    @property
    def unresolved(self) -> list[Assignment]:
        return [row for card in self.live for row in card.unresolved]

    @property
    def without_units(self) -> list[Card]:
        return [card for card in self.live if card.needs_units]

    def next_open(self, after: str = "") -> Card | None:
        """The next card still to be checked behind `after`, going round once."""
        keys = [card.key for card in self.cards]
        start = keys.index(after) + 1 if after in keys else 0
        turned = [*self.cards[start:], *self.cards[:start]]
        return next((card for card in turned if not card.dropped and not card.reviewed), None)

    def shown(self, what: str) -> list[Card]:
        """Cards of a view: all, open, doubtful (least certain first), unresolved, dropped."""
        if what == "open":
            return [card for card in self.live if not card.reviewed]
        if what == "doubtful":
            return sorted((card for card in self.live if card.doubtful), key=lambda card: card.confidence)
        if what == "units":
            return [card for card in self.live if card.unresolved or card.needs_units]
        if what == "dropped":
            return [card for card in self.cards if card.dropped]
        return self.cards


def load(plan: Plan) -> Desk:
    """Everything of a plan's draft. Nine queries, however long the plan."""
    front = Card("front", None)
    sections = list(Section.objects.filter(plan=plan))
    tasks = list(Task.objects.filter(plan=plan))
    by_section = {section.pk: Card(f"section-{section.pk}", section, section) for section in sections}
    by_task = {
        task.pk: Card(f"task-{task.pk}", task, by_section[task.section_id].section if task.section_id else None)
        for task in tasks
    }
    for assignment in Assignment.objects.filter(plan=plan):
        by_task[assignment.task_id].assignments.append(assignment)
    for name, rows in (
        ("targets", Target.objects.filter(plan=plan)),
        ("numbers", NumberFinding.objects.filter(plan=plan).order_by("start", "id")),
    ):
        for row in rows:
            card = by_task[row.task_id] if row.task_id else by_section.get(row.section_id, front)
            getattr(card, name).append(row)
    ids = {a.organisation_id for card in by_task.values() for a in card.assignments if a.organisation_id}
    ids |= {t.data_owner_id for t in Target.objects.filter(plan=plan, data_owner_id__isnull=False)}
    return Desk(
        plan,
        SourceDocument.objects.filter(plan=plan).order_by("id").last(),
        _in_order(front, sections, by_section, by_task),
        people.organisations(ids),
    )


def _in_order(
    front: Card, sections: list[Section], by_section: dict[int, Card], by_task: dict[int, Card]
) -> list[Card]:
    """Front matter, then each section followed by its tasks, in the order of the document."""
    inside: dict[int | None, list[Card]] = defaultdict(list)
    for card in by_task.values():
        inside[card.section.pk if card.section else None].append(card)
    ordered = [front] if front.rows else []
    ordered += inside[None]
    for section in sections:
        ordered.append(by_section[section.pk])
        ordered += inside[section.pk]
    return ordered


def kinds(cards: list[Card]) -> dict[str, int]:
    """How many numbers of the source are targets, baselines and neither."""
    numbers = [number for card in cards for number in card.numbers]
    return {kind: sum(number.kind == kind for number in numbers) for kind in NumberKind.values}
