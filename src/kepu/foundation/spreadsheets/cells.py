"""Text that a spreadsheet program would run as a formula, made harmless and read back (OWASP ASVS 5.0, 1.2.10).

A program that opens a CSV takes a cell starting with = + - @ for a formula, also after blanks, in full width, or after
a line break inside the cell. The remedy is the apostrophe that the programs themselves use to mean "this is text".
Numbers and phone numbers stay as they are: they hold digits, signs and hyphens only and can do nothing.
"""

import re

_START = r"'*(?:[^\S\n]*[=+\-@＝＋－﹣−＠﹦﹢﹫]|\t)"
_FORMULA = re.compile(rf"^(?={_START})", re.MULTILINE)
_MARKED = re.compile(rf"^'(?={_START})", re.MULTILINE)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?|\+\d{1,3}([ -]\d{2,})+", re.ASCII)
# Not allowed in XML, or not meant by anybody in a table cell.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_BREAK = re.compile("\r\n?|[\u0085\x0b\x0c]")


def clean(text: str) -> str:
    """Without control characters; line breaks as one character."""
    return _CONTROL.sub("", _BREAK.sub("\n", text))


def neutralise(text: str) -> str:
    """Cleaned text with an apostrophe before each line that could be taken for a formula; `restore` takes it back."""
    text = clean(text)
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub("'", text)


def restore(text: str) -> str:
    """What `neutralise` was given (cleaned)."""
    return _MARKED.sub("", text)
