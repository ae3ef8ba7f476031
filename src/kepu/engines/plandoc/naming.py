"""What an amount of a sentence counts, from the words before and after it, an earlier clause or the task's title."""

import re
from dataclasses import dataclass

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
        "立项",
        "获奖",
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
_QUALITY_AT_END = re.compile(rf"(?:{_QUALITY.pattern})$")
# 年均推送1000篇: what is put out is not what the amount before counts.
_PUBLISHED = re.compile(r"(推送|更新|发布|刊播|刊发|播出|上线|展播|播放)(?:不少于|不低于|超过|约|近|达到?)?$")
# 超过30%的远景目标: what is aimed at, not what is measured.
_AIM = re.compile(r"(?:目标|要求|水平|标准|任务|速度|增速|幅度|规模)$")
# 2个国家级、5个省级基地: what the last level names is counted at every level.
_LEVELS_OF = re.compile(r"([一-鿿]{1,3}级)(?:[、和,]\d{1,4}[个家所名处][一-鿿]{1,3}级)+([一-鿿“”]{2,20})")
_SAYS_NOTHING = re.compile(r"[一两][遍次轮]|每(?:期|场|次|届|个|班|人|名|家)")
_IN_USE = re.compile(words.IN_USE_BEFORE)
_EACH_OF = re.compile(r"每(?:期|场|次|届|个|班|人|名|家|所|户|村|支|组|队|批|档|节|门|站|馆)?")
# 按每人2元安排经费, 按每亩20元的标准给予补贴: what is measured out follows the rate.
_BY_RATE = re.compile(r"按照?[^,;。]{0,40}$")
_MEASURED_OUT = re.compile(
    r"(?:以上|左右)?(?:、[^,;。\d]{0,10}\d[\d.]*万?元(?:以上)?)*(?:的?(?:标准|比例|额度|定额))?,?(?:安排|落实|给予|列支|核拨|拨付|预算|配套|筹集|投入|提取|设立|补助|发放|配备|配置|核定)([^,;。]{2,24})"
)
_PER_HEAD = re.compile(r"((?:人|户|亩|生)均)(?:分别|达到?|不低于|不少于|超过|约|近|为|至|到)*$")
# 安排不少于50万元用于科普创作
_PAID_FOR = re.compile(r"用于([^,;。]{2,16})")
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


@dataclass(slots=True)
class _Around:
    """An amount with the words around it: its clause before, what follows, and the phrases these give."""

    text: str
    dated: str
    sentence: Sentence
    amount: Amount
    previous: Amount | None
    area: Area
    last: str
    start: int
    before: str
    after: str
    bound: str
    earlier: str
    later: str

    def clauses(self) -> str:
        """What an earlier clause of the sentence speaks of, or nothing."""
        return _from_clauses(self.dated, self.sentence, self.start, self.amount.unit)

    def context(self) -> str:
        """What an earlier clause speaks of, else the task's title."""
        return self.clauses() or _topic(self.area)

    def alike(self) -> bool:
        """The amount before has the same unit."""
        return self.previous is not None and self.previous.unit == self.amount.unit


def subject_of(
    text: str,
    dated: str,
    sentence: Sentence,
    near: tuple[Amount | None, Amount, Amount | None],
    area: Area,
    last: str,
) -> str:
    """The noun phrase that the middle one of three neighbouring amounts counts; last is what the one before counts.

    It stands before the amount, after it, in an earlier clause or in the task's title. dated is the text with years in
    digits."""
    around = _look_around(text, dated, sentence, near, area, last)
    for rule in (_at_a_rate, _per_head, _of_each, _of_a_group, _named_after, _named_before):
        found = rule(around)
        if found:
            return found
    return _named_elsewhere(around)


def _look_around(
    text: str,
    dated: str,
    sentence: Sentence,
    near: tuple[Amount | None, Amount, Amount | None],
    area: Area,
    last: str,
) -> _Around:
    previous, amount, following = near
    start = segment_start(text, sentence, amount, previous)
    before = dated[start : amount.start]
    used = previous and previous.end <= start and _IN_USE.search(text[max(0, previous.start - 40) : previous.start])
    if used and (act := _ACTS.search(before)) and len(before) - act.end() >= 2:
        # 依托12所学校开设课程30门: what is put to use is not counted again.
        before = before[act.end() :]
    tail = AFTER.match(text, amount.end)
    end = tail.end() if tail else amount.end
    after = dated[end : min(sentence.end, end + 120)]
    # A breakdown or other bracket right after the amount is skipped.
    if after.startswith("("):
        close = after.find(")")
        after = after[close + 1 :] if close > 0 else after
    gap = following.start - end if following and not qualifies(text, amount, following) else -1
    levels = _LEVELS_OF.match(after)
    later = levels[1] + levels[2] if levels else subject_after(after, gap) if after else ""
    if amount.unit == "%" and _AIM.search(later):
        later = ""
    earlier = subject_before(before)
    bound = tail[0] if tail else ""
    return _Around(text, dated, sentence, amount, previous, area, last, start, before, after, bound, earlier, later)


