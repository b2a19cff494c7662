"""What an answered call writes, as bytes: its reply, and the acknowledgement of its request."""

import struct

from amqp import spec

_FRAME = struct.Struct(">BHI")
_END = b"\xce"
_OVERHEAD = _FRAME.size + len(_END)
_METHOD, _HEADER, _BODY = 1, 2, 3
_PUBLISH = struct.pack(">HHH", *spec.Basic.Publish, 0)
_ACK = struct.Struct(">HHQB")
_CONTENT = struct.Struct(">HHQ")
_REPLY_FLAGS = struct.pack(">H", 0x8000 | 0x4000 | 0x1000 | 0x0400)
"""Content type, content encoding, delivery mode, correlation identifier; written in this order."""
NON_PERSISTENT = 1


def publish(
    channel: int,
    exchange: str,
    routing_key: str,
    content_type: str,
    correlation_id: str,
    body: bytes,
    frame_max: int,
) -> bytes:
    """A non-persistent message of UTF-8 text, in frames of at most ``frame_max`` bytes.

    Raises ``struct.error`` for a name longer than 255 bytes.
    """
    method = b"".join((_PUBLISH, _short(exchange), _short(routing_key), b"\0"))
    header = b"".join(
        (
            _CONTENT.pack(spec.Basic.CLASS_ID, 0, len(body)),
            _REPLY_FLAGS,
            _short(content_type),
            _short("utf-8"),
            bytes((NON_PERSISTENT,)),
            _short(correlation_id),
        )
    )
    step = frame_max - _OVERHEAD
    parts = (_frame(_BODY, channel, body[at : at + step]) for at in range(0, len(body), step))
    return b"".join((_frame(_METHOD, channel, method), _frame(_HEADER, channel, header), *parts))


def ack(channel: int, delivery_tag: int) -> bytes:
    """The acknowledgement of one delivery."""
    return _frame(_METHOD, channel, _ACK.pack(*spec.Basic.Ack, delivery_tag, 0))


def _frame(kind: int, channel: int, payload: bytes) -> bytes:
    return b"".join((_FRAME.pack(kind, channel, len(payload)), payload, _END))


def _short(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("B", len(encoded)) + encoded
