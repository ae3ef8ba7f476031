"""The whole reading of a plan document: text in, ledger out, each finding with its place in the cleaned text."""

from collections.abc import Sequence
from dataclasses import dataclass

from kepu.engines.plandoc.amounts import Runs
from kepu.engines.plandoc.annex import match_annex
from kepu.engines.plandoc.assign import TaskUnits, assign_units
from kepu.engines.plandoc.clean import clean
from kepu.engines.plandoc.document import read_document
from kepu.engines.plandoc.lines import classify
from kepu.engines.plandoc.model import Document, Dropped, Kind, Line, Node, Number, Target, Unit
from kepu.engines.plandoc.names import region_places
from kepu.engines.plandoc.normal import bare
from kepu.engines.plandoc.outline import Outline, build_outline, item_text
from kepu.engines.plandoc.periods import Calendar, years_in_digits
from kepu.engines.plandoc.sentences import Area
from kepu.engines.plandoc.similarity import dice
from kepu.engines.plandoc.targets import read_targets
from kepu.engines.plandoc.verdicts import Verdict
from kepu.engines.plandoc.vocabulary import structure

SCHEMA_VERSION = 1
_EDGE = 12
# So large an amount with the same unit and time is the same promise, whatever names it.
_LARGE = 100
_DOUBT_BELOW = 0.75


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the plan."""

    path: str
    level: int
    number: str
    title: str
    category: str | None
    parent: str | None
    start: int
    end: int
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the plan with its units. spans are its text without clauses, clauses where its units are printed."""

    path: str
    section: str | None
    number: str
    title: str
    head: str
    tail: str
    category: str | None
    units: tuple[Unit, ...]
    units_open: bool
    due: str | None
    start: int
    end: int
    spans: tuple[tuple[int, int], ...]
    clauses: tuple[tuple[int, int], ...]
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A finding that a person should look at first."""

    what: str
    index: int
    start: int
    end: int
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one document; every start and end is an offset into `cleaned`."""

    cleaned: str
    document: Document
    sections: tuple[Section, ...]
    tasks: tuple[Task, ...]
    targets: tuple[Target, ...]
    numbers: tuple[Number, ...]
    dropped: tuple[Dropped, ...] = ()

    @property
    def is_plan(self) -> bool:
        """The text has the structure of a plan of this programme."""
        return bool(self.sections or self.tasks)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Findings of low confidence, lowest first."""
        lists: tuple[tuple[str, Sequence[Section | Task | Target | Number]], ...] = (
            ("section", self.sections),
            ("task", self.tasks),
            ("target", self.targets),
            ("number", self.numbers),
        )
        out = [
            Doubt(what, i, item.start, item.end, item.confidence, item.reason)
            for what, items in lists
            for i, item in enumerate(items)
            if item.confidence < _DOUBT_BELOW
        ]
        for i, task in enumerate(self.tasks):
            out += [
                Doubt("unit", i, u.start, u.end, u.confidence, u.reason)
                for u in task.units
                if u.confidence < _DOUBT_BELOW
            ]
        return tuple(sorted(out, key=lambda d: (d.confidence, d.start)))

    def contract(self) -> dict[str, object]:
        """The object of the ledger contract, schema_version 1; all keys present, empty where nothing was read."""
        d = self.document
        return {
            "schema_version": SCHEMA_VERSION,
            "document": {
                "title": d.title,
                "notice_title": d.notice_title,
                "doc_number": d.doc_number,
                "issuer": d.issuer,
                "issued_on": d.issued_on,
                "published_on": d.published_on,
                "period": {"start_year": d.start_year, "end_year": d.end_year},
                "region": d.region,
                "kind": d.kind,
            },
            "sections": [
                {k: getattr(s, k) for k in ("path", "level", "number", "title", "category", "parent")}
                for s in self.sections
            ],
            "tasks": [_task_object(t) for t in self.tasks],
            "targets": [_target_object(t) for t in self.targets],
        }

    def evidence(self) -> dict[str, object]:
        """Place, confidence and reason of every finding, in the order of the contract's lists, and all numbers."""
        return {
            "cleaned": self.cleaned,
            "document": {k: list(v) for k, v in self.document.places.items()},
            "sections": [_place(s) for s in self.sections],
            "tasks": [
                _place(t)
                | {
                    "spans": [list(s) for s in t.spans],
                    "clauses": [list(c) for c in t.clauses],
                    "units": [_place(u) for u in t.units],
                }
                for t in self.tasks
            ],
            "targets": [_place(t) | {"sentence": list(t.sentence)} for t in self.targets],
            "numbers": [_place(n) | {"text": n.text, "class": n.kind, "target": n.target} for n in self.numbers],
            "dropped": [{"line": d.line, "reason": d.reason} for d in self.dropped],
        }


