"""Stage five: every number of the plan is accounted for; commitments with a quantity become targets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kepu.engines.plandoc.amounts import Amount, Runs, find_amounts
from kepu.engines.plandoc.model import Period, Target
from kepu.engines.plandoc.normal import bare
from kepu.engines.plandoc.periods import Calendar, Phrase, find_phrases, governing, is_baseline, settle
from kepu.engines.plandoc.subjects import (
    agent_before,
    each_prefix,
    ends_with_verb,
    split_coordination,
    subject_after,
    subject_before,
    subject_of_object,
)
from kepu.engines.plandoc.vocabulary import quantities as words

_SENTENCE_END = re.compile(r"[。!?]+[”’)》」]*")
_AFTER = re.compile(
    r"\((?:含|[次册条场部件个份、]{1,5})\)以上|[及或]?以上|以内|之内|[及或]?以下|左右|上下|内(?=[^容涵外部在]|$)|/(?:年|月)"
)
_FROM = re.compile(r"(?:由|从)[^,;。]{0,24}$")
_TO = re.compile(
    r"^(?:左右|以上)?(?:逐步)?(?:提高|增加|提升|增长|上升|扩大|扩展|发展|增|升|跃升|拓展|扩充|降低|减少|下降|压减)?(?:到|至)"
)
_BASIS = re.compile(r"^(?:以上|左右)?的?基础上")
_CONDITION_AFTER = re.compile(words.CONDITION_AFTER)
_CONDITION_BEFORE = re.compile(words.CONDITION_BEFORE)
_QUALIFICATION = re.compile(words.QUALIFICATION_BEFORE)
_AREA_OF = re.compile(r"^(?:及)?以上的?(?=[一-鿿])")
_FULL = re.compile(r"全覆盖")
_NOT_PROMISED = re.compile(r"^(?:的|、|式|型|体系|格局|网络|率|工程|行动|服务体系|模式)")
_EACH_PLACE = re.compile(
    r"(?:每个?|各)(?:行政|中小|义务教育|县级|市级|区级|乡级|基层|示范)?(?:村|乡|镇|街道|社区|县|市|区|州|旗|学校|校|园|单位|企业|部门|基地|站|馆|点|户|家庭|班|嘎查|农村)"
    r"(?:[、(][一-鿿、)]{1,10})?$"
)
_LIMITS = (
    dict.fromkeys(words.AT_LEAST_BEFORE, ">=")
    | dict.fromkeys(words.AT_MOST_BEFORE, "<=")
    | dict.fromkeys(words.ABOUT_BEFORE, "about")
)
_LIMIT_BEFORE = re.compile("(?:" + "|".join(sorted(_LIMITS, key=len, reverse=True)) + ")$")
_EVENT_TIMES = ("per_year", "every_n_years", "per_half_year", "per_quarter", "per_month", "per_week")
_AMOUNT_TAIL = re.compile(
    r"(?:[达为超过约近共]|不少于|不低于|达到|增加到|提高到)*\d[\d.,]*[万亿]?[余多]?[一-鿿%]{0,5}$"
)
_AMOUNT_INSIDE = re.compile(r"\d[\d.,]*[万亿]?[余多]?(?:人次|场次|[名个家场人次所项户部册期%])")
_RATE = re.compile(r"(?:率|比例|比重)[^,;。]{0,8}$")
_ONE_EACH = re.compile(r"每(?:隔)?(?!年|个?月|周|个?季|个?学|半|次|场|期|天|日|[一二两三四五\d])[一-鿿()]{1,14}$")
_PUT_ON = re.compile(
    r"(?:举办|开展|组织|开设|办|编|出|制作|更新|不少于|不低于|至少|培训|每[年月周季]度?)[^,;。]{0,12}$"
)
# Doings that say nothing without what is done: 开课一次, 更新10条.
_DOINGS = frozenset(
    [
        "开课",
        "更新",
        "开放",
        "巡展",
        "巡讲",
        "巡演",
        "授课",
        "刊播",
        "推送",
        "报送",
        "播出",
        "下乡",
        "上课",
        "调度",
        "服务",
        "培训",
        "推广",
        "指导",
        "帮扶",
        "慰问",
        "巡演",
        "演出",
        "放映",
        "展播",
        "评选",
        "表彰",
        "播放",
        "上线",
    ]
)
# 2个国家级、5个省级基地: what the last level names is counted at every level.
_LEVELS_OF = re.compile(r"([一-鿿]{1,3}级)(?:[、和,]\d{1,4}[个家所名处][一-鿿]{1,3}级)+([一-鿿“”]{2,20})")
_LEVEL_OF_NOUN = re.compile(r"(?:及)?以[上下]的[一-鿿]")
_AMOUNT_BEFORE = re.compile(r"\d[余多]?[万亿]?[一-鿿%]{1,3}(?:以上|左右|以内)?[^、,;。\d]{0,12}$")
_SAYS_NOTHING = re.compile(r"[一两][遍次轮]|每(?:期|场|次|届|个|班|人|名|家)")
_EACH_OF = re.compile(r"每(?:期|场|次|届|个|班|人|名|家|所|户|村|支|组|队|批|档|节|门|站|馆)?")
# 按每人2元安排经费, 按每亩20元的标准给予补贴: what is measured out follows the rate.
_BY_RATE = re.compile(r"按照?[^,;。]{0,24}$")
_MEASURED_OUT = re.compile(
    r"(?:以上|左右)?(?:的?(?:标准|比例|额度|定额))?,?(?:安排|落实|给予|列支|核拨|拨付|预算|配套|筹集|投入|提取|设立|补助|发放|配备|配置|核定)([^,;。]{2,24})"
)
_AT_RATE = re.compile(r"(?:以上|左右)?的?(?:标准|额度|定额)")
# 小学每周2节, 市级以上50个: a level or group that says too little without what is counted.
_GROUP = re.compile(
    r"(?:国家|[省市县区州旗乡镇校])级(?:及?以上)?|小学|初中|高中|中学|幼儿园|城镇|城市|农村|城区|乡村|镇区"
)
_WINDOW = 240
_HEAD = 10


@dataclass(frozen=True, slots=True)
class Area:
    """A stretch of text that may hold targets, and what its targets belong to."""

    start: int
    end: int
    task: str | None
    section: str | None
    topic: str
    preamble: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its span and its time phrases."""

    start: int
    end: int
    phrases: list[Phrase]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an amount is: class, reason, confidence."""

    kind: str
    reason: str
    confidence: float = 0.9


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of one paragraph, heading or cell."""
    position = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if text[position : match.end()].strip():
            yield position, match.end()
        position = match.end()
    if text[position:end].strip():
        yield position, end


