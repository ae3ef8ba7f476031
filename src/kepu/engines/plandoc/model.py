"""The frozen values that pass between the stages. Every start and end is an offset into the cleaned text."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Dropped:
    """A line that is not the plan's own text: kept out of the cleaned text, read for metadata only."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Readable text of the document: one paragraph, heading or table row (cells set apart by tabs) a line."""

    text: str
    dropped: tuple[Dropped, ...] = ()


class Kind(StrEnum):
    """What a line of the cleaned text is."""

    ITEM = "item"
    TEXT = "text"
    CLAUSE = "clause"
    HEADER_ROW = "header_row"
    GROUP_ROW = "group_row"
    ROW = "row"
    ANNEX = "annex"
    TITLE = "title"
    NOTICE_TITLE = "notice_title"
    DOC_NUMBER = "doc_number"
    SALUTATION = "salutation"
    SIGNATURE = "signature"
    DATE = "date"
    ATTACHMENT = "attachment"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Label:
    """A printed item label: `(一)` has rank 2, value 1; length counts its characters in the line."""

    text: str
    rank: int
    value: int
    length: int


@dataclass(frozen=True, slots=True)
class Line:
    """One classified line of the cleaned text."""

    kind: Kind
    start: int
    end: int
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text that belongs to an item; a heading line, a paragraph or a cell ends its sentences."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell with the role of its column."""

    role: str
    start: int
    end: int
    unit_role: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A numbered item, table row or annex of the outline."""

    path: str
    number: str
    rank: int
    parent: str | None
    level: int
    title: str
    start: int
    end: int
    stretches: tuple[Stretch, ...]
    clauses: tuple[Stretch, ...] = ()
    cells: tuple[Cell, ...] = ()
    is_section: bool = False
    category: str | None = None
    kind: str = "item"
    confidence: float = 1.0
    reason: str = "label"


@dataclass(frozen=True, slots=True)
class Unit:
    """A responsible unit: as printed, as it is called in full, and why."""

    printed: str
    name: str
    role: str
    inherited: bool
    start: int
    end: int
    confidence: float = 1.0
    reason: str = "clause"


@dataclass(frozen=True, slots=True)
class Period:
    """When a target holds; fields that its type does not use are None."""

    type: str = "none"
    year: int | None = None
    years: int | None = None
    start_year: int | None = None
    end_year: int | None = None
    due: str | None = None

    def contract(self) -> dict[str, object]:
        """The contract's object: the type and the fields that belong to it."""
        named = {
            "year": self.year,
            "years": self.years,
            "start_year": self.start_year,
            "end_year": self.end_year,
            "due": self.due,
        }
        return {"type": self.type} | {k: v for k, v in named.items() if v is not None}


@dataclass(frozen=True, slots=True)
class Number:
    """One run of digits or Chinese numerals, accounted for: its class, and why it is or is not a target."""

    start: int
    end: int
    text: str
    kind: str
    reason: str
    target: int | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """A commitment with a quantity. value is None for 全覆盖; value_max only for a range."""

    subject: str
    value: float | None
    value_max: float | None
    unit: str
    comparator: str
    period: Period
    number: str
    sentence_head: str
    task: str | None
    section: str | None
    is_baseline: bool
    modality: str
    subset: bool
    start: int
    end: int
    sentence: tuple[int, int]
    confidence: float = 1.0
    reason: str = "amount"


@dataclass(frozen=True, slots=True)
class Document:
    """Metadata of the document; what is not printed is None."""

    title: str | None = None
    notice_title: str | None = None
    doc_number: str | None = None
    issuer: str | None = None
    issued_on: str | None = None
    published_on: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    region: str | None = None
    kind: str | None = None
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
