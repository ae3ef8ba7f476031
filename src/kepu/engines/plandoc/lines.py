"""Stage two: every line of the cleaned text gets its kind."""

import re

from kepu.engines.plandoc.labels import read_label
from kepu.engines.plandoc.model import Cleaned, Kind, Label, Line
from kepu.engines.plandoc.tables import alone, read_header
from kepu.engines.plandoc.titles import (
    DATE_LINE,
    DOC_NUMBER_LINE,
    SIGNED_DATE,
    is_signature,
    is_title_like,
    loose_title,
    notice_title,
    plan_title,
)
from kepu.engines.plandoc.vocabulary import bodies, pages, structure

_ROLE_WORDS = "|".join((*bodies.LEAD_WORDS, *bodies.COOPERATE_WORDS, *bodies.RESPONSIBLE_WORDS, "分工"))
# 牵头单位: 责任部门: 牵头(责任)单位: 任务分工:
CLAUSE_LABEL = re.compile(
    rf"(?:主要|各|任务|共同|联合|直接|第一)?(?:{_ROLE_WORDS})(?:\([^()]{{1,6}}\))?(?:、|及|和|与|\()?(?:{_ROLE_WORDS})?\)?"
    r"(?:单位|部门|机构|处室|科室|主体)?(?:及责任人)?:"
)
_CLAUSE_LINE = re.compile(
    rf"[(\[【]?(?:{CLAUSE_LABEL.pattern}|(?:牵头|责任|分管|包保|挂点|联系)(?:[省市县区州]?领导|责任人):)"
)
_ANNEX_WORD = re.compile(r"(?:附件|附表|附)(?:\d{1,2}|[一二三四五六七八九十])?(?:-\d)?:?")
_ATTACHED = re.compile(r"(?:附件|附表|附)(?:\d{1,2}|[一二三四五六七八九十])?:?(?=.)")
_PAGE_LABEL = re.compile(rf"[一-鿿]{{0,4}}(?:{'|'.join(pages.TRAILING_LABELS)}):[^。;]{{0,80}}$")
_HEAD_ZONE = 150


def classify(cleaned: Cleaned) -> tuple[Line, ...]:
    """The lines of the cleaned text in order, each with kind, span and, for items, the label."""
    texts = cleaned.text.split("\n")
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    kinds = [_row_kind(text) if "\t" in text else None for text in texts]
    labels = [None if kind else read_label(text) for text, kind in zip(texts, kinds, strict=True)]
    first = _plan_start(texts, labels, kinds)
    _mark_annexes(texts, kinds, labels, first)
    _mark_closing(texts, kinds, labels, first)
    _mark_trailing(texts, kinds, labels)
    item = next((i for i in range(first, len(texts)) if labels[i] or kinds[i] == Kind.HEADER_ROW), len(texts))
    for i, text in enumerate(texts):
        if kinds[i] is None:
            kinds[i] = _body_kind(text, labels[i], i < first, i < item)
    _mark_leading(kinds)
    return tuple(
        Line(kind or Kind.TEXT, starts[i], starts[i] + len(texts[i]), labels[i] if kind == Kind.ITEM else None)
        for i, kind in enumerate(kinds)
        if texts[i]
    )


def _row_kind(text: str) -> Kind:
    cells = text.split("\t")
    if read_header(cells):
        return Kind.HEADER_ROW
    return Kind.GROUP_ROW if alone(cells) is not None else Kind.ROW


def _body_kind(text: str, label: Label | None, before: bool, introductory: bool) -> Kind:
    if label and not before:
        return Kind.ITEM
    if DATE_LINE.fullmatch(text):
        return Kind.DATE
    if introductory and DOC_NUMBER_LINE.fullmatch(text):
        return Kind.DOC_NUMBER
    if before:
        if text.endswith(":") and len(text) < 400:
            return Kind.SALUTATION
        if _ANNEX_WORD.match(text):
            return Kind.ATTACHMENT
        return Kind.OUTSIDE if label else Kind.TEXT
    return Kind.CLAUSE if _CLAUSE_LINE.match(text) else Kind.TEXT


