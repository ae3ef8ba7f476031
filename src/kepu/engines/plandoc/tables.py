"""Task tables as rows of cells: column heads, group rows, rows continued on the next lines or pages."""

import re
from dataclasses import dataclass

from kepu.engines.plandoc.labels import read_label
from kepu.engines.plandoc.vocabulary import bodies, structure

Row = list[str]
_LISTED = {word: role for role, words in structure.COLUMN_HEADS.items() for word in words}
_HEAD_LENGTH = 14
_LABEL_CELL = re.compile(r"\(?(?:\d{1,3}|[一二三四五六七八九十]{1,3})\)?[.、)]?|[①-⑳]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, and the role that it gives to units."""

    role: str
    unit_role: str = ""


def unit_role(words: str) -> str:
    """lead, cooperate or responsible, from the words of a clause label or column head."""
    if any(w in words for w in bodies.LEAD_WORDS):
        return "lead"
    if any(w in words for w in bodies.COOPERATE_WORDS):
        return "cooperate"
    return "responsible"


def read_column(head: str) -> Column | None:
    """What a column head announces, or None for a text that is no head."""
    head = "".join(head.split()).strip(":")
    if not head or len(head) > _HEAD_LENGTH:
        return None
    if head in _LISTED:
        return Column(_LISTED[head])
    if any(w in head for w in bodies.PERSON_COLUMNS):
        return Column("other")
    plain = re.sub(r"\(.*?\)", "", head) or head
    if any(plain.endswith(n) or head.endswith(n) for n in bodies.UNIT_NOUNS) or plain in ("牵头", "配合", "责任"):
        # 责任单位(排第一位的为牵头单位): the words outside the bracket give the role.
        return Column("units", unit_role(plain if unit_role(plain) != "responsible" or "责任" in plain else head))
    if plain in _LISTED:
        return Column(_LISTED[plain])
    for role, ends in (
        ("due", ("时限", "时间", "期限", "进度")),
        ("target", ("目标", "指标", "目标值")),
        ("detail", ("内容", "措施", "举措", "要求")),
        ("name", ("任务", "事项", "工作", "项目")),
    ):
        if plain.endswith(ends):
            return Column(role)
    return None


def read_header(cells: Row) -> tuple[Column, ...] | None:
    """The columns of a header row, or None: it needs a task or target column and one of number, units, deadline."""
    columns = [read_column(cell) for cell in cells]
    filled = [c for c, cell in zip(columns, cells, strict=True) if cell.strip()]
    known = [c.role for c in filled if c]
    if len(filled) < 2 or len(known) < len(filled) - 1 or len(known) < 2:
        return None
    if not {"name", "detail", "target"} & set(known) or not {"number", "units", "due"} & set(known):
        return None
    named = sum(c is not None and c.role == "name" for c in columns)
    out: list[Column] = []
    for cell, read in zip(cells, columns, strict=True):
        column = read or Column("other")
        if column.role == "name" and named > 1 and "目标" in cell:
            # 目标任务 names the task, unless another column does.
            column = Column("target")
        elif column.role == "name" and any(c.role == "name" for c in out):
            column = Column("detail")
        out.append(column)
    return tuple(out)


def alone(cells: Row) -> str | None:
    """The text of a row that has one text only, also when a merged cell is repeated in every column."""
    texts = {c.strip() for c in cells if c.strip()}
    return texts.pop() if len(texts) == 1 else None


def is_label_cell(cell: str) -> bool:
    """The cell holds a row number and nothing else."""
    return bool(_LABEL_CELL.fullmatch(cell.strip()))


def settle_rows(rows: list[Row]) -> list[Row]:
    """Rows of one table with repeated heads dropped, continued cells joined and every row as wide as the head."""
    header = read_header(rows[0])
    if header is None:
        return rows
    width = len(header)
    number = next((i for i, c in enumerate(header) if c.role == "number"), None)
    out: list[Row] = [rows[0]]
    for row in rows[1:]:
        whole = len(row) == 1
        row = _fit(row, width)
        if [c.strip() for c in row] == [c.strip() for c in _fit(rows[0], width)] or not any(row):
            continue
        text = alone(row)
        if text is not None and (number is None or not is_label_cell(text)) and (whole or _is_group(text, row)):
            out.append([text])
        elif _continues(row, out, number, header):
            out[-1] = [a + b for a, b in zip(_fit(out[-1], width), row, strict=True)]
        else:
            out.append(row)
    return out


def _fit(row: Row, width: int) -> Row:
    return (row + [""] * width)[:width] if len(row) < width else [*row[: width - 1], "".join(row[width - 1 :])]


def _is_group(text: str, row: Row) -> bool:
    """A group row: a labelled heading, or one text repeated over or spanning the whole row."""
    label = read_label(text)
    return bool(label and len(text) > label.length) or sum(bool(c.strip()) for c in row) == len(row) > 1


def _continues(row: Row, out: list[Row], number: int | None, header: tuple[Column, ...]) -> bool:
    if len(out) < 2 or len(out[-1]) == 1:
        return False
    if number is not None:
        return not row[number].strip()
    # Without a number column a row begins where both its first cell and a unit cell are filled.
    first = next(i for i, c in enumerate(header) if c.role in ("name", "detail", "target", "group"))
    return not row[first].strip()
