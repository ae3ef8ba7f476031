"""Stage four: responsibility clauses become lists of units (contract, section 5)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kepu.engines.plandoc.lines import CLAUSE_LABEL
from kepu.engines.plandoc.names import NamedPart, complete_names, is_body, strip_alias
from kepu.engines.plandoc.tables import unit_role
from kepu.engines.plandoc.vocabulary import bodies

# 以下均含,不再列出: the units before it apply from here on.
_STANDING = re.compile(
    r"[,;。、]?\s*以下[^;()]{0,16}(?:均|都|不再|略)[^;]{0,30}|[,;。、]\s*(?:后续|以后)(?:各项)?(?:均|不再)[^;]{0,24}"
)
# Explanations of the order of names.
_ORDER_REMARK = re.compile(r"(?:列|排)(?:在)?(?:第一|首)位?的?(?:单位)?(?:均)?为牵头.*|排名第一.*|下同|为牵头单位")
_OPEN_TAIL = re.compile(
    r"等(?:[\d一二三四五六七八九十]{0,3}个?)?(?:(?:有关|相关|各有关|各相关|市级|县级|区级|成员|其他)*(?:部门|单位|成员单位|机构|部门和单位|部门单位))?$"
)
_ROLE_TAIL = re.compile(
    r"(牵头|负责牵头|牵头负责|牵头组织|组织牵头|配合|参与|参加|协助|协办|共同参与|负责|共同负责|分工负责|落实|组织实施|实施|共同实施)$"
)
_LEAD_BY = re.compile(r"^(?:由|分工:由)")
_ROLE_BRACKET = re.compile(r"\((牵头|主办|配合|协办|参与|协助)(?:单位|部门)?\)$")
_REMARK = re.compile("|".join(map(re.escape, sorted(bodies.REMARKS, key=len, reverse=True))))
# A role word with 单位 or 部门 and a colon starts a list even where the gap before it was lost.
_LABEL_START = re.compile(
    rf"(?:^|(?<=[,;。 、(\[【]))(?={CLAUSE_LABEL.pattern})"
    r"|(?=(?:牵头|配合|责任|参与|协办|参加|协同)(?:单位|部门):)"
)
# Brackets that explain the word before them: (以下简称领导小组), (不含村级组织).
_EXPLAINS = re.compile("以下|简称|包括|其中|不含")
# 完成时限:2026年底; what such a label gives is no unit.
_OTHER_LABEL = re.compile(rf"(?:{'|'.join(bodies.OTHER_LABELS)}):[^;,。: ]*[;,。 ]*")
_SPLIT = re.compile(r"[、,;。 ]")
_LEVEL_WORDS = re.compile(rf"各?[{bodies.LEVELS}]{{1,2}}")
_OPENERS, _CLOSERS = "([【〔", ")]】〕"
_LONGEST_LIST = 1500


@dataclass(frozen=True, slots=True)
class Clause:
    """The units of one clause with their places, and the standing units that it announces for later tasks."""

    parts: tuple[NamedPart, ...]
    standing: tuple[NamedPart, ...]
    open: bool


def find_clauses(text: str, *, at_end: bool) -> list[tuple[int, int]]:
    """Spans of bracketed clauses in a paragraph: labelled ones anywhere, a bare list of bodies only at its end."""
    out: list[tuple[int, int]] = []
    ends: dict[int, int] | None = None
    for match in re.finditer(
        r"[(\[【〔](?=由|主要|各|任务|共同|联合|直接|第一|牵头|责任|负责|配合|协|参|落实|主|承办|实施|支持|执行|完成|办结|时限|分工)",
        text,
    ):
        start = match.start()
        if out and start < out[-1][1]:
            continue
        aside = _OTHER_LABEL.match(text, start + 1)
        if CLAUSE_LABEL.match(text, aside.end() if aside else start + 1) or text.startswith("由", start + 1):
            ends = _pairs(text) if ends is None else ends
            end = ends.get(start) or (len(text) if len(text) - start < _LONGEST_LIST else 0)
            if (
                end
                and end - start < _LONGEST_LIST
                and (text[start + 1] != "由" or _ROLE_TAIL.search(text[start + 1 : end - 1]))
            ):
                out.append((start, end))
    if at_end and text:
        body = text.rstrip("。;,.")
        if body.endswith((")", "]", "】")):
            bracket = _opening(body)
            if bracket is not None and not (out and bracket < out[-1][1]) and is_bare_list(body[bracket + 1 : -1]):
                out.append((bracket, len(body)))
    return out


def _pairs(text: str) -> dict[int, int]:
    """Index after the closing bracket, by index of its opening one; brackets left open are absent."""
    out: dict[int, int] = {}
    opened: list[int] = []
    for i, c in enumerate(text):
        if c in _OPENERS:
            opened.append(i)
        elif c in _CLOSERS and opened:
            out[opened.pop()] = i + 1
    return out


def _opening(text: str) -> int | None:
    depth = 0
    for i in range(len(text) - 1, max(-1, len(text) - _LONGEST_LIST), -1):
        if text[i] in _CLOSERS:
            depth += 1
        elif text[i] in _OPENERS:
            depth -= 1
            if depth == 0:
                return i
    return None


def is_bare_list(inner: str) -> bool:
    """The bracket holds nothing but bodies: `市教育局、科技局,市科协等`."""
    inner = _REMARK.sub("", inner)
    if not inner or _EXPLAINS.match(inner) or re.search(r"[:。\d“《]", inner):
        return False
    parts = [_ROLE_TAIL.sub("", _OPEN_TAIL.sub("", p)) for _, p in split_outside(inner)]
    parts = [p for p in parts if p]
    if not parts or any(len(p) > 24 for p in parts):
        return False
    sure = sum(is_body(p, strong=True) for p in parts)
    likely = sum(is_body(p) for p in parts)
    return sure >= 1 and likely >= 0.7 * len(parts)


def split_outside(text: str) -> Iterator[tuple[int, str]]:
    """Parts between 、 , ; and blanks outside brackets, each with its offset."""
    depth = start = 0
    for i, c in enumerate(text):
        if c in _OPENERS:
            depth += 1
        elif c in _CLOSERS:
            depth = max(0, depth - 1)
        elif depth == 0 and _SPLIT.match(c):
            yield start, text[start:i]
            start = i + 1
    yield start, text[start:]


def read_clause(text: str, places: tuple[str, ...], role: str = "") -> Clause:
    """Units of one clause or unit cell. places are the region's names, which are never prefixed.

    role is that of the column or of the clause that the text goes on; labels inside the text override it."""
    inner, shift = _unwrap(text)
    inner = _OTHER_LABEL.sub(lambda m: " " * len(m[0]), inner)
    standing_from = None
    remark = _STANDING.search(inner)
    body = inner[: remark.start()] if remark else inner
    parts: list[NamedPart] = []
    open_ended = False
    for offset, piece, piece_role in _by_role(body, role or "responsible"):
        if remark and ";" in piece:
            standing_from = len(parts) + sum(1 for _, p in split_outside(piece[: piece.rindex(";")]) if p)
        names, is_open = _names(piece, piece_role, places)
        last_break = piece.rfind(";")
        if remark:
            before = [n for n in names if n.start <= last_break]
            standing_from = len(parts) + (len(before) if last_break >= 0 else max(0, len(names) - 1))
        open_ended |= is_open
        parts += [n.moved(shift + offset) for n in names]
    standing = tuple(parts[standing_from:]) if remark and standing_from is not None else ()
    return Clause(tuple(parts), standing, open_ended)


def _unwrap(text: str) -> tuple[str, int]:
    stripped = text.strip()
    shift = len(text) - len(text.lstrip())
    stripped = stripped.rstrip("。;,.")
    if stripped[:1] in tuple(_OPENERS):
        end = _pairs(stripped).get(0)
        if end is None:
            return stripped[1:], shift + 1
        if end == len(stripped):
            return stripped[1:-1], shift + 1
    return stripped, shift


def _by_role(body: str, role: str) -> Iterator[tuple[int, str, str]]:
    """Stretches of the clause that share a role: after a label, or before `…牵头` and `…配合`."""
    starts = [m.start() for m in _LABEL_START.finditer(body)]
    if not starts:
        yield from _by_tail(body, 0, role)
        return
    if starts[0] > 0:
        yield from _by_tail(body[: starts[0]], 0, role)
    for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
        label = CLAUSE_LABEL.match(body, start)
        if label is None or "领导" in label[0]:
            continue
        offset = label.end()
        yield from _by_tail(body[offset:end], offset, unit_role(label[0]))


def _by_tail(piece: str, offset: int, role: str) -> Iterator[tuple[int, str, str]]:
    """`市科协牵头,市教育局、市科技局配合`: the words at the end of a group give its role."""
    position = 0
    cuts = [
        m.end()
        for m in re.finditer(r"(?:牵头负责|负责牵头|牵头组织|牵头|配合|参与|参加|协助|协办)(?=[,;、。]|$)", piece)
    ]
    for cut in cuts:
        group = piece[position:cut]
        tail = _ROLE_TAIL.search(group)
        if tail and len(group) > len(tail[0]):
            lead = _LEAD_BY.match(group.lstrip(",;、。"))
            skip = len(group) - len(group.lstrip(",;、。")) + (lead.end() if lead else 0)
            yield offset + position + skip, group[skip : tail.start()], unit_role(tail[0])
        position = cut
    if position < len(piece):
        yield offset + position, piece[position:], role


def _names(piece: str, role: str, places: tuple[str, ...]) -> tuple[list[NamedPart], bool]:
    """The units of one list: parts cleaned of remarks and 等, levels filled in from the neighbours."""
    is_open = False
    raw: list[NamedPart] = []
    pending: tuple[int, str] | None = None
    for offset, part in split_outside(piece):
        if pending:
            offset, part = pending[0], pending[1] + piece[pending[0] + len(pending[1]) : offset] + part
            pending = None
        if part.startswith("各") and _LEVEL_WORDS.fullmatch(part):
            pending = (offset, part)
            continue
        name = _REMARK.sub("", part)
        lead = len(name) - len(name.lstrip(",;、。 和及与"))
        name = name.strip(",;、。 ").removeprefix("由")
        name = _ORDER_REMARK.sub("", name)
        own = _ROLE_BRACKET.search(name)
        part_role = unit_role(own[1]) if own else role
        name = _ROLE_BRACKET.sub("", name)
        shorter = _OPEN_TAIL.sub("", name)
        if shorter != name:
            is_open = True
        shorter = re.sub(
            r"(?:按照?|根据)(?:各自)?职责.*$|(?:分别|共同|具体)?负责(?:落实|实施)?$|(?:具体)?(?:组织实施|抓好落实|抓落实|贯彻落实)$",
            "",
            shorter,
        )
        if shorter and re.search("[一-鿿A-Za-z]", shorter) and len(shorter) <= 40:
            raw.append(NamedPart(shorter, strip_alias(shorter), part_role, offset + lead, offset + lead + len(shorter)))
    if pending:
        raw.append(NamedPart(pending[1], pending[1], role, pending[0], pending[0] + len(pending[1])))
    return complete_names(raw, places), is_open