def sentence_head(text: str, sentence: tuple[int, int]) -> str:
    """The first ten characters of a sentence, white space removed."""
    return bare(text[sentence[0] : min(sentence[1], sentence[0] + 40)])[:_HEAD]


def read_targets(
    text: str, dated: str, areas: tuple[Area, ...], runs: Runs, calendar: Calendar
) -> list[tuple[Target, Verdict]]:
    """All amounts of the areas in order, each as a target with its verdict; those that are no targets keep their class.

    dated is the same text with years in digits. A verdict of kind `target` or `baseline` goes to the ledger; every other kind only accounts for the number."""
    out: list[tuple[Target, Verdict]] = []
    for area in areas:
        for start, end in sentences(text, area.start, area.end):
            amounts = [a for a in find_amounts(text, start, end) if runs.claimed(a.start, a.end) is None]
            full = [m.start() for m in _FULL.finditer(text, start, end)]
            if not amounts and not full:
                continue
            sentence = Sentence(start, end, find_phrases(dated, start, end, calendar))
            found = _sentence_targets(text, dated, sentence, amounts, area, calendar)
            last = found[-1][0].subject if found else ""
            found += _full_coverage(text, sentence, full, area, calendar, last)
            out += sorted(found, key=lambda pair: pair[0].start)
    return out


