"""Our wire to a real RabbitMQ: size, cuts, refused replies, a stop with a call in hand; and TLS."""

import gc
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import eventlet
import orjson
import pytest
from amqp.method_framing import Buffer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kombu import Connection, Consumer, Exchange, Queue

from chassis import wire
from chassis.wire import frames
from chassis.wire.buffered import BufferedTLS
from tests.support.servers import RabbitMQServer
from tests.support.tcp_proxy import TcpProxy

SECONDS = 30
BIG = 1_500_000
END_ALL = 'rabbit_networking:close_connections(rabbit_networking:connections(), <<"test">>), ok.'


@pytest.fixture
def url(rabbitmq_server: RabbitMQServer) -> Iterator[str]:
    with rabbitmq_server.vhost() as url:
        yield url


def drain(connection: Any, until: Callable[[], bool]) -> None:
    with eventlet.Timeout(SECONDS, AssertionError(f"nothing in {SECONDS} s")):
        while not until():
            connection.drain_events(timeout=SECONDS)


def test_bodies_of_many_frames_arrive_whole_and_in_order(url: str) -> None:
    bodies = [bytes([65 + n]) * size for n, size in enumerate((1, 131_064, 131_065, BIG, 2))]
    got: list[Any] = []
    with Connection(url) as raw, wire.connect(url) as connection:
        channel = connection.channel()
        queue = Queue("big", durable=True)(channel)
        queue.declare()
        producer = raw.Producer()
        for body in bodies:
            producer.publish(body, routing_key="big", content_type="application/octet-stream")
        with Consumer(channel, [queue], on_message=got.append, no_ack=True):
            drain(connection, lambda: len(got) == len(bodies))
    assert [bytes(message.body) for message in got] == bodies


def test_what_was_read_already_is_handed_on_without_waiting(url: str) -> None:
    got: list[Any] = []
    with wire.connect(url) as connection:
        channel = connection.channel()
        queue = Queue("ready", durable=True)(channel)
        queue.declare()
        for n in range(50):
            connection.Producer().publish({"n": n}, routing_key="ready")
        with Consumer(channel, [queue], on_message=got.append, no_ack=True):
            drain(connection, lambda: len(got) == 50)
            with pytest.raises(TimeoutError):
                connection.drain_events(timeout=0)
            with pytest.raises(TimeoutError):
                connection.drain_events(timeout=0.01)
    assert [orjson.loads(message.body)["n"] for message in got] == list(range(50))


def test_a_connection_that_the_broker_cuts_is_an_error_that_kombu_recovers_from(
    url: str, rabbitmq_server: RabbitMQServer
) -> None:
    with wire.connect(url) as connection:
        connection.connect()
        rabbitmq_server.erlang(
            'lists:foreach(fun(Pid) -> rabbit_networking:close_connection(Pid, <<"cut">>) end,'
            " rabbit_networking:connections()), ok."
        )
        with pytest.raises(connection.recoverable_connection_errors):
            connection.drain_events(timeout=SECONDS)
        connection.ensure_connection(max_retries=5)
        with pytest.raises(TimeoutError):
            connection.drain_events(timeout=0.01)


def write_buffers() -> int:
    return sum(isinstance(each, Buffer) for each in gc.get_objects())


@pytest.mark.parametrize("ended_by", ["broker", "link", "us"])
def test_a_connection_that_ended_keeps_no_buffer_until_garbage_is_collected(
    rabbitmq_server: RabbitMQServer, url: str, ended_by: str
) -> None:
    address = urlsplit(url)
    with TcpProxy(address.hostname or "", address.port or 0) as proxy:
        through = url.replace(f":{address.port}/", f":{proxy.port}/")
        ends = {"broker": lambda: rabbitmq_server.erlang(END_ALL), "link": proxy.cut, "us": lambda: None}
        gc.collect()
        gc.disable()
        try:
            before = write_buffers()
            for _ in range(3):
                connection = wire.connect(through)
                connection.default_channel.queue_declare("any")
                assert write_buffers() > before
                ends[ended_by]()
                if ended_by != "us":
                    with pytest.raises(connection.connection_errors):
                        drain(connection, lambda: False)
                connection.release()
                proxy.heal()
            assert write_buffers() == before
        finally:
            gc.enable()


