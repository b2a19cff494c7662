"""Publishes a service's committed events: numbers them without gaps, sends them confirmed, in order.

A crash after sending and before saving sends some again; followers drop them by their positions.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from kombu import Connection

from chassis import metrics, schema, stream
from chassis.publisher import Outgoing, Publisher, Returned
from contracts.catalogue import SUBSCRIPTIONS

if TYPE_CHECKING:
    from chassis.runtime import Runtime

FOLLOWED = {source for sources in SUBSCRIPTIONS.values() for source in sources}
"""Services whose events must find a queue."""

EVERYWHERE_SECONDS = 60.0
"""So often all months are searched until nothing is left, not only those about today: clocks may be wrong."""

# The conditions of the outer table let its index of unnumbered rows find the window, whatever is behind it.
# It begins with "update": of a statement that begins with "with", Python's sqlite3 does not count the rows.
_NUMBER = sa.text(
    "update event_log set position = numbered.position, epoch = :epoch from"
    " (select id, :base + row_number() over (order by id) as position from event_log"
    " where position is null order by id limit :limit) as numbered"
    " where event_log.id = numbered.id and event_log.position is null and event_log.id between"
    " (select min(id) from event_log where position is null) and (select max(id) from"
    " (select id from event_log where position is null order by id limit :limit) as ids)"
)


class Relay:
    """Publishes the event log of one service over a connection of its own.

    Several may run: each event gets one position, whoever numbers it, and is published at least once. After
    an error of ``run_once``, ``drop`` it. guard: see ``Publisher``.
    """

    def __init__(
        self,
        runtime: "Runtime",
        connection: Connection,
        guard: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._runtime = runtime
        self._service = runtime.service.name
        self._labels = {"service": self._service}
        self._window = runtime.settings.relay_window
        self._publisher = Publisher(
            connection,
            f"{self._service}.events",
            mandatory=self._service in FOLLOWED,
            seconds=runtime.settings.publish_seconds,
            told_blocked=metrics.RELAY_BLOCKED.labels(**self._labels).set,
            guard=guard,
        )
        self.drop = self._publisher.drop
        self._ahead: list[Any] = []
        self._numbered = 0
        self._searched = float("-inf")

    def run_once(self) -> int:
        """Number what is new and publish one window; returns how many events were published.

        Raises ``NotPublished``, or whatever error of the database or the broker came in between.
        """
        rows = self._ahead or self._read()
        self._ahead = []
        self._measure(rows)
        if not rows:
            return 0
        self._publisher.send(map(self._outgoing, rows))
        # The database works while the broker writes to its disk.
        self._ahead = self._read(after=rows[-1].position)
        self._confirm()
        self._note_published(rows[-1].position)
        metrics.RELAY_PUBLISHED.labels(**self._labels).inc(len(rows))
        return len(rows)

    def stand_by(self) -> None:
        """Tell the metrics that another relay has the work."""
        self._measure([])

    def _confirm(self) -> None:
        try:
            self._publisher.confirm()
        except Returned as returned:
            metrics.RELAY_RETURNED.labels(**self._labels).inc(returned.count)
            raise

    def _note_published(self, position: int) -> None:
        # Never back: a relay that lost its lease without knowing may come later than its successor.
        further = sa.update(schema.stream).where(schema.stream.c.published < position)
        with self._runtime.database.write() as connection:
            connection.execute(further.values(published=position))

    def _outgoing(self, row: Any) -> Outgoing:
        headers = stream.headers_of(row, self._service, self._runtime.settings.office)
        return Outgoing(row.type, row.data, headers)

    def _read(self, after: int | None = None) -> list[Any]:
        """The next window: after a position, or after what is known as published."""
        self._number()
        with self._runtime.database.read() as connection:
            state = connection.execute(sa.select(schema.stream)).one_or_none()
            if state is None:
                return []
            self._numbered = state.numbered
            start = state.published if after is None else after
            return stream.numbered_after(connection, start, self._window) if start < state.numbered else []

    def _number(self) -> None:
        table = schema.stream
        everywhere = time.monotonic() - self._searched > EVERYWHERE_SECONDS
        with self._runtime.database.read() as connection:
            if not stream.has_unnumbered(connection, None if everywhere else self._runtime.now()):
                if everywhere:
                    self._searched = time.monotonic()
                return
        with self._runtime.database.write() as connection:
            row = connection.execute(sa.select(table).with_for_update()).one_or_none()
            if row is None:
                start = {"service": self._service, "epoch": 1, "numbered": 0, "published": 0}
                connection.execute(sa.insert(table).values(start))
                epoch, base = 1, 0
            else:
                epoch, base = row.epoch, row.numbered
            # A late committer's lower id comes into a later window: positions follow what became visible.
            limit = self._window * 4
            count = connection.execute(_NUMBER, {"epoch": epoch, "base": base, "limit": limit}).rowcount
            connection.execute(sa.update(table).values(numbered=base + count))

    def _measure(self, rows: list[Any]) -> None:
        backlog = self._numbered - rows[0].position + 1 if rows else 0
        metrics.RELAY_BACKLOG.labels(**self._labels).set(backlog)
        age = (self._runtime.now() - stream.aware(rows[0].recorded_at)).total_seconds() if rows else 0.0
        metrics.RELAY_OLDEST.labels(**self._labels).set(max(0.0, age))