def _sentence_targets(
    text: str, dated: str, sentence: Sentence, amounts: list[Amount], area: Area, calendar: Calendar
) -> list[tuple[Target, Verdict]]:
    out: list[tuple[Target, Verdict]] = []
    previous: Amount | None = None
    subset_open = False
    for i, amount in enumerate(amounts):
        following = amounts[i + 1] if i + 1 < len(amounts) else None
        phrases = _without_origin(text, sentence.phrases, previous, amount)
        phrase = governing(phrases, text, max(sentence.start, amount.start - _WINDOW), amount.start)
        verdict = _judge(text, replace(sentence, phrases=phrases), amount, previous, following, phrase, area)
        between = text[previous.end if previous else sentence.start : amount.start]
        subset_open = "其中" in between or (
            subset_open and len(between) < 20 and ";" not in between and "," not in between
        )
        tail = _AFTER.match(text, amount.end)
        target = Target(
            subject=_subject(
                text, dated, sentence, amount, previous, following, area, out[-1][0].subject if out else ""
            ),
            value=_number(amount.value),
            value_max=None if amount.value_max is None else _number(amount.value_max),
            unit=amount.unit,
            comparator=_comparator(text, sentence.start, amount, tail[0] if tail else "", previous),
            period=_period(phrase, tail[0] if tail else "", calendar),
            number=amount.text,
            sentence_head=sentence_head(text, (sentence.start, sentence.end)),
            task=area.task,
            section=area.section,
            is_baseline=verdict.kind == "baseline",
            modality=_modality(text, sentence.start, amount.start),
            subset=subset_open,
            start=amount.start,
            end=amount.end,
            sentence=(sentence.start, sentence.end),
            confidence=verdict.confidence,
            reason=verdict.reason,
        )
        out.append((target, verdict))
        previous = amount
    return _respectively(text, sentence, _named_by_the_next(text, out, area))


def _without_origin(text: str, phrases: list[Phrase], previous: Amount | None, amount: Amount) -> list[Phrase]:
    """`由2020年的6.5%提高到10%`: the past time belongs to the value grown from, not to the one grown to."""
    if not previous or not _TO.fullmatch(text[previous.end : amount.start]):
        return phrases
    origin = _FROM.search(text[max(0, previous.start - 24) : previous.start])
    if not origin:
        return phrases
    start = max(0, previous.start - 24) + origin.start()
    return [p for p in phrases if not (start <= p.start < previous.start)]


def _named_by_the_next(text: str, found: list[tuple[Target, Verdict]], area: Area) -> list[tuple[Target, Verdict]]:
    """`2022年建成1个、2023年建成2个基地`: an amount without a subject of its own takes that of the next of its unit."""
    fallback = {subject_of_object(area.topic), area.topic}
    out = list(found)
    for i in range(len(out) - 2, -1, -1):
        (target, verdict), following = out[i], out[i + 1][0]
        listed = not re.search("[,;。]", text[target.end : following.start])
        if target.subject in fallback and following.unit == target.unit and listed:
            out[i] = (replace(target, subject=following.subject), verdict)
    return out


def _number(value: float) -> float:
    return int(value) if value == int(value) else value


def _judge(
    text: str,
    sentence: Sentence,
    amount: Amount,
    previous: Amount | None,
    following: Amount | None,
    phrase: Phrase | None,
    area: Area,
) -> Verdict:
    """Target, baseline or what else the amount is, and why."""
    before = text[max(sentence.start, amount.start - 40) : amount.start]
    after = text[amount.end : amount.end + 30]
    if previous and _in_bracket_of(text, previous, amount):
        return Verdict("breakdown", "bracket_after_quantity")
    if previous and _qualifies(text, previous, amount):
        return Verdict("qualification", "size_of_what_is_counted", 0.8)
    if _CONDITION_BEFORE.search(before) and re.match(r"(?:以上)?的?(?!目标)[一-鿿]", after) and "的" in after[:8]:
        return Verdict("condition", "below_a_level")
    if _CONDITION_AFTER.match(after) and not ends_with_verb(before) and (amount.unit != "%" or _RATE.search(before)):
        return Verdict("condition", "level_of_something_else", 0.8)
    sized = amount.unit not in ("人", "人次", "%") and re.match(r"(?:以上|左右)?的[一-鿿]", after)
    if sized and _QUALIFICATION.search(before):
        return Verdict("qualification", "experience_or_size", 0.8)
    if amount.unit in ("平方米", "亩", "公里") and _AREA_OF.match(after) and following:
        return Verdict("qualification", "size_of_something_else", 0.8)
    article = _article(text, sentence, amount, before, phrase)
    if article:
        return article
    if _FROM.search(before) and _TO.match(after):
        return Verdict("baseline", "from_value")
    if _BASIS.match(after):
        return Verdict("baseline", "basis_value")
    past = is_baseline(sentence.phrases, sentence.start, amount.start)
    if past and following and _TO.match(after):
        return Verdict("baseline", "from_value")
    if area.preamble:
        return Verdict("baseline", "preamble", 0.8)
    if past:
        return Verdict("baseline", past, 0.8)
    confidence = 0.95 if not amount.chinese else 0.75
    return Verdict("target", "amount", confidence)


