"""Publishes a service's committed events: numbers them without gaps, sends them confirmed, in order.

A crash after sending and before saving sends some again; followers drop them by their positions.
"""

import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog
from kombu import Connection

from chassis import metrics, schema, stream
from chassis.rpc import JSON

if TYPE_CHECKING:
    from chassis.runtime import Runtime

log = structlog.get_logger(__name__)

PERSISTENT = 2
EVERYWHERE_SECONDS = 60.0
"""So often all months are searched until nothing is left, not only those about today: clocks may be wrong."""
# The conditions of the outer table let its index of unnumbered rows find the window, whatever is behind it.
_NUMBER = sa.text(
    "with numbered as (select id, :base + row_number() over (order by id) as position from event_log"
    " where position is null order by id limit :limit)"
    " update event_log set position = numbered.position, epoch = :epoch from numbered"
    " where event_log.id = numbered.id and event_log.position is null"
    " and event_log.id between (select min(id) from numbered) and (select max(id) from numbered)"
)


class NotConfirmed(Exception):
    """The broker did not confirm a window in time, or refused part of it."""


class Relay:
    """Publishes the event log of one service over a connection of its own."""

    def __init__(self, runtime: "Runtime", connection: Connection) -> None:
        self._runtime = runtime
        self._service = runtime.service.name
        self._connection = connection
        self._window = runtime.settings.relay_window
        self._seconds = runtime.settings.publish_seconds
        self._ahead: list[Any] = []
        self._numbered = 0
        self._searched = float("-inf")
        self._channel: Any = None
        self._tag = 0
        self._unconfirmed: set[int] = set()
        self._refused = False

    def run_once(self) -> int:
        """Number what is new and publish one window; returns how many events were published."""
        rows = self._ahead or self._read()
        self._ahead = []
        self._measure(rows)
        if not rows:
            return 0
        self._send(rows)
        # The database works while the broker writes to its disk.
        self._ahead = self._read(after=rows[-1].position)
        self._await_confirms()
        with self._runtime.database.write() as connection:
            connection.execute(sa.update(schema.stream).values(published=rows[-1].position))
        metrics.RELAY_PUBLISHED.labels(service=self._service).inc(len(rows))
        return len(rows)

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

    def _send(self, rows: list[Any]) -> None:
        channel = self._open_channel()
        office = self._runtime.settings.office
        exchange = f"{self._service}.events"
        for row in rows:
            message = channel.prepare_message(
                row.data.encode(),
                content_type=JSON,
                content_encoding="utf-8",
                headers=stream.headers_of(row, self._service, office),
                properties={"delivery_mode": PERSISTENT},
            )
            channel.basic_publish(message, exchange=exchange, routing_key=row.type)
            self._tag += 1
            self._unconfirmed.add(self._tag)

    def _open_channel(self) -> Any:
        if self._channel is None:
            self._channel = self._connection.channel()
            if self._connection.transport.driver_type == "amqp":
                self._channel.confirm_select()
                self._channel.events["basic_ack"].add(self._confirmed)
                self._channel.events["basic_nack"].add(self._not_taken)
        return self._channel

    def _confirmed(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {tag for tag in self._unconfirmed if tag > delivery_tag}
        else:
            self._unconfirmed.discard(delivery_tag)

    def _not_taken(self, *_: object) -> None:
        self._refused = True

    def _await_confirms(self) -> None:
        if self._connection.transport.driver_type != "amqp":
            self._unconfirmed.clear()
            return
        deadline = time.monotonic() + self._seconds
        while self._unconfirmed and not self._refused:
            left = deadline - time.monotonic()
            try:
                self._connection.drain_events(timeout=max(left, 0.01))
            except TimeoutError as error:
                raise NotConfirmed(
                    f"{len(self._unconfirmed)} events not confirmed in {self._seconds} s"
                ) from error
        if self._refused:
            raise NotConfirmed("the broker refused events")

    def _measure(self, rows: list[Any]) -> None:
        labels = {"service": self._service}
        backlog = self._numbered - rows[0].position + 1 if rows else 0
        metrics.RELAY_BACKLOG.labels(**labels).set(backlog)
        age = (self._runtime.now() - stream.aware(rows[0].recorded_at)).total_seconds() if rows else 0.0
        metrics.RELAY_OLDEST.labels(**labels).set(max(0.0, age))
