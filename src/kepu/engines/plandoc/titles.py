"""Title lines: the plan's own title and the title of the covering notice, each possibly printed over several lines."""

import re
from collections.abc import Callable

from kepu.engines.plandoc.labels import read_label
from kepu.engines.plandoc.vocabulary import bodies, structure

DATE = r"(?:\d{4}|[一二][〇○零Oo一二三四五六七八九]{3})年(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})日"
DATE_LINE = re.compile(rf"\(?{DATE}\)?")
SIGNED_DATE = re.compile(rf"([^,。;:\d《》]{{3,40}}?)({DATE})")
DOC_NUMBER = r"[一-鿿]{1,16}[〔\[(【]\d{4}[〕\])】]第?\d{1,4}号"
DOC_NUMBER_LINE = re.compile(rf"(?:[^,。;:〔]{{0,24}})?{DOC_NUMBER}")
YEARS = r"\(?\d{4}年?(?:[-—–~至]+\d{4})?年?\)?"
_YEARS_LINE = re.compile(rf"{YEARS}")
_AFTER_TITLE = re.compile(
    rf"(?:\((?:{YEARS}|试行|暂行|修订|送审稿|征求意见稿|讨论稿|草案|摘要|节选)\)|{YEARS}|\(.{{2,24}}\))$"
)
_PUNCTUATED = re.compile(r"[。,;:!?]")
_QUOTED = re.compile(r"《[^《》]*》|\([^()]*\)")
_PROGRAMME = ("科学素质", "科普", "科学技术", "科技", "科协", "科学")
_PLACE_LINE = re.compile(r"[一-鿿]{2,12}(?:省|市|州|县|区|旗|镇|乡|街道)")
# A title that begins so lacks the place that the line above prints.
_PLACELESS = ("全民", "公民", "科普", "科学", "贯彻", "落实", "关于")
_LONGEST = 60
# The title of a notice names the issuing body, with its city or autonomous county, and the whole plan.
_LONGEST_NOTICE = 120
_SIGNATURE = re.compile(r"[一-鿿()、·]{3,40}")


def is_title_like(text: str, longest: int = _LONGEST) -> bool:
    """A short line without sentence punctuation, as titles, signatures and headers are."""
    return 0 < len(text) <= longest and not _PUNCTUATED.search(_QUOTED.sub("", text)) and "\t" not in text


def ends_as_plan(text: str) -> bool:
    """The text ends as plan titles do, bracketed years aside."""
    core = _AFTER_TITLE.sub("", text)
    return core.endswith(structure.TITLE_ENDS) and core not in structure.TITLE_ENDS


def is_signature(text: str) -> bool:
    """A line that could be the name of the issuing body."""
    plain = re.sub(r"\([^()]*\)$", "", text)
    return bool(_SIGNATURE.fullmatch(text)) and plain.endswith(bodies.BODY_ENDS) and not read_label(text)


def plan_title(lines: list[str], stop: int) -> tuple[int, int] | None:
    """First and last line of the plan's title among lines[:stop], the last one if several look like titles."""
    for last in range(stop - 1, -1, -1):
        if not is_title_like(lines[last]) or read_label(lines[last]):
            continue
        end = last
        if _YEARS_LINE.fullmatch(lines[last]) and last and is_title_like(lines[last - 1]):
            last -= 1
        bare_end = (
            last > 0 and _AFTER_TITLE.sub("", lines[last]) in structure.TITLE_ENDS and is_title_like(lines[last - 1])
        )
        if not (ends_as_plan(lines[last]) or bare_end or (end > last and ends_as_plan(lines[last] + lines[end]))):
            continue
        first = _grow_back(lines, last, _plan_complete, _may_precede_plan)
        joined = "".join(lines[first : end + 1])
        if _plan_complete(joined) or (any(w in joined for w in _PROGRAMME) and len(joined) >= 6):
            return first, end
    return None


def loose_title(lines: list[str], stop: int) -> tuple[int, int] | None:
    """First and last line of a title whose last word is none of the usual ones: the last line alone that names the programme."""
    for last in range(stop - 1, -1, -1):
        text = lines[last]
        named = len(text) >= 8 and is_title_like(text) and any(w in text for w in _PROGRAMME)
        if named and not read_label(text) and not is_signature(text) and not text.endswith(("文件", "网", "网站")):
            return _grow_back(lines, last, _plan_complete, _may_precede_plan), last
    return None


def notice_title(lines: list[str], stop: int) -> tuple[int, int] | None:
    """First and last line of the title of the covering notice among lines[:stop].

    A page's headline without the issuing body gives way to the full title below it."""
    short: tuple[int, int] | None = None
    for last in range(stop):
        text = lines[last]
        if not is_title_like(text, _LONGEST_NOTICE) or not text.endswith(structure.NOTICE_ENDS):
            continue
        first = _grow_back(lines, last, _notice_complete, _may_precede)
        joined = "".join(lines[first : last + 1])
        if not any(verb in joined for verb in structure.ISSUE_VERBS):
            continue
        if short is None and joined.startswith("关于"):
            short = first, last
        elif short is None or joined.endswith("".join(lines[short[0] : short[1] + 1])):
            return first, last
    return short


def _grow_back(lines: list[str], last: int, complete: Callable[[str], bool], may_precede: Callable[[str], bool]) -> int:
    """The line where the title that ends at last begins."""
    first = last
    while (
        first > 0
        and last - first < 4
        and not complete("".join(lines[first : last + 1]))
        and may_precede(lines[first - 1])
    ):
        first -= 1
    if first > 0 and _PLACE_LINE.fullmatch(lines[first - 1]) and lines[first].startswith(_PLACELESS):
        first -= 1
    return first


def _may_precede(text: str) -> bool:
    return (
        is_title_like(text)
        and not DATE_LINE.fullmatch(text)
        and not DOC_NUMBER_LINE.fullmatch(text)
        and not text.endswith(structure.NOTICE_ENDS)
        and not text.endswith(("文件", "网"))
        and not read_label(text)
        and not text.startswith("附")
    )


def _may_precede_plan(text: str) -> bool:
    return _may_precede(text) and not (ends_as_plan(text) and _AFTER_TITLE.search(text))


def _plan_complete(text: str) -> bool:
    begins = text.startswith(
        ("关于", "行动", "规划", "实施", "方案", "工作", "纲要", "计划", "(", "素质", "科学素质", "的", "和", "与")
    )
    return not begins and any(w in text for w in _PROGRAMME) and len(text) >= 6


def _notice_complete(text: str) -> bool:
    begins = text.startswith(("关于", "印发", "转发", "《", "(", "的", "行动", "规划"))
    return not begins and any(verb in text for verb in structure.ISSUE_VERBS)
