"""What an amount is: a target, a baseline, or a number of another class."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from kepu.engines.plandoc.amounts import Amount
from kepu.engines.plandoc.periods import Phrase, is_baseline
from kepu.engines.plandoc.sentences import AFTER, Area, Sentence
from kepu.engines.plandoc.subjects import ends_with_verb
from kepu.engines.plandoc.vocabulary import quantities as words

LONGEST_BRACKET = 300  # characters; what a bracket breaks down stands close together
_FROM = re.compile(r"(?:由|从)[^,;。]{0,24}$")
# 由6000平方米扩建至1.1万平方米, 从35%上升为70%: whatever the verb, the value changes to the number that follows.
_CHANGED = (
    r"(?:[^,;。:\d]{0,12}?(?:到|至)"
    r"|[^,;。:\d]{0,4}(?:上升|提高|提升|增加|扩大|扩展|拓展|扩充|调整|下降|降低|减少|增|升|降|变|改)(?:为|成))"
    r"(?:了|不少于|不低于|超过|约|近|每[一-鿿]{1,3}|人均|户均)?"
)
_CHANGES = re.compile(_CHANGED)
_CHANGES_NEXT = re.compile(_CHANGED + r"(?=[\d一二两三四五六七八九十百千])")
_BASIS = re.compile(r"^(?:以上|左右)?的?基础上")
_CONDITION_AFTER = re.compile(words.CONDITION_AFTER)
_CONDITION_BEFORE = re.compile(words.CONDITION_BEFORE)
_QUALIFICATION = re.compile(words.QUALIFICATION_BEFORE)
_AREA_OF = re.compile(r"^(?:及)?以上的?(?=[一-鿿])")
_IN_USE = re.compile(words.IN_USE_BEFORE)
# What stands there to be used: places, bodies and people, not times or money.
_STANDING = ("个", "家", "所", "处", "座", "支", "人", "块", "台", "辆", "条")
_EVENT_TIMES = ("per_year", "every_n_years", "per_half_year", "per_quarter", "per_month", "per_week")
# Words of a state that names which ones are meant: 完成率低于70%的单位, 进度滞后20%以上的县.
_RATE = re.compile(r"(?:率|比例|比重|进度|滞后|落后|逾期|差距|偏差)[^,;。]{0,8}$")
# 对完成率达到90%以上的镇街给予激励: whom praise or blame meets, never a promise.
_GIVEN = re.compile(r"(?:对|凡是?|给予|奖励)[^,;。]{0,16}$")
_TREATED = re.compile(
    r"(?:及)?(?:以[上下内])?[^,;。、的\d]{0,8}的[^,;。\d]{0,12}?(?:给予|予以|授予|通报|约谈|表扬|表彰|激励|奖励|问责|督办|提醒|优先|不得|进行(?:通报|约谈|表扬|表彰|奖励|督办|提醒|问责))"
)
# 给予5000元的奖励: what is given, not whom it meets.
_GIFT = re.compile(r"(?:给予|予以|奖励|补助|补贴|资助)(?:不超过|不低于|最高|每[一-鿿]{1,4}|各)*$")
_SIZED_NOUN = re.compile(r"(?:及)?以[上下]的[^,;。:、()\d]{2,16}")
_ACTS = re.compile("|".join(words.CUTTING_VERBS))
_ONE_EACH = re.compile(
    r"每(?:隔)?(?!缺|少|漏|迟|逾|超|增|减|提高|降|低|高|发现|出现|发生|年|个?月|周|个?季|个?学|半|次|场|期|天|日|[一二两三四五\d])[一-鿿()]{1,14}$"
)
_PUT_ON = re.compile(
    r"(?:举办|开展|组织|开设|办|编|出|制作|更新|不少于|不低于|至少|培训|每[年月周季]度?)[^,;。]{0,12}$"
)
_LEVEL_OF_NOUN = re.compile(r"(?:及)?以[上下]的[一-鿿]")
_AMOUNT_BEFORE = re.compile(r"\d[余多]?[万亿]?[一-鿿%]{1,3}(?:以上|左右|以内)?[^、,;。\d]{0,12}$")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an amount is: class, reason, confidence."""

    kind: str
    reason: str
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Growth:
    """`由2020年的6.5%提高到10%`: where its origin begins, and the starts of the value grown from and the one grown to."""

    origin: int
    value: int
    grown: int


