"""Stage one: the raw text of a file becomes readable text without page furniture and broken lines."""

import re

from kepu.engines.plandoc.columns import aligned_header, read_aligned
from kepu.engines.plandoc.furniture import (
    foot_of_page,
    furniture,
    heads_links,
    index_label_alone,
    labelled,
    page_furniture,
)
from kepu.engines.plandoc.joining import Piece, join_lines, measure_layout
from kepu.engines.plandoc.labels import read_label
from kepu.engines.plandoc.model import Cleaned, Dropped
from kepu.engines.plandoc.normal import display_width, simplify, tidy, unify_breaks
from kepu.engines.plandoc.tables import Row, alone, read_header, settle_rows
from kepu.engines.plandoc.vocabulary import pages

_PUBLIC = re.compile(
    r"(?<=.)[(【\[](?:此件|本件)(?:公开发布|主动公开|依申请公开|不予公开|删减后公开)[)】\]]|^[(【\[](?:此件|本件).{2,8}[)】\]](?=.)"
)
# A running header is a title or a name; a line with such an end is the tail of a sentence.
_NO_HEADER_ENDS = ("。", ";", ",", "、", ")", ":", "!", "?")
_DIGITS = re.compile(r"\d+")
_CLAUSE_WORD = re.compile(r"(?:单位|部门|牵头|配合)[^。]{0,8}[:：]")
# 〔责任单位〕县教育局: the label of a clause in a box of its own.
_BOXED_LABEL = re.compile(r"[〔【\[]((?:牵头|责任|配合|协办|参与|落实|承办|主办)(?:单位|部门))[〕】\]]:?")
# A line of the plan's own at its end: a closed sentence or a responsibility clause.
_SAID = re.compile(r"[。!](?:[”’》)\]]{0,2})$|(?:牵头|责任|配合|参与|协办)(?:单位|部门)?:")
_PIPE_RULE = re.compile(r"[|:\-\s]+")
# Under a table: 联系人:…, 注:…, no part of its last cell.
_NOTE_BELOW = re.compile(rf"(?:{'|'.join(map(re.escape, pages.TABLE_NOTES))})[^,;。]{{0,6}}:")
# How far into the text an index table may reach, and how long a line may be to be looked at as furniture.
_HEAD_LINES = 120
_LONG = 4000


def clean(raw: str) -> Cleaned:
    """Cleaned text of one document, with the lines that were dropped and why.

    Linear in the length of the text. Never fails: text without any plan structure is cleaned as well."""
    lines = simplify(unify_breaks(raw)).split("\n")
    lines, page_starts = _split_pages(lines)
    dropped: dict[int, str] = {}
    normal = [
        _BOXED_LABEL.sub(r"\1:", _PUBLIC.sub("", tidy(line, keep_gaps=bool(_CLAUSE_WORD.search(line[:_LONG])))))
        for line in lines
    ]
    _drop_page_marks(lines, normal, page_starts, dropped)
    pieces, row_sources = _pieces(lines, normal, dropped)
    _drop_furniture(pieces, dropped, row_sources)
    kept = [piece for index, piece in pieces if index not in dropped]
    text = "\n".join(join_lines(kept))
    return Cleaned(text, tuple(Dropped(i, normal[i], reason) for i, reason in sorted(dropped.items()) if normal[i]))


def _split_pages(lines: list[str]) -> tuple[list[str], set[int]]:
    """Lines without form feeds, and the indexes of those that start a page."""
    out: list[str] = []
    starts: set[int] = set()
    for line in lines:
        for n, part in enumerate(line.split("\f") if "\f" in line else (line,)):
            if n:
                starts.add(len(out))
            out.append(part.rstrip())
    return out, starts


