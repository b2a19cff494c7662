"""kombu's AMQP transport over the buffered one, and the channel that answers calls."""

from contextlib import AbstractContextManager
from typing import Any, NoReturn

import structlog
from amqp.exceptions import AMQPError, RecoverableConnectionError
from kombu.transport import pyamqp

from chassis.wire import frames
from chassis.wire.buffered import BufferedTCP, BufferedTLS
from chassis.wire.deliveries import frame_handler

log = structlog.get_logger(__name__)


class Connection(pyamqp.Connection):
    """A connection whose reads are buffered."""

    def __init__(self, **options: Any) -> None:
        super().__init__(frame_handler=frame_handler, **options)

    def Transport(  # noqa: N802 - py-amqp's name
        self, host: str, connect_timeout: float, ssl: Any, *args: Any, **options: Any
    ) -> BufferedTCP | BufferedTLS:
        """What ``connect`` reads and writes by."""
        if ssl:
            return BufferedTLS(host, connect_timeout, ssl, *args, **options)
        return BufferedTCP(host, connect_timeout, *args, **options)

    def reply_channel(self) -> "ReplyChannel":
        """A new channel that answers requests of this connection."""
        channel = ReplyChannel(self)
        channel.open()
        return channel

    def gathering(self) -> AbstractContextManager[None]:
        """A context whose messages are sent in large pieces. After an error in it, drop the connection."""
        return self.transport.gathering()

    def drain_events(self, timeout: float | None = None) -> Any:
        """Handle what has come; py-amqp asks so before each message, at the cost of a call of the kernel."""
        if timeout == 0 and self.transport.gathers:
            raise TimeoutError
        return super().drain_events(timeout)

    def blocking_read(self, timeout: float | None = None) -> Any:
        """Handle the next frame; wait for it at most so long, if it was not read yet."""
        frame = self.transport.buffered_frame()
        if frame is None:
            with self.transport.having_timeout(timeout):
                frame = self.transport.read_frame()
        return self.on_inbound_frame(frame)

    def collect(self) -> None:
        """Let go of the buffers once the connection has ended, by whomever.

        py-amqp leaves a knot of references that only a full garbage collection undoes, and a process with
        many objects comes to one after dozens of lost connections: each would keep 128 KiB until then.
        """
        super().collect()
        self._frame_writer = self._on_inbound_frame = _ended


def _ended(*_: object) -> NoReturn:
    raise RecoverableConnectionError("the connection has ended")


class Transport(pyamqp.Transport):
    """What ``chassis.wire.connect`` makes kombu use."""

    Connection = Connection


class TLSTransport(Transport, pyamqp.SSLTransport):
    """The same for ``amqps``."""


class ReplyChannel(pyamqp.Channel):
    """Answers the requests of other channels of its connection.

    A reply that the broker refuses closes this channel alone, and it opens again: whoever sends a reply
    address that the service may not write to does not stop the service.
    """

    def answer(self, request: Any, exchange: str, content_type: str, body: bytes) -> None:
        """Send a request's reply and its acknowledgement in one write, the reply first.

        Raises ``RecoverableConnectionError`` when the request's connection is gone; the broker then has the
        request again.
        """
        connection = self.connection
        if connection is None or request.channel.connection is not connection:
            raise RecoverableConnectionError("the connection of the request is gone")
        reply = frames.publish(
            self.channel_id,
            exchange,
            request.properties["reply_to"],
            content_type,
            request.properties.get("correlation_id", ""),
            body,
            connection.frame_max,
        )
        connection.transport.write_soon(reply + frames.ack(request.channel.channel_id, request.delivery_tag))
        connection.bytes_sent += 1

    def _on_close(self, reply_code: int, *reason: Any) -> None:
        try:
            super()._on_close(reply_code, *reason)
        except AMQPError:
            log.warning("reply_refused", code=reply_code)