def judge(
    text: str,
    sentence: Sentence,
    amount: Amount,
    previous: Amount | None,
    following: Amount | None,
    phrase: Phrase | None,
    area: Area,
    parts: frozenset[int] = frozenset(),
    sizes: frozenset[int] = frozenset(),
) -> Verdict:
    """Target, baseline or what else the amount is, and why.

    parts and sizes are the starts of amounts that only share out another or say how large something else is."""
    before = text[max(sentence.start, amount.start - 40) : amount.start]
    after = text[amount.end : amount.end + 30]
    if previous and _in_bracket_of(text, previous, amount):
        return Verdict("breakdown", "bracket_after_quantity")
    if amount.start in parts:
        return Verdict("breakdown", "parts_of_a_sum")
    if previous and qualifies(text, previous, amount):
        return Verdict("qualification", "size_of_what_is_counted", 0.8)
    if _CONDITION_BEFORE.search(before) and re.match(r"(?:以上)?的?(?!目标)[一-鿿]", after) and "的" in after[:8]:
        return Verdict("condition", "below_a_level")
    if _TREATED.match(after) and _GIVEN.search(before) and not _GIFT.search(before):
        return Verdict("condition", "whom_a_measure_meets", 0.8)
    if following and _sizes_the_next(text, amount, following):
        return Verdict("qualification", "size_of_what_is_counted", 0.8)
    if amount.start in sizes:
        return Verdict("qualification", "size_of_something_else", 0.8)
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
    if _FROM.search(before) and _CHANGES_NEXT.match(after):
        return Verdict("baseline", "from_value")
    if _IN_USE.search(before) and (amount.unit in _STANDING or not before.endswith(("用", "发挥"))):
        return Verdict("baseline", "put_to_use", 0.8)
    if _BASIS.match(after):
        return Verdict("baseline", "basis_value")
    past = is_baseline(sentence.phrases, sentence.start, amount.start)
    if past and following and _CHANGES_NEXT.match(after):
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


def qualifies(text: str, previous: Amount, amount: Amount) -> bool:
    """`2家年收入2000万元以上的企业`: the second amount tells which ones the first counts."""
    between = text[previous.end : amount.start]
    direct = len(between) <= 16 and not re.search(r"[,;、。:()]", between)
    return direct and bool(_LEVEL_OF_NOUN.match(text, amount.end)) and amount.unit != "%"


def _sizes_the_next(text: str, amount: Amount, following: Amount) -> bool:
    """`年收入2000万元以上的企业30家`: the amount tells which ones the next one counts."""
    between = text[amount.end : following.start]
    return amount.unit != "%" and bool(_SIZED_NOUN.fullmatch(between)) and not _ACTS.search(between)


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


def shared_out(text: str, amounts: list[Amount]) -> frozenset[int]:
    """Starts of the amounts in a bracket that add up to the one before it: `10座(其中新建4座、改建6座)`."""
    out: set[int] = set()
    for i, whole in enumerate(amounts[:-2]):
        opening = text.find("(", whole.end, whole.end + 16)
        closing = text.find(")", opening, opening + LONGEST_BRACKET) if opening >= 0 else -1
        inside = amounts[i + 1 : bisect_left(amounts, closing, key=attrgetter("start"))]
        if len(inside) > 1 and sum(a.value for a in inside) == whole.value and {a.unit for a in inside} == {whole.unit}:
            out.update(a.start for a in inside)
    return frozenset(out)


def growths(text: str, sentence: int, amounts: list[Amount]) -> list[Growth]:
    """The pairs `由200人增加到300人` among the amounts of a sentence that begins at `sentence`."""
    out = []
    for value, grown in pairwise(amounts):
        origin = _FROM.search(text, max(sentence, value.start - 40), value.start)
        tail = AFTER.match(text, value.end)
        if origin and _CHANGES.fullmatch(text, tail.end() if tail else value.end, grown.start):
            out.append(Growth(origin.start(), value.start, grown.start))
    return out
