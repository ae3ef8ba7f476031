"""A connection that does not wait for ever for a server that has gone silent (quality R8).

The server itself ends what takes too long, but a server that is stopped or cut off ends nothing, and the network still
acknowledges what is sent to it. So the client stops waiting a little after the server should have answered.
"""

from typing import Any

import psycopg

GRACE = 5  # seconds after the server's own limit


def bounded(statement_seconds: int) -> type[psycopg.Connection[Any]]:
    """A kind of connection whose every wait ends GRACE after the server's limit; without one, waits have no end."""
    if not statement_seconds:
        return psycopg.Connection

    class Bounded(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, timeout or statement_seconds + GRACE)
            except psycopg.OperationalError as error:
                if error.sqlstate is None:  # not the server's word: it was silent, or is gone
                    self.pgconn.finish()  # what it would still send belongs to nobody
                raise

    return Bounded