def _drop_page_marks(lines: list[str], normal: list[str], page_starts: set[int], dropped: dict[int, str]) -> None:
    """Page numbers, and running headers: the same short line at the edge of several pages."""
    for i, line in enumerate(normal):
        if page_furniture(line):
            dropped[i] = "page_number"
    edges = _page_edges(normal, page_starts, dropped)
    seen: dict[str, list[int]] = {}
    for i in edges:
        seen.setdefault(_DIGITS.sub("#", normal[i]), []).append(i)
    body = _first_label(normal)
    above = {_DIGITS.sub("#", line): i for i, line in reversed(list(enumerate(normal[:body])))}
    for key, where in seen.items():
        if not 4 <= len(key) <= 50 or "\t" in key or key.endswith(_NO_HEADER_ENDS):
            continue
        if read_label(normal[where[0]]) or aligned_header(lines[where[0]]):
            continue
        # The first one stays: it may be the title or the red head of the document itself.
        first = above.get(key)
        repeated = [i for i in where if i != first]
        if len(repeated) > (first is None) and (len(where) > 1 or repeated[-1] > body):
            dropped.update(dict.fromkeys(repeated, "page_header"))


def _first_label(normal: list[str]) -> int:
    return next((i for i, line in enumerate(normal) if (label := read_label(line)) and label.rank <= 2), len(normal))


def _page_edges(normal: list[str], page_starts: set[int], dropped: dict[int, str]) -> list[int]:
    """Indexes of the two text lines before and after each page break, in order."""
    breaks = sorted(page_starts | {i for i, why in dropped.items() if why == "page_number"})
    edges: set[int] = set()
    if not breaks:
        return []
    for at in [0, *breaks]:
        for step in (range(at, min(at + 6, len(normal))), range(at - 1, max(at - 7, -1), -1)):
            found = 0
            for i in step:
                if normal[i] and i not in dropped:
                    edges.add(i)
                    found += 1
                if found == 2:
                    break
    return sorted(edges)


def _pieces(lines: list[str], normal: list[str], dropped: dict[int, str]) -> tuple[list[tuple[int, Piece]], set[int]]:
    """Kept lines as pieces; tables, whether aligned or set with tabs, become one piece a row."""
    out: list[tuple[int, Piece]] = []
    row_sources: set[int] = set()
    skip = set(dropped)
    i = 0
    while i < len(lines):
        if i in skip or not normal[i]:
            i += 1
            continue
        rows: list[Row] = []
        if "\t" in lines[i] or _is_piped(lines[i]):
            rows, end = _tabbed_rows(lines, skip, i)
        elif aligned_header(lines[i]):
            rows, end = read_aligned(lines, skip, i)
        if rows:
            row_sources.add(i)
            out += [(i, piece) for piece in _row_pieces(rows)]
            i = end
            continue
        raw = lines[i]
        indent = display_width(raw[: len(raw) - len(raw.lstrip())]) if len(raw) < _LONG else 0
        width = display_width(raw) if len(raw) < _LONG else len(raw) * 2
        out.append((i, Piece(normal[i], width, indent)))
        i += 1
    return out, row_sources


def _is_piped(line: str) -> bool:
    line = line.strip()
    return len(line) > 2 and line[0] == line[-1] == "|" and line.count("|") > 2


def _cut(line: str) -> Row:
    if "\t" in line:
        return [tidy(c) for c in line.split("\t")]
    return [tidy(c) for c in line.strip().strip("|").split("|")]


