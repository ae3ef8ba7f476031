"""Time phrases of a sentence and the one that governs a number (contract, section 6, period)."""

import re
from dataclasses import dataclass

from kepu.engines.plandoc.labels import DIGITS, chinese_value
from kepu.engines.plandoc.model import Period

_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_TIME = re.compile(
    rf"(?P<compared>[比较](?:20\d\d年(?:度)?|上年度?|去年|上一年|“?十[一二三四]五”?(?:期?末|时期|期间)?)|(?:在|以)?20\d\d年?(?:的)?基础上)"
    r"|(?P<span>(?P<from>20\d\d)年?[-—–~至到]+(?P<to>20\d\d)年?)"
    r"|(?P<plan>“?十(?P<nth>[一二三四五六七八]?)五”?(?P<when>规划期?末|期末|末期|末年|末|期间|时期|以来|(?=,)))"
    r"|(?P<end>规划期末|规划末期|期末(?=,))"
    r"|(?P<year>(?:[到至于]|截至|截止到?)?(?<!\d)(?P<y>20\d\d)年(?P<rest>度|年?底|末|年末)?(?:之?前|以前)?(?P<since>以来)?)"
    rf"|(?P<every>每隔?(?P<en>{_N})年|(?P<en2>{_N})年(?=(?:举办|召开|开展|组织|评选)?(?:一|1)[次届轮]))"
    rf"|(?P<within>(?:(?:经过|通过|用|未来|今后|力争(?:通过|用)?)(?P<w1>{_N})(?:[-—–~至到](?P<w2>{_N}))?(?:个)?年(?:左右)?(?:的?时间|内|努力)?)"
    rf"|(?P<w3>{_N})(?:[-—–~至到](?P<w4>{_N}))?年(?:左右)?(?:内|之内|间|期间|累计|时间))"
    r"|(?P<half>(?:每(?:个)?|(?<![上下每]))半年(?!内|来|前|度)|每(?:个)?学期)|(?P<quarter>每(?:个)?季度?|按季度?)|(?P<month>每(?:个)?月|按月)|(?P<day>每(?:个)?(?:天|日)(?!常))|(?P<week>每(?:个)?(?:周|星期)(?:[一二三四五六日](?![次期场节课个])(?:[、和至到](?:周|星期)?[一二三四五六日])*)?(?!年))"
    r"|(?P<yearly>每(?:个)?(?:学)?年(?:度)?(?![龄级])|每人每年|年均|全年)"
    r"|(?P<past>(?<![依托用好对将在])现有(?=[^,;。、的建新改达增扩提]{1,12}\d)|截至|截止|去年|上年度?|上一年度?|目前|迄今|历年|过去[一-鿿\d]{1,2}年|(?<!自)已(?:经|累计|建成|培训|开展|创建|有|达|完成|认定|建|培育|拥有)|近[一二两三四五\d]年来?)"
    r"|(?P<own>(?<![\d一二两三四五六七八九十每全青少今去当学老近历多整中成周幼同前后新元逐常半来丰灾本嘉百千万晚壮拜贺编连累童年])年度?(?=[一-鿿])(?!人(?!均))(?![龄轻级底末初来间内、纪代岁终前后会审检报货画味夜以轮节青度计工任目总考预部重要]))"
)
_PLAN_FIRST = {n: 1951 + 5 * i for i, n in enumerate(["", "一", "二", "三", "四", "五", "六", "七", "八"], start=10)}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A time phrase: where it stands, the period it gives, whether it speaks of the past."""

    start: int
    end: int
    period: Period
    past: bool = False
    own: bool = False
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """The years of the document: its period, the year of an annual document, the year of issue."""

    start_year: int | None = None
    end_year: int | None = None
    annual: bool = False
    issued: int | None = None

    def is_past(self, year: int) -> bool:
        """The year lies before the plan's period, or before the annual document's year."""
        if self.start_year:
            return year < self.start_year
        return bool(self.issued and year < self.issued)

    def known(self, year: int) -> bool:
        """What stood at the end of the year could be known when the document was issued."""
        if self.issued:
            return year <= self.issued
        return not self.start_year or year <= self.start_year


_CHINESE_YEAR = re.compile(r"[二][〇○零][〇○零一二三四五六七八九]{2}(?=年|[-—–~至到]+二[〇○零])")


def years_in_digits(text: str) -> str:
    """The text with years such as 二〇二五 in digits; every offset stays."""
    return _CHINESE_YEAR.sub(lambda m: "".join(str(DIGITS[c]) for c in m[0]), text)


# 2026年全国科普月主场活动: the year is part of the event's name.
_IN_A_NAME = re.compile(
    r"(?:全[国省市县区州]|“|世界|国际|中国)[^,;。、举开组参主承实完]{1,14}(?:月|周|日|节|赛|季|年会|论坛|博览会)(?:”|$|[,;。、和与等活主])"
)
# 对2020年以来命名的基地, 延续2024年做法: a past year that only tells which one is meant, by what follows or precedes it.
_OF_WHICH = re.compile(
    r"[^,;。\d]{0,6}?(?:命名|认定|评定|建成|创建|获评|授牌|入选|成立|建设|培训|立项|引进|投用|毕业|到期|出台|印发|启动|实施|试点|修订|发布|制定|开通|组建)的(?=[一-鿿])"
    r"|[^,;。\d]{0,8}?(?:做法|经验|成果|基础上|工作基础|远景目标)"
)
_WHICH_BEFORE = re.compile(r"(?:对|落实|依托|将|把|延续|结合|巩固|借鉴|总结|用好|参照|推广|深化|按照|根据)$")


def find_phrases(text: str, start: int, end: int, calendar: Calendar) -> list[Phrase]:
    """All time phrases between start and end, in order."""
    out: list[Phrase] = []
    for match in _TIME.finditer(text, start, end):
        phrase = _read(match, calendar)
        if phrase and not (phrase.past and phrase.lasting and _attribute(text, match, start, end)):
            out.append(phrase)
    return out


def _attribute(text: str, match: re.Match[str], start: int, end: int) -> bool:
    return not match[0].startswith("截") and bool(
        _OF_WHICH.match(text, match.end(), end) or _WHICH_BEFORE.search(text, start, match.start())
    )


def _read(m: re.Match[str], calendar: Calendar) -> Phrase | None:
    a, b = m.span()
    if m["compared"]:
        return None
    if m["span"]:
        first, last = int(m["from"]), int(m["to"])
        return Phrase(a, b, Period("span", start_year=first, end_year=last), past=calendar.is_past(last), lasting=True)
    if m["plan"]:
        return _plan(m, a, b, calendar)
    if m["end"]:
        return Phrase(a, b, Period("deadline", year=calendar.end_year), lasting=True) if calendar.end_year else None
    if m["year"]:
        if _IN_A_NAME.match(m.string, b) and not m["year"].startswith(("到", "至", "截", "于")):
            return None
        year = int(m["y"])
        past = calendar.is_past(year) or bool(m["since"]) or (m["year"].startswith("截") and calendar.known(year))
        return Phrase(a, b, Period("deadline", year=year), past=past, lasting=True)
    if m["every"]:
        return Phrase(a, b, Period("every_n_years", years=_count(m["en"] or m["en2"])))
    if m["within"]:
        years = _count(m["w2"] or m["w1"] or m["w4"] or m["w3"])
        return Phrase(a, b, Period("within_years", years=years), lasting=True)
    if m["day"]:
        return Phrase(a, b, Period())
    for name, kind in (
        ("half", "per_half_year"),
        ("quarter", "per_quarter"),
        ("month", "per_month"),
        ("week", "per_week"),
        ("yearly", "per_year"),
    ):
        if m[name]:
            return Phrase(a, b, Period(kind))
    if m["past"]:
        return Phrase(a, b, Period(), past=True)
    return Phrase(a, b, Period("per_year"), own=True)


def _plan(m: re.Match[str], a: int, b: int, calendar: Calendar) -> Phrase | None:
    first = _PLAN_FIRST[m["nth"]]
    when = m["when"]
    past = calendar.is_past(first + 4)
    if "末" in when:
        return Phrase(a, b, Period("deadline", year=first + 4), past=past, lasting=True)
    if when == "以来":
        return Phrase(a, b, Period(), past=True)
    return Phrase(a, b, Period("span", start_year=first, end_year=first + 4), past=past, lasting=True)


def _count(text: str) -> int:
    return int(text) if text.isdigit() else chinese_value(text) or 0


def governing(phrases: list[Phrase], text: str, sentence: int, number: int) -> Phrase | None:
    """The nearest phrase before the number in its sentence, not looking back past a semicolon.

    年 as part of the subject gives way to a deadline, span or within_years phrase before it, but not to a frequency."""
    bound = max(text.rfind(";", sentence, number) + 1, sentence)
    before = [p for p in phrases if bound <= p.start and p.end <= number]
    if not before:
        return None
    nearest = before[-1]
    if nearest.own:
        lasting = next((p for p in reversed(before) if p.lasting and not p.past), None)
        frequency = next((p for p in reversed(before[:-1]) if not p.lasting and not p.own and not p.past), None)
        if lasting and not (frequency and frequency.start > lasting.start):
            return lasting
    return nearest


def is_baseline(phrases: list[Phrase], sentence: int, number: int) -> str | None:
    """Why the number states what already is, or None: a past time stands before it with no later time in between.

    A dated past (`截至2020年底`, `“十三五”期间`) holds across frequencies and semicolons, an undated one (`已`) until the next phrase."""
    before = [p for p in phrases if sentence <= p.start and p.end <= number]
    for phrase in reversed(before):
        if phrase.past and (phrase.lasting or phrase is before[-1]):
            return "past_time"
        if phrase.lasting:
            return None
    return None


def settle(found: Phrase | None, calendar: Calendar) -> Period:
    """The period of the contract: an annual document gives every target its year, but for half-years and shorter."""
    period = found.period if found else Period()
    if calendar.annual and calendar.start_year:
        if period.type in ("per_half_year", "per_quarter", "per_month", "per_week"):
            return period
        return Period("year", year=calendar.start_year)
    return period
