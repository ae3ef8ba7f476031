"""Sentences of the plan's stretches of text, with what every later reading of them needs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kepu.engines.plandoc.normal import bare
from kepu.engines.plandoc.periods import Phrase

# How far back of a number the words that bear on it may stand.
WINDOW = 240
_SENTENCE_END = re.compile(r"[。!?]+[”’)》」]*")
_HEAD = 10
AFTER = re.compile(
    r"\((?:含|[次册条场部件个份、]{1,5})\)以上|[及或]?以上|以内|之内|[及或]?以下|左右|上下|内(?=[^容涵外部在]|$)|/(?:年|月)"
)


@dataclass(frozen=True, slots=True)
class Area:
    """A stretch of text that may hold targets, and what its targets belong to."""

    start: int
    end: int
    task: str | None
    section: str | None
    topic: str
    preamble: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its span, its first characters and its time phrases."""

    span: tuple[int, int]
    head: str
    phrases: list[Phrase]

    @property
    def start(self) -> int:
        """Where the sentence begins."""
        return self.span[0]

    @property
    def end(self) -> int:
        """Where the sentence ends."""
        return self.span[1]


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of one paragraph, heading or cell."""
    position = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if text[position : match.end()].strip():
            yield position, match.end()
        position = match.end()
    if text[position:end].strip():
        yield position, end


def sentence_head(text: str, start: int, end: int) -> str:
    """The first ten characters of a sentence, white space removed."""
    return bare(text[start : min(end, start + 40)])[:_HEAD]
