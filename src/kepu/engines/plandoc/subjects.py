"""What a target counts: the short noun phrase before or after the amount."""

import re

from kepu.engines.plandoc.asides import without_asides
from kepu.engines.plandoc.vocabulary import quantities as words
from kepu.engines.plandoc.vocabulary.text import words as word_list

_LONGEST = 40
_TIME_START = re.compile(
    r"^(?:(?:[到至截]至?)?20\d\d(?:年?[-—–~至到]+20\d\d)?年(?:度|年?底|末)?(?:之?前|以前)?|“?十[一二三四五六七]?五”?(?:规划)?(?:期?末|末期|期间|时期)?|每(?:隔)?(?:\d|[一二两三四五])?个?(?:学年|半年|季度|学期|年度?|月|周(?:[一二三四五六日](?![次期场节课个])(?:[、和至到](?:周|星期)?[一二三四五六日])*)?|季)[末底]?"
    r"|每人每年|每天|每日|年均|全年|今年|当年|本年度?|年内|[一二两三四五\d]年(?:内|累计|来|间)?|(?:上|下)半年|\d{1,2}月(?:底|份)?前?|其中|同时|此外|另|力争|争取|在此期间|期间|届时|期末"
    r"|全(?:市|县|区|省|州|镇|乡)(?=开展|建成|举办|培训|培育|新建|组织|创建|建设|完成)|(?:市|县|区|我[市县区省州镇乡])(?=开展|建成|举办))"
)
_TIME_INSIDE = re.compile(
    r"(?:20\d\d年?[-—–~至到]+20\d\d年(?:累计)?|[到至]?20\d\d年(?:度|年?底|末)?(?:之?前|以前)?|“?十[一二三四五六七]?五”?(?:期?末|末期|期间|时期)"
    r"|每(?:隔)?(?:\d|[一二两三四五])?个?(?:学年|半年|季度|学期|年度?|月|(?:周|星期)(?:[一二三四五六日](?![次期场节课个])(?:[、和至到](?:周|星期)?[一二三四五六日])*)?|季)[末底]?|每人每年|每天|每日|年均|[一二两三四五\d]年(?:内|累计))"
)
# 由2020年的(6.5%提高到10%): where the value grows from.
_ORIGIN = re.compile(
    r"[由从](?:20\d\d年[底末]?|去年底?|上年度?末?|目前|现有|现在|原来|“?十[一二三四]五”?(?:期?末|时期)?)的?$"
)
_LEAD = re.compile("^(?:" + "|".join(sorted(map(re.escape, words.LEADING_VERBS), key=len, reverse=True)) + ")")
_LEAD_ANYWHERE = re.compile(_LEAD.pattern[1:])
_BRACKET_START = re.compile(r"^\([^()]{1,12}\)")
_MEASURED = (*"率量度者数", "的比例", "时长", "人次", "人数", "场次", "次数", "面积", "总量", "能力", "水平", "机构")
_KINDS_OF_PLACES = frozenset(word_list("培训 培育 培养 服务 指导 推广 普及 开放 孵化 体验 动员 接待 支持 联系 示范"))
# 重点实验室: 重点 is part of the name.
_KEY_THINGS = ("实验室", "高校", "学校", "企业", "人群", "群体", "领域", "项目", "单位", "学科")
_PLACES = (
    "基地",
    "工程",
    "中心",
    "点",
    "站",
    "平台",
    "园",
    "馆",
    "半径",
    "时长",
    "覆盖率",
    "合格率",
    "满意",
    "完成率",
    "达标率",
)
# One-character verbs, unless they begin a longer word (应急, 新型, 在线, 建筑 …).
_SHORT_LEAD = re.compile(
    r"应(?![急用届对])|能(?![力源量手])|可(?![持视])|新(?![型媒时农兴闻增建能材业])|对(?![外口接])|在(?![线校职岗学])|建(?![设筑档议成立有好])"
    r"|办(?![公学好])|设(?![施备计立置有])|共(?![享青建同])|为(?![民老农])|向(?!导)|再(?![生就教])|使(?!用)|要(?![点素求闻])|将|让|把|由|须"
)
_LOOSE = frozenset(("重点", "优先", "规范", "普及", "基本", "免费", "新", "每次", "联合", "共同"))
_TRAIL = re.compile(
    "(?:"
    + "|".join(sorted(map(re.escape, words.TRAILING_WORDS), key=len, reverse=True))
    + ")(?<!人均)(?<!户均)(?<!亩均)(?<!生均)(?<!人数)$"
)
_TRAIL_COMPARED = re.compile(
    r"(?:比|较|同比|每年|年均|逐年|逐步|稳步|大幅|年)?(?:上年度?|去年|20\d\d年|“?十[一二三四]五”?末?)?(?:同期)?(?:净增长?|提高|增长|提升|增加|上升|下降|降低|减少|缩小)了?(?:到|至)?$"
)
# 注册人数达到常住人口的3%: what the share is of.
_SHARE_OF = re.compile(r"(?:达到?|超过)[一-鿿]{2,12}的$")
_CUT = re.compile("|".join(sorted(map(re.escape, words.CUTTING_VERBS), key=len, reverse=True)))
_CONTINUES = tuple(words.CONTINUES_AFTER)
# 中小学校, 后备人才: nouns that begin like a word that goes on with the sentence.
_NOUN_STARTS = re.compile(
    "中[小学华医药国央青年]|外[语籍国来]|后[备勤]|前[沿瞻]|内[容地]|等级|和[谐美]|比赛|为民|时[代尚]|向导|在[校职线]|到家"
)
_NOUN_STOP = re.compile("|".join(sorted(map(re.escape, words.NOUN_STOPS), key=len, reverse=True)))
# 县(区), 村(社区): a bracket that belongs to the name.
_SHORT_BRACKET = re.compile(r"\([一-鿿、]{1,6}\)")
_VERBS = frozenset(words.LEADING_VERBS) | frozenset(words.TRAILING_WORDS)
# 10个在全国有影响力的品牌: what is counted follows its attribute.
_DESCRIBED = re.compile(
    r"((?:在|以|由|为|与|对|具有|富有)[^,;。、:()\d]{2,20})的([^,;。、:()\d的]{2,14})(?=[,;。、]|$)"
)
# 1所以科学教育为特色的学校: the feature stays with the noun.
_FEATURE = re.compile(r"以(.{2,12})为(特色|主题|重点|主)")
_SHARE_VERB = re.compile("建有|建成|设有|设立|配备|具备|参加|参与|开展|接受|掌握|开放")
_PLACE = re.compile(r"(?:县|市|区|州|旗|乡|镇|街道|村|社区|行政村|学校)(?:\([一-鿿、]{1,6}\))?(?:建|设|配)")
_GENERIC = frozenset(("工程", "行动", "计划", "活动", "工作", "项目"))
# 开展服务1000小时: a word that is a doing elsewhere is here what is done.
_CONDUCTED = re.compile(
    r"(?:开展|组织|举办|提供|参加|参与|全年)(服务|上线|播放|培训|推广|指导|帮扶|慰问|巡演|巡讲|巡展|演出|放映|展播|评选|表彰)$"
)
_MARKS = re.compile(r"[“”‘’\"《》—]")
_STOPS = ",;。:!?"
_LEVEL = re.compile(r"[省市县区州旗乡镇]级|专家|人均")
_EACH = re.compile(
    r"(?:^|[,;。、])(?:[^,;。、]{0,6})?((?:每(?!逢)个?|各)[一-鿿]{1,10}?)(?=至少|不少于|不低于|建|配|设|培|有|开|举|组|完|达|要|每|$)"
)
_AGENTS = re.compile(
    r"^(?:市|县|区|省|州|镇|乡)(?:科协|教育局|教体局|农业农村局|人社局|科技局|妇联|卫健委|总工会|文旅局)[一-鿿]{0,4}?(?=开展|组织|举办|建成|培训|完成)"
)


