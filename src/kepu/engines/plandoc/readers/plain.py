"""Plain text and Markdown: which encoding, which lines."""

from __future__ import annotations

import codecs
import re

from .result import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 1 << 16
# Share of characters of the common set below which another encoding is tried.
COMMON = 0.9
_HAN = re.compile("[\u3400-\u9fff]")
# Line ends of other systems, and control characters that no text holds (tab, line end and form feed stay).
_LINE_ENDS = re.compile("\r\n?|[\x0b\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x9f\ufeff\ufffe\uffff]")

# What a file in UTF-16 without its mark must consist of to be taken for text.
_READABLE = re.compile("[\t\n\x20-\x7e\u2000-\u206f\u2460-\u24ff\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_CONTROL_BYTES = bytes([*range(9), *range(14, 27), *range(28, 32)])


def decode_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode bytes of text and tell the warnings: `converted` for a guessed encoding, `replaced` for lost characters.

    A byte order mark decides; without one UTF-8, then UTF-16 without its mark, then GB 18030 (of which GBK and GB 2312
    are parts), then Big5, then what charset-normalizer finds in the first 64 kB. Raises Unreadable: "malformed" if
    no encoding fits, "unsupported" for what is no text at all.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _tidied(data, encoding)
    try:
        return tidy(data.decode("utf-8")), ()
    except UnicodeDecodeError:
        # A cut or damaged file is still UTF-8 if nearly all of its characters are; other encodings hardly give any.
        repaired = data[:SAMPLE].decode("utf-8", "replace")
        if repaired.count("\ufffd") * 20 < len(_HAN.findall(repaired)):
            return _tidied(data, "utf-8")
    sample = data[:SAMPLE]
    if b"\0" in sample:
        little = sample[1::2].count(0) > sample[0::2].count(0)
        text, warnings = _tidied(data, "utf-16-le" if little else "utf-16-be")
        if len(_READABLE.findall(text[:SAMPLE])) < COMMON * len(text[:SAMPLE]):
            raise Unreadable("unsupported", "binary")
        return text, warnings
    if len(sample) - len(sample.translate(None, _CONTROL_BYTES)) > len(sample) // 50:
        raise Unreadable("unsupported", "binary")
    return _legacy(data)


def _legacy(data: bytes) -> tuple[str, tuple[str, ...]]:
    sample = data[:SAMPLE]
    chinese = sample.decode("gb18030", "replace")
    if _share(chinese, "gb2312") >= COMMON:
        return _tidied(data, "gb18030")
    traditional = sample.decode("big5", "replace")
    if _share(traditional, "big5") >= COMMON and traditional.count("\ufffd") * 100 < len(traditional):
        text, warnings = _tidied(data, "big5hkscs")
        return text, ("converted", *warnings)
    if chinese.count("\ufffd") * 100 < len(chinese) and len(_HAN.findall(chinese)) * 3 > len(chinese):
        return _tidied(data, "gb18030")  # Traditional characters in GBK
    from charset_normalizer import from_bytes  # slow import, and hardly ever needed

    best = from_bytes(sample).best()
    if best is None:
        raise Unreadable("malformed", "no encoding fits")
    text, warnings = _tidied(data, best.encoding)
    return text, ("converted", *warnings)


def _share(text: str, common: str) -> float:
    """Share of the Chinese characters and replacement marks of the text that belong to a common character set."""
    judged = _HAN.findall(text)
    damage = text.count("\ufffd")
    known = len("".join(judged).encode(common, "ignore")) // 2
    return known / (len(judged) + damage) if judged else 0.0


def _tidied(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(encoding, "replace")
    return tidy(text), (("replaced",) if "\ufffd" in text else ())


def tidy(text: str) -> str:
    """One kind of line end, no byte order mark, no control characters but tab, line end and form feed."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


# Repetitions are bounded: a hostile line of 200,000 marks must not cost its square.
_HEADING = re.compile(r"#{1,6}\s")
_BULLET = re.compile(r"[-*+]\s+")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,300}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9*])\*(?=\S)([^*\n]{1,300}?)(?<=\S)\*(?![A-Za-z0-9*])")
_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\([^)\s]{0,2000}\)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")


def markdown_lines(text: str) -> str:
    """Markdown without its marks: headings and emphasis bare, tables as tab-separated lines, links as their text."""
    lines = []
    for line in text.split("\n"):
        bare = line.strip().lstrip("> ")
        if bare.startswith(("```", "~~~")) or _is_ruled(bare):
            continue
        if _HEADING.match(bare):
            line = bare.strip("#").strip()
        elif bare.startswith("|") and bare.count("|") > 1:
            line = "\t".join(cell.strip() for cell in bare.strip("|").split("|")).rstrip("\t")
        elif bare != line:
            line = line[: len(line) - len(line.lstrip())] + bare  # the indent may mark a paragraph
        line = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
        for pattern, kept in ((_LINK, r"\1"), (_STRONG, r"\2"), (_EMPHASIS, r"\1"), (_ESCAPE, r"\1")):
            line = pattern.sub(kept, line)
        lines.append(line)
    return "\n".join(lines)


def _is_ruled(line: str) -> bool:
    """A horizontal rule, or the line of dashes under the head of a table."""
    marks = set(line) - {" "}
    return line.count("-") + line.count("*") + line.count("_") >= 2 and (
        marks <= {"|", ":", "-"} or (len(marks) == 1 and marks <= {"*", "_"})
    )
