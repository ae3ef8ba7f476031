"""Amounts in running text: their value, unit and printed form; and the numbers that are something else."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from kepu.engines.plandoc.labels import DIGITS, chinese_value
from kepu.engines.plandoc.vocabulary import quantities as words

DIGIT_RUN = r"(?<![\d])\d{1,12}(?:\.\d{1,6})?"
CHINESE_RUN = r"[一二两三四五六七八九十百千零〇万亿]{1,10}"
RUN = re.compile(r"\d+(?:[.,]\d+){0,3}|[一二两三四五六七八九十百千万亿〇零双半]+")

_NUMERAL = r"(?:(?<![\d.])\d{1,3}(?:[, ]\d{3}){1,3}(?!\d)(?:\.\d{1,4})?|(?<![\d.])\d{1,12}(?:\.\d{1,6})?|[一二两三四五六七八九十百千零〇万亿]{1,10}(?:点[一二三四五六七八九零]{1,4})?)"
_MANY = r"[余多来]?[百千]?[万亿]{0,2}[余多]?"


def _measure(word: str) -> str:
    """The measure word, but not as the beginning of one of the words that are none."""
    others = [w[len(word) :] for w in words.NOT_MEASURE_WORDS if w.startswith(word) and w != word]
    return re.escape(word) + (f"(?!{'|'.join(others)})(?!以[为来此致])" if others else "")


_MEASURE = "|".join(_measure(m) for m in sorted(words.MEASURES, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"百分之(?P<cp>{_NUMERAL})(?:[-—–~至到](?:百分之)?(?P<cp2>{_NUMERAL}))?"
    r"|(?P<whole>[一二三四五六七八九十百]{1,3})分之(?P<part>[一二两三四五六七八九十]{1,3})"
    r"|(?P<tenths>[一二两三四五六七八九])成(?P<half>五|半)?(?![立效果为员熟长功本绩就套品分人年都交名型群双对片像因])"
    r"|(?P<halves>半数|(?<!另)一半(?=以上|的|左右|[,;。、]|提|增|扩|上升|下降|降))"
    rf"|(?P<a>{_NUMERAL})(?P<am>{_MANY})(?P<au>{_MEASURE})?(?:[-—–~至到](?P<b>{_NUMERAL})(?P<bm>{_MANY}))(?P<u2>{_MEASURE})"
    rf"|(?P<n>{_NUMERAL})(?P<nm>{_MANY})(?P<u>{_MEASURE})"
)
_PAIR = re.compile(r"(十?)([一二两三四五六七八])([二三四五六七八九])([十百千万]?)")
_MULTIPLES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_QUOTED = re.compile(r"“[^“”\n]{1,60}”|‘[^‘’\n]{1,40}’|\"[^\"\n]{1,40}\"|「[^「」\n]{1,40}」")
_TITLED = re.compile(r"《[^《》\n]{1,200}》|<[^<>\n]{2,80}>")


def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = re.sub(r"(?<![A-Za-z\\])CN(?![A-Za-z])", CHINESE_RUN, pattern)
    return re.compile(re.sub(r"(?<![A-Za-z\\\[])D(?![A-Za-z\]])", lambda _: DIGIT_RUN, pattern), re.MULTILINE)


_CLAIMS = tuple((kind, reason, _compiled(pattern)) for kind, reason, pattern in words.NOT_TARGETS)


@dataclass(frozen=True, slots=True)
class Claim:
    """Why a number run is not an amount."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as printed: offsets from the first numeral to the measure word."""

    start: int
    end: int
    text: str
    value: float
    value_max: float | None
    unit: str
    measure: str
    chinese: bool
    at_least: bool = False


