"""The right to be the only process that does a piece of work, held by a session of PostgreSQL.

An advisory lock alone would outlive a holder whose machine vanished without a goodbye: PostgreSQL notices
that after hours. So it is told to end the session when it is silent, and the holder speaks up all the time.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from chassis.database import Database

LEASE_SECONDS = 10.0
"""A holder that was silent for so long has lost the lease."""
BEAT_SECONDS = LEASE_SECONDS / 4

_TRY = text("select pg_try_advisory_lock(hashtext(:name))")
_GIVE_BACK = text("select pg_advisory_unlock_all()")


class Lease:
    """``held`` tells whether the lease is still ours, as far as we can know: the server may be away."""

    def __init__(self, seen: float = math.inf) -> None:
        self._seen = seen

    @property
    def held(self) -> bool:
        """False as soon as somebody else may hold it."""
        return time.monotonic() - self._seen < LEASE_SECONDS

    def keep(self, connection: Connection, released: threading.Event) -> None:
        """Speak up until the lease is released or lost; then end the session, and the lock with it."""
        try:
            while not released.wait(BEAT_SECONDS) and self.held:
                asked = time.monotonic()
                connection.execute(text("select 1"))
                self._seen = asked
        except DBAPIError:
            self._seen = -math.inf
        finally:
            with suppress(DBAPIError):
                if self.held:
                    # A session that is closed ends some time later; the next holder need not wait for that.
                    connection.execute(_GIVE_BACK)
                connection.close()


@contextmanager
def only_one(database: Database, name: str) -> Iterator[Lease | None]:
    """Try to become the only holder of a name over all processes of this database; None when another is.

    SQLite belongs to one process, which the data directory's own lock sees to.
    """
    if database.is_sqlite:
        yield Lease()
        return
    connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    asked = time.monotonic()
    if not connection.execute(_TRY, {"name": name}).scalar_one():
        connection.close()
        yield None
        return
    connection.detach()  # to be closed for good, not given back to the pool
    connection.execute(text(f"set idle_session_timeout = {int(LEASE_SECONDS * 1000)}"))
    lease, released = Lease(asked), threading.Event()
    keeping = threading.Thread(target=lease.keep, args=(connection, released), daemon=True)
    keeping.start()
    try:
        yield lease
    finally:
        released.set()
        # It may hang in a database that went away; it then closes whenever it comes back.
        keeping.join(BEAT_SECONDS)