def _article(text: str, sentence: Sentence, amount: Amount, before: str, phrase: Phrase | None) -> Verdict | None:
    """一 is an article but as the size of a scheduled event, after 至少, and after 每 with a place. 百 and 千 alone are round words."""
    numeral = amount.text[: -len(amount.measure)] if amount.text.endswith(amount.measure) else amount.text
    if numeral in ("百", "千", "万", "百千", "千百", "万千") and not re.search(
        r"(?:近|超|超过|约|过|突破|达|达到|不少于)$", before
    ):
        return Verdict("name_or_slogan", "round_word", 0.7)
    if (
        amount.measure == "期"
        and amount.chinese
        and amount.value < 10
        and not _PUT_ON.search(before)
        and numeral != "一"
    ):
        return Verdict("ordinal", "phase_of_a_project", 0.7)
    if numeral != "一":
        return None
    if re.search(r"(?:至少|不少于|不低于|最少)[^,;。]{0,12}$", before) or _ONE_EACH.search(before):
        return None
    if phrase and phrase.period.type in _EVENT_TIMES and not phrase.own and amount.measure in words.EVENT_MEASURES:
        return None
    return Verdict("lexical", "article")


def _qualifies(text: str, previous: Amount, amount: Amount) -> bool:
    """`2家年收入2000万元以上的企业`: the second amount tells which ones the first counts."""
    between = text[previous.end : amount.start]
    direct = len(between) <= 16 and not re.search(r"[,;、。:()]", between)
    return direct and bool(_LEVEL_OF_NOUN.match(text, amount.end)) and amount.unit != "%"


def _in_bracket_of(text: str, previous: Amount, amount: Amount) -> bool:
    """The amount stands in a bracket that opens right after the quantity before it (or a word of it), without 其中."""
    opening = _open_bracket(text, amount.start)
    if opening < 0 or "其中" in text[opening : amount.start]:
        return False
    if opening <= previous.start:
        # Another amount of the same bracket was a breakdown already.
        return bool(_AMOUNT_BEFORE.search(text[max(0, opening - 24) : opening]))
    between = text[previous.end : opening]
    return len(between) <= 4 or (not re.search("[、,;。]", between) and len(between) <= 16)


def _open_bracket(text: str, position: int) -> int:
    """Index of the bracket that is open at the position, or -1."""
    depth = 0
    for i in range(position - 1, max(-1, position - 80), -1):
        if text[i] == ")":
            depth += 1
        elif text[i] == "(":
            if depth == 0:
                return i
            depth -= 1
    return -1


def _comparator(text: str, sentence: int, amount: Amount, tail: str, previous: Amount | None) -> str:
    if amount.value_max is not None:
        return "range"
    if tail.endswith("以上"):
        return ">="
    if tail.endswith(words.AT_MOST_AFTER):
        return "<="
    if tail == "内":
        return "<=" if amount.unit in words.DURATION_UNITS else "="
    if tail in words.ABOUT_AFTER:
        return "about"
    if amount.at_least:
        return ">="
    low = max(sentence, amount.start - 60, previous.end if previous else 0)
    clause = re.split(r"[,;。:]", text[low : amount.start])[-1]
    direct = re.sub(r"(?:分别|每年|各|为|到|达到?|了|人均|共|总计|累计)+$", "", clause) or clause
    for candidate in (clause, direct):
        said = _LIMIT_BEFORE.search(candidate)
        if said:
            return _LIMITS[said[0]]
    if any(w in clause for w in words.AT_LEAST_ANYWHERE):
        return ">="
    return "="


def _period(phrase: Phrase | None, tail: str, calendar: Calendar) -> Period:
    if phrase is None and tail == "/年":
        phrase = Phrase(0, 0, Period("per_year"))
    if phrase is None and tail == "/月":
        phrase = Phrase(0, 0, Period("per_month"))
    if phrase and phrase.past:
        year = phrase.period.year or phrase.period.end_year
        return Period("year", year=year) if year else Period()
    return settle(phrase, calendar)


