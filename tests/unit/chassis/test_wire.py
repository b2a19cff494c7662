"""Frames over a socket that hands them out in any pieces."""

import errno
from collections.abc import Iterable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from amqp import spec
from amqp.basic_message import Message
from amqp.exceptions import UnexpectedFrame
from amqp.method_framing import frame_handler as reference_handler
from amqp.serialization import decode_properties_basic, dumps

from chassis.wire import connect, frames
from chassis.wire.buffered import BufferedTCP, Frame
from chassis.wire.deliveries import frame_handler, properties

BODY = b'{"result": null}'
STREAM = frames.publish(7, "nameko-rpc", "somebody", "application/json", "call-1", BODY, 131_072)
STREAM += frames.ack(3, 5)


class Socket:
    """Gives what it was told to give, and keeps what was sent."""

    def __init__(self, *given: bytes | Exception, takes: Iterable[int | Exception] = ()) -> None:
        self._given = list(given)
        self._takes = list(takes)
        self.reads = 0
        self.sent: list[bytes] = []

    def recv(self, size: int) -> bytes:
        self.reads += 1
        piece = self._given.pop(0)
        if isinstance(piece, Exception):
            raise piece
        assert len(piece) <= size
        return piece

    def send(self, data: memoryview) -> int:
        taken = self._takes.pop(0) if self._takes else len(data)
        if isinstance(taken, Exception):
            raise taken
        self.sent.append(bytes(data[:taken]))
        return taken

    sendall = send


def transport(socket: Socket) -> Any:
    made: Any = BufferedTCP("localhost:5672")
    made.sock = socket
    made._setup_transport()
    made.connected = True
    return made


def read_all(reader: Any, count: int) -> list[Frame]:
    """So many frames, beginning again after each time-out."""
    found: list[Frame] = []
    while len(found) < count:
        try:
            found.append(reader.read_frame())
        except TimeoutError:
            continue
    return found


def cut(stream: bytes) -> list[Frame]:
    return read_all(transport(Socket(stream)), 4)


def test_a_frame_split_at_any_byte_by_a_time_out_is_read_whole() -> None:
    expected = cut(STREAM)
    assert [frame[0] for frame in expected] == [1, 2, 3, 1]
    for at in range(1, len(STREAM)):
        socket = Socket(STREAM[:at], TimeoutError("timed out"), STREAM[at:])
        assert read_all(transport(socket), 4) == expected, at


def test_frames_that_trickle_in_byte_by_byte_are_read_whole() -> None:
    pieces = (STREAM[at : at + 1] for at in range(len(STREAM)))
    assert read_all(transport(Socket(*pieces)), 4) == cut(STREAM)


def test_one_read_brings_all_frames_that_have_arrived() -> None:
    socket = Socket(STREAM)
    read_all(transport(socket), 4)
    assert socket.reads == 1


def test_a_read_that_must_not_wait_and_finds_nothing_times_out_and_keeps_the_connection() -> None:
    reader = transport(Socket(BlockingIOError(errno.EAGAIN, "nothing yet"), STREAM))
    with pytest.raises(TimeoutError):
        reader.read_frame()
    assert reader.connected
    assert reader.read_frame() == cut(STREAM)[0]


@pytest.mark.parametrize("end", [b"", ConnectionResetError("gone")])
def test_a_peer_that_has_gone_is_an_error_and_the_end_of_the_connection(end: bytes | Exception) -> None:
    reader = transport(Socket(STREAM[:10], end))
    with pytest.raises(OSError, match=r"closed|gone"):
        reader.read_frame()
    assert not reader.connected


def test_a_frame_without_its_end_is_not_taken_for_one() -> None:
    broken = bytearray(STREAM)
    broken[len(STREAM) - 1] = 0
    with pytest.raises(UnexpectedFrame):
        read_all(transport(Socket(bytes(broken))), 4)