def _at_a_rate(w: _Around) -> str:
    """12小时内发布信息, 按每人2元安排经费: what is done within the time, or measured out at the rate."""
    if w.bound in ("内", "以内", "之内") and w.amount.unit in words.DURATION_UNITS and w.later:
        return w.later
    # 按市级2元、县级1元的标准: the rates of a list follow one 按.
    clause = re.split("[,;。:]", w.dated[max(w.sentence.start, w.amount.start - 60) : w.amount.start])[-1]
    if not _BY_RATE.search(clause):
        return ""
    level = w.earlier if GROUP.fullmatch(w.earlier) else ""
    if out := _MEASURED_OUT.match(w.text, w.amount.end):
        return level + subject_of_object(out[1])
    if not _AT_RATE.match(w.text, w.amount.end):
        return ""
    # 科普经费按人均2元的标准纳入预算: what is measured out may stand before the rate.
    paid = subject_before(clause[: clause.rindex("按")])
    return paid if len(paid) >= 2 else w.clauses() or w.last or _topic(w.area)


def _per_head(w: _Around) -> str:
    """达到人均4元: so much of what is spent for each one."""
    head = _PER_HEAD.search(w.before)
    if not head:
        return ""
    stem = subject_before(w.before[: head.start()])
    of = stem if len(stem) >= 2 else w.clauses() or w.last or _topic(w.area)
    return of if head[1] in of else head[1] + of


def _of_each(w: _Around) -> str:
    """每期80人, 每村1名: each one, and what it is one of or has."""
    if _EACH_OF.fullmatch(w.earlier) and not w.later:
        return w.earlier + (_without_each(w.last) or w.context())
    if not _EACH_PLACE.fullmatch(w.earlier):
        return ""
    return w.earlier + (w.later or _without_each(w.context() or w.last or w.area.topic))


def _of_a_group(w: _Around) -> str:
    """市级20家基地, 小学每周2节: a level or group, and what is counted there."""
    if not GROUP.fullmatch(w.earlier) or GROUP.match(w.later):
        return ""
    return w.earlier + (w.later or GROUP.sub("", w.last if w.alike() else w.context(), count=1))


def _named_after(w: _Around) -> str:
    if not w.later:
        return ""
    if _IN_USE.search(w.before):
        return re.sub(r"的?(?:作用|优势|资源)$", "", _ACTS.split(w.later, maxsplit=1)[0]) or w.later
    listed = w.before.rstrip().endswith(("、", "和", "及", "与")) and w.previous
    if (
        listed
        or _IN_USE.search(w.before)
        or (w.amount.unit == "%" and w.after.startswith("的"))
        or w.earlier[:1].isdigit()
    ):
        return w.later
    if len(w.earlier) > 2 and not ends_with_verb(w.before):
        return ""
    prefix = each_prefix(w.before) or (agent_before(w.before) if len(w.later) <= 3 else "")
    return w.later if not prefix or w.later.startswith(prefix) else prefix + w.later


def _named_before(w: _Around) -> str:
    doing = w.earlier in _DOINGS
    if doing or _QUALITY.fullmatch(w.earlier):
        of = w.clauses() or ("" if w.previous else _topic(w.area))
        if not doing:
            # 总建筑面积3万平方米,总投资4亿元: both of the same thing.
            of = _QUALITY_AT_END.sub("", of)
        if w.earlier in of:
            return of if doing else w.earlier
        return of + w.earlier
    return w.earlier if len(w.earlier) >= 2 else w.later


def _named_elsewhere(w: _Around) -> str:
    published = _PUBLISHED.search(w.before)
    if published and w.previous and not w.alike():
        return published[1]
    if paid := _PAID_FOR.match(w.after):
        return subject_of_object(paid[1])
    if w.last and w.previous and "。" not in w.text[w.previous.end : w.amount.start] and w.alike():
        return w.last
    return w.context() or w.earlier or w.area.topic


def _without_each(subject: str) -> str:
    return re.sub(r"^(?:每个?|各)[一-鿿]{1,3}", "", subject) or subject


def from_context(text: str, sentence: Sentence, end: int, area: Area, unit: str = "%") -> str:
    """What an earlier clause of the sentence speaks of, else the task's title."""
    return _from_clauses(text, sentence, end, unit) or _topic(area)


def _topic(area: Area) -> str:
    return subject_of_object(area.topic) or area.topic


def _does_something(clause: str) -> bool:
    """The clause has a verb with an object: `围绕八大产业链举办推介活动`."""
    acts = list(_ACTS.finditer(clause, 3))
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
