"""The short way of a delivered message from its three frames to its consumer."""

import struct
from collections.abc import Callable
from typing import Any

from amqp import spec
from amqp.basic_message import Message
from amqp.exceptions import AMQPError, UnexpectedFrame
from amqp.method_framing import frame_handler as any_frame_handler
from amqp.serialization import _read_item, decode_properties_basic

from chassis.wire.buffered import Frame

METHOD, HEADER, BODY = 1, 2, 3
_DELIVER = struct.pack(">HH", *spec.Basic.Deliver)
_METHOD_BYTES = 4
_BODY_SIZE = struct.Struct(">Q")
_BODY_SIZE_AT = 4
_PROPERTIES_AT = 12
_TAG = struct.Struct(">Q?")
_LENGTH = struct.Struct(">I")
_INTEGER = struct.Struct(">i")
_CONTENT_TYPE, _CONTENT_ENCODING, _HEADERS, _DELIVERY_MODE = 0x8000, 0x4000, 0x2000, 0x1000
_PRIORITY, _CORRELATION_ID, _REPLY_TO, _EXPIRATION = 0x0800, 0x0400, 0x0200, 0x0100
_RARE = 0x00FF


def frame_handler(connection: Any, callback: Callable[..., None]) -> Callable[[Frame], bool]:
    """What py-amqp calls with each frame; says whether something was handed on.

    Deliveries are put together here; everything else goes py-amqp's way.
    """
    any_frame = any_frame_handler(connection, callback)
    begun: dict[int, Message] = {}

    def on_frame(frame: Frame) -> bool:
        kind, channel, payload = frame
        message = begun.get(channel)
        if message is None:
            if kind != METHOD or not payload.startswith(_DELIVER):
                return bool(any_frame(frame))
            begun[channel] = Message(b"", frame_method=spec.Basic.Deliver, frame_args=payload)
            connection.bytes_recv += 1
            return False
        connection.bytes_recv += 1
        if kind == HEADER:
            (message.body_size,) = _BODY_SIZE.unpack_from(payload, _BODY_SIZE_AT)
            message.properties = properties(payload, _PROPERTIES_AT)
            message.ready = not message.body_size
        elif kind == BODY:
            message.inbound_body(payload)
        else:
            raise UnexpectedFrame(f"Received frame {kind} inside a delivered message")
        if not message.ready:
            return False
        del begun[channel]
        _hand_on(connection, channel, message)
        return True

    return on_frame


def _hand_on(connection: Any, channel_id: int, message: Message) -> None:
    channel = (connection.channels or {}).get(channel_id)
    if channel is None or channel.is_closing:
        connection.on_inbound_method(channel_id, spec.Basic.Deliver, message.frame_args, message)
        return
    payload = message.frame_args
    consumer_tag, at = _short_text(payload, _METHOD_BYTES)
    delivery_tag, redelivered = _TAG.unpack_from(payload, at)
    exchange, at = _short_text(payload, at + _TAG.size)
    routing_key, _ = _short_text(payload, at)
    deliver = channel._on_basic_deliver  # noqa: SLF001 - whom py-amqp would call after more steps
    deliver(consumer_tag, delivery_tag, redelivered, exchange, routing_key, message)


def properties(payload: bytes, at: int) -> dict[str, Any]:
    """A message's properties by their names; none at all when they cannot be read.

    A message without properties is turned away by its consumer. An exception would end the connection, and
    the next one would get the same message again.
    """
    try:
        if payload[at + 1] & _RARE:
            return dict(decode_properties_basic(payload, at)[0])
        return _usual_properties(payload, at)
    except (AMQPError, ValueError, IndexError, struct.error):
        return {}


def _usual_properties(payload: bytes, at: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    flags = payload[at] << 8 | payload[at + 1]
    at += 2
    if flags & _CONTENT_TYPE:
        found["content_type"], at = _short_text(payload, at)
    if flags & _CONTENT_ENCODING:
        found["content_encoding"], at = _short_text(payload, at)
    if flags & _HEADERS:
        found["application_headers"], at = _table(payload, at)
    if flags & _DELIVERY_MODE:
        found["delivery_mode"] = payload[at]
        at += 1
    if flags & _PRIORITY:
        found["priority"] = payload[at]
        at += 1
    if flags & _CORRELATION_ID:
        found["correlation_id"], at = _short_text(payload, at)
    if flags & _REPLY_TO:
        found["reply_to"], at = _short_text(payload, at)
    if flags & _EXPIRATION:
        found["expiration"], at = _short_text(payload, at)
    return found


def _table(payload: bytes, at: int) -> tuple[dict[str, Any], int]:
    begin = at + _LENGTH.size
    end = begin + _LENGTH.unpack_from(payload, at)[0]
    found: dict[str, Any] = {}
    at = begin
    while at < end:
        name, at = _short_text(payload, at)
        kind = payload[at]
        if kind == ord("S"):
            begin = at + 1 + _LENGTH.size
            at = begin + _LENGTH.unpack_from(payload, at + 1)[0]
            found[name] = payload[begin:at].decode("utf-8", "replace")
        elif kind == ord("I"):
            (found[name],) = _INTEGER.unpack_from(payload, at + 1)
            at += 1 + _INTEGER.size
        else:
            found[name], at = _read_item(payload, at)
    return found, at


def _short_text(payload: bytes, at: int) -> tuple[str, int]:
    end = at + 1 + payload[at]
    return payload[at + 1 : end].decode("utf-8", "replace"), end