def subject_before(text: str) -> str:
    """The noun phrase at the end of the words before an amount, without time, verb and comparator; may be empty."""
    original = _strip_end(without_asides(_SHARE_OF.sub("", _ORIGIN.sub("", text))))
    text = _strip_start(_without_time(original))
    occasion = re.search(r".(?:期间|前后|活动中)(?=.{4})", text)
    if occasion:
        text = _strip_start(text[occasion.end() :])
    cut = None
    for match in _CUT.finditer(text):
        if len(text) - match.end() >= 4 and match.start() > 0:
            cut = match.end()
    if cut is not None:
        text = _strip_start(text[cut:])
    if (len(text) > 18 or text.startswith(("集", "融"))) and "的" in text[2:]:
        rest = text[text.rindex("的") + 1 :]
        if len(rest) >= 4:
            text = rest
    text = _finish(text)
    conducted = _CONDUCTED.search(original)
    if text.startswith("新") and text[1:] in _VERBS:
        text = text[1:]
    if text in _VERBS and conducted:
        return conducted[1]
    if text in _VERBS:
        whole = _finish(_TIME_INSIDE.sub("", _strip_end(original)))
        nouns = _LEAD_ANYWHERE.sub("", _TIME_START.sub("", whole))
        return whole if 4 <= len(whole) <= 20 and len(nouns) >= 2 and not _TIME_START.fullmatch(whole) else ""
    # 活动, 时长, 会议 alone say too little: the words before them come along.
    if len(text) <= 2 and not _LEVEL.fullmatch(text) and not text.startswith(("每", "各")):
        whole = _finish(_TIME_INSIDE.sub("", _strip_start(original)))
        return whole if len(whole) <= 20 else whole[-14:]
    return text


