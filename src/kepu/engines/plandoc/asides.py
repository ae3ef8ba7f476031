"""What a clause says before it comes to what it does: by what means, for whom, out of which funds."""

import re

from kepu.engines.plandoc.vocabulary import quantities as words

# Where an aside may begin: with the clause, or after its time.
_FROM_HERE = r"(?:^|(?<=[年月周度内间起底末,;。、]))"
_VERBS = "|".join(sorted(map(re.escape, words.ACTS_AFTER_ASIDE), key=len, reverse=True))
# 面向公众开放比例: the verb belongs to what is measured.
_MEASURED = "比例|率|度|量|数|时长|面积|程度|水平|人次|场次|能力"
_MEANS = re.compile(
    rf"{_FROM_HERE}(?:通过|采取|采用|利用|运用|借助|以)[^,;。]{{2,40}}(?:方式|形式|途径|渠道|手段|办法|模式|机制)(?=[^,;。的、]{{2,}})"
)
# 通过大篷车等载体开展巡展, 借助新媒体平台发布短视频
_THROUGH = re.compile(
    rf"{_FROM_HERE}(?:通过|利用|运用|借助)[^,;。]{{2,30}}(?:载体|平台|阵地|媒体|渠道)(?=(?:{_VERBS})[^,;。]{{2,}})"
)
# 面向高校遴选专家, 促成院所面向公众开放设施: for whom, up to the verb that follows.
_TOWARDS = re.compile(rf"^.*?(?:面向|针对)[^,;。]{{1,24}}?(?:{_VERBS})(?!{_MEASURED})(?=[^,;。]{{2,}})")
_IN_THE_MANNER = re.compile(rf"{_FROM_HERE}用[^,;。]{{2,12}}?(?:{_VERBS})(?=[^,;。]{{2,}})")
_OUT_OF = re.compile(rf"{_FROM_HERE}从[^,;。]{{2,20}}(?:中|里)(?=[一-鿿])")
# 将科普经费纳入预算: what is put there, not where it is put.
_PUT_INTO = re.compile(rf"{_FROM_HERE}(?:将|把)([^,;。]{{2,20}}?)(?:纳入|列入|列为|作为|写入|融入|计入)[^,;。]*$")


# The words that an aside cannot do without: most clauses hold none, and to look for one word costs nothing.
_ASIDES = (
    (_MEANS, ("方式", "形式", "途径", "渠道", "手段", "办法", "模式", "机制")),
    (_THROUGH, ("载体", "平台", "阵地", "媒体", "渠道")),
    (_OUT_OF, ("从",)),
    (_IN_THE_MANNER, ("用",)),
    (_TOWARDS, ("面向", "针对")),
)


def without_asides(clause: str) -> str:
    """The clause without its means, addressees and sources; of `将X纳入Y` only X stays."""
    if "将" in clause or "把" in clause:
        clause = _PUT_INTO.sub(r"\1", clause)
    for aside, needed in _ASIDES:
        if any(word in clause for word in needed):
            clause = aside.sub("", clause)
    return clause
