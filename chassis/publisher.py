"""Sends windows of messages over a connection of its own, and comes back whatever the broker does.

A broker that is short of memory or disk stops reading, and a frozen one does too: a write then blocks for
ever, and so would a polite goodbye. So the time that a window may take is limited from outside, and a
connection that failed is dropped without a word.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import eventlet
from kombu import Connection

from chassis import wire
from chassis.rpc import JSON

PERSISTENT = 2


class NotPublished(Exception):
    """A window is not, or not known to be, with the broker: send it again."""


class Returned(NotPublished):
    """There is no queue for some messages of the window; ``count`` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"no queue took {count} messages")
        self.count = count


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish: its routing key, its body in JSON and its headers."""

    key: str
    body: str
    headers: dict[str, Any]


class Publisher:
    """Publishes to one exchange: ``send`` a window, then ``confirm`` it. After any error, ``drop``.

    mandatory: a message that no queue takes is an error. seconds: what a window may take at the broker in
    all. told_blocked: called when the broker says that it takes nothing, or again takes. guard: a context
    around whatever might not return even so.
    """

    def __init__(
        self,
        connection: Connection,
        exchange: str,
        *,
        mandatory: bool,
        seconds: float,
        told_blocked: Callable[[bool], None],
        guard: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._connection = connection
        self._exchange = exchange
        self._mandatory = mandatory
        self._seconds = seconds
        self._left = seconds
        self._told_blocked = told_blocked
        self._guard = guard
        self._channel: Any = None
        self._tag = 0
        self._unconfirmed: set[int] = set()
        self._refused = False
        self._returned = 0

    def send(self, messages: Iterable[Outgoing]) -> None:
        """Hand a window to the broker. Raises ``NotPublished`` when time is up."""
        self._left = self._seconds
        with self._limited():
            channel = self._open_channel()
            with wire.gathering(self._connection):
                for message in messages:
                    self._publish(channel, message)

    def confirm(self) -> None:
        """Wait until all that was sent is confirmed.

        Raises ``Returned`` when no queue took a message, and ``NotPublished`` when the broker refused one or
        did not confirm in the time that ``send`` left.
        """
        with self._limited():
            while self._unconfirmed and not self._refused:
                self._connection.drain_events()
        if self._refused:
            raise NotPublished("the broker refused messages")
        if self._returned:
            raise Returned(self._returned)
        self._told_blocked(False)

    def drop(self) -> None:
        """Leave without a goodbye, which a stalled broker would not answer."""
        with self._guard():
            self._connection.collect()

    def _publish(self, channel: Any, message: Outgoing) -> None:
        # Before it is sent: in one process it may come back at once.
        self._tag += 1
        self._unconfirmed.add(self._tag)
        prepared = channel.prepare_message(
            message.body.encode(),
            content_type=JSON,
            content_encoding="utf-8",
            headers=message.headers,
            properties={"delivery_mode": PERSISTENT},
        )
        channel.basic_publish(
            prepared, exchange=self._exchange, routing_key=message.key, mandatory=self._mandatory
        )

    def _open_channel(self) -> Any:
        if self._channel is None:
            self._channel = channel = self._connection.channel()
            channel.events["basic_return"].add(self._came_back)
            if self._confirms:
                channel.confirm_select()
                channel.events["basic_ack"].add(self._confirmed)
                channel.events["basic_nack"].add(self._not_taken)
                self._connection.connection.on_blocked = lambda _reason: self._told_blocked(True)
                self._connection.connection.on_unblocked = lambda: self._told_blocked(False)
        return self._channel

    @property
    def _confirms(self) -> bool:
        """The broker inside the process has taken a message when publishing returns."""
        return bool(self._connection.transport.driver_type == "amqp")

    def _confirmed(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {tag for tag in self._unconfirmed if tag > delivery_tag}
        else:
            self._unconfirmed.discard(delivery_tag)

    def _not_taken(self, *_: object) -> None:
        self._refused = True

    def _came_back(self, *_: object) -> None:
        # Always before its confirm: when all is confirmed, all that comes back is here.
        self._returned += 1

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Spend of the window's time; the database's part of a turn does not count."""
        if not self._confirms:
            yield
            self._unconfirmed.clear()
            return
        started = time.monotonic()
        limit = eventlet.Timeout(max(self._left, 0.0))
        try:
            with self._guard():
                yield
        except eventlet.Timeout as timeout:
            if timeout is not limit:
                raise
            count = len(self._unconfirmed)
            raise NotPublished(f"{count} messages not confirmed in {self._seconds:g} s") from None
        finally:
            limit.cancel()
            self._left -= time.monotonic() - started
