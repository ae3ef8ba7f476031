"""Stage five: every number of the plan is accounted for; commitments with a quantity become targets."""

import re
from dataclasses import replace

from kepu.engines.plandoc.amounts import Amount, Runs, find_amounts
from kepu.engines.plandoc.model import Period, Target
from kepu.engines.plandoc.naming import GROUP, from_context, segment_start, subject_of
from kepu.engines.plandoc.periods import Calendar, Phrase, find_phrases, governing, is_baseline, settle
from kepu.engines.plandoc.sentences import AFTER, WINDOW, Area, Sentence, sentence_head, sentences
from kepu.engines.plandoc.sizes import sizes_of_others
from kepu.engines.plandoc.subjects import split_coordination, subject_before, subject_of_object
from kepu.engines.plandoc.verdicts import Growth, Verdict, growths, judge, shared_out
from kepu.engines.plandoc.vocabulary import quantities as words

_FULL = re.compile(r"全覆盖")
_NOT_PROMISED = re.compile(r"^(?:的|、|式|型|体系|格局|网络|率|工程|行动|服务体系|模式)")
_LIMITS = (
    dict.fromkeys(words.AT_LEAST_BEFORE, ">=")
    | dict.fromkeys(words.AT_MOST_BEFORE, "<=")
    | dict.fromkeys(words.ABOUT_BEFORE, "about")
)
_LIMIT_BEFORE = re.compile("(?:" + "|".join(sorted(_LIMITS, key=len, reverse=True)) + ")$")


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
            sentence = Sentence(
                (start, end), sentence_head(text, start, end), find_phrases(dated, start, end, calendar)
            )
            found = _sentence_targets(text, dated, sentence, amounts, area, calendar)
            found += _full_coverage(text, sentence, full, area, calendar, found)
            out += sorted(found, key=lambda pair: pair[0].start)
    return out


def _sentence_targets(
    text: str, dated: str, sentence: Sentence, amounts: list[Amount], area: Area, calendar: Calendar
) -> list[tuple[Target, Verdict]]:
    out: list[tuple[Target, Verdict]] = []
    previous: Amount | None = None
    subset_open = False
    changes = growths(text, sentence.start, amounts)
    parts, sizes = shared_out(text, amounts), sizes_of_others(text, sentence, amounts)
    for i, amount in enumerate(amounts):
        following = amounts[i + 1] if i + 1 < len(amounts) else None
        phrases = _without_origins(sentence.phrases, changes, amount)
        phrase = governing(phrases, text, max(sentence.start, amount.start - WINDOW), amount.start)
        verdict = judge(
            text, replace(sentence, phrases=phrases), amount, previous, following, phrase, area, parts, sizes
        )
        between = text[previous.end if previous else sentence.start : amount.start]
        subset_open = "其中" in between or (
            subset_open and len(between) < 20 and ";" not in between and "," not in between
        )
        tail = AFTER.match(text, amount.end)
        last = out[-1][0].subject if out else ""
        target = Target(
            subject=_subject(text, dated, sentence, (previous, amount, following), changes, area, last),
            value=_number(amount.value),
            value_max=None if amount.value_max is None else _number(amount.value_max),
            unit=amount.unit,
            comparator=_comparator(text, sentence.start, amount, tail[0] if tail else "", previous),
            period=_period(phrase, tail[0] if tail else "", calendar),
            number=amount.text,
            sentence_head=sentence.head,
            task=area.task,
            section=area.section,
            is_baseline=verdict.kind == "baseline",
            modality=_modality(text, sentence.start, amount.start),
            subset=subset_open,
            start=amount.start,
            end=amount.end,
            sentence=sentence.span,
            confidence=verdict.confidence,
            reason=verdict.reason,
        )
        out.append((target, verdict))
        if verdict.kind in ("qualification", "condition"):
            # 年营业收入1000万元以上的企业30家: the time belongs to the size, not to what is counted.
            low = previous.end if previous else sentence.start
            rest = [p for p in sentence.phrases if not (p.own and low <= p.start < amount.start)]
            sentence = replace(sentence, phrases=rest)
        previous = amount
    return _respectively(text, sentence, _named_by_the_next(text, out, area))


def _without_origins(phrases: list[Phrase], changes: list[Growth], amount: Amount) -> list[Phrase]:
    """`由2020年的6.5%提高到10%`: the past time belongs to the value grown from alone."""
    others = [c for c in changes if c.value != amount.start]
    return [p for p in phrases if not any(c.origin <= p.start < c.value for c in others)] if others else phrases


def _subject(
    text: str,
    dated: str,
    sentence: Sentence,
    near: tuple[Amount | None, Amount, Amount | None],
    changes: list[Growth],
    area: Area,
    last: str,
) -> str:
    """What the amount counts; both values of a growth count what stands before its origin."""
    previous, amount, _ = near
    for change in changes:
        if change.grown == amount.start and last:
            return last
        if change.value == amount.start:
            start = segment_start(text, sentence, amount, previous)
            named = subject_before(dated[start : change.origin]) if start < change.origin else ""
            return named if len(named) >= 2 else from_context(dated, sentence, start, area, amount.unit)
    return subject_of(text, dated, sentence, near, area, last)


def _named_by_the_next(text: str, found: list[tuple[Target, Verdict]], area: Area) -> list[tuple[Target, Verdict]]:
    """`2022年建成1个、2023年建成2个基地`: an amount without a subject of its own takes that of the next of its unit."""
    fallback = {subject_of_object(area.topic), area.topic}
    grouped = {group[0] + name for t, _ in found if (group := GROUP.match(t.subject)) for name in fallback}
    out = list(found)
    for i in range(len(out) - 2, -1, -1):
        (target, verdict), following = out[i], out[i + 1][0]
        listed = not re.search("[,;。]", text[target.end : following.start])
        if target.subject in fallback | grouped and following.unit == target.unit and listed:
            own = GROUP.match(target.subject) if target.subject in grouped else None
            named = own[0] + GROUP.sub("", following.subject, count=1) if own else following.subject
            out[i] = (replace(target, subject=named), verdict)
    return out


def _number(value: float) -> float:
    return int(value) if value == int(value) else value


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
    low = max(sentence, number - WINDOW)
    segment = text[max(low, text.rfind(";", low, number) + 1) : number]
    return "aspirational" if any(w in segment for w in words.ASPIRATIONAL) else "firm"


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
    text: str,
    sentence: Sentence,
    places: list[int],
    area: Area,
    calendar: Calendar,
    counted: list[tuple[Target, Verdict]],
) -> list[tuple[Target, Verdict]]:
    """全覆盖 promised of something: a target without a number."""
    out = []
    for at in places:
        end = at + 3
        if _NOT_PROMISED.match(text[end : end + 4]) or _quoted(text, sentence, at):
            continue
        phrase = governing(sentence.phrases, text, max(sentence.start, at - WINDOW), at)
        low = segment_start(text, sentence, Amount(at, end, "", 0, None, "", "", True), None)
        subject = subject_before(re.sub(r"(?:的|基本实现|实现|率先实现)$", "", text[low:at]))
        if len(subject) < 2:
            # What was counted before it, not what is said after the semicolon.
            before = [t.subject for t, _ in counted if t.start < at and ";" not in text[t.end : at]]
            subject = before[-1] if before else from_context(text, sentence, low, area)
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
                    sentence_head=sentence.head,
                    task=area.task,
                    section=area.section,
                    is_baseline=kind == "baseline",
                    modality=_modality(text, sentence.start, at),
                    subset=False,
                    start=at,
                    end=end,
                    sentence=sentence.span,
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
