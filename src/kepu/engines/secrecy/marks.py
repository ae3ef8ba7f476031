"""Tell a secrecy mark from the ordinary words.

GB/T 9704-2012, 7.2.2: the mark stands in the top left corner of the first page, the grade and the period divided by ★
(「机密★5年」). In running text the same words are plain Chinese (保守国家秘密, 宇宙的秘密) and mean nothing.
"""

from __future__ import annotations

import re
import unicodedata

HEAD_LINES = 6  # older papers print the grade alone, without ★; only at the head of the page it is a mark
_WORD = r"(?:[绝絕]\s*密|[机機]\s*密|[秘祕]\s*密)"
# A Chinese character right before the grade makes it part of a word; these alone stand before a mark without a gap.
_FREE = r"(?<![\u4e00-\u9fff])(?:密\s*级|特\s*急|加\s*急|平\s*急|特\s*提)?[:\s]*"
_STARRED = re.compile(_FREE + _WORD + r"\s*(?:[★☆⭐🌟✩-✰]|\*\s*(?:\d|[一二三四五六七八九十]|长\s*期))")
_ALONE = re.compile(r"[\W\d_]*" + _WORD + r"\s*[件级]?[\W\d_]*")

_INTERNAL = r"内\s*部\s*资\s*料"
_CALLED = r"(?<![\u4e00-\u9fff])(?:[本此该]\s*(?:资料|材料|文件|刊物|件)?\s*)?(?:为|属于?|系|是)?\s*"
# 内部资料管理制度 is a matter that an office writes about, not a mark.
_MATTER = r"(?!\s*的?\s*(?:管理|制度|目录|室|库|档案|保管|归档))"
_ORDER = r"\W{0,4}(?:请?\s*注意|请?\s*勿|不得|严禁|禁止|切勿|妥善|免费交流|仅供)"
_INTERNAL_MARK = re.compile(rf"{_CALLED}{_INTERNAL}{_MATTER}|{_INTERNAL}{_ORDER}")


def find_mark(first_page: str) -> bool:
    """Whether the text of a first page bears a mark: 绝密, 机密, 秘密 with ★ or alone at the head, or 内部资料.

    Blanks between the signs, full width, brackets, traditional characters and signs without width make no difference.
    Asterisks count as ★ only before a period (机密*5年), since they also mark emphasis.
    """
    text = unicodedata.normalize("NFKC", first_page)
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    if _STARRED.search(text) or _INTERNAL_MARK.search(text):
        return True
    lines = [line for line in text.splitlines() if line.strip()][:HEAD_LINES]
    # 「秘密　特急」 are two marks on one line; a longer row is the head of a table.
    parts = [re.split(r"\t|\s{3,}", line.strip()) for line in lines]
    return any(_ALONE.fullmatch(part) for line in parts if len(line) <= 2 for part in line)
