"""One virtual host: its exchanges, queues, connections and the lock over them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from amqp.exceptions import (
    AMQPNotImplementedError,
    NotFound,
    PreconditionFailed,
    RecoverableConnectionError,
    ResourceLocked,
)
from kombu.exceptions import OperationalError

from chassis.inproc.deadletters import with_death
from chassis.inproc.queues import Payload, Queue, QueuedMessage
from chassis.inproc.routing import EXCHANGE_TYPES, Exchange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chassis.inproc.transport import Connection

#: Longest time a green thread may publish or drain without letting the others run. A socket
#: gives way by itself; memory never does.
TIME_SLICE = 0.005

#: Queue arguments that change which messages arrive, and that we do not have. Refused, since
#: a queue that quietly ignored them would work in a demonstration and fail in production.
UNSUPPORTED_ARGUMENTS = frozenset({"x-message-ttl", "x-max-priority", "x-max-length-bytes"})


class Broker:
    """The broker of one virtual host.

    All state is guarded by `lock`. Methods that do not take it say so; everything in
    `queues` and `routing` runs under it. Under eventlet the lock is green and never
    contended; with real threads it makes the broker safe.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.lock = threading.Lock()
        self.connections: WeakSet[Connection] = WeakSet()
        self._is_down = False
        self._last_pause = time.monotonic()
        self._queues: dict[str, Queue] = {}
        self._exchanges = {
            name: Exchange(name, kind, durable=True, auto_delete=False, arguments={})
            for name, kind in (
                ("amq.direct", "direct"),
                ("amq.topic", "topic"),
                ("amq.fanout", "fanout"),
            )
        }

    def give_way(self) -> None:
        """Let other green threads run if this one may have kept them waiting (no lock)."""
        now = time.monotonic()
        if now - self._last_pause >= TIME_SLICE:
            self._last_pause = now
            time.sleep(0)

    def crash(self) -> None:
        """Drop every connection, as a broker that dies would (takes the lock)."""
        with self.lock:
            self._is_down = True
            for connection in list(self.connections):
                connection.drop()
            for queue in self._queues.values():
                queue.dismiss_publishers()

    # -- exchanges (lock held)

    def declare_exchange(
        self, name: str, kind: str, durable: bool, auto_delete: bool, arguments: dict[str, Any]
    ) -> None:
        if kind not in EXCHANGE_TYPES:
            raise AMQPNotImplementedError(f"inproc has no exchange type {kind!r}")
        known = self._exchanges.get(name)
        if known is None:
            self._exchanges[name] = Exchange(name, kind, durable, auto_delete, arguments)
        elif (known.kind, known.durable, known.auto_delete, known.arguments) != (
            kind,
            durable,
            auto_delete,
            arguments,
        ):
            raise PreconditionFailed(
                f"PRECONDITION_FAILED - inequivalent arg for exchange {name!r} in vhost {self.name!r}"
            )

    def exchange(self, name: str) -> Exchange:
        try:
            return self._exchanges[name]
        except KeyError:
            raise NotFound(f"NOT_FOUND - no exchange {name!r} in vhost {self.name!r}") from None

    def delete_exchange(self, name: str, if_unused: bool = False) -> None:
        exchange = self._exchanges.get(name)
        if exchange is not None and if_unused and exchange.has_bindings:
            raise PreconditionFailed(f"PRECONDITION_FAILED - exchange {name!r} in use")
        self._exchanges.pop(name, None)

    # -- queues (lock held)

    def declare_queue(
        self,
        name: str,
        durable: bool,
        auto_delete: bool,
        arguments: dict[str, Any],
        *,
        owner: Connection | None,
        client: Connection,
    ) -> Queue:
        """Create a queue, or return the equal one that exists."""
        if unsupported := UNSUPPORTED_ARGUMENTS.intersection(arguments):
            raise PreconditionFailed(
                f"PRECONDITION_FAILED - inproc does not support {', '.join(sorted(unsupported))} "
                f"(queue {name!r})"
            )
        if name not in self._queues:
            queue = self._queues[name] = Queue(name, durable, auto_delete, arguments, owner)
            return queue
        queue = self.queue(name, client)
        if (queue.durable, queue.auto_delete, queue.arguments, queue.owner) != (
            durable,
            auto_delete,
            arguments,
            owner,
        ):
            raise PreconditionFailed(
                f"PRECONDITION_FAILED - inequivalent arg for queue {name!r} in vhost {self.name!r}"
            )
        return queue

    def queue(self, name: str, client: Connection) -> Queue:
        """The queue of that name, if it exists and the client may use it."""
        queue = self._queues.get(name)
        if queue is None:
            raise NotFound(f"NOT_FOUND - no queue {name!r} in vhost {self.name!r}")
        if queue.owner not in (None, client):
            raise ResourceLocked(
                f"RESOURCE_LOCKED - cannot obtain exclusive access to queue {name!r} in vhost {self.name!r}"
            )
        return queue

    def has_queue(self, name: str) -> bool:
        return name in self._queues

    def unbind(self, queue: Queue, exchange: Exchange, binding_key: str) -> None:
        if exchange.unbind(queue, binding_key):
            self._drop_unused_exchange(exchange)

    def delete_queue(self, queue: Queue) -> None:
        """Remove a queue with its messages and bindings; tell its consumers and publishers."""
        self._queues.pop(queue.name, None)
        queue.deleted = True
        queue.ready.clear()
        for exchange in list(self._exchanges.values()):
            if exchange.unbind_all(queue):
                self._drop_unused_exchange(exchange)
        for subscription in list(queue.consumers):
            subscription.receiver.consumer_gone(subscription)
        queue.dismiss_publishers()

    def consumer_left(self, queue: Queue) -> None:
        """Remove a temporary queue without consumers; otherwise the next consumer takes over."""
        if queue.is_temporary and not queue.consumers and not queue.deleted:
            self.delete_queue(queue)
        else:
            queue.dispatch()

    def drop_exclusive_queues(self, owner: Connection) -> None:
        for queue in [queue for queue in self._queues.values() if queue.owner is owner]:
            self.delete_queue(queue)

    def _drop_unused_exchange(self, exchange: Exchange) -> None:
        if exchange.auto_delete and not exchange.has_bindings:
            self._exchanges.pop(exchange.name, None)

    # -- messages

    def publish(self, payload: Payload, exchange: str, routing_key: str, timeout: float | None) -> bool:
        """Route a message, waiting for room (takes the lock); tell whether a queue took it."""
        with self.lock:
            targets = self._targets_with_room(exchange, routing_key, timeout)
            for queue in targets:
                queue.put(QueuedMessage(payload, exchange, routing_key))
        self.give_way()
        return bool(targets)

    def _targets_with_room(self, exchange: str, routing_key: str, timeout: float | None) -> tuple[Queue, ...]:
        """Queues to put into, once all of them have room.

        All or none: a publish that times out has put nothing anywhere, so its caller may
        retry without doubling the message for the quick subscribers.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        admitted: Queue | None = None
        while True:
            if self._is_down:
                raise RecoverableConnectionError("broker is gone")
            targets = self._route(exchange, routing_key)
            full = next((queue for queue in targets if queue.must_wait(queue is admitted)), None)
            if admitted is not None and full is not admitted:
                admitted.admit_publisher()
            if full is None:
                return targets
            remaining = None if deadline is None else max(deadline - time.monotonic(), 0)
            if not full.wait_in_line(self.lock, remaining, at_head=full is admitted):
                raise OperationalError(
                    f"queue {full.name!r} in vhost {self.name!r} was full for {timeout} s "
                    f"({full.max_length} messages): its consumer is stuck or gone"
                )
            admitted = full

    def _route(self, exchange: str, routing_key: str) -> tuple[Queue, ...]:
        if not exchange:
            queue = self._queues.get(routing_key)
            return () if queue is None else (queue,)
        current = self.exchange(exchange)
        targets = current.route(routing_key)
        if not targets and current.alternate in self._exchanges:
            return self._exchanges[current.alternate].route(routing_key)
        return targets

    def put_back(self, queue: Queue, messages: Iterable[QueuedMessage]) -> None:
        """Return messages to the place in the queue they came from (lock held).

        A message that an application had is marked as redelivered, and leaves the queue for
        the dead letters when it came back more often than `x-delivery-limit`.
        """
        if queue.deleted:
            return
        for message in messages:
            if message.drained:
                message.drained = False
                message.redelivered = True
                message.returns += 1
                if queue.delivery_limit is not None and message.returns > queue.delivery_limit:
                    self.dead_letter(queue, message, "delivery_limit")
                    continue
            queue.put_back(message)
        queue.dispatch()

    def dead_letter(self, queue: Queue, message: QueuedMessage, reason: str) -> None:
        """Send a refused message to the queue's dead-letter exchange, if any (lock held).

        Never waits for room: it runs inside a consumer's reject, and a consumer that waits
        for a consumer is a deadlock. A dead-letter queue may thus exceed its length.
        """
        exchange = queue.dead_letter_exchange
        if exchange is None or (exchange and exchange not in self._exchanges):
            return
        routing_key = queue.dead_letter_routing_key or message.routing_key
        payload = with_death(message, queue.name, reason)
        for target in self._route(exchange, routing_key):
            target.put(QueuedMessage(payload, exchange, routing_key))


_brokers: dict[str, Broker] = {}


def default_broker(virtual_host: str) -> Broker:
    """The process's broker for a virtual host, made at first use."""
    broker = _brokers.get(virtual_host)
    return _brokers.setdefault(virtual_host, Broker(virtual_host)) if broker is None else broker


def default_broker_reset(name: str) -> None:
    """Forget the broker of a virtual host as if it had crashed.

    Its connections break (drains and publishes raise a recoverable connection error) and
    clients that reconnect find an empty broker. For tests.
    """
    broker = _brokers.pop(name or "/", None)
    if broker is not None:
        broker.crash()
