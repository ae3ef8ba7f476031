"""From the id of an account to what that person may do: for work that runs after the request is gone.

Accounts live on a higher floor, so the room that owns them tells how, once, when its app is ready.
"""

from collections.abc import Callable

from kepu.foundation.scope import Actor

_find: Callable[[int], Actor] | None = None


def provide(find: Callable[[int], Actor]) -> None:
    global _find
    _find = find


def actor_of(user_id: int) -> Actor:
    """The person as of now: rights that were taken away since the work was ordered do not count."""
    if _find is None:
        raise LookupError("no room has said how to find an account")
    return _find(user_id)