def test_a_reader_s_time_out_does_not_cut_a_write_short() -> None:
    socket = Socket(takes=[3, TimeoutError("timed out"), 1, TimeoutError("timed out")])
    transport(socket).write(STREAM)
    assert b"".join(socket.sent) == STREAM


def test_a_write_over_a_closed_connection_is_an_error_of_connections() -> None:
    writer = transport(Socket())
    writer.sock = None
    with pytest.raises(OSError, match="closed"):
        writer.write(STREAM)


def test_answers_of_the_same_round_go_in_one_write_and_before_any_later_one() -> None:
    socket = Socket()
    writer = transport(socket)
    writer.write_soon(b"one")
    writer.write_soon(b"two")
    assert socket.sent == []
    eventlet.sleep(0)
    assert socket.sent == [b"onetwo"]
    writer.write_soon(b"three")
    writer.write(b"four")
    eventlet.sleep(0)
    assert b"".join(socket.sent) == b"onetwothreefour"


def test_gathered_messages_go_in_large_pieces_whole_and_in_their_order() -> None:
    socket = Socket()
    writer = transport(socket)
    messages = [bytes([n]) * 30_000 for n in range(5)]
    with writer.gathering():
        for message in messages:
            writer.write(memoryview(message))
        assert [len(piece) for piece in socket.sent] == [90_000]
    assert [len(piece) for piece in socket.sent] == [90_000, 60_000]
    assert b"".join(socket.sent) == b"".join(messages)
    writer.write(b"later")
    assert socket.sent[-1] == b"later"


def test_what_was_gathered_before_an_error_is_not_sent_later() -> None:
    socket = Socket()
    writer = transport(socket)
    with suppress(RuntimeError), writer.gathering():
        writer.write(b"half a window")
        raise RuntimeError
    writer.write(b"")
    assert socket.sent == []


def test_an_answer_that_cannot_be_written_is_nobody_s_exception() -> None:
    writer = transport(Socket(takes=[ConnectionResetError("gone")]))
    writer.write_soon(b"one")
    eventlet.sleep(0)
    assert not writer.connected


HEADERS = {"id": "0a", "position": 12, "far": 1 << 40, "yes": True, "nothing": None, "deep": {"a": [1, "b"]}}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"content_type": "application/json", "content_encoding": "utf-8", "delivery_mode": 2},
        {"application_headers": HEADERS, "priority": 3},
        {"correlation_id": "call", "reply_to": "me", "expiration": "3000"},
        {"message_id": "rare", "timestamp": 1_700_000_000, "reply_to": "me", "user_id": "guest"},
        {"application_headers": {"残联": "金寨县"}},
    ],
)
def test_properties_are_read_as_py_amqp_reads_them(given: dict[str, Any]) -> None:
    payload = b"\0" * 12 + Message(b"", **given)._serialize_properties()
    assert properties(payload, 12) == decode_properties_basic(payload, 12)[0] == given


def test_properties_that_cannot_be_read_are_none_and_no_exception() -> None:
    payload = Message(b"", application_headers=HEADERS, reply_to="me")._serialize_properties()
    for end in range(2, len(payload)):
        assert isinstance(properties(payload[:end], 0), dict)
    assert properties(payload.replace(b"\x04deepF", b"\x04deep?"), 0) == {}
    assert properties(Message(b"", reply_to=b"\xff\xfe")._serialize_properties(), 0) == {"reply_to": "��"}


def connection_of(handler: Any) -> tuple[Any, list[tuple[Any, ...]], Any]:
    """A connection that writes down what its channel is handed."""
    got: list[tuple[Any, ...]] = []

    def deliver(*arguments: Any) -> None:
        got.append(arguments)

    channel = SimpleNamespace(is_closing=False, _on_basic_deliver=deliver)
    connection = SimpleNamespace(bytes_recv=0, channels={7: channel, 8: channel})
    return connection, got, handler(connection, lambda *arguments: got.append(arguments))