def agent_before(text: str) -> str:
    """Who or what acts, when a time phrase parts it from the verb: `领导小组每年召开一次会议`."""
    found = _TIME_INSIDE.search(text)
    agent = _finish(_strip_start(text[: found.start()])) if found else ""
    return agent if 2 <= len(agent) <= 20 else ""


def _without_time(text: str) -> str:
    """Only what follows the last time phrase, or what precedes it if nothing follows."""
    for match in reversed(list(_TIME_INSIDE.finditer(text))):
        rest = text[match.end() :].lstrip("、,")
        if len(rest) >= 2 and rest.startswith(("向", "为", "对")) and match.start() >= 2:
            return text[: match.start()] + rest
        if len(rest) >= 2:
            return rest
        text = _strip_end(text[: match.start()])
    return text


def subject_after(text: str, next_amount: int) -> str:
    """The noun phrase at the beginning of the words after an amount; next_amount is where the next amount starts."""
    share = text.startswith("的")
    text, next_amount = text.removeprefix("的"), next_amount - share
    if described := _DESCRIBED.match(text):
        feature = _FEATURE.fullmatch(described[1])
        own = feature[1] + feature[2].removeprefix("主") if feature else ""
        return _finish(own + described[2]) if not _LEAD_ANYWHERE.search(described[1]) else ""
    end = len(text)
    depth = 0
    for i, c in enumerate(text[: _LONGEST * 2]):
        if c in "“《(":
            if c == "(" and depth == 0 and not _SHORT_BRACKET.match(text, i):
                end = i
                break
            depth += 1
        elif c in "”》)":
            if depth == 0:
                end = i
                break
            depth -= 1
        elif (depth == 0 and (c in _STOPS or c == "\t")) or (
            depth == 0
            and c == "、"
            and (text[i + 1 : i + 2].isdigit() or (next_amount > i and _amount_in_part(text, i, next_amount)))
        ):
            end = i
            break
    else:
        end = min(end, _LONGEST * 2)
    text = text[: min(end, next_amount) if next_amount > 0 else end]
    if text.startswith(_CONTINUES) and not _NOUN_STARTS.match(text):
        return ""
    stop = next((m for m in _NOUN_STOP.finditer(text) if m.start() >= 2), None)
    if (share or _PLACE.match(text)) and (verb := _SHARE_VERB.search(text, 2)) and len(text) - verb.start() <= 20:
        # 80%的乡镇建有活动室: what the share does belongs to the subject.
        return _finish(re.sub("[一1]次", "", text if verb.end() < len(text) else text[: verb.start()]))
    if stop:
        text = text[: stop.start()]
    if "的" in text[1:]:
        rest = text[text.rindex("的") + 1 :]
        if len(rest) >= 3:
            text = rest
    found = _finish(_strip_start(text, verbs=False).rstrip("和及与、"))
    return (
        ""
        if found in _VERBS or re.match(r"(?:提高|增加|提升|增长|扩大)(?:到|至)?(?:20\d\d年[底末]?的?)?$", found)
        else found
    )


def _amount_in_part(text: str, start: int, next_amount: int) -> bool:
    """The next amount stands in the same part of the list or the one after this 、."""
    stop = next((i for i in range(start + 1, min(len(text), start + 60)) if text[i] in _STOPS), len(text))
    return next_amount <= stop


def subject_of_object(text: str) -> str:
    """What an earlier clause speaks of: its object after the last verb, or its last words."""
    text = _strip_end(without_asides(text))
    cuts = [m for m in _CUT.finditer(text) if len(text) - m.end() >= 3 and text[m.end() :] not in _GENERIC]
    if cuts:
        text = text[cuts[-1].end() :]
    text = _TIME_INSIDE.sub("", _strip_start(text))
    if "的" in text[1:] and len(text) > 14:
        rest = text[text.rindex("的") + 1 :]
        text = rest if len(rest) >= 3 else text
    text = re.sub(r"^.*(?:活动中|方面|中|下)(?=.{4})", "", text) if len(text) > 16 else text
    return _finish(re.sub(r"(?:等)?(?:活动|工作)$", "", text) if len(text) > 16 else text)


