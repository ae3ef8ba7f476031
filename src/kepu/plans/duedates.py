"""Deadlines as plans print them (6月底前, 年底前, 第三季度) turned into days; what says nothing gives None."""

import re
from calendar import monthrange
from datetime import date

_YEAR = re.compile(r"(20\d\d)年")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|[1-9])月(?:份)?(?:(\d{1,2})日|(上旬)|(中旬))?")
_QUARTERS = {"一": 3, "1": 3, "二": 6, "2": 6, "三": 9, "3": 9, "四": 12, "4": 12}
_QUARTER = re.compile(r"([一二三四1-4])季度")
_WHOLE_YEAR = ("年底", "年末", "全年", "年内", "长期", "持续")


def due_date(printed: str, year: int | None) -> date | None:
    """The last day on which the thing is still in time.

    `year` is that of the document, used where none is printed. Of several months (3月至6月) the last one counts.
    """
    text = re.sub(r"\s", "", printed)
    named = _YEAR.search(text)
    year = int(named[1]) if named else year
    if year is None:
        return None
    months = list(_MONTH.finditer(text))
    if months:
        return _day_of(year, months[-1])
    quarters = _QUARTER.findall(text)
    if quarters:
        return _last_day(year, _QUARTERS[quarters[-1]])
    if "上半年" in text:
        return _last_day(year, 6)
    return date(year, 12, 31) if named or any(word in text for word in _WHOLE_YEAR) else None


def _day_of(year: int, found: re.Match[str]) -> date:
    month = int(found[1])
    last = monthrange(year, month)[1]
    if found[2]:
        return date(year, month, min(max(int(found[2]), 1), last))
    return date(year, month, 10 if found[3] else 20 if found[4] else last)


def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
