"""Amounts that say how large something else is (`年产值5亿元以上的园区`): they tell which ones are meant and promise nothing."""

import re

from kepu.engines.plandoc.amounts import Amount
from kepu.engines.plandoc.naming import segment_start
from kepu.engines.plandoc.sentences import Sentence
from kepu.engines.plandoc.subjects import begins_with_verb, ends_with_verb

_BOUND_AFTER = re.compile(r"(?:\(含\))?(?:及|或)?以[上下内]的(?=[一-鿿“])")
_BOUND_BEFORE = re.compile(r"(?:达到?|超过?|突破|大于|高于|不少于|不低于|不超过|不高于|低于|少于)+$")
# What is aimed at (30人以上的目标), and money that is the amount itself (50万元以上的专项经费), are no noun of that size.
_AIM = re.compile(
    r"[^,;。、:()\d]{0,8}?(?:目标|任务|要求|水平|标准|规模|速度|幅度|额度|比例|覆盖面)(?![一-鿿])"
    r"|[^,;。、:()\d]{0,6}?(?:经费|资金|投入|补助|补贴|奖励|奖金|支持|保障)(?![一-鿿])"
    r"|[^,;。、:()\d]{0,6}?(?:经费|资金)(?:用于|支持|保障|投入)"
)
# A share is the size of something only where a rate stands before it; 80%以上的学校 is a promise.
_RATE = re.compile(r"(?:率|比例|占比|比重|增收|增幅|增长)$")
# 面积50亩以上、年出栏500头以上的经营主体: the sizes of one thing in a list.
_LISTED = re.compile(r"(?:\(含\))?(?:及|或)?(?:以[上下内])?(?:、|[和且或及并])+([^,;。、:()\d]{0,14})")
# 拥有10名以上研究人员的企业: what its owner must have.
_POSSESSED = re.compile(r"(?:拥有|具有|具备|吸纳|招收|聘有|驻有)$")
_OWNERS = re.compile(r"(?:及|或)?以[上下内][^,;。、的\d]{2,10}的[一-鿿]")


def sizes_of_others(text: str, sentence: Sentence, amounts: list[Amount]) -> frozenset[int]:
    """Starts of the amounts of a sentence that only say how large something else is.

    The amount has a noun of its own before it and the thing that is meant after it. 建成10个以上的基地 has a verb before
    it: there the amount counts what follows."""
    out: set[int] = set()
    for i in range(len(amounts) - 1, -1, -1):
        amount = amounts[i]
        previous = amounts[i - 1] if i else None
        if _POSSESSED.search(text, max(sentence.start, amount.start - 6), amount.start) and _OWNERS.match(
            text, amount.end
        ):
            out.add(amount.start)
        is_size = _has_the_size(text, sentence, amount) or (
            i + 1 < len(amounts) and _goes_on(text, amount, amounts[i + 1], out)
        )
        if is_size and _measures(text, sentence, amount, previous):
            out.add(amount.start)
    return frozenset(out)


def _measures(text: str, sentence: Sentence, amount: Amount, previous: Amount | None) -> bool:
    """The words before the amount name what it measures: 年产值, 员工, 注册资本."""
    before = text[segment_start(text, sentence, amount, previous) : amount.start]
    noun = _BOUND_BEFORE.sub("", before).strip("、 ")
    if len(noun) < 2 or ends_with_verb(noun) or noun.endswith(("每年", "各", "的", "共", "累计", "总计")):
        return False
    return amount.unit != "%" or bool(_RATE.search(noun))


def _has_the_size(text: str, sentence: Sentence, amount: Amount) -> bool:
    after = _BOUND_AFTER.match(text, amount.end)
    end = after.end() if after else amount.end
    if not after:
        if not text.startswith("的", end) or not _BOUND_BEFORE.search(
            text[max(sentence.start, amount.start - 4) : amount.start]
        ):
            return False
        end += 1
    return end < sentence.end and "一" <= text[end] <= "鿿" and not _AIM.match(text, end)


def _goes_on(text: str, amount: Amount, following: Amount, sizes: set[int]) -> bool:
    """The next amount is a size of the same thing and no new doing stands between."""
    gap = _LISTED.fullmatch(text, amount.end, following.start)
    return gap is not None and following.start in sizes and not begins_with_verb(gap[1])