def answering(connection: Any, got: list[Any]) -> Any:
    """A channel that takes requests, and the one that answers them."""
    channel = connection.channel()
    Exchange("replies", type="topic", durable=True)(channel).declare()
    queue = Queue("requests", durable=True)(channel)
    queue.declare()
    consumer = Consumer(channel, [queue], on_message=got.append)
    consumer.consume()
    return channel.connection.reply_channel()


def ask(connection: Any, reply_to: str) -> None:
    connection.Producer().publish(
        {}, routing_key="requests", reply_to=reply_to, correlation_id=reply_to, delivery_mode=1
    )


@pytest.mark.parametrize("size", [2, BIG])
def test_a_request_gets_its_reply_and_leaves_its_queue(url: str, size: int) -> None:
    requests: list[Any] = []
    replies: list[Any] = []
    body = b"x" * size
    with wire.connect(url) as server, Connection(url) as client:
        replying = answering(server, requests)
        queue = Queue("me", Exchange("replies", type="topic"), routing_key="me", exclusive=True)
        with Consumer(client.channel(), [queue], on_message=replies.append, no_ack=True):
            ask(client, "me")
            drain(server, lambda: bool(requests))
            replying.answer(requests[0], "replies", "application/json", body)
            eventlet.sleep(0)
            drain(client, lambda: bool(replies))
    assert (replies[0].body.encode(), replies[0].properties["correlation_id"]) == (body, "me")
    with Connection(url) as connection:
        left = Queue("requests", durable=True)(connection.channel()).queue_declare(passive=True)
    assert left.message_count == 0


def test_a_reply_that_the_broker_refuses_does_not_stop_the_next_one(url: str) -> None:
    requests: list[Any] = []
    replies: list[Any] = []
    with wire.connect(url) as server, Connection(url) as client:
        replying = answering(server, requests)
        queue = Queue("me", Exchange("replies", type="topic"), routing_key="me", exclusive=True)
        with Consumer(client.channel(), [queue], on_message=replies.append, no_ack=True):
            ask(client, "me")
            drain(server, lambda: len(requests) == 1)
            replying.answer(requests[0], "no-such-exchange", "application/json", b"{}")
            eventlet.sleep(0)
            server.drain_events(timeout=SECONDS)
            ask(client, "me")
            drain(server, lambda: len(requests) == 2)
            replying.answer(requests[1], "replies", "application/json", b"{}")
            eventlet.sleep(0)
            drain(client, lambda: bool(replies))
    assert len(replies) == 1


def test_over_a_connection_that_is_gone_nothing_is_answered_and_the_request_comes_again(url: str) -> None:
    requests: list[Any] = []
    with wire.connect(url) as server, Connection(url) as client:
        replying = answering(server, requests)
        ask(client, "me")
        drain(server, lambda: len(requests) == 1)
        server.collect()
        with pytest.raises(server.recoverable_connection_errors):
            replying.answer(requests[0], "replies", "application/json", b"{}")
        with wire.connect(url) as again:
            answering(again, requests)
            drain(again, lambda: len(requests) == 2)
    assert requests[1].delivery_info["redelivered"]


def certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "broker")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / f"{uuid4().hex}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form) + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_frames_travel_over_tls_in_both_directions(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    listener = socket.create_server(("127.0.0.1", 0))
    sent = frames.publish(1, "e", "k", "application/json", "c", b"x" * BIG, 131_072)

    def echo() -> None:
        peer = context.wrap_socket(listener.accept()[0], server_side=True)
        greeting = b""
        while len(greeting) < 8 + len(sent):
            greeting += peer.recv(65_536)
        peer.sendall(greeting[8:])
        peer.close()

    thread = threading.Thread(target=echo)
    thread.start()
    port = listener.getsockname()[1]
    client: Any = BufferedTLS(f"127.0.0.1:{port}", SECONDS, ssl={"cert_reqs": ssl.CERT_NONE})
    client.connect()
    client.write(sent)
    found = b""
    with client.having_timeout(SECONDS):
        while len(found) < BIG:
            kind, _, payload = client.read_frame()
            found += payload if kind == 3 else b""
    thread.join()
    client.close()
    listener.close()
    assert found == b"x" * BIG