def read_plan(text: str) -> Reading:
    """Read one plan document given as text.

    Accepts any text: scraped pages, traditional characters, PDF lines, tables set with tabs or aligned columns. Never
    raises; a text without plan structure gives a reading whose `contract()` is empty. Cost is linear in its length."""
    cleaned = clean(text)
    lines = classify(cleaned)
    outline = build_outline(cleaned.text, lines)
    runs = Runs(cleaned.text)
    if not outline.nodes or not any(mark in cleaned.text for mark in structure.PROGRAMME_MARKS):
        return Reading(cleaned.text, Document(), (), (), (), _account(cleaned.text, runs, [], {}), cleaned.dropped)
    document = read_document(cleaned, lines)
    nodes = outline.nodes
    annex = match_annex(cleaned.text, nodes)
    units = assign_units(cleaned.text, nodes, annex, region_places(document.region))
    _claim_structure(cleaned.text, lines, nodes, runs)
    annual = document.kind == "annual_points"
    issued = int(document.issued_on[:4]) if document.issued_on else None
    calendar = Calendar(document.start_year, document.end_year, annual, issued)
    judged = read_targets(
        cleaned.text, years_in_digits(cleaned.text), _areas(cleaned.text, outline, annex), runs, calendar
    )
    judged = _without_restated(judged, nodes, annex)
    reported = [(t, v) for t, v in judged if v.kind in ("target", "baseline")]
    reported.sort(key=lambda pair: pair[0].start)
    indexes = {t.start: i for i, (t, _) in enumerate(reported)}
    return Reading(
        cleaned=cleaned.text,
        document=document,
        sections=tuple(_section(n) for n in nodes if n.is_section),
        tasks=tuple(
            _task(cleaned.text, n, units[i]) for i, n in enumerate(nodes) if not n.is_section and i not in annex
        ),
        targets=tuple(t for t, _ in reported),
        numbers=_account(cleaned.text, runs, judged, indexes),
        dropped=cleaned.dropped,
    )


def _claim_structure(text: str, lines: tuple[Line, ...], nodes: tuple[Node, ...], runs: Runs) -> None:
    """Numbers of labels, titles, row numbers, deadlines and clauses are accounted for by where they stand."""
    for line in lines:
        if line.label:
            runs.relabel(line.start, line.start + line.label.length, "label", "item_label")
        elif line.kind in (Kind.TITLE, Kind.NOTICE_TITLE):
            runs.claim(line.start, line.end, "title", "title_line")
        elif line.kind in (Kind.ATTACHMENT, Kind.OUTSIDE):
            runs.claim(line.start, line.end, "chrome", line.kind.value)
        elif line.kind in (Kind.SALUTATION, Kind.SIGNATURE, Kind.HEADER_ROW, Kind.GROUP_ROW, Kind.ANNEX, Kind.CLAUSE):
            runs.claim(line.start, line.end, "lexical", line.kind.value)
    for node in nodes:
        for cell in node.cells:
            if cell.role == "number":
                runs.relabel(cell.start, cell.end, "label", "row_number")
            elif cell.role == "due":
                runs.relabel(cell.start, cell.end, "due", "deadline_cell")
        for clause in node.clauses:
            runs.claim(clause.start, clause.end, "lexical", "unit_clause")


def _areas(text: str, outline: Outline, annex: dict[int, int]) -> tuple[Area, ...]:
    """The stretches to be read for targets, in document order, with the task and section they belong to."""
    out = [Area(s.start, s.end, None, None, "") for s in outline.introduction]
    nodes = outline.nodes
    for i, node in enumerate(nodes):
        owner = nodes[annex[i]] if i in annex else node
        task = None if owner.is_section else owner.path
        section = owner.path if owner.is_section else owner.parent
        preamble = owner.category == "preamble"
        spans = list(node.stretches)
        if node.kind == "row":
            taken = {s.start for s in spans}
            spans += [s for s in (c for c in node.cells if c.role == "target") if s.start not in taken]  # type: ignore[misc]
        out += [Area(s.start, s.end, task, section, node.title, preamble) for s in spans if node.kind != "annex"]
    return tuple(sorted(out, key=lambda a: a.start))


