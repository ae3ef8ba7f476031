"""What an amount of a sentence counts, from the words before and after it, an earlier clause or the task's title."""

import re

from kepu.engines.plandoc.amounts import Amount
from kepu.engines.plandoc.sentences import AFTER, WINDOW, Area, Sentence
from kepu.engines.plandoc.subjects import (
    agent_before,
    each_prefix,
    ends_with_verb,
    subject_after,
    subject_before,
    subject_of_object,
)
from kepu.engines.plandoc.verdicts import qualifies
from kepu.engines.plandoc.vocabulary import quantities as words

_EACH_PLACE = re.compile(
    r"(?:每个?|各)(?:行政|中小|义务教育|县级|市级|区级|乡级|基层|示范)?(?:村|乡|镇|街道|社区|县|市|区|州|旗|学校|校|园|单位|企业|部门|基地|站|馆|点|户|家庭|班|嘎查|农村)"
    r"(?:[、(][一-鿿、)]{1,10})?$"
)
_AMOUNT_TAIL = re.compile(
    r"(?:[达为超过约近共]|不少于|不低于|达到|增加到|提高到)*\d[\d.,]*[万亿]?[余多]?[一-鿿%]{0,5}$"
)
_AMOUNT_INSIDE = re.compile(r"\d[\d.,]*[万亿]?[余多]?(?:人次|场次|[名个家场人次所项户部册期%])")
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
        "演出",
        "放映",
        "参赛",
        "参训",
        "参观",
        "受训",
        "展播",
        "评选",
        "表彰",
        "播放",
        "上线",
    ]
)
_ASIDE = ("围绕", "依托", "通过", "按照", "以", "为", "在", "根据", "结合", "充分", "发挥")
_ACTS = re.compile("|".join(words.CUTTING_VERBS))
# 首期规模, 总面积: says too little without what has it.
_SHARE = re.compile(r"率[^,;]{0,8}(?:\d%|百分之)")
_THINGS = ("家", "个", "所", "座", "处")
_QUALITY = re.compile(r"(?:首|单|每|总|一)?[期批次场个座项]?(?:建筑|展厅|总)?(?:规模|面积|投资|金额)")
# 年均推送1000篇: what is put out is not what the amount before counts.
_PUBLISHED = re.compile(r"(推送|更新|发布|刊播|刊发|播出|上线|展播|播放)(?:不少于|不低于|超过|约|近|达到?)?$")
# 超过30%的远景目标: what is aimed at, not what is measured.
_AIM = re.compile(r"(?:目标|要求|水平|标准|任务|速度|增速|幅度|规模)$")
# 2个国家级、5个省级基地: what the last level names is counted at every level.
_LEVELS_OF = re.compile(r"([一-鿿]{1,3}级)(?:[、和,]\d{1,4}[个家所名处][一-鿿]{1,3}级)+([一-鿿“”]{2,20})")
_SAYS_NOTHING = re.compile(r"[一两][遍次轮]|每(?:期|场|次|届|个|班|人|名|家)")
_EACH_OF = re.compile(r"每(?:期|场|次|届|个|班|人|名|家|所|户|村|支|组|队|批|档|节|门|站|馆)?")
# 按每人2元安排经费, 按每亩20元的标准给予补贴: what is measured out follows the rate.
_BY_RATE = re.compile(r"按照?[^,;。]{0,24}$")
_MEASURED_OUT = re.compile(
    r"(?:以上|左右)?(?:的?(?:标准|比例|额度|定额))?,?(?:安排|落实|给予|列支|核拨|拨付|预算|配套|筹集|投入|提取|设立|补助|发放|配备|配置|核定)([^,;。]{2,24})"
)
_AT_RATE = re.compile(r"(?:以上|左右)?的?(?:标准|额度|定额)")
# 小学每周2节, 市级以上50个: a level or group that says too little without what is counted.
GROUP = re.compile(
    r"(?:国家|[省市县区州旗乡镇校])级(?:及?以上)?|小学|初中|高中|中学|幼儿园|城镇|城市|农村|城区|乡村|镇区"
)


def segment_start(text: str, sentence: Sentence, amount: Amount, previous: Amount | None) -> int:
    """Where the words that may name the amount's subject begin: after the last , ; : outside quotes, or the amount before."""
    low = max(sentence.start, amount.start - WINDOW)
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
        tail = AFTER.match(text, previous.end)
        position = tail.end() if tail else previous.end
    return position


