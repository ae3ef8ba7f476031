"""What an amount is: a target, a baseline, or a number of another class."""

import re
from dataclasses import dataclass

from kepu.engines.plandoc.amounts import Amount
from kepu.engines.plandoc.periods import Phrase, is_baseline
from kepu.engines.plandoc.sentences import Area, Sentence
from kepu.engines.plandoc.subjects import ends_with_verb
from kepu.engines.plandoc.vocabulary import quantities as words

_FROM = re.compile(r"(?:由|从)[^,;。]{0,24}$")
_TO = re.compile(
    r"^(?:左右|以上)?(?:逐步)?(?:提高|增加|提升|增长|上升|扩大|扩展|发展|增|升|跃升|拓展|扩充|降低|减少|下降|压减)?(?:到|至)"
)
_BASIS = re.compile(r"^(?:以上|左右)?的?基础上")
_CONDITION_AFTER = re.compile(words.CONDITION_AFTER)
_CONDITION_BEFORE = re.compile(words.CONDITION_BEFORE)
_QUALIFICATION = re.compile(words.QUALIFICATION_BEFORE)
_AREA_OF = re.compile(r"^(?:及)?以上的?(?=[一-鿿])")
_EVENT_TIMES = ("per_year", "every_n_years", "per_half_year", "per_quarter", "per_month", "per_week")
_RATE = re.compile(r"(?:率|比例|比重)[^,;。]{0,8}$")
_ONE_EACH = re.compile(r"每(?:隔)?(?!年|个?月|周|个?季|个?学|半|次|场|期|天|日|[一二两三四五\d])[一-鿿()]{1,14}$")
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


def judge(
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
    if previous and qualifies(text, previous, amount):
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


def qualifies(text: str, previous: Amount, amount: Amount) -> bool:
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


def without_origin(text: str, phrases: list[Phrase], previous: Amount | None, amount: Amount) -> list[Phrase]:
    """`由2020年的6.5%提高到10%`: the past time belongs to the value grown from, not to the one grown to."""
    if not previous or not _TO.fullmatch(text[previous.end : amount.start]):
        return phrases
    origin = _FROM.search(text[max(0, previous.start - 24) : previous.start])
    if not origin:
        return phrases
    start = max(0, previous.start - 24) + origin.start()
    return [p for p in phrases if not (start <= p.start < previous.start)]
