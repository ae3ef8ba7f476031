"""How often something may fail: a handful of slots per account and per address in the cache that all processes share.

A try takes a slot before it is checked and gives it back when it was right. Taking is one `add`, which only one of two
simultaneous tries can win, so that a burst of parallel tries gets no more chances than one after the other.
"""

import hashlib
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from kepu.foundation import door as foundation

TRIES = 5
WINDOW = 10 * 60  # seconds


class TooManyTries(foundation.Refusal):
    code = "people.too_many_tries"
    sentence = _("Too many failed tries. Please wait ten minutes and try again, or ask the office for a new slip.")
    status = 429
    retry_after = WINDOW


@dataclass(frozen=True)
class Slot:
    key: str

    def give_back(self) -> None:
        cache.delete(self.key)


def take(kind: str, subject: str, *, tries: int = TRIES, seconds: int = WINDOW) -> Slot | None:
    """One of the `tries` that `subject` has for `kind` within `seconds`, or None when all are used up."""
    digest = hashlib.sha256(subject.casefold().encode()).hexdigest()[:32]
    for number in range(tries):
        slot = Slot(f"tries:{kind}:{digest}:{number}")
        if cache.add(slot.key, 1, seconds):
            return slot
    return None
