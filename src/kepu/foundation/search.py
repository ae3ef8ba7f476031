"""Search over what each room offers. A room registers a provider; the rows it returns come from `visible_to(scope)`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from kepu.foundation.scope import Scope

MOST_WORDS = 8
MOST_CHARACTERS = 80


@dataclass(frozen=True)
class Hit:
    """One thing found: where it is, what it is (`kind`, the word of the glossary) and a sentence of it."""

    title: str
    url: str
    kind: str | Promise
    excerpt: str = ""


@dataclass(frozen=True)
class Query:
    """What was typed and the words in it; a row matches when it holds every word."""

    text: str
    words: tuple[str, ...]


Provider = Callable[[Query, Scope, int], Iterable[Hit]]
_providers: dict[str, list[Provider]] = {"portal": [], "desk": []}


def register(provider: Provider, *, surface: str = "desk") -> Provider:
    """Ask `provider(query, scope, limit)` when somebody searches on `surface` ("desk" or "portal")."""
    _providers[surface].append(provider)
    return provider


def segment(text: str) -> list[str]:
    """Words of a Chinese or mixed text for an index column, in order, without spaces and punctuation."""
    import rjieba  # its dictionary is loaded only where somebody indexes or searches

    return [word for word in rjieba.cut_for_search(text.lower()) if any(c.isalnum() for c in word)]


def parse(text: str) -> Query:
    """The query in what somebody typed: parts between spaces, each taken whole; at most MOST_WORDS of them."""
    text = " ".join(text.split())[:MOST_CHARACTERS]
    return Query(text, tuple(dict.fromkeys(text.lower().split()))[:MOST_WORDS])


def find(query: Query, scope: Scope, *, surface: str, limit: int = 50) -> list[Hit]:
    """What all rooms found on `surface`, room by room, at most `limit` each."""
    if not query.words:
        return []
    return [hit for provider in _providers[surface] for hit in provider(query, scope, limit)]