def _plan_start(texts: list[str], labels: list[Label | None], kinds: list[Kind | None]) -> int:
    """Index of the first line after the plan's title (or notice); marks title and notice lines on the way."""
    first = next((i for i, label in enumerate(labels) if label and not _is_attachment(texts, i)), len(texts))
    rows = next((i for i, k in enumerate(kinds) if k), len(texts))
    stop = min(first, rows, _HEAD_ZONE)
    # A notice with numbered paragraphs of its own ends with its date; the plan's title follows.
    titled = plan_title(texts, stop) is not None
    for i in range(min(len(texts), _HEAD_ZONE) - 1, first if not titled else len(texts), -1):
        if DATE_LINE.fullmatch(texts[i]) or (SIGNED_DATE.fullmatch(texts[i]) and len(texts[i]) < 50):
            found = plan_title(texts[i + 1 : i + 7], min(6, len(texts) - i - 1))
            if found and not any(_ATTACHED.match(t) for t in texts[i + 1 : i + 7]):
                stop = i + 1 + found[1] + 1
                break
    notice = notice_title(texts, stop)
    title = plan_title(texts, stop)
    if title and notice and title[1] <= notice[0]:
        title = None
    if not title and not notice:
        title = loose_title(texts, stop)
    start = 0
    for found, kind in ((notice, Kind.NOTICE_TITLE), (title, Kind.TITLE)):
        if found:
            start = max(start, found[1] + 1)
            for i in range(found[0], found[1] + 1):
                kinds[i] = kind
    for i in range(start):
        if DATE_LINE.fullmatch(texts[i]):
            _mark_signature(texts, kinds, labels, i, 0)
        elif kinds[i] is None and len(texts[i]) < 50 and SIGNED_DATE.fullmatch(texts[i]):
            kinds[i] = Kind.SIGNATURE
    return start


def _is_attachment(texts: list[str], index: int) -> bool:
    """The labelled line goes on a list of attachments (`附件:1.… / 2.…`)."""
    label = read_label(texts[index])
    if not label or label.rank != 3 or len(texts[index]) > 60 or "。" in texts[index]:
        return False
    for i in range(index - 1, max(-1, index - 6), -1):
        if _ATTACHED.match(texts[i]) or texts[i] in ("附件:", "附:"):
            return True
        if not read_label(texts[i]):
            return False
    return False


def _mark_annexes(texts: list[str], kinds: list[Kind | None], labels: list[Label | None], first: int) -> None:
    """Annex heads that introduce a table; other attachment lines; text of annexes without a task table."""
    items = [i for i in range(first, len(texts)) if labels[i] and not _is_attachment(texts, i)]
    for i in range(len(texts)):
        if labels[i] and _is_attachment(texts, i):
            kinds[i], labels[i] = Kind.ATTACHMENT, None
    inside = False
    for i in range(first, len(texts)):
        text = texts[i]
        if kinds[i] or (labels[i] and not inside):
            continue
        attached = _ATTACHED.match(text)
        rest = text[attached.end() :] if attached else ""
        opens = bool(_ANNEX_WORD.fullmatch(text)) or (bool(rest) and is_title_like(rest))
        breakdown = is_title_like(text) and any(w in text for w in structure.BREAKDOWN_WORDS) and len(text) < 60
        after_items = bool(items) and items[0] < i
        if opens or (breakdown and after_items and not labels[i]):
            table = _table_below(texts, kinds, i)
            if table is not None and (after_items or opens):
                for j in range(i, table):
                    if kinds[j] is None:
                        kinds[j], labels[j] = Kind.ANNEX, None
                inside = False
            elif opens and after_items and _annex_follows(texts, labels, i):
                inside = True
                kinds[i] = Kind.OUTSIDE
            elif opens and after_items:
                kinds[i] = Kind.ATTACHMENT
        elif inside:
            kinds[i], labels[i] = Kind.OUTSIDE, None