def _modality(text: str, sentence: int, number: int) -> str:
    low = max(sentence, number - _WINDOW)
    segment = text[max(low, text.rfind(";", low, number) + 1) : number]
    return "aspirational" if any(w in segment for w in words.ASPIRATIONAL) else "firm"


def _segment_start(text: str, sentence: Sentence, amount: Amount, previous: Amount | None) -> int:
    """Where the words that may name the amount's subject begin: after the last , ; : outside quotes, or the amount before."""
    low = max(sentence.start, amount.start - _WINDOW)
    depth = 0
    position = low
    for i in range(amount.start - 1, low - 1, -1):
        c = text[i]
        if c in "”》)":
            depth += 1
        elif c in "“《(":
            if depth == 0:
                position = i + 1
                break
            depth -= 1
        elif depth == 0 and c in ",;:。!?\t":
            position = i + 1
            break
    if previous and previous.end > position:
        tail = _AFTER.match(text, previous.end)
        position = tail.end() if tail else previous.end
    return position


def _subject(
    text: str,
    dated: str,
    sentence: Sentence,
    amount: Amount,
    previous: Amount | None,
    following: Amount | None,
    area: Area,
    last: str,
) -> str:
    """The noun phrase that the amount counts, from before it, after it, the clause before or the task's title."""
    start = _segment_start(text, sentence, amount, previous)
    before = dated[start : amount.start]
    tail = _AFTER.match(text, amount.end)
    after_start = tail.end() if tail else amount.end
    after_text = dated[after_start : min(sentence.end, after_start + 120)]
    # A breakdown or other bracket right after the amount is skipped.
    if after_text.startswith("("):
        close = after_text.find(")")
        after_text = after_text[close + 1 :] if close > 0 else after_text
    gap = following.start - after_start if following and not _qualifies(text, amount, following) else -1
    earlier = subject_before(before)
    levels = _LEVELS_OF.match(after_text)
    later = levels[1] + levels[2] if levels else subject_after(after_text, gap) if after_text else ""
    if tail and tail[0] in ("内", "以内", "之内") and amount.unit in words.DURATION_UNITS and later:
        return later
    if _BY_RATE.search(before) and (out := _MEASURED_OUT.match(text, amount.end)):
        return subject_of_object(out[1])
    if _BY_RATE.search(before) and _AT_RATE.match(text, amount.end):
        return _from_clauses(dated, sentence, start) or last or _topic(area)
    if _EACH_OF.fullmatch(earlier) and not later:
        return earlier + (last or _from_context(dated, sentence, start, area))
    if _GROUP.fullmatch(earlier) and not later:
        of = last if previous and previous.unit == amount.unit else _from_context(dated, sentence, start, area)
        return earlier + re.sub(rf"^(?:{_GROUP.pattern})", "", of)
    if before.rstrip().endswith(("、", "和", "及", "与")) and later and previous:
        return later
    if later and ((amount.unit == "%" and after_text.startswith("的")) or earlier[:1].isdigit()):
        return later
    if _EACH_PLACE.fullmatch(earlier) and later:
        return earlier + later
    if _EACH_PLACE.fullmatch(earlier) and not later:
        return earlier + _without_each(_from_context(dated, sentence, start, area) or last or area.topic)
    if later and (len(earlier) <= 2 or ends_with_verb(before)):
        prefix = each_prefix(before) or (agent_before(before) if len(later) <= 3 else "")
        return later if not prefix or later.startswith(prefix) else prefix + later
    if earlier in _DOINGS:
        of = _from_clauses(dated, sentence, start) or ("" if previous else _topic(area))
        return of if earlier in of else of + earlier
    if len(earlier) >= 2:
        return earlier
    if later:
        return later
    if last and previous and "。" not in text[previous.end : amount.start] and amount.unit == previous.unit:
        return last
    return _from_context(dated, sentence, start, area) or earlier or area.topic


def _without_each(subject: str) -> str:
    return re.sub(r"^(?:每个?|各)[一-鿿]{1,3}", "", subject) or subject


def _from_context(text: str, sentence: Sentence, end: int, area: Area) -> str:
    """What an earlier clause of the sentence speaks of, else the task's title."""
    return _from_clauses(text, sentence, end) or _topic(area)


def _topic(area: Area) -> str:
    return subject_of_object(area.topic) or area.topic