def _tabbed_rows(lines: list[str], skip: set[int], start: int) -> tuple[list[Row], int]:
    """Rows of the table that starts here, if one of its first rows is a head; a cell may go on in the next line."""
    if read_header(_cut(lines[start])) is None:
        return [], start
    rows = [_cut(lines[start])]
    width = len(rows[0])
    i, end, blank = start + 1, start + 1, 0
    while i < len(lines):
        line = lines[i]
        if i in skip:
            i += 1
            continue
        if not line.strip():
            blank += 1
            if blank > 2:
                break
        elif "\t" in line or _is_piped(line):
            if not (_is_piped(line) and _PIPE_RULE.fullmatch(line)):
                cells = _cut(line)
                if len(rows) > 1 and len(rows[-1]) + len(cells) - 1 <= width and _half_row(rows[-1], cells, width):
                    rows[-1] = [*rows[-1][:-1], rows[-1][-1] + cells[0], *cells[1:]]
                else:
                    rows.append(cells)
            blank, end = 0, i + 1
        elif (
            not blank
            and len(rows) > 1
            and 1 < len(rows[-1]) < width
            and not read_label(tidy(line))
            and not _NOTE_BELOW.match(tidy(line))
        ):
            rows[-1] = [*rows[-1][:-1], rows[-1][-1] + tidy(line)]
            end = i + 1
        elif (label := read_label(tidy(line))) and label.rank <= 2 and _more_rows(lines, skip, i):
            rows.append([tidy(line)])
            blank, end = 0, i + 1
        else:
            break
        i += 1
    return rows, end


def _half_row(last: Row, cells: Row, width: int) -> bool:
    """The row before was cut inside a cell: it is short, and this line does not start with a row number."""
    return 1 < len(last) < width and not read_label(cells[0] + "、") and bool(cells[0])


def _more_rows(lines: list[str], skip: set[int], at: int) -> bool:
    following = (line for i, line in enumerate(lines[at + 1 : at + 4], at + 1) if i not in skip and line.strip())
    line = next(following, "")
    return "\t" in line or _is_piped(line)


def _row_pieces(rows: list[Row]) -> list[Piece]:
    out = []
    for row in settle_rows(rows):
        text = alone(row)
        if text is not None and len(row) == 1:
            out.append(Piece(text + "\t", 0, 0, is_row=True))
        else:
            out.append(Piece("\t".join(row), 0, 0, is_row=True))
    return out


def _drop_furniture(pieces: list[tuple[int, Piece]], dropped: dict[int, str], row_sources: set[int]) -> None:
    """Mark site furniture, index tables of label and value lines, and the foot of the page."""
    texts = [(i, p.text) for i, p in pieces if i not in row_sources]
    body = [n for n, (_, text) in enumerate(texts) if (label := read_label(text)) and label.rank <= 3]
    first = body[0] if body else len(texts)
    last = body[-1] if body else 0
    last_row = max((i for i, p in pieces if p.is_row), default=-1)
    whole = not measure_layout([p for _, p in pieces]).width
    said = max((n for n, (_, text) in enumerate(texts) if _SAID.search(text)), default=0)
    n = 0
    in_foot = False
    while n < len(texts):
        index, text = texts[n]
        if n > said and index > last_row and heads_links(text):
            in_foot = True
        if n < first and n < _HEAD_LINES and index_label_alone(text):
            dropped[index] = "index_table"
            if n + 1 < len(texts) and not index_label_alone(texts[n + 1][1]):
                dropped[texts[n + 1][0]] = "index_table"
                n += 1
        elif in_foot:
            dropped[index] = "page_foot"
        elif len(text) < _LONG and (why := furniture(text, inside=first <= n <= last, whole=whole)):
            dropped[index] = why
        elif n < first and n and dropped.get(texts[n - 1][0]) in ("index_table", "navigation") and labelled(text):
            dropped[index] = "index_table"
        elif n > last and index > last_row and not _SAID.search(text) and foot_of_page(text, whole=whole):
            dropped[index] = "page_foot"
            in_foot = True
        n += 1
    _drop_copy_lines(texts, dropped)


def _drop_copy_lines(texts: list[tuple[int, str]], dropped: dict[int, str]) -> None:
    """The 抄送 list may run over several lines, down to the 印发 line."""
    for n, (index, text) in enumerate(texts):
        if dropped.get(index) == "imprint" and text.startswith(("抄送", "主送", "分送", "抄报")):
            for following, _ in texts[n + 1 : n + 8]:
                if dropped.get(following) == "imprint":
                    for between, _ in texts[n + 1 : n + 8]:
                        if between == following:
                            break
                        dropped[between] = "imprint"
                    break
