"""A draft as a breakdown table: what each cell of a task says, and the key that knows how the row stood when it was given out.

A cell is compared in one normal form on both sides, so that what a spreadsheet program does to blanks and line ends is
no change.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kepu.people import door as people
from kepu.plans import wording
from kepu.plans.enums import Role
from kepu.plans.models import Assignment, Section, Target
from kepu.plans.queries.desk import Card, Desk

LEADING = (Role.LEAD, Role.CO_LEAD, Role.RESPONSIBLE)
CELLS = (
    "section", "task", "wording", "targets", "criterion", "lead", "cooperate", "owner", "due", "upper_basis", "remark",
)  # fmt: skip
LISTS = {"lead", "cooperate"}
NOBODY = "—"  # in the column of owners: the figure of this line has none
Cells = dict[str, str]
_MARK = 4  # characters of a cell's digest in the key: 24 bits
_KEY = re.compile(rf"(\d{{1,18}})-(\d{{1,18}})-([\w-]{{{_MARK * len(CELLS)}}})", re.ASCII)
_UNPRINTED = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


def normal(key: str, text: str) -> str:
    """A cell as it is compared: one blank between words, no empty lines, names joined by 、."""
    lines = (" ".join(_UNPRINTED.sub("", line).lstrip("'").split()) for line in text.split("\n"))
    if key in LISTS:
        return "、".join(
            dict.fromkeys(filter(None, (part.strip() for part in re.split("[、,，;；]", "、".join(lines)))))
        )
    return "\n".join(filter(None, lines))


@dataclass(frozen=True)
class Key:
    """Which task of which plan a row is, and a digest of each cell as it was given out."""

    plan: int
    task: int
    marks: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.plan}-{self.task}-{''.join(self.marks)}"

    def had(self, cell: str, text: str) -> bool:
        """Whether the cell held this text (in normal form) when the row was given out."""
        return self.marks[CELLS.index(cell)] == _mark(text)


def key_of(plan: int, task: int, cells: Cells) -> Key:
    return Key(plan, task, tuple(_mark(cells[cell]) for cell in CELLS))


def read_key(text: str) -> Key | None:
    """The key that stands in a cell; None if it is not whole."""
    found = _KEY.fullmatch(text.strip())
    if found is None:
        return None
    marks = tuple(found[3][start : start + _MARK] for start in range(0, len(found[3]), _MARK))
    return Key(int(found[1]), int(found[2]), marks)


def _mark(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.blake2s(text.encode("utf-8", "replace"), digest_size=3).digest()).decode()


def labels(sections: Iterable[Section]) -> dict[int, str]:
    """How each heading is written in the table: its title, with the heading above or its place where several are alike."""
    known = {section.pk: section for section in sections}
    titles = {pk: normal("section", section.title) for pk, section in known.items()}
    shared = Counter(titles.values())
    long = {
        pk: f"{titles[section.parent_id]} › {titles[pk]}" if section.parent_id in titles else titles[pk]
        for pk, section in known.items()
    }
    still_shared = Counter(long.values())
    found = {}
    for pk, section in known.items():
        label = titles[pk] if shared[titles[pk]] == 1 else long[pk]
        found[pk] = label if shared[titles[pk]] == 1 or still_shared[label] == 1 else f"{label} ({section.path})"
    return found


def leading(units: Iterable[Assignment]) -> list[Assignment]:
    """Those that stand in the column of lead units, in its order; `units` come in the printed order."""
    units = list(units)
    return [unit for role in LEADING for unit in units if unit.role == role]


def cooperating(units: Iterable[Assignment]) -> list[Assignment]:
    return [unit for unit in units if unit.role == Role.COOPERATE]


def owners_line(owners: list[str]) -> str:
    """Owners of the targets' figures: one name that holds for all, or one a line beside its target."""
    if len(set(owners)) <= 1:
        return owners[0] if owners else ""
    return "\n".join(name or NOBODY for name in owners)


def phrases(targets: Iterable[Target]) -> str:
    return "\n".join(normal("targets", wording.phrase(target)) for target in targets)


def due(text: str, day: object) -> str:
    """The time limit: as printed, else the day itself."""
    return text or (str(day) if day else "")


def cells_of(card: Card, heading: str, organisations: Mapping[int, people.OrganisationInfo]) -> Cells:
    """What the table says of one task, each cell in normal form."""
    task, units, targets = card.row, card.live_assignments, card.live_targets
    owners = [organisations[t.data_owner_id].short_name if t.data_owner_id in organisations else "" for t in targets]
    raw = {
        "section": heading,
        "task": task.title,
        "wording": task.text,
        "targets": phrases(targets),
        "criterion": task.criterion,
        "lead": "、".join(unit.name for unit in leading(units)),
        "cooperate": "、".join(unit.name for unit in cooperating(units)),
        "owner": owners_line(owners),
        "due": due(task.due_text, task.due_on),
        "upper_basis": task.upper_basis,
        "remark": task.remark,
    }
    return {cell: normal(cell, text) for cell, text in raw.items()}


@dataclass(frozen=True)
class Book:
    """The live tasks of a draft with their cells."""

    desk: Desk
    headings: dict[int, str]  # of the live sections, by id
    cards: dict[int, Card]  # of the live tasks, by id, in the order of the document
    cells: dict[int, Cells]


def open_book(desk: Desk) -> Book:
    headings = labels(card.row for card in desk.live if card.row is not None and not card.is_task)
    cards = {card.row.pk: card for card in desk.live if card.is_task}
    cells = {
        pk: cells_of(card, headings.get(card.section.pk, "") if card.section else "", desk.organisations)
        for pk, card in cards.items()
    }
    return Book(desk, headings, cards, cells)