def delivery(channel: int, body: bytes, frame_max: int = 131_072) -> list[Frame]:
    arguments = dumps("sLbss", ("tag-1", 42, True, "registry.events", "registry.certificate_issued.v1"))
    published = frames.publish(channel, "", "", "application/json", "call-1", body, frame_max)
    reader = transport(Socket(published))
    reader.read_frame()
    head = (1, channel, bytes((0, 60, 0, 60)) + arguments)
    found = [head]
    while (frame := reader.buffered_frame()) is not None:
        found.append(frame)
    return found


@pytest.mark.parametrize("body", [b"", BODY, b"x" * 10_000])
def test_a_delivery_reaches_its_consumer_with_all_that_it_carries(body: bytes) -> None:
    connection, got, on_frame = connection_of(frame_handler)
    told = [on_frame(frame) for frame in delivery(7, body, frame_max=4_096)]
    assert told == [False] * (len(told) - 1) + [True]
    assert connection.bytes_recv == len(told), "each frame counts as a sign of life"
    [(*arguments, message)] = got
    assert arguments == ["tag-1", 42, True, "registry.events", "registry.certificate_issued.v1"]
    assert message.body == body
    assert message.properties["correlation_id"] == "call-1"


def test_deliveries_of_two_channels_may_interleave() -> None:
    _, got, on_frame = connection_of(frame_handler)
    one, two = delivery(7, b"one"), delivery(8, b"two")
    for pair in zip(one, two, strict=True):
        for frame in pair:
            on_frame(frame)
    assert [arguments[-1].body for arguments in got] == [b"one", b"two"]


def test_a_method_inside_a_delivery_is_refused() -> None:
    _, _, on_frame = connection_of(frame_handler)
    head = delivery(7, BODY)[0]
    on_frame(head)
    with pytest.raises(UnexpectedFrame):
        on_frame(head)


def test_what_is_no_delivery_goes_py_amqp_s_way() -> None:
    connection, got, on_frame = connection_of(frame_handler)
    assert on_frame((1, 7, bytes((0, 60, 0, 21)))) is True
    assert on_frame((8, 0, b"")) is False
    assert got == [(7, spec.Basic.ConsumeOk, bytes((0, 60, 0, 21)), None)]
    assert connection.bytes_recv == 2


@pytest.mark.parametrize("size", [0, 1, 4_088, 4_089, 20_000])
def test_a_reply_is_read_by_py_amqp_as_it_was_meant(size: int) -> None:
    body = b"x" * size
    stream = frames.publish(7, "nameko-rpc", "somebody", "application/json", "call-1", body, 4_096)
    reader = transport(Socket(stream))
    sent: list[Frame] = []
    while (frame := reader.buffered_frame()) is not None or not sent:
        sent.append(frame or reader.read_frame())
    assert all(len(payload) + 8 <= 4_096 for _, _, payload in sent)
    _, got, on_frame = connection_of(reference_handler)
    # To py-amqp, which reads what a broker sends, a publish is no message: let it be a delivery.
    on_frame((1, 7, bytes((0, 60, 0, 60))))
    for frame in sent[1:]:
        on_frame(frame)
    message = got[0][-1]
    assert (message.body if size else b"") == body
    assert message.properties == {
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "delivery_mode": 1,
        "correlation_id": "call-1",
    }


@pytest.mark.parametrize(
    ("url", "transport_name"),
    [
        ("amqp://localhost", "chassis.wire.connection:Transport"),
        ("amqps://localhost", "chassis.wire.connection:TLSTransport"),
        ("memory://", "memory"),
    ],
)
def test_amqp_goes_over_the_wire_of_ours_and_other_brokers_their_own_way(
    url: str, transport_name: str
) -> None:
    connection = connect(url)
    assert connection.transport_cls == transport_name
    assert connection.clone().transport_cls == transport_name
    assert bool(connection.transport.client.ssl) is url.startswith("amqps")
