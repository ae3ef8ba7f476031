"""A plain notice: title, addressees, body with the levels of official papers, annex note, signature."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise

from kepu.foundation.documents.paper import append, blank, paragraph, saved, title_lines

# 一、 and （一） carry their own fonts; 1. and （1） are written like the text.
_LEVELS = (
    (re.compile(r"[一二三四五六七八九十百]+、"), "公文一级"),
    (re.compile(r"（[一二三四五六七八九十百]+）"), "公文二级"),
)
SIGN = 320  # width of a sign of 16 pt, in twentieths of a point
_HEADING = 30  # signs; a longer line beginning with a level's number is text


def notice(
    title: str | Promise,
    paragraphs: Sequence[str],
    *,
    addressees: str = "",
    annexes: Sequence[str] = (),
    signed_by: str = "",
    signed_on: date | None = None,
) -> bytes:
    """A .docx of one notice without red head. `paragraphs` are the body's, with their numbers written out.

    `addressees` without colon (各成员单位); `annexes` are the names for the note below the text; name and date stand as
    for a paper without seal.
    """
    paper = blank(str(title))
    append(paper, paragraph("公文标题", "\n".join(title_lines(str(title)))))
    append(paper, paragraph("公文顶格", ""))
    if addressees:
        append(paper, paragraph("公文顶格", f"{addressees.rstrip('：:')}："))
    for text in paragraphs:
        append(paper, paragraph(_level(text), text))
    if annexes:
        append(paper, paragraph("公文正文", ""))
        for number, name in enumerate(annexes, start=1):
            append(paper, _annex(number, name, len(annexes)))
    if signed_by or signed_on:
        append(paper, paragraph("公文正文", ""))
        _sign(paper, signed_by, signed_on)
    return saved(paper)


def _level(text: str) -> str:
    if len(text) <= _HEADING and "。" not in text.rstrip("。"):
        for pattern, style in _LEVELS:
            if pattern.match(text):
                return style
    return "公文正文"


def _annex(number: int, name: str, count: int) -> str:
    """「附件：1.名称」 without full stop, two signs in; whatever follows begins under the first name (7.3.4)."""
    label = "附件：" if number == 1 else ""
    numbered = f"{number}." if count > 1 else ""
    begins = 5 + len(numbered)  # two signs, 附件： and the number
    hanging = len(label) + len(numbered)
    settings = f'<w:ind w:left="{begins * SIGN}" w:hanging="{hanging * SIGN}"/>'
    return paragraph("公文顶格", label + numbered + name.rstrip("。"), settings)


def _sign(paper: Any, name: str, on: date | None) -> None:
    """Without seal (7.3.5.2): the name two signs from the right, the date's first sign two to the right of the name's.

    A date longer than the name stands two signs from the right, and the name moves.
    """
    written = f"{on.year}年{on.month}月{on.day}日" if on else ""
    wide = sum(0.5 if sign.isascii() else 1 for sign in written)  # in signs; figures are half as wide
    name_right, date_right = 2.0, 2.0
    if name and wide <= len(name):
        date_right = len(name) - wide
    elif name and written:
        name_right = 2 + wide + 2 - len(name)
    for text, right, together in ((name, name_right, "<w:keepNext/>"), (written, date_right, "")):
        if text:
            append(paper, paragraph("公文落款", text, f'{together}<w:ind w:right="{round(right * SIGN)}"/>'))