def _without_restated(
    judged: list[tuple[Target, Verdict]], nodes: tuple[Node, ...], annex: dict[int, int]
) -> list[tuple[Target, Verdict]]:
    """Targets that a table row says twice, or that an annex row repeats from the body, count once."""
    rows = sorted((n.start, n.end, i) for i, n in enumerate(nodes) if n.kind == "row")
    if not rows:
        return judged
    seen: dict[str, list[Target]] = {}
    out: list[tuple[Target, Verdict]] = []
    r = 0
    for target, verdict in judged:
        while r < len(rows) and rows[r][1] <= target.start:
            r += 1
        in_row = r < len(rows) and rows[r][0] <= target.start < rows[r][1]
        key = target.task or ""
        if in_row and verdict.kind == "target" and any(_same_promise(target, other) for other in seen.get(key, ())):
            verdict = Verdict("restated_target", "said_before", 0.8)
        elif verdict.kind == "target":
            seen.setdefault(key, []).append(target)
        out.append((target, verdict))
    return out


def _same_promise(a: Target, b: Target) -> bool:
    if (a.value, a.value_max, a.unit) != (b.value, b.value_max, b.unit) or a.sentence == b.sentence:
        return False
    if a.period == b.period and a.period.type != "none" and (a.value or 0) >= _LARGE:
        return True
    short, long = sorted((a.subject, b.subject), key=len)
    return not short or short in long or dice(a.subject, b.subject) >= 0.4


def _section(node: Node) -> Section:
    return Section(
        node.path,
        node.level,
        node.number,
        node.title,
        node.category,
        node.parent,
        node.start,
        node.end,
        node.confidence,
        node.reason,
    )


def _task(text: str, node: Node, units: TaskUnits) -> Task:
    content = item_text(text, node)
    due = next((bare(text[c.start : c.end]) for c in node.cells if c.role == "due"), None)
    clauses = [(c.start, c.end) for c in node.clauses] + [(c.start, c.end) for c in node.cells if c.role == "units"]
    return Task(
        path=node.path,
        section=node.parent,
        number=node.number,
        title=node.title,
        head=content[:_EDGE],
        tail=content[-_EDGE:],
        category=node.category,
        units=tuple(units.units),
        units_open=units.open,
        due=due,
        start=node.start,
        end=node.end,
        spans=tuple((s.start, s.end) for s in node.stretches),
        clauses=tuple(clauses),
        confidence=node.confidence,
        reason=node.reason,
    )


def _account(
    text: str, runs: Runs, judged: list[tuple[Target, Verdict]], indexes: dict[int, int]
) -> tuple[Number, ...]:
    """Every number run with its class; indexes maps the start of a reported target to its place in the list."""
    out = []
    amounts = sorted(judged, key=lambda pair: pair[0].start)
    n = 0
    for start, end, claim in zip(runs.starts, runs.ends, runs.claims, strict=True):
        while n < len(amounts) and amounts[n][0].end <= start:
            n += 1
        printed = text[start:end]
        if n < len(amounts) and amounts[n][0].start <= start:
            target, verdict = amounts[n]
            out.append(
                Number(start, end, printed, verdict.kind, verdict.reason, indexes.get(target.start), verdict.confidence)
            )
        elif claim:
            out.append(Number(start, end, printed, claim.kind, claim.reason, None, 0.9))
        else:
            out.append(Number(start, end, printed, "lexical", "no_measure_word", None, 0.8))
    return tuple(out)


def _task_object(task: Task) -> dict[str, object]:
    keys = ("path", "section", "number", "title", "head", "tail", "category")
    units = [
        {"printed": bare(u.printed), "name": bare(u.name), "role": u.role, "inherited": u.inherited} for u in task.units
    ]
    return {k: getattr(task, k) for k in keys} | {"units": units, "units_open": task.units_open, "due": task.due}


def _target_object(target: Target) -> dict[str, object]:
    before = ("subject", "value", "value_max", "unit", "comparator")
    after = ("number", "sentence_head", "task", "section", "is_baseline", "modality", "subset")
    return (
        {k: getattr(target, k) for k in before}
        | {"period": target.period.contract()}
        | {k: getattr(target, k) for k in after}
    )


def _place(item: "Section | Task | Unit | Target | Number") -> dict[str, object]:
    return {"span": [item.start, item.end], "confidence": item.confidence, "reason": item.reason}
