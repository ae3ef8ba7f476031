"""Normal form of plan text (contract, section 1) and display width."""

import functools
import re
import unicodedata

# Circled and enclosed numbers keep their form: they are labels of their own.
_ENCLOSED = ((0x2460, 0x2500), (0x2776, 0x2794), (0x3200, 0x3300))


class _HalfWidth(dict[int, str]):
    """Normal form of single characters, worked out when first met."""

    def __missing__(self, code: int) -> str:
        enclosed = any(low <= code < high for low, high in _ENCLOSED)
        self[code] = chr(code) if enclosed else unicodedata.normalize("NFKC", chr(code))
        return self[code]


_HALF = _HalfWidth()
# Zero-width marks, soft hyphen, byte-order mark, private-use bullets and control characters carry no text.
_DROPPED = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1b\x1e\x1f\x7f]"
)
_NEWLINES = re.compile("\r\n?|[\x0b\x1c\x1d\x85\u2028\u2029]")
_ENTITIES = re.compile("&(?:nbsp|emsp|ensp|thinsp);")
# 著 is simplified only where it stands for 着; 著作, 显著, 著名 keep it.
_ZHE = re.compile("著(?=[力重眼手实想急])|(?<=[随沿朝本有接伴向带围绕])著(?![作名称述者])")
_SPACES = re.compile(r"[^\S\n]+")


def simplify(text: str) -> str:
    """Simplified characters for traditional ones (OpenCC t2s); text without any is returned at once.

    GB 2312 holds the simplified characters in daily use, so a Chinese character outside it is the sign to load the tables."""
    if any("\u3400" <= c <= "\u9fff" and not _in_daily_use(c) for c in set(text)):
        import opencc

        text = opencc.OpenCC("t2s").convert(text)
    return _ZHE.sub("着", text)


def _in_daily_use(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return char not in "於後乾徵"


def unify_breaks(text: str) -> str:
    """One newline character, no invisible marks; form feeds stay for the page logic."""
    return _DROPPED.sub("", _ENTITIES.sub(" ", _NEWLINES.sub("\n", text)))


def half_width(text: str) -> str:
    """NFKC character by character, enclosed numbers excepted. Length may grow (… becomes three dots)."""
    return text if text.isascii() else text.translate(_HALF)


def tidy(line: str, *, keep_gaps: bool = False) -> str:
    """Normal form of one line: white space dropped except between two Latin words.

    keep_gaps leaves one blank where a wide gap stood, and where any blank stood in a line without 、, for lists of units
    that are set apart by blanks."""
    line = half_width(line.strip().replace("\u3000", "  "))
    unlisted = keep_gaps and "、" not in line

    def space(match: re.Match[str]) -> str:
        before, after = line[match.start() - 1], line[match.end()]
        if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
            return " "
        return " " if keep_gaps and (len(match[0]) > 1 or unlisted) else ""

    return _SPACES.sub(space, line)


def bare(text: str) -> str:
    """The text without any white space, as every extracted string is given."""
    return "".join(text.split())


def display_width(text: str, *, ambiguous: int = 1) -> int:
    """Columns that the text takes on a fixed grid: a Chinese character 2, a Latin one 1, ambiguous marks as told."""
    return sum(char_width(c, ambiguous) for c in text)


@functools.lru_cache(maxsize=20000)
def char_width(char: str, ambiguous: int = 1) -> int:
    """Columns of one character."""
    if char < "\u0300":
        return 1 if char < "\x80" or unicodedata.east_asian_width(char) != "A" else ambiguous
    kind = unicodedata.east_asian_width(char)
    return 2 if kind in "WF" else ambiguous if kind == "A" else 1
