"""The half of a channel that declares exchanges, queues and bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from amqp.exceptions import PreconditionFailed, RecoverableConnectionError
from amqp.protocol import queue_declare_ok_t
from kombu.transport.base import StdChannel, to_rabbitmq_queue_arguments

from chassis.inproc.queues import Queue

if TYPE_CHECKING:
    from chassis.inproc.transport import Connection


class Topology(StdChannel):
    """Declarations of a channel, with the parameter names kombu passes.

    Written on kombu's `StdChannel` and not on its `virtual.Channel`: that one polls, counts
    prefetch per channel and routes returned messages anew, and to override all of it leaves
    nothing of the base but its traps. Whatever else kombu passes (`nowait`…) means nothing here.
    """

    def __init__(self, connection: Connection, channel_id: int) -> None:
        self.connection: Connection | None = connection
        self.channel_id = channel_id
        self._broker = connection.broker

    @property
    def _open_connection(self) -> Connection:
        self._check_open()
        return cast("Connection", self.connection)

    def _check_open(self) -> None:
        if self.connection is None:
            raise RecoverableConnectionError("channel is closed")

    def _queue(self, name: str) -> Queue:
        return self._broker.queue(name, self._open_connection)

    def exchange_declare(
        self,
        exchange: str,
        type: str = "direct",  # noqa: A002 - kombu passes it by this name
        *,
        durable: bool = False,
        auto_delete: bool = False,
        arguments: dict[str, Any] | None = None,
        passive: bool = False,
        **_: Any,
    ) -> None:
        with self._broker.lock:
            self._check_open()
            if passive:
                self._broker.exchange(exchange)
            else:
                self._broker.declare_exchange(
                    exchange, type, bool(durable), bool(auto_delete), dict(arguments or {})
                )

    def exchange_delete(self, exchange: str, if_unused: bool = False, **_: Any) -> None:
        with self._broker.lock:
            self._check_open()
            self._broker.delete_exchange(exchange, if_unused)

    def prepare_queue_arguments(self, arguments: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Translate kombu's queue options (`max_length=`…) to `x-` arguments as for RabbitMQ."""
        return to_rabbitmq_queue_arguments(arguments, **options)

    def queue_declare(
        self,
        queue: str = "",
        *,
        passive: bool = False,
        durable: bool = False,
        exclusive: bool = False,
        auto_delete: bool = False,
        arguments: dict[str, Any] | None = None,
        **_: Any,
    ) -> queue_declare_ok_t:
        """Declare a queue, or with `passive` only look; answers (name, ready, consumers)."""
        with self._broker.lock:
            client = self._open_connection
            if passive:
                declared = self._queue(queue)
            else:
                declared = self._broker.declare_queue(
                    queue or f"amq.gen-{uuid4().hex}",
                    bool(durable),
                    bool(auto_delete),
                    dict(arguments or {}),
                    owner=client if exclusive else None,
                    client=client,
                )
            return queue_declare_ok_t(declared.name, len(declared.ready), len(declared.consumers))

    def queue_bind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        with self._broker.lock:
            self._broker.exchange(exchange).bind(self._queue(queue), routing_key)

    def queue_unbind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        with self._broker.lock:
            self._broker.unbind(self._queue(queue), self._broker.exchange(exchange), routing_key)

    def queue_purge(self, queue: str, **_: Any) -> int:
        """Drop the ready messages; answers how many."""
        with self._broker.lock:
            purged = self._queue(queue)
            count = len(purged.ready)
            purged.ready.clear()
            purged.dispatch()
            return count

    def queue_delete(self, queue: str, if_unused: bool = False, if_empty: bool = False, **_: Any) -> int:
        """Delete a queue, missing ones included; answers how many messages went with it."""
        with self._broker.lock:
            if not self._broker.has_queue(queue):
                return 0
            doomed = self._queue(queue)
            if if_unused and doomed.consumers:
                raise PreconditionFailed(f"PRECONDITION_FAILED - queue {queue!r} in use")
            if if_empty and doomed.ready:
                raise PreconditionFailed(f"PRECONDITION_FAILED - queue {queue!r} is not empty")
            count = len(doomed.ready)
            self._broker.delete_queue(doomed)
            return count