def subject_of(
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
    start = segment_start(text, sentence, amount, previous)
    before = dated[start : amount.start]
    tail = AFTER.match(text, amount.end)
    after_start = tail.end() if tail else amount.end
    after_text = dated[after_start : min(sentence.end, after_start + 120)]
    # A breakdown or other bracket right after the amount is skipped.
    if after_text.startswith("("):
        close = after_text.find(")")
        after_text = after_text[close + 1 :] if close > 0 else after_text
    gap = following.start - after_start if following and not qualifies(text, amount, following) else -1
    earlier = subject_before(before)
    levels = _LEVELS_OF.match(after_text)
    later = levels[1] + levels[2] if levels else subject_after(after_text, gap) if after_text else ""
    if tail and tail[0] in ("内", "以内", "之内") and amount.unit in words.DURATION_UNITS and later:
        return later
    if _BY_RATE.search(before) and (out := _MEASURED_OUT.match(text, amount.end)):
        return subject_of_object(out[1])
    if _BY_RATE.search(before) and _AT_RATE.match(text, amount.end):
        return _from_clauses(dated, sentence, start, amount.unit) or last or _topic(area)
    if _EACH_OF.fullmatch(earlier) and not later:
        return earlier + (_without_each(last) or from_context(dated, sentence, start, area, amount.unit))
    if GROUP.fullmatch(earlier) and not later:
        of = (
            last
            if previous and previous.unit == amount.unit
            else from_context(dated, sentence, start, area, amount.unit)
        )
        return earlier + re.sub(rf"^(?:{GROUP.pattern})", "", of)
    if before.rstrip().endswith(("、", "和", "及", "与")) and later and previous:
        return later
    if amount.unit == "%" and _AIM.search(later):
        later = ""
    if later and ((amount.unit == "%" and after_text.startswith("的")) or earlier[:1].isdigit()):
        return later
    if later and (_EACH_PLACE.fullmatch(earlier) or (GROUP.fullmatch(earlier) and not GROUP.match(later))):
        return earlier + later
    if _EACH_PLACE.fullmatch(earlier) and not later:
        return earlier + _without_each(from_context(dated, sentence, start, area, amount.unit) or last or area.topic)
    if later and (len(earlier) <= 2 or ends_with_verb(before)):
        prefix = each_prefix(before) or (agent_before(before) if len(later) <= 3 else "")
        return later if not prefix or later.startswith(prefix) else prefix + later
    if earlier in _DOINGS:
        of = _from_clauses(dated, sentence, start, amount.unit) or ("" if previous else _topic(area))
        return of if earlier in of else of + earlier
    if _QUALITY.fullmatch(earlier):
        of = _from_clauses(dated, sentence, start, amount.unit) or ("" if previous else _topic(area))
        return earlier if earlier in of else of + earlier
    if len(earlier) >= 2:
        return earlier
    if later:
        return later
    published = _PUBLISHED.search(before)
    if published and previous and previous.unit != amount.unit:
        return published[1]
    if last and previous and "。" not in text[previous.end : amount.start] and amount.unit == previous.unit:
        return last
    return from_context(dated, sentence, start, area, amount.unit) or earlier or area.topic


def _without_each(subject: str) -> str:
    return re.sub(r"^(?:每个?|各)[一-鿿]{1,3}", "", subject) or subject


def from_context(text: str, sentence: Sentence, end: int, area: Area, unit: str = "%") -> str:
    """What an earlier clause of the sentence speaks of, else the task's title."""
    return _from_clauses(text, sentence, end, unit) or _topic(area)


def _topic(area: Area) -> str:
    return subject_of_object(area.topic) or area.topic


def _does_something(clause: str) -> bool:
    """The clause has a verb with an object: `围绕八大产业链举办推介活动`."""
    acts = list(_ACTS.finditer(clause, 4))
    return bool(acts) and len(clause) - acts[-1].end() >= 3


def _from_clauses(text: str, sentence: Sentence, end: int, unit: str = "%") -> str:
    """The object of the nearest earlier clause of the sentence that names one, else nothing.

    What a share measures is not counted by a later amount in another unit."""
    low = max(sentence.start, end - WINDOW)
    for clause in reversed(re.split(r"[,;:]", text[low : max(low, end - 1)])):
        if unit in _THINGS and _SHARE.search(clause):
            continue
        found = subject_of_object(_AMOUNT_INSIDE.sub("", _AMOUNT_TAIL.sub("", clause)))
        empty = len(found) < 2 or found in _DOINGS or _SAYS_NOTHING.fullmatch(found)
        # 围绕…, 在…: where and how, unless the clause goes on to say what is done.
        aside = clause.startswith(_ASIDE) and not _does_something(clause)
        if not empty and not aside:
            return found
    return ""
