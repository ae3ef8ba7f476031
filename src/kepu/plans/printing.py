"""Plan text as it is printed: the plan reader's contract asks for half-width punctuation, a person reads full-width."""

import re
from bisect import bisect_left

_CHINESE = re.compile("[\u3400-\u9fff\u3001-\u301f“”‘’—…]")  # characters and marks that only Chinese print has
_FULL = str.maketrans(",;:?!()", "，；：？！（）")
_POINTS = frozenset(",;:?!")


def in_print(text: str) -> str:
    """The text with Chinese punctuation where it stands beside Chinese; no character is added or taken away.

    So places found in the text stay valid. Figures (1,200; 10:30), addresses and foreign words keep their marks;
    brackets are full-width in pairs, if anything inside or beside them is Chinese. Cost n log n.
    """
    chinese = [found.start() for found in _CHINESE.finditer(text)]

    def any_chinese(start: int, end: int) -> bool:
        at = bisect_left(chinese, start)
        return at < len(chinese) and chinese[at] < end

    chars = list(text)
    opened: list[int] = []
    for place, char in enumerate(text):
        if char in _POINTS and any_chinese(place - 1, place + 2):
            chars[place] = char.translate(_FULL)
        elif char == "(":
            opened.append(place)
        elif char == ")" and opened:
            start = opened.pop()
            if any_chinese(start - 1, place + 2):
                chars[start], chars[place] = "（", "）"
        elif char == "\n":
            opened.clear()
    return "".join(chars)
