"""Calls of a service from outside a nameko worker: the command line, a follower that fills a gap, tests.

Every call has a deadline. Replies come to one queue of the client's own.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self
from uuid import uuid4

import eventlet
import orjson
from kombu import Connection, Consumer, Exchange, Queue
from kombu.exceptions import ChannelError, OperationalError
from kombu.pools import ProducerPool

from chassis import tracing, wire
from chassis.broker import HEARTBEAT_SECONDS
from chassis.rpc import JSON, LOOK_UP_SECONDS, NON_PERSISTENT, UNAVAILABLE, Refused

EXCHANGE = Exchange("nameko-rpc", type="topic", durable=True)
REPLY_EXPIRES_MS = 300_000
CALLS_MAX = 20
"""Requests that one client publishes at the same moment; waiting for an answer does not count."""


class Unavailable(Exception):
    """No answer in time, or none because the service or its database is away. Send the same command again."""


class RpcClient:
    """A caller of services. ``token`` makes the signed token that goes with each call."""

    def __init__(self, broker_url: str, token: Callable[[], str], seconds: float = 30.0) -> None:
        self._connection = wire.connect(broker_url, heartbeat=HEARTBEAT_SECONDS)
        # Confirmed, so that a request which no queue takes comes back to the call that sent it.
        outgoing = wire.connect(broker_url, transport_options={"confirm_publish": True})
        self._producers = ProducerPool(outgoing.Pool(CALLS_MAX), limit=CALLS_MAX)
        self._token = token
        self._seconds = seconds
        self._key = uuid4().hex
        self._waiting: dict[str, eventlet.event.Event] = {}
        self._stopping = False
        self._thread: Any = None
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread = eventlet.spawn(self._listen)
        if not self._ready.wait(self._seconds):
            raise Unavailable("the broker was not reached")
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        if self._thread is not None:
            self._thread.wait()
        self._producers.connections.force_close_all()

    def call(
        self,
        service: str,
        method: str,
        fields: dict[str, Any],
        *,
        seconds: float | None = None,
        traceparent: str | None = None,
        token: str | None = None,
    ) -> dict[str, Any]:
        """Call a method and return its reply.

        Raises ``Refused`` with the service's code, or ``Unavailable``, at the latest when the deadline
        (``seconds``) passes; a request that still waits in the service's queue is then dropped there.
        """
        seconds = seconds or self._seconds
        correlation_id = uuid4().hex
        answered = self._waiting[correlation_id] = eventlet.event.Event()
        try:
            with eventlet.Timeout(seconds, Unavailable(f"{service}.{method} did not answer in time")):
                self._publish(service, method, fields, correlation_id, seconds, traceparent, token)
                body = answered.wait()
        finally:
            self._waiting.pop(correlation_id, None)
        if body["error"] is not None:
            raise _error(body["error"])
        result: dict[str, Any] = body["result"]
        return result

    def _publish(
        self,
        service: str,
        method: str,
        fields: dict[str, Any],
        correlation_id: str,
        seconds: float,
        traceparent: str | None,
        token: str | None,
    ) -> None:
        headers = {
            "nameko.auth_token": token or self._token(),
            "nameko.traceparent": traceparent or tracing.new(),
            "nameko.call_id_stack": [f"client.{correlation_id}"],
        }
        try:
            with self._producers.acquire(block=True) as producer, _dropped_when_late(producer):
                producer.publish(
                    orjson.dumps({"args": [], "kwargs": fields}),
                    exchange=EXCHANGE,
                    routing_key=f"{service}.{method}",
                    mandatory=True,
                    reply_to=self._key,
                    correlation_id=correlation_id,
                    headers=headers,
                    content_type=JSON,
                    content_encoding="utf-8",
                    delivery_mode=NON_PERSISTENT,
                    expiration=seconds,
                )
        except (ChannelError, OperationalError, OSError, *self._connection.connection_errors) as error:
            raise Unavailable(f"{service} was not reached: {type(error).__name__}") from error

    def _listen(self) -> None:
        pause = 0.1
        while not self._stopping:
            with suppress(OperationalError, OSError, *self._connection.connection_errors):
                with self._connection.clone() as connection:
                    self._consume(connection)
                pause = 0.1
            eventlet.sleep(0 if self._stopping else pause)
            pause = min(pause * 2, 5.0)

    def _consume(self, connection: Connection) -> None:
        queue = Queue(
            f"rpc.reply-client-{self._key}",
            exchange=EXCHANGE,
            routing_key=self._key,
            auto_delete=False,
            durable=True,
            queue_arguments={"x-expires": REPLY_EXPIRES_MS},
        )
        with Consumer(connection, [queue], on_message=self._answered, no_ack=True):
            self._ready.set()
            while not self._stopping:
                with suppress(socket.timeout):
                    connection.drain_events(timeout=LOOK_UP_SECONDS)
                if connection.supports_heartbeats:
                    connection.heartbeat_check()

    def _answered(self, message: Any) -> None:
        waiting = self._waiting.pop(message.properties.get("correlation_id", ""), None)
        if waiting is not None:
            waiting.send(orjson.loads(message.body))


@contextmanager
def _dropped_when_late(producer: Any) -> Iterator[None]:
    """A broker that takes nothing leaves half a request on its connection: nobody may use that again."""
    try:
        yield
    except Unavailable:
        producer.connection.collect()
        raise


def _error(error: dict[str, Any]) -> Exception:
    if error.get("exc_type") == Refused.__name__:
        refused = Refused(*error["exc_args"])
        return Unavailable(refused.message) if refused.kind == UNAVAILABLE else refused
    return Refused("internal_error", str(error.get("value")), {}, "fault")
