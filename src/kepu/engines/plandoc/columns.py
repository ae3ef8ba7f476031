"""Tables set in aligned columns: found and read by display width, given back as rows of cells.

A Chinese character takes two columns. Marks whose width is ambiguous (quotes, dashes) count 1 or 2, whichever fits the head."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from kepu.engines.plandoc.furniture import is_imprint
from kepu.engines.plandoc.labels import read_label
from kepu.engines.plandoc.normal import char_width, tidy
from kepu.engines.plandoc.tables import Row, is_label_cell, read_header

_GAP = re.compile(r"[ \u3000\u00a0]{2,}|\u3000")
_HANGING = "、，。；：,.;:）)”」"
_HEAD_ENDS = ("单位", "部门", "时限", "时间", "期限", "要求", "目标", "任务", "内容", "措施", "事项", "指标", "进度")
_GROUP_ENDS = ("行动", "工程", "建设", "提升", "素质")
# Lines of a table from which its columns are measured.
_SAMPLE = 200
Fragment = tuple[int, int, str]


def fragments(line: str, ambiguous: int = 1) -> list[Fragment]:
    """Pieces of a line set apart by wide gaps, each with its first and last display column."""
    out: list[Fragment] = []
    position = column = 0
    for match in [*_GAP.finditer(line), None]:
        end = match.start() if match else len(line)
        piece = line[position:end]
        width = sum(char_width(c, ambiguous) for c in piece)
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            out.append((column + lead, column + width, piece.strip()))
        column += width
        if match:
            column += sum(char_width(c, ambiguous) for c in match[0])
            position = match.end()
    return out


def aligned_header(line: str) -> bool:
    """The line is the head of an aligned table."""
    if "\t" in line or len(line) > 400 or len(_GAP.findall(line.strip())) < 2:
        return False
    pieces = [tidy(f[2]) for f in fragments(line)]
    return len(pieces) >= 3 and read_header(pieces) is not None


def read_aligned(lines: list[str], skip: set[int], start: int) -> tuple[list[Row], int]:
    """Rows of the aligned table whose head is lines[start], and the index after its last line.

    skip holds the indexes of page furniture, over which a cell may go on."""
    sample = list(islice(_extent(lines, skip, start), _SAMPLE))
    ambiguous = max((1, 2), key=lambda w: _fitness([lines[i] for i in sample], lines[start], w))
    starts = _column_starts([lines[i] for i in sample], lines[start], ambiguous)
    rows: list[Row] = [[tidy(f[2]) for f in fragments(lines[start], ambiguous)]]
    end = start + 1
    below = _cells(lines[sample[0]], starts, ambiguous) if sample else None
    if below and _goes_on_with_head(rows[0], below):
        rows[0] = [a + b for a, b in zip(rows[0], below, strict=True)]
        end = sample[0] + 1
    blank_before = False
    # Where every line is followed by a blank one, a blank line says nothing.
    spaced = len(sample) > 3 and sum(not "".join(lines[i + 1 : i + 2]).strip() for i in sample) > 0.9 * len(sample)
    for i in _extent(lines, skip, end - 1):
        cells = _cells(lines[i], starts, ambiguous)
        label = read_label(tidy(lines[i]))
        if label and label.rank <= 2 and len(fragments(lines[i])) == 1:
            if not _heads_rows(lines, islice(_extent(lines, skip, i), 2), starts, ambiguous):
                break
            cells = [tidy(lines[i])]
        elif (
            cells
            and cells[0]
            and _heads_group(lines[i])
            and _heads_rows(lines, islice(_extent(lines, skip, i), 1), starts, ambiguous)
        ):
            cells = [tidy(lines[i])]
        elif (
            cells is None
            or is_imprint(tidy(lines[i]))
            or _spans(lines[i], starts, ambiguous)
            or (blank_before and not spaced and not cells[0] and not _after_page_break(lines, skip, i))
        ):
            break
        rows.append(cells)
        end = i + 1
        blank_before = i + 1 < len(lines) and not lines[i + 1].strip()
    return rows, end


def _goes_on_with_head(head: Row, below: Row) -> bool:
    """The line under the head holds only second halves of column heads: 单位 below 牵头."""
    halves = [c for c in below if c]
    return (
        all(c in _HEAD_ENDS for c in halves)
        and read_header([a + b for a, b in zip(head, below, strict=True)]) is not None
    )


def _heads_group(line: str) -> bool:
    """A heading without a label, alone in its line: `青少年科学素质提升行动`."""
    text = tidy(line)
    return len(fragments(line)) == 1 and text.endswith(_GROUP_ENDS) and not re.search("[、,;。:]", text)


def _heads_rows(lines: list[str], following: Iterable[int], starts: list[int], ambiguous: int) -> bool:
    """A numbered row comes next (another group row or a repeated head may stand between): the label heads a group."""
    for i in following:
        cells = _cells(lines[i], starts, ambiguous)
        if cells and is_label_cell(cells[0]) and any(cells[1:]) and not _spans(lines[i], starts, ambiguous):
            return True
        label = read_label(tidy(lines[i]))
        if not aligned_header(lines[i]) and not (label and label.rank <= 2 and len(fragments(lines[i])) == 1):
            return False
    return False


def _after_page_break(lines: list[str], skip: set[int], index: int) -> bool:
    for i in range(index - 1, -1, -1):
        if i in skip:
            return True
        if lines[i].strip():
            return False
    return False


def _extent(lines: list[str], skip: set[int], start: int) -> Iterator[int]:
    """Indexes of the lines after `start` that may belong to its table: up to three blank lines in a row stay inside."""
    blank = 0
    for i in range(start + 1, len(lines)):
        if i in skip:
            continue
        if not lines[i].strip():
            blank += 1
            if blank > 3:
                return
            continue
        blank = 0
        if "\t" in lines[i]:
            return
        yield i


def _fitness(body: list[str], head: str, ambiguous: int) -> int:
    starts = {f[0] for f in fragments(head, ambiguous)}
    return sum(f[0] in starts for line in body[:80] for f in fragments(line, ambiguous))


def _column_starts(body: list[str], head: str, ambiguous: int) -> list[int]:
    """First display column of each column: the head's, moved to where most cells under it begin."""
    heads = fragments(head, ambiguous)
    begins = Counter(f[0] for line in body for f in fragments(line, ambiguous))
    out = []
    for i, (begin, end, _) in enumerate(heads):
        low = heads[i - 1][1] if i else 0
        near = [(n, -abs(c - begin), c) for c, n in begins.items() if low <= c < end and n > 1]
        out.append(max(near)[2] if near and begins.get(begin, 0) < max(near)[0] else begin)
    return out


def _cells(line: str, starts: list[int], ambiguous: int) -> Row | None:
    """The line cut at the column starts, or None if its text lies left of the first column."""
    cells = [""] * len(starts)
    column = 0
    current = 0
    for char in line:
        while current + 1 < len(starts) and column >= starts[current + 1]:
            current += 1
        cells[current] += char
        column += char_width(char, ambiguous)
    out = [tidy(c) for c in cells]
    return out if any(out) else None


def _spans(line: str, starts: list[int], ambiguous: int) -> bool:
    """Some piece of the line runs over the start of a column: the line is no table row."""
    for begin, end, text in fragments(line, ambiguous):
        for start in starts:
            if begin < start < end and not _parted_at(line, start, ambiguous) and len(text) > 1:
                return not is_label_cell(text)
    return False


def _parted_at(line: str, target: int, ambiguous: int) -> bool:
    """A character begins at the display column, after a blank or after a mark that hangs into the gap."""
    column = 0
    last = " "
    for char in line:
        if column >= target:
            break
        last = char
        column += char_width(char, ambiguous)
    return column == target and (not last.strip() or last in _HANGING)
