"""AMQP with fewer calls of the kernel: py-amqp, but a read takes all there is and an answer is one write.

py-amqp reads each frame by three calls, and a message is three frames; through green sockets that is most of
what a message costs. Here a read takes what the kernel holds, and frames are cut from it. The protocol, its
errors and its time-outs stay py-amqp's: docs/decisions/0012-wire.md.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from kombu import Connection

_TRANSPORTS = {"amqp": "chassis.wire.connection:Transport", "amqps": "chassis.wire.connection:TLSTransport"}


def connect(url: str, **options: Any) -> Connection:
    """A connection to the broker of a URL, not yet open; the broker inside the process stays what it is."""
    connection = Connection(url, **options)
    connection.transport_cls = _TRANSPORTS.get(connection.transport_cls, connection.transport_cls)
    return connection


def gathering(connection: Connection) -> AbstractContextManager[None]:
    """Send what the block publishes in few large pieces. After an error in it, drop the connection."""
    gather = getattr(connection.connection, "gathering", nullcontext)
    context: AbstractContextManager[None] = gather()
    return context
