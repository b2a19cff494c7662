"""Queues, the messages in them and the subscriptions they push to.

Nothing here takes a lock: the caller holds the broker's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Lock
from typing import Any, Protocol

#: Messages pushed ahead to a consumer without prefetch limit before it drains them. RabbitMQ
#: is held back there by the socket's buffer; without it a slow consumer would empty its queue
#: into memory that ``x-max-length`` does not bound.
PUSH_AHEAD = 64


def copy_table(table: dict[str, Any]) -> dict[str, Any]:
    """Copy properties or headers so that nobody shares a mutable part of them.

    A real broker hands every consumer its own decoded table. ``copy.deepcopy`` does too, at
    ten times the price; tables hold only dicts, lists and immutable values.
    """
    return {key: _copy_value(value) for key, value in table.items()}


def _copy_value(value: Any) -> Any:
    if isinstance(value, dict):
        return copy_table(value)
    if isinstance(value, list):
        return [_copy_value(item) for item in value]
    return value


@dataclass(slots=True, frozen=True)
class Payload:
    """What a publisher handed in: shared by all queues, never changed."""

    body: bytes
    headers: dict[str, Any]
    properties: dict[str, Any]


@dataclass(slots=True)
class QueuedMessage:
    """One queue's entry for a payload."""

    payload: Payload
    exchange: str
    routing_key: str
    position: int = 0
    drained: bool = False
    """Whether the application has it: pushed to a connection alone does not count."""
    redelivered: bool = False
    returns: int = 0


class Receiver(Protocol):
    """The channel behind a subscription."""

    def receive(self, subscription: Subscription, message: QueuedMessage) -> None:
        """Take a pushed message."""

    def consumer_gone(self, subscription: Subscription) -> None:
        """Learn that the queue was deleted under the subscription."""

    def deliver(self, subscription: Subscription, delivery: Delivery) -> None:
        """Hand a drained message to the application."""

    def announce_cancel(self, subscription: Subscription) -> None:
        """Tell the application that the subscription is gone."""


@dataclass(slots=True, eq=False)
class Subscription:
    """One consumer of one queue.

    Each counts its own prefetch. Counting per channel, as kombu's virtual transports do,
    deadlocks nested RPC: requests fill the window and the awaited reply never fits.
    """

    tag: str
    queue: Queue
    receiver: Receiver
    callback: Callable[[Any], None]
    no_ack: bool
    prefetch: int
    on_cancel: Callable[[str], None] | None
    unsettled: int = 0
    undrained: int = 0

    @property
    def limits_unsettled(self) -> bool:
        return self.prefetch > 0 and not self.no_ack

    @property
    def has_credit(self) -> bool:
        if self.limits_unsettled:
            return self.unsettled < self.prefetch
        return self.undrained < PUSH_AHEAD

    def note_drained(self, delivery: Delivery) -> None:
        """The application takes a pushed message now."""
        delivery.message.drained = True
        self.undrained -= 1
        if self.queue.ready and not self.limits_unsettled:
            self.queue.dispatch()


@dataclass(slots=True, eq=False)
class Queue:
    """Ready messages, consumers, and publishers that wait for room."""

    name: str
    durable: bool
    auto_delete: bool
    arguments: dict[str, Any]
    owner: object | None = None
    """The connection that alone may use an exclusive queue."""
    ready: deque[QueuedMessage] = field(default_factory=deque)
    consumers: deque[Subscription] = field(default_factory=deque)
    deleted: bool = False
    max_length: int | None = None
    single_active: bool = False
    dead_letter_exchange: str | None = None
    dead_letter_routing_key: str | None = None
    delivery_limit: int | None = None
    _line: deque[Condition] = field(default_factory=deque)
    _last_position: int = 0

    def __post_init__(self) -> None:
        get = self.arguments.get
        self.max_length = get("x-max-length")
        self.single_active = bool(get("x-single-active-consumer"))
        self.dead_letter_exchange = get("x-dead-letter-exchange")
        self.dead_letter_routing_key = get("x-dead-letter-routing-key")
        self.delivery_limit = get("x-delivery-limit")

    @property
    def is_temporary(self) -> bool:
        """Whether the queue vanishes with its last consumer.

        ``x-expires`` counts as temporary: nameko gives it to RPC reply queues, and a reply
        queue is of no use to anybody once its listener is gone.
        """
        return self.auto_delete or "x-expires" in self.arguments

    @property
    def has_room(self) -> bool:
        return self.max_length is None or len(self.ready) < self.max_length

    # -- messages

    def put(self, message: QueuedMessage) -> None:
        """Append a message and push what can be pushed."""
        self._last_position += 1
        message.position = self._last_position
        self.ready.append(message)
        self.dispatch()

    def put_back(self, message: QueuedMessage) -> None:
        """Return a message to its old place, near the head; the caller dispatches after."""
        index = 0
        for waiting in self.ready:
            if waiting.position > message.position:
                break
            index += 1
        self.ready.insert(index, message)

    def dispatch(self) -> None:
        """Push ready messages to consumers with credit, then let a waiting publisher in."""
        ready = self.ready
        while ready:
            subscription = self._next_consumer()
            if subscription is None:
                break
            subscription.receiver.receive(subscription, ready.popleft())
        self.admit_publisher()

    def _next_consumer(self) -> Subscription | None:
        consumers = self.consumers
        if self.single_active:
            return consumers[0] if consumers and consumers[0].has_credit else None
        for _ in range(len(consumers)):
            candidate = consumers[0]
            consumers.rotate(-1)
            if candidate.has_credit:
                return candidate
        return None

    # -- back-pressure

    def must_wait(self, admitted: bool) -> bool:
        """Whether a publisher has to wait: no room, or others wait longer already.

        `admitted` says that this publisher was called from the head of the line.
        """
        return not self.has_room or (bool(self._line) and not admitted)

    def wait_in_line(self, lock: Lock, timeout: float | None, at_head: bool) -> bool:
        """Wait until called by `admit_publisher`; False when the time ran out.

        The line is first come, first served: with a plain condition the publisher that runs
        next takes every freed place and the others starve.
        """
        ticket = Condition(lock)
        if at_head:
            self._line.appendleft(ticket)
        else:
            self._line.append(ticket)
        called = False
        try:
            called = ticket.wait(timeout)
        finally:
            self._line.remove(ticket)
            if not called:
                self.admit_publisher()
        return called

    def admit_publisher(self) -> None:
        """Call the first waiting publisher if it can go on."""
        if self._line and (self.has_room or self.deleted):
            self._line[0].notify()

    def dismiss_publishers(self) -> None:
        """Call all waiting publishers: the queue is gone."""
        for ticket in self._line:
            ticket.notify()


@dataclass(slots=True, eq=False)
class Delivery:
    """A message on its way to a subscription, or in the hands of its application."""

    tag: int
    message: QueuedMessage
    queue: Queue
    subscription: Subscription | None
    """None when the message was fetched by `basic_get`."""