def _table_below(texts: list[str], kinds: list[Kind | None], index: int) -> int | None:
    """Index of a table head within the next lines that only titles, dates and units of measure may precede."""
    for j in range(index + 1, min(index + 7, len(texts))):
        if kinds[j] == Kind.HEADER_ROW:
            return j
        # A pointer at the end of the body (`附件:…分解表`) comes before date and annex proper.
        if DATE_LINE.fullmatch(texts[j]) or _ANNEX_WORD.fullmatch(texts[j]):
            return None
        if not (is_title_like(texts[j]) or len(texts[j]) < 30 or kinds[j] == Kind.GROUP_ROW):
            return None
        if read_label(texts[j]) and kinds[j] is None:
            return None
    return None


def _annex_follows(texts: list[str], labels: list[Label | None], index: int) -> bool:
    """The annex head stands alone and text of another document follows it."""
    return bool(_ANNEX_WORD.fullmatch(texts[index])) and any(texts[index + 1 : index + 3])


def _mark_closing(texts: list[str], kinds: list[Kind | None], labels: list[Label | None], first: int) -> None:
    """Date and signature below the plan, and what follows them before the next item."""
    closed = seen = False
    for i in range(first, len(texts)):
        text = texts[i]
        seen = seen or labels[i] is not None
        if labels[i] or kinds[i] in (Kind.ANNEX, Kind.HEADER_ROW, Kind.ROW):
            closed = False
            continue
        if kinds[i]:
            continue
        if DATE_LINE.fullmatch(text) or (len(text) < 50 and SIGNED_DATE.fullmatch(text)):
            kinds[i] = Kind.DATE if DATE_LINE.fullmatch(text) else Kind.SIGNATURE
            _mark_signature(texts, kinds, labels, i, first)
            closed = seen
        elif closed:
            kinds[i] = Kind.OUTSIDE


def _mark_signature(
    texts: list[str], kinds: list[Kind | None], labels: list[Label | None], date: int, first: int
) -> None:
    """The names above a date, with a bracketed note such as `(代章)` among them."""
    for i in range(date - 1, max(first, date - 4) - 1, -1):
        note = texts[i].startswith("(") and texts[i].endswith(")") and len(texts[i]) < 30
        if kinds[i] is not None or labels[i] or not (note or is_signature(texts[i])):
            return
        kinds[i] = Kind.SIGNATURE


def _mark_leading(kinds: list[Kind | None]) -> None:
    """Text above the plan's own title (covering letter, news report, what is left of a page's head) is no introduction."""
    title = next((i for i, kind in enumerate(kinds) if kind == Kind.TITLE), 0)
    for i in range(title):
        if kinds[i] == Kind.TEXT:
            kinds[i] = Kind.OUTSIDE


def _mark_trailing(texts: list[str], kinds: list[Kind | None], labels: list[Label | None]) -> None:
    """Short lines without punctuation, or with a page's label, at the very end after a closed sentence are the page's."""
    last = max((i for i, label in enumerate(labels) if label and kinds[i] is None), default=None)
    if last is None:
        return
    own = (i for i in range(len(texts) - 1, last, -1) if kinds[i] is None and _speaks_of_the_programme(texts[i]))
    last_own = next(own, last)
    above = texts[last]
    for i in range(last + 1, len(texts)):
        if kinds[i] is not None:
            continue
        after = above.endswith(("。", ")", "!", "”"))
        above = texts[i]
        added = _PAGE_LABEL.match(above) or (is_title_like(above) and not _CLAUSE_LINE.match(above))
        if after and added and i > last_own:
            for j in range(i, len(texts)):
                kinds[j] = kinds[j] or Kind.OUTSIDE
            return


def _speaks_of_the_programme(text: str) -> bool:
    return text.endswith("。") and any(w in text for w in structure.PROGRAMME_MARKS)