def each_prefix(text: str) -> str:
    """`每村` or `各中小学校` when the words before the amount spread it over places."""
    places = [match[1] for match in _EACH.finditer(text[-40:])]
    place = places[-1] if places else ""
    return (
        ""
        if re.match(
            r"每隔?[一二两三四五\d]*个?(?:年|学年|月|季|周|半|学期|人每|天|日)|各(?:类|级|项|种|界|方|开展|举办|组织|召开|建成)",
            place,
        )
        else place
    )


def ends_with_verb(text: str) -> bool:
    """The words before the amount end in a verb, so what is counted follows the amount."""
    text = re.sub(
        r"(?:至少|不少于|不低于|不得少于|超过|近|约|达到?|共计?|总计|累计|各|力争|不超过|超|再|以上|了|好|出|过)+$",
        "",
        text,
    )
    return text.endswith(_VERB_ENDS)


def begins_with_verb(text: str) -> bool:
    """The words begin a doing of their own: `带动年产值…`, but not `参与率…`."""
    lead = _LEAD.match(text)
    return lead is not None and not _belongs(lead[0], text[lead.end() :])


_VERB_ENDS = (*(v for v in words.LEADING_VERBS if len(v) >= 2), "建", "办", "设", "有", "配")


def split_coordination(text: str, count: int) -> list[str] | None:
    """Subjects of `国家级、省级、市级基地分别达到…`: the parts with the common end of the last one, or None."""
    parts = [p for p in re.split(r"[、和与及]", text) if p]
    if len(parts) != count:
        return None
    last = re.sub(r"[两三]级(?=[一-鿿])", "级", parts[-1])
    parts[-1] = last
    tail = ""
    first = parts[0]
    if all(len(p) == 1 for p in parts[:-1]):
        return [_finish(p + last[1:]) for p in parts[:-1]] + [_finish(last)]
    for size in range(len(last) - 1, 0, -1):
        head = last[:-size]
        if first.endswith(head[-1:]) and len(head) <= len(first) + 1:
            tail = last[-size:]
            break
    if not tail or any(p.endswith(tail[-2:]) for p in parts[:-1]):
        return [_finish(p) for p in parts]
    return [_finish(p + tail) for p in parts[:-1]] + [_finish(last)]


def _belongs(verb: str, rest: str) -> bool:
    """The verb is the first part of a noun: 覆盖率, 培训人次, 实践基地."""
    if verb == "重点":
        return rest.startswith(_KEY_THINGS)
    return rest.startswith(_MEASURED) or (verb in _KINDS_OF_PLACES and rest.startswith(_PLACES))


def _strip_start(text: str, *, verbs: bool = True) -> str:
    for _ in range(12):
        before = text
        text = text.lstrip("、,;:。 和及与并")
        text = _TIME_START.sub("", text, count=1)
        text = _BRACKET_START.sub("", text)
        text = _AGENTS.sub("", text)
        lead = (_SHORT_LEAD.match(text) or _LEAD.match(text)) if verbs else None
        if lead and lead[0] in _LOOSE and len(text) - lead.end() < 3:
            lead = None
        if lead and len(text) - lead.end() >= 2 and not _belongs(lead[0], text[lead.end() :]):
            text = text[lead.end() :]
        if text == before:
            break
    return text


def _strip_end(text: str) -> str:
    text = text.rstrip("、,;:( ")
    for _ in range(8):
        before = text
        text = _TRAIL_COMPARED.sub("", text)
        trail = _TRAIL.search(text)
        # 首期规模: the word that usually falls away is what is measured here.
        if trail and (trail[0] != "规模" or trail.start() > 3):
            text = text[: trail.start()]
        text = text.rstrip("、,: ")
        if text == before:
            break
    return text


def _finish(text: str) -> str:
    text = (
        re.sub("至少|不少于|不低于|原则上", "", _MARKS.sub("", "".join(text.split())))
        .strip("、,;:。()· 了")
        .removeprefix("的")
    )
    if text.count("(") > text.count(")"):
        text += ")"
    return text if len(text) <= _LONGEST else text[-_LONGEST:]
