"""Which lines are page furniture: site navigation, index tables, share prompts, advertising, page numbers, feet."""

import re

from kepu.engines.plandoc.labels import read_label
from kepu.engines.plandoc.vocabulary import pages

_INDEX = "|".join(sorted(map(re.escape, pages.INDEX_LABELS), key=len, reverse=True))
INDEX_LABEL = re.compile(rf"(?:\d[.、])?[\[【(]?({_INDEX})[\]】)]?")
_INDEX_LINE = re.compile(rf"[\[【(]?({_INDEX})[\]】)]?[:|\t]")
_PAGE_NUMBER = re.compile(
    r"[-—–―·•~_|/\s]*(?:第\s*)?(?:\d{1,4}|[一二三四五六七八九十]{1,3}(?=页))\s*(?:页)?[-—–―·•~_|\s]*"
    r"(?:[/,]?\s*(?:共|of)?\s*\d{1,4}\s*页?)?[-—–―·•\s]*",
)
_PAGE_WORD = re.compile(r"(?:第\d{1,4}页|共\d{1,4}页|[Pp]age\s?\d{1,4})")
_PUBLIC = re.compile(
    r"[(【\[]?(?:此件|本件)?(?:公开发布|主动公开|依申请公开|不予公开|删减后公开|公开)[)】\]]?|公开(?:方式|形式|属性):.{0,10}"
)
_FOOT_COPY = re.compile(r"(?:抄送|主送|分送|抄报)[:单]")
_FOOT_PRINT = re.compile(
    r".{0,40}(?:\d{4}|[一二][〇○零Oo\d一二三四五六七八九]{3})年.{1,3}月.{1,3}日(?:印发|印制|印)$|(?:共印|印数|打字|校对)[:\d].{0,12}份?$"
)
_ATTACHMENT_FILE = re.compile(r"\.(?:docx?|pdf|xlsx?|wps|et|ofd|zip|rar|jpe?g|png)\b", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?://|www\.|[a-z0-9-]{2,}\.(?:com|net|org|cc|vip|xyz|top|app|gov\.cn|cn)(?![a-z]))", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[|｜>»›/·\s\t,;:、\-—_\[\]【】()]+")
_BREADCRUMB = re.compile(r"^[^。,;]{1,20}(?:[>»›]{1,2}[^。,;>»›]{1,40})+[>»›]?$|^[^。]{0,12}首页[>»›/\-].*")
# 手机版|长者助手|登录: short words between bars.
_BARRED = re.compile(r"[^|。,;:\d]{1,10}(?:[|｜][^|。,;:\d]{1,10}){2,}")
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{3,4}-\d{7,8})(?!\d)")
_SENTENCE = re.compile("[。;]")
_LABELLED = re.compile(r"[一-鿿]{2,8}:[^。;:]{1,60}")
_OWN_LABELS = ("附件", "附表", "附:", "抄送", "主送", "牵头", "责任", "配合")
_DECORATION = re.compile(r"[^\w]")
_MENU = frozenset(pages.MENU_WORDS)


def page_furniture(line: str) -> bool:
    """A page number on its own line, in any of the usual dresses."""
    return bool(line) and bool(_PAGE_NUMBER.fullmatch(line) or (len(line) <= 24 and _PAGE_WORD.fullmatch(line)))


def furniture(line: str, *, inside: bool = False, whole: bool = True) -> str | None:
    """Why the line (normal form) is furniture, or None.

    inside: the line stands between the first and the last item, where only sure signs count. whole: lines are whole
    paragraphs; where the page breaks them, a piece of a sentence may hold any word."""
    if page_furniture(line):
        return "page_number"
    if is_imprint(line):
        return "imprint"
    if len(line) < 16 and _PUBLIC.fullmatch(line):
        return "publication_remark"
    if _ATTACHMENT_FILE.search(line) and len(line) < 160 and not _SENTENCE.search(line):
        return "attachment_link"
    if inside and read_label(line):
        return None
    if line.startswith(pages.BREADCRUMB_STARTS) or (len(line) < 120 and _BREADCRUMB.match(line)):
        return "navigation"
    if len(line) < 120 and _BARRED.fullmatch(line) and not inside:
        return "navigation"
    if _is_menu(line):
        return "navigation"
    if _is_index(line, inside):
        return "index_table"
    if len(line) < 80 and not _SENTENCE.search(line):
        if any(word in line for word in pages.SHARE_WORDS):
            return "share_prompt"
        if whole and len(line) < 32 and "," not in line and any(w in line for w in pages.SHARE_WORDS_ALSO_IN_PLANS):
            return "share_prompt"
    return "advertising" if advertising(line, whole=whole) else None


def _is_index(line: str, inside: bool) -> bool:
    """A line of labels and values, as government sites print above a document."""
    if len(line) >= 300 or _SENTENCE.search(line):
        return False
    labels = [m[1] for m in _INDEX_LINE.finditer(line)]
    first = _INDEX_LINE.match(line)
    if inside and not set(labels) - set(pages.INDEX_LABELS_ALSO_IN_PLANS):
        return False
    return first is not None or len(labels) > 1


def _is_menu(line: str) -> bool:
    words = [w for w in _SEPARATORS.split(line[:400]) if w]
    return len(line) < 400 and bool(words) and all(w in _MENU for w in words) and len(words) + len(line) > 3


def advertising(line: str, *, whole: bool = True) -> bool:
    """Spam grafted onto a page: an own-line prompt, an address, or advertising words without the programme's own."""
    if len(line) > 200 or line.endswith("通知"):
        return False
    if line.startswith(pages.SPAM_STARTS):
        return True
    ours = any(word in line for word in pages.PROGRAMME_WORDS)
    strong = sum(word in line for word in pages.SPAM_STRONG)
    weak = sum(word in line for word in pages.SPAM_WEAK)
    if _URL.search(line):
        return not ours or strong + weak > 0 or len(line) < 60
    if strong:
        return not ours or strong + weak >= 2
    if not whole or ours or line.endswith("。"):
        return False
    return len(line) < 60 and (weak >= 2 or (len(line) < 40 and bool(_PHONE.search(line))))


def labelled(line: str) -> bool:
    """A short label with a value, as stand in the page data above a document: `点击率:3016`."""
    return bool(_LABELLED.fullmatch(line)) and not line.startswith(_OWN_LABELS)


def is_imprint(line: str) -> bool:
    """A line of the foot of an official document: who gets a copy, who printed it and when."""
    return bool(_FOOT_COPY.match(line)) or (len(line) < 60 and bool(_FOOT_PRINT.fullmatch(line)))


def heads_links(line: str) -> bool:
    """The line is nothing but the heading of a list of other pages: `相关链接`, `【热门推荐】`."""
    return len(line) < 16 and _DECORATION.sub("", line) in pages.LINK_HEADINGS


def foot_of_page(line: str, *, whole: bool = True) -> bool:
    """The line opens the foot of a web page."""
    if len(line) >= 300 or _SENTENCE.search(line) or (not whole and not line.startswith(pages.FOOT_WORDS)):
        return False
    return any(word in line for word in pages.FOOT_WORDS)


def index_label_alone(line: str) -> bool:
    """Only the label of an index table; its value stands on the next line."""
    match = INDEX_LABEL.fullmatch(line.rstrip(":"))
    return match is not None