class Runs:
    """All number runs of a text and what claims them; the first claim on a run stands."""

    def __init__(self, text: str) -> None:
        # Packed: a text of 5 MB holds a hundred thousand runs.
        self.starts, self.ends = array("L"), array("L")
        for match in RUN.finditer(text):
            self.starts.append(match.start())
            self.ends.append(match.end())
        self.claims: list[Claim | None] = [None] * len(self.starts)
        if not self.starts:
            return
        for kind, reason, pattern in _CLAIMS[:1]:
            self._claim_all(pattern, text, kind, reason)
        self._claim_all(_TITLED, text, "title_reference", "in_title_marks")
        for kind, reason, pattern in _CLAIMS[1:]:
            if kind == "period_name":
                self._claim_all(pattern, text, kind, reason)
        self._claim_all(_QUOTED, text, "name_or_slogan", "in_quotation_marks")
        for kind, reason, pattern in _CLAIMS[1:]:
            self._claim_all(pattern, text, kind, reason)

    def within(self, start: int, end: int) -> range:
        """Indexes of the runs that begin inside the span."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))

    def claim(self, start: int, end: int, kind: str, reason: str) -> None:
        """Claim every unclaimed run that begins inside the span."""
        self._take(start, end, Claim(kind, reason))

    def relabel(self, start: int, end: int, kind: str, reason: str) -> None:
        """Claim every run inside the span, whatever claimed it before."""
        for i in self.within(start, end):
            self.claims[i] = Claim(kind, reason)

    def claimed(self, start: int, end: int) -> Claim | None:
        """The first claim on a run inside the span."""
        return next((c for i in self.within(start, end) if (c := self.claims[i]) is not None), None)

    def _claim_all(self, pattern: re.Pattern[str], text: str, kind: str, reason: str) -> None:
        claim = Claim(kind, reason)
        for match in pattern.finditer(text):
            self._take(match.start(), match.end(), claim)

    def _take(self, start: int, end: int, claim: Claim) -> None:
        for i in self.within(start, end):
            if self.claims[i] is None:
                self.claims[i] = claim


def find_amounts(text: str, start: int, end: int) -> Iterator[Amount]:
    """Numbers with a measure word between start and end, in order."""
    for match in _AMOUNT.finditer(text, start, end):
        amount = _read(match)
        if amount:
            yield amount


def _read(m: re.Match[str]) -> Amount | None:
    start, end, text = m.start(), m.end(), "".join(m[0].split())
    if m["cp"]:
        low = _plain(m["cp"])
        high = _plain(m["cp2"]) if m["cp2"] else None
        return None if low is None else Amount(start, end, text, low, high, "%", "%", True)
    if m["whole"]:
        whole, part = chinese_value(m["whole"]), chinese_value(m["part"])
        if not whole or part is None:
            return None
        return Amount(start, end, text, round(part / whole * 100, 2), None, "%", "%", True)
    if m["tenths"]:
        return Amount(start, end, text, DIGITS[m["tenths"]] * 10.0 + (5 if m["half"] else 0), None, "%", "%", True)
    if m["halves"]:
        return Amount(start, end, text, 50.0, None, "%", "%", True)
    if m["b"]:
        return _range(m, start, end, text)
    measure = m["u"]
    pair = _PAIR.fullmatch(m["n"])
    if pair and not m["n"].startswith("十十"):
        low, high = _pair(pair, m["nm"])
        return Amount(start, end, text, low, high, words.MEASURES[measure], measure, True)
    value = _scaled(m["n"], m["nm"])
    if value is None or _digit_only(m["n"], measure):
        return None
    many = any(c in m["nm"] for c in "余多")
    return Amount(start, end, text, value, None, words.MEASURES[measure], measure, not m["n"][0].isdigit(), many)


def _range(m: re.Match[str], start: int, end: int, text: str) -> Amount | None:
    measure = m["u2"]
    low, high = _scaled(m["a"], m["am"]), _scaled(m["b"], m["bm"])
    if low is None or high is None or _digit_only(m["a"], measure):
        return None
    # 3—5万人: the multiple belongs to both ends.
    if not m["au"] and not any(c in m["am"] for c in _MULTIPLES) and low < high:
        multiple = next((c for c in m["bm"] if c in _MULTIPLES), None)
        if multiple and not m["b"][0] == m["a"][0] == "":
            low *= _MULTIPLES[multiple]
    if high <= low:
        return None
    return Amount(start, end, text, low, high, words.MEASURES[measure], measure, not m["a"][0].isdigit())


def _digit_only(numeral: str, measure: str) -> bool:
    if numeral in ("一", "两") and measure in words.EVENT_MEASURES:
        return False
    return numeral in DIGITS and measure in words.DIGIT_ONLY_MEASURES


def _pair(pair: re.Match[str], many: str) -> tuple[float, float]:
    ten = 10 if pair[1] else 0
    scale = {"十": 10, "百": 100, "千": 1000, "万": 10**4}.get(pair[4], 1)
    for c in many:
        scale *= _MULTIPLES.get(c, 1)
    return (ten + DIGITS[pair[2]]) * scale, (ten + DIGITS[pair[3]]) * scale


def _plain(numeral: str) -> float | None:
    if numeral[0].isdigit():
        return float(re.sub("[, ]", "", numeral))
    whole, _, decimals = numeral.partition("点")
    value = chinese_value(whole)
    if value is None:
        return None
    return value + (float("0." + "".join(str(DIGITS[c]) for c in decimals)) if decimals else 0.0)


def _scaled(numeral: str, many: str) -> float | None:
    value = _plain(numeral)
    if value is None:
        return None
    for c in many:
        value *= _MULTIPLES.get(c, 1)
    return round(value, 6)
