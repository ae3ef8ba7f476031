"""What an uploaded breakdown table would do to a draft: row by row new, changed or the same, and what is wrong at which cell.

Nothing is written here. Each cell is compared three ways: as it is in the file, as it is in the draft now, and as it was
when the table was given out (`table.Key`). A cell that only the file changed may be written; one that only somebody
else changed stays theirs; one that both changed is a conflict at that cell.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kepu.foundation import door as foundation
from kepu.people import door as people
from kepu.plans import table, typed
from kepu.plans.duedates import due_date
from kepu.plans.enums import Resolution
from kepu.plans.models import Plan, Section, Target
from kepu.plans.models.terms import TargetTerms
from kepu.plans.queries.desk import Card, load
from kepu.plans.services import units

sheets = foundation.spreadsheets
# Cells that only make sense together: a change of one by us and of the other by somebody else do not mix.
TOGETHER = (("targets", "owner"), ("lead", "cooperate"))
OFFERED = 3  # organisations named beside an unresolved name


@dataclass
class Edit:
    """One row of the file that changes something. Only what `cells` names is to be written; `card` None is a new task."""

    row: sheets.Row
    card: Card | None
    cells: table.Cells = field(default_factory=dict)
    section: Section | None = None  # where `cells` has one that exists; a new heading has none yet
    lines: list[Target | typed.Typed] | None = None  # the targets that the task shall have; None: some cannot be read
    owners: list[int | None] = field(default_factory=list)
    due: tuple[str, date | None] = ("", None)


@dataclass
class Judgement:
    problems: list[sheets.Problem] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    meanings: dict[str, dict[str, Any]] = field(default_factory=dict)  # of names of units, as fields of an assignment


def judge(plan: Plan, rows: Sequence[sheets.Row]) -> Judgement:
    """Compare a table with the draft as it is. A fixed number of queries, however long the table."""
    return _Judge(plan, rows).run()


class _Judge:
    def __init__(self, plan: Plan, rows: Sequence[sheets.Row]) -> None:
        self.plan, self.rows = plan, rows
        desk = load(plan)
        self.book = table.open_book(desk)
        sections = {card.row.pk: card.row for card in desk.live if card.row is not None and not card.is_task}
        self.sections = {label: sections[pk] for pk, label in self.book.headings.items()}
        self.headings_open = desk.source is None  # a plan without a document has the headings that its table names
        self.named: dict[tuple[str, str], list[int]] = {}
        for pk, cells in self.book.cells.items():
            self.named.setdefault((cells["section"], cells["task"]), []).append(pk)
        self.texts = {row.number: _texts(row) for row in rows}
        self.result = Judgement()
        self.seen: dict[Any, int] = {}
        self._look_up(desk.live)

    def _look_up(self, cards: list[Card]) -> None:
        """What each name of a unit in the file means: as settled in this draft, else as the register says."""
        settled = [a for card in cards for a in card.live_assignments if a.resolution != Resolution.UNRESOLVED]
        self.result.meanings = {
            one.name: {
                "resolution": one.resolution,
                "organisation_id": one.organisation_id,
                "wildcard": one.wildcard,
            }
            for one in settled
        }
        wanted = {name for texts in self.texts.values() for cell in table.LISTS for name in _names(texts.get(cell, ""))}
        owners = {name for texts in self.texts.values() for name in _owner_names(texts.get("owner", ""))}
        missing = sorted((wanted - self.result.meanings.keys()) | owners)
        self.register = units.look_up(self.plan, missing)
        for name in missing:
            if name not in self.result.meanings and self.register[name].is_resolved:
                self.result.meanings[name] = units.meaning(self.register[name])
        offered = {c.organisation_id for name in missing for c in self.register[name].candidates[:OFFERED]}
        owned = {one.organisation_id for one in self.register.values() if one.organisation_id}
        self.organisations = people.organisations(offered | owned) | self.book.desk.organisations
        self.by_name = {info.short_name: info.id for info in self.book.desk.organisations.values()}

    def run(self) -> Judgement:
        for row in self.rows:
            text = (row["key"] or "").strip() if "key" in row.places else ""
            before = len(self.result.problems)
            edit = self._known(row, text) if text else self._new(row)
            if edit is None or len(self.result.problems) > before:
                continue
            if edit.cells:
                self.result.edits.append(edit)
            state = sheets.CHANGED if edit.card else sheets.NEW
            self.result.states[row.number] = state if edit.cells else sheets.SAME
        return self.result

    def _wrong(self, row: sheets.Row, cell: str, reason: str) -> None:
        self.result.problems.append(row.problem(cell, reason))

    def _repeated(self, row: sheets.Row, cell: str, identity: Any, sentence: str) -> bool:
        first = self.seen.setdefault(identity, row.number)
        if first != row.number:
            self._wrong(row, cell, sentence % {"row": first})
        return first != row.number

    # --- rows that were given out ----------------------------------------------------------------------------------
    def _known(self, row: sheets.Row, text: str) -> Edit | None:
        key = table.read_key(text)
        if key is None:
            self._wrong(row, "key", _("This mark is not whole. Take it from the table again; a new task has none."))
            return None
        if key.plan != self.plan.pk:
            self._wrong(row, "key", _("This row belongs to another plan. Nothing of it can be taken over here."))
            return None
        if key.task not in self.book.cards:
            self._wrong(row, "key", _("This task is no longer in the draft. Put it back at the review desk first."))
            return None
        sentence = _("The same mark as in row %(row)s. Empty it in a copied row that shall become a new task.")
        if self._repeated(row, "key", key.task, sentence):
            return None
        return self._compared(row, self.book.cards[key.task], key)

    def _compared(self, row: sheets.Row, card: Card, key: table.Key) -> Edit:
        texts, now = self.texts[row.number], self.book.cells[card.row.pk]
        edit = Edit(row, card)
        ours = {cell: text for cell, text in texts.items() if text != now[cell] and not key.had(cell, text)}
        topic = texts.get("task") or now["task"]
        read = self._read(edit, {cell: texts[cell] for cell in self._with_partners(ours, texts)}, topic)
        for cell in ours:
            if cell not in read or read[cell] == now[cell]:
                continue  # wrong, and said so; or written otherwise, but meaning what is there
            theirs = [one for one in _group(cell) if not key.had(one, now[one])]
            if theirs:
                sentence = _("Changed meanwhile to “%(text)s”. Download the table again and change it there.")
                self._wrong(row, cell, sentence % {"text": _short(now[theirs[0]])})
            else:
                edit.cells[cell] = read[cell]
        for pair in TOGETHER:
            if set(pair) & edit.cells.keys():
                edit.cells |= {cell: read[cell] for cell in pair if cell in read}
        return edit

    @staticmethod
    def _with_partners(ours: table.Cells, texts: table.Cells) -> list[str]:
        wanted = {one for cell in ours for one in _group(cell)}
        return [cell for cell in table.CELLS if cell in wanted and cell in texts]

    # --- rows without a mark ---------------------------------------------------------------------------------------
    def _new(self, row: sheets.Row) -> Edit | None:
        texts = self.texts[row.number]
        edit = Edit(row, None)
        read = self._read(edit, texts, texts["task"])
        identity = (read.get("section", ""), read["task"])
        if self._repeated(row, "task", identity, _("The same task as in row %(row)s")):
            return None
        alike = self.named.get(identity, [])
        same = [pk for pk in alike if all(self.book.cells[pk][cell] == text for cell, text in read.items())]
        if alike and not same:
            sentence = _(
                "The plan has this task already, with other contents. Change it in a freshly downloaded table."
            )
            self._wrong(row, "task", sentence)
        if not same:
            edit.cells = read
        return edit

    # --- cells -----------------------------------------------------------------------------------------------------
    def _read(self, edit: Edit, texts: table.Cells, topic: str) -> table.Cells:
        """The cells in the words in which they would be kept; what they mean goes to `edit`, faults to the report."""
        readers: dict[str, Callable[[Edit, str, str], str | None]] = {
            "section": self._section, "targets": self._targets, "owner": self._owner, "due": self._due,
            "lead": self._units, "cooperate": self._units,
        }  # fmt: skip
        read = {}
        edit.lines = list(edit.card.live_targets) if edit.card else []
        for cell, text in texts.items():
            kept = readers[cell](edit, text, topic) if cell in readers else text
            if kept is not None:
                read[cell] = kept
        self._check_units(edit, read)
        return read

    def _section(self, edit: Edit, text: str, _topic: str) -> str | None:
        edit.section = self.sections.get(text)
        if edit.section is None and text and not self.headings_open:
            self._wrong(edit.row, "section", _("The plan has no such heading. Take one as it stands in the table."))
            return None
        return text

    def _targets(self, edit: Edit, text: str, topic: str) -> str | None:
        standing: dict[str, list[Target]] = defaultdict(list)
        for target in edit.card.live_targets if edit.card else ():
            standing[table.phrases([target])].append(target)
        lines: list[str] = []
        for line in text.split("\n"):
            lines += [line] if line in standing else [part.strip() for part in line.replace(";", "；").split("；")]
        found: list[Target | typed.Typed] = []
        faults = []
        for line in filter(None, lines):
            try:
                found.append(standing[line].pop(0) if standing[line] else typed.read(line, topic=topic))
            except typed.NoTarget as wrong:
                faults.append(str(wrong))
        if faults:
            edit.lines = None
            self._wrong(edit.row, "targets", "；".join(faults))
            return None
        edit.lines = found
        return table.phrases(_as_target(line) for line in found)

    def _owner(self, edit: Edit, text: str, _topic: str) -> str | None:
        names = _owner_cells(text)
        if edit.lines is None:
            return None
        if names and not edit.lines:
            self._wrong(edit.row, "owner", _("Without a target there is no figure that somebody could own"))
        elif len(names) > 1 and len(names) != len(edit.lines):
            sentence = _("Give one unit for all targets, or one for each of the %(count)s targets in their order")
            self._wrong(edit.row, "owner", sentence % {"count": len(edit.lines)})
        elif unknown := [name for name in names if name != table.NOBODY and self._organisation(name) is None]:
            self._wrong(edit.row, "owner", self._unknown(unknown))
        else:
            ids = [None if name == table.NOBODY else self._organisation(name) for name in names] or [None]
            edit.owners = ids * len(edit.lines) if len(ids) == 1 else ids
            shown = [self.organisations[one].short_name if one else "" for one in edit.owners]
            return table.normal("owner", table.owners_line(shown))
        return None

    def _organisation(self, name: str) -> int | None:
        return self.by_name.get(name) or self.register[name].organisation_id

    def _units(self, _edit: Edit, text: str, _topic: str) -> str:
        return text

    def _check_units(self, edit: Edit, read: table.Cells) -> None:
        """Each name is known, and each body stands once on its task."""
        on_task = {} if edit.card is None else {unit.name: unit for unit in edit.card.assignments}
        bodies: dict[int, str] = {}
        placed: set[str] = set()
        for cell in ("lead", "cooperate"):
            names = _names(read.get(cell, ""))
            unknown = [name for name in names if name not in on_task and name not in self.result.meanings]
            if unknown:
                self._wrong(edit.row, cell, self._unknown(unknown))
            for name in names:
                meant = on_task[name].organisation_id if name in on_task else None
                body = meant or self.result.meanings.get(name, {}).get("organisation_id")
                other = name if name in placed else bodies.get(body) if body else None
                if other:
                    self._wrong(edit.row, cell, _("“%(name)s” stands twice on this task") % {"name": other})
                placed.add(name)
                bodies[body] = name

    def _unknown(self, names: list[str]) -> str:
        """Names that the register does not know, with those that could be meant."""
        told = []
        for name in names:
            candidates = self.register[name].candidates[:OFFERED] if name in self.register else ()
            near = "、".join(self.organisations[c.organisation_id].short_name for c in candidates)
            sentence = _("“%(name)s” is not in the register of units; it could be %(near)s")
            told.append(
                (sentence if near else _("“%(name)s” is not in the register of units")) % {"name": name, "near": near}
            )
        return "；".join(told)

    def _due(self, edit: Edit, text: str, _topic: str) -> str | None:
        kept = text.removesuffix(" 00:00:00").replace("/", "-").replace(".", "-")
        parts = kept.split("-")
        if len(parts) == 3 and all(part.isdecimal() for part in parts):
            try:
                day = date(*map(int, parts))
            except ValueError:
                self._wrong(edit.row, "due", _("There is no such day"))
                return None
            edit.due = ("", day)
            return day.isoformat()
        edit.due = (text, due_date(text, self.plan.end_year))
        return text


def _texts(row: sheets.Row) -> table.Cells:
    """The cells that the file has, in normal form."""
    found = {}
    for cell in table.CELLS:
        if cell in row.places:
            value = row[cell]
            text = "、".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
            found[cell] = table.normal(cell, text)
    return found


def _names(text: str) -> list[str]:
    return text.split("、") if text else []


def _owner_cells(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", "、").replace("；", "、").split("、") if part.strip()]


def _owner_names(text: str) -> set[str]:
    return set(_owner_cells(text)) - {table.NOBODY}


def _group(cell: str) -> tuple[str, ...]:
    return next((pair for pair in TOGETHER if cell in pair), (cell,))


def _as_target(line: Target | typed.Typed) -> TargetTerms:
    return line if isinstance(line, Target) else Target(**line.terms)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