def _from_clauses(text: str, sentence: Sentence, end: int) -> str:
    """The object of the nearest earlier clause of the sentence that names one, else nothing."""
    low = max(sentence.start, end - _WINDOW)
    for clause in reversed(re.split(r"[,;:]", text[low : max(low, end - 1)])):
        found = subject_of_object(_AMOUNT_INSIDE.sub("", _AMOUNT_TAIL.sub("", clause)))
        empty = len(found) < 2 or found in _DOINGS or _SAYS_NOTHING.fullmatch(found)
        if not empty and not clause.startswith(
            ("围绕", "依托", "通过", "按照", "以", "为", "在", "根据", "结合", "充分")
        ):
            return found
    return ""


def _respectively(text: str, sentence: Sentence, found: list[tuple[Target, Verdict]]) -> list[tuple[Target, Verdict]]:
    """`A、B分别不低于2元、3元`: subjects (or years) in order, the comparator of the first for each."""
    out = list(found)
    i = 0
    while i < len(out):
        target = out[i][0]
        low = max(sentence.start, target.start - 60)
        lead = text[low : target.start]
        at = lead.rfind("分别")
        if at < 0 or re.search(r"[,;。]", lead[at:]) or (i and out[i - 1][0].start >= low + at):
            i += 1
            continue
        group = [i]
        while group[-1] + 1 < len(out):
            gap = text[out[group[-1]][0].end : out[group[-1] + 1][0].start]
            if len(gap) > 12 or not re.fullmatch(r"(?:以上|左右)?[、,和及]?(?:不少于|不低于|达到|超过)?", gap):
                break
            group.append(group[-1] + 1)
        if len(group) > 1:
            _share_out(text, sentence, low + at, out, group)
        i = group[-1] + 1
    return out


def _share_out(text: str, sentence: Sentence, at: int, out: list[tuple[Target, Verdict]], group: list[int]) -> None:
    clause = re.split(r"[,;。:]", text[max(sentence.start, at - 80) : at])[-1]
    years = [p for p in sentence.phrases if p.end <= at and at - p.start < 60 and p.lasting and not p.past]
    subject = subject_before(clause)
    parts = split_coordination(subject, len(group))
    first = out[group[0]][0]
    for n, index in enumerate(group):
        target, verdict = out[index]
        change: dict[str, object] = {"comparator": first.comparator if target.comparator == "=" else target.comparator}
        if parts:
            change["subject"] = parts[n]
        elif len(subject) >= 2:
            change["subject"] = subject
        else:
            change["subject"] = first.subject
        if not parts and len(years) == len(group) and first.period.type == "deadline":
            change["period"] = years[n].period
        out[index] = (replace(target, **change), verdict)  # type: ignore[arg-type]


def _full_coverage(
    text: str, sentence: Sentence, places: list[int], area: Area, calendar: Calendar, last: str
) -> list[tuple[Target, Verdict]]:
    """全覆盖 promised of something: a target without a number."""
    out = []
    for at in places:
        end = at + 3
        if _NOT_PROMISED.match(text[end : end + 4]) or _quoted(text, sentence, at):
            continue
        phrase = governing(sentence.phrases, text, max(sentence.start, at - _WINDOW), at)
        low = _segment_start(text, sentence, Amount(at, end, "", 0, None, "", "", True), None)
        subject = subject_before(re.sub(r"(?:的|基本实现|实现|率先实现)$", "", text[low:at]))
        if len(subject) < 2:
            subject = last or _from_context(text, sentence, low, area)
        kind = "target"
        if area.preamble or is_baseline(sentence.phrases, sentence.start, at):
            kind = "baseline"
        out.append(
            (
                Target(
                    subject=subject,
                    value=None,
                    value_max=None,
                    unit="全覆盖",
                    comparator="=",
                    period=_period(phrase, "", calendar),
                    number="全覆盖",
                    sentence_head=sentence_head(text, (sentence.start, sentence.end)),
                    task=area.task,
                    section=area.section,
                    is_baseline=kind == "baseline",
                    modality=_modality(text, sentence.start, at),
                    subset=False,
                    start=at,
                    end=end,
                    sentence=(sentence.start, sentence.end),
                    confidence=0.7,
                    reason="full_coverage",
                ),
                Verdict(kind, "full_coverage", 0.7),
            )
        )
    return out


def _quoted(text: str, sentence: Sentence, at: int) -> bool:
    low = max(sentence.start, at - 60)
    return text.rfind("“", low, at) > text.rfind("”", low, at)
