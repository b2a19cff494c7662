"""What the services expect of a broker, told once and tried on both: `inproc://` and RabbitMQ."""

import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import eventlet
import pytest
from amqp.exceptions import (
    ConsumerCancelled,
    NotFound,
    PreconditionFailed,
    RecoverableConnectionError,
    ResourceLocked,
)
from kombu import pools as kombu_pools
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.exceptions import ChannelError, OperationalError
from kombu.message import Message
from kombu.messaging import Consumer
from nameko.containers import ServiceContainer
from nameko.events import event_handler
from nameko.exceptions import MethodNotFound, UnknownService
from nameko.rpc import RpcProxy, rpc
from nameko.standalone.events import event_dispatcher
from nameko.standalone.rpc import ClusterRpcProxy

from chassis.inproc import default_broker_reset, register

DEADLINE = 20.0
"""Seconds after which a test gives up waiting for something that must happen."""

QUIET = 0.2
"""Seconds without a message that count as "none is coming"."""

Connect = Callable[[], Connection]


@pytest.fixture
def connect(broker_url: str) -> Iterator[Connect]:
    with connector(broker_url) as make:
        yield make


@contextmanager
def connector(url: str, **options: Any) -> Iterator[Connect]:
    """Make connections with confirmed publishing; all are closed at the end."""
    made: list[Connection] = []

    def make() -> Connection:
        connection = Connection(url, transport_options={"confirm_publish": True, **options})
        made.append(connection)
        return connection.connect() and connection

    yield make
    for connection in made:
        connection.close()


def publish(
    connection: Connection, *bodies: Any, to: str = "", exchange: str = "", **properties: Any
) -> None:
    producer = connection.Producer(serializer="json")
    for body in bodies:
        producer.publish(body, exchange=exchange, routing_key=to, **properties)


def declare(connection: Connection, name: str, **options: Any) -> Queue:
    queue = Queue(name, durable=True, **options)
    queue(connection.default_channel).declare()
    return queue


def consume(
    connection: Connection, *names: str, prefetch: int = 0, channel: Any = None, **options: Any
) -> list[Message]:
    """Start a consumer on a channel of its own; the list fills with what it is handed."""
    received: list[Message] = []
    channel = channel or connection.channel()
    if prefetch:
        channel.basic_qos(0, prefetch, False)
    queues = [Queue(name, no_declare=True) for name in names]
    Consumer(channel, queues, on_message=received.append, accept=["json"], **options).consume()
    return received


def drain_until(connection: Connection, reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not reached():
        connection.drain_events(timeout=max(deadline - time.monotonic(), 0))


def has_more_than(received: list[Message], count: int) -> bool:
    return len(received) > count


def drain_count(connection: Connection, received: list[Message], count: int) -> list[Any]:
    """Drain until so many messages came and no more do; answers their bodies."""
    drain_until(connection, lambda: len(received) >= count)
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=QUIET)
    return [message.payload for message in received]


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not reached():
        assert time.monotonic() < deadline, "did not happen in time"
        eventlet.sleep(0.01)


def ready_count(connection: Connection, name: str) -> int:
    with connection.channel() as channel:
        return channel.queue_declare(name, passive=True).message_count


def exists(connection: Connection, name: str) -> bool:
    try:
        ready_count(connection, name)
    except NotFound:
        return False
    return True


# -- routing


@pytest.mark.parametrize(
    ("binding", "key", "matches"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.*", "a.b", True),
        ("a.*", "a", False),
        ("a.*", "a.b.c", False),
        ("*.b", "a.b", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("#", "", True),
        ("#", "a.b.c", True),
        ("#.c", "a.b.c", True),
        ("#.c", "c", True),
        ("a.#.c", "a.c", True),
        ("a.#.c", "a.b.b.d", False),
        ("a.+", "a.x", False),
    ],
)
def test_topic_wildcards(connect: Connect, binding: str, key: str, matches: bool):
    connection = connect()
    declare(connection, "q", exchange=Exchange("topics", "topic"), routing_key=binding)
    publish(connection, "hello", exchange="topics", to=key)
    assert ready_count(connection, "q") == matches


def test_direct_exchange_routes_by_equal_key_and_a_queue_bound_twice_gets_one_copy(connect: Connect):
    connection = connect()
    exchange = Exchange("direct", "direct")
    queue = declare(connection, "q", exchange=exchange, routing_key="k")
    queue(connection.default_channel).bind_to(exchange, "other")
    declare(connection, "r", exchange=exchange, routing_key="elsewhere")
    publish(connection, 1, 2, exchange="direct", to="k")
    assert (ready_count(connection, "q"), ready_count(connection, "r")) == (2, 0)

    topics = Exchange("topics", "topic")
    twice = declare(connection, "twice", exchange=topics, routing_key="a.*")
    twice(connection.default_channel).bind_to(topics, "#")
    publish(connection, 1, exchange="topics", to="a.b")
    assert ready_count(connection, "twice") == 1


def test_fanout_exchange_reaches_every_queue(connect: Connect):
    connection = connect()
    names = ["q1", "q2", "q3"]
    for name in names:
        declare(connection, name, exchange=Exchange("all", "fanout"))
    publish(connection, "news", exchange="all")
    assert [ready_count(connection, name) for name in names] == [1, 1, 1]


def test_unbound_queue_gets_nothing_more(connect: Connect):
    connection = connect()
    queue = declare(connection, "q", exchange=Exchange("topics", "topic"), routing_key="a.#")
    publish(connection, 1, exchange="topics", to="a.b")
    queue(connection.default_channel).unbind_from(Exchange("topics"), "a.#")
    publish(connection, 2, exchange="topics", to="a.b")
    assert ready_count(connection, "q") == 1


def test_mandatory_message_without_a_queue_is_an_error_and_others_are_dropped(connect: Connect):
    connection = connect()
    Exchange("topics", "topic")(connection.default_channel).declare()
    publish(connection, "dropped", exchange="topics", to="nobody")
    publish(connection, "dropped", to="no-such-queue")
    for exchange in ("topics", ""):
        with pytest.raises(ChannelError, match="NO_ROUTE"):
            publish(connection, "lost", exchange=exchange, to="nobody", mandatory=True)


def test_alternate_exchange_takes_what_finds_no_queue(connect: Connect):
    connection = connect()
    declare(connection, "strays", exchange=Exchange("net", "fanout"))
    exchange = Exchange("topics", "topic", arguments={"alternate-exchange": "net"})
    declare(connection, "q", exchange=exchange, routing_key="a")
    publish(connection, 1, exchange="topics", to="a")
    publish(connection, 2, exchange="topics", to="b", mandatory=True)
    assert (ready_count(connection, "q"), ready_count(connection, "strays")) == (1, 1)


def test_publishing_to_a_missing_exchange_is_an_error(connect: Connect):
    with pytest.raises(NotFound):
        publish(connect(), "lost", exchange="missing", to="k")


# -- declarations


def test_passive_declaration_counts_ready_messages_and_consumers(connect: Connect):
    connection, other = connect(), connect()
    declare(connection, "q")
    publish(connection, 1, 2, 3, to="q")
    received = consume(other, "q", prefetch=1)
    drain_count(other, received, 1)
    with connection.channel() as channel:
        assert tuple(channel.queue_declare("q", passive=True)) == ("q", 2, 1)


def test_passive_declaration_of_a_missing_queue_or_exchange(connect: Connect):
    connection = connect()
    with pytest.raises(NotFound) as queue_error:
        connection.channel().queue_declare("missing", passive=True)
    with pytest.raises(NotFound):
        connection.channel().exchange_declare("missing", "topic", passive=True)
    assert queue_error.value.reply_code == 404


def test_redeclaration_must_be_equal(connect: Connect):
    connection = connect()
    declare(connection, "q", queue_arguments={"x-max-length": 5})
    declare(connection, "q", queue_arguments={"x-max-length": 5})
    with pytest.raises(PreconditionFailed) as error:
        declare(connection, "q", queue_arguments={"x-max-length": 6})
    assert error.value.reply_code == 406
    Exchange("e", "topic")(connection.channel()).declare()
    with pytest.raises(PreconditionFailed):
        Exchange("e", "direct")(connection.channel()).declare()


def test_exclusive_queue_belongs_to_its_connection(connect: Connect):
    connection, other = connect(), connect()
    connection.default_channel.queue_declare("mine", exclusive=True, auto_delete=False)
    with pytest.raises(ResourceLocked):
        other.channel().queue_declare("mine", passive=True)
    connection.close()
    wait_until(lambda: not exists(other, "mine"))


@pytest.mark.parametrize("how", ["cancel", "close channel", "close connection"])
def test_auto_delete_queue_vanishes_with_its_last_consumer(connect: Connect, how: str):
    connection, other = connect(), connect()
    connection.default_channel.queue_declare("q", auto_delete=True)
    channel = other.channel()
    tag = channel.basic_consume("q", no_ack=True, callback=print, consumer_tag="c")
    assert exists(connection, "q")
    match how:
        case "cancel":
            channel.basic_cancel(tag)
        case "close channel":
            channel.close()
        case _:
            other.close()
    wait_until(lambda: not exists(connection, "q"))


def test_purge_and_delete(connect: Connect):
    connection, other = connect(), connect()
    declare(connection, "q")
    publish(connection, 1, 2, to="q")
    with pytest.raises(PreconditionFailed):
        connection.channel().queue_delete("q", if_empty=True)
    assert connection.default_channel.queue_purge("q") == 2
    consume(other, "q")
    with pytest.raises(PreconditionFailed):
        connection.channel().queue_delete("q", if_unused=True)
    assert connection.channel().queue_delete("q") == 0
    assert not exists(connection, "q")
    assert connection.channel().queue_delete("q") == 0


def test_consumer_learns_that_its_queue_was_deleted(connect: Connect):
    connection, other = connect(), connect()
    declare(connection, "q")
    consume(other, "q")
    connection.default_channel.queue_delete("q")
    with pytest.raises(ConsumerCancelled):
        other.drain_events(timeout=DEADLINE)


# -- what a message carries


def test_properties_and_delivery_info_arrive(connect: Connect):
    connection = connect()
    declare(connection, "q", exchange=Exchange("topics", "topic"), routing_key="#")
    received = consume(connection, "q")
    headers = {"stack": ["a", "b"], "nested": {"n": 1}}
    publish(
        connection,
        {"名": "值"},
        exchange="topics",
        to="some.key",
        headers=headers,
        correlation_id="c1",
        reply_to="r1",
    )
    drain_until(connection, lambda: bool(received))
    message = received[0]
    assert message.payload == {"名": "值"}
    assert message.headers == headers
    assert (message.content_type, message.content_encoding) == ("application/json", "utf-8")
    expected = {
        "content_type": "application/json",
        "correlation_id": "c1",
        "reply_to": "r1",
        "delivery_mode": 2,
    }
    assert expected.items() <= message.properties.items()
    assert message.delivery_info.items() >= {"exchange": "topics", "routing_key": "some.key"}.items()
    assert not message.delivery_info["redelivered"]


def test_each_queue_has_its_own_message(connect: Connect):
    connection = connect()
    for name in ("q1", "q2"):
        declare(connection, name, exchange=Exchange("all", "fanout"))
    first, second = consume(connection, "q1"), consume(connection, "q2")
    headers = {"stack": ["a"]}
    publish(connection, 1, exchange="all", headers=headers)
    headers["stack"].append("changed by the publisher afterwards")
    drain_until(connection, lambda: bool(first and second))
    first[0].headers["stack"].append("changed by a consumer")
    first[0].ack()
    assert second[0].headers == {"stack": ["a"]}
    second[0].requeue()
    drain_until(connection, lambda: len(second) == 2)
    assert second[1].headers == {"stack": ["a"]}
    assert len(first) == 1, "a message returned to one queue must not appear in another"


def test_basic_get(connect: Connect):
    connection = connect()
    declare(connection, "q")
    channel = connection.default_channel
    assert channel.basic_get("q") is None
    publish(connection, 1, 2, to="q")
    message = channel.message_to_python(channel.basic_get("q", no_ack=False))
    assert message.payload == 1
    message.requeue()
    again = channel.message_to_python(channel.basic_get("q", no_ack=False))
    assert (again.payload, again.delivery_info["redelivered"]) == (1, True)
    again.ack()
    assert ready_count(connection, "q") == 1


# -- order, prefetch, several consumers


def test_a_thousand_messages_keep_their_order(connect: Connect):
    connection, other = connect(), connect()
    declare(connection, "q")
    received = consume(other, "q", prefetch=50)
    seen: list[Any] = []
    publishing = eventlet.spawn(publish, connection, *range(1000), to="q")
    while len(seen) < 1000:
        drain_until(other, lambda: bool(received))
        message = received.pop()
        seen.append(message.payload)
        message.ack()
    publishing.wait()
    assert seen == list(range(1000))


def test_publishers_in_several_green_threads_each_keep_their_order(connect: Connect):
    consuming = connect()
    declare(consuming, "q")
    received = consume(consuming, "q", no_ack=True)
    publishers = [
        eventlet.spawn(publish, connect(), *([name, n] for n in range(50)), to="q") for name in "abcd"
    ]
    drain_until(consuming, lambda: len(received) == 200)
    for publisher in publishers:
        publisher.wait()
    for name in "abcd":
        assert [m.payload[1] for m in received if m.payload[0] == name] == list(range(50))


def test_prefetch_bounds_what_is_unacknowledged(connect: Connect):
    connection, other = connect(), connect()
    declare(connection, "q")
    publish(connection, 1, 2, 3, 4, to="q")
    received = consume(other, "q", prefetch=2)
    assert drain_count(other, received, 2) == [1, 2]
    received[0].ack()
    assert drain_count(other, received, 3) == [1, 2, 3]
    assert ready_count(connection, "q") == 1


def test_prefetch_of_one_queue_does_not_hold_back_another(connect: Connect):
    connection, other = connect(), connect()
    for name in ("requests", "replies"):
        declare(connection, name)
        publish(connection, f"{name} 1", f"{name} 2", to=name)
    channel = other.channel()
    requests = consume(other, "requests", prefetch=1, channel=channel)
    replies = consume(other, "replies", prefetch=1, channel=channel)
    drain_until(other, lambda: bool(requests and replies))
    assert drain_count(other, replies, 1) == ["replies 1"]
    assert [message.payload for message in requests] == ["requests 1"]


def test_two_consumers_take_turns(connect: Connect):
    connection, first, second = connect(), connect(), connect()
    declare(connection, "q")
    one, two = consume(first, "q"), consume(second, "q")
    publish(connection, *range(10), to="q")
    assert drain_count(first, one, 5) == [0, 2, 4, 6, 8]
    assert drain_count(second, two, 5) == [1, 3, 5, 7, 9]


def test_a_busy_consumer_leaves_the_rest_to_the_other(connect: Connect):
    connection, busy, free = connect(), connect(), connect()
    declare(connection, "q")
    stuck, working = consume(busy, "q", prefetch=1), consume(free, "q", no_ack=True)
    publish(connection, *range(6), to="q")
    assert drain_count(busy, stuck, 1) == [0]
    assert drain_count(free, working, 5) == [1, 2, 3, 4, 5]


def test_single_active_consumer_and_take_over(connect: Connect):
    connection, first, second = connect(), connect(), connect()
    declare(connection, "q", queue_arguments={"x-single-active-consumer": True})
    one, two = consume(first, "q", prefetch=2), consume(second, "q", prefetch=2)
    publish(connection, *range(5), to="q")
    assert drain_count(first, one, 2) == [0, 1]
    one[0].ack()
    assert drain_count(first, one, 3) == [0, 1, 2]
    with pytest.raises(TimeoutError):
        second.drain_events(timeout=QUIET)
    first.close()
    assert drain_count(second, two, 2) == [1, 2]
    assert [message.delivery_info["redelivered"] for message in two] == [True, True]


# -- acknowledging


def test_multiple_ack(connect: Connect):
    connection, other, last = connect(), connect(), connect()
    declare(connection, "q")
    publish(connection, 1, 2, 3, 4, 5, to="q")
    received = consume(other, "q", prefetch=10)
    drain_count(other, received, 5)
    received[2].ack(multiple=True)
    other.close()
    assert drain_count(last, consume_into(last, "q"), 2) == [4, 5]


def consume_into(connection: Connection, name: str) -> list[Message]:
    return consume(connection, name, no_ack=True)


def test_acknowledging_twice_is_an_error(connect: Connect):
    connection = connect()
    declare(connection, "q")
    publish(connection, 1, to="q")
    received = consume(connection, "q", channel=(channel := connection.channel()))
    drain_count(connection, received, 1)

    def acknowledge() -> None:
        channel.basic_ack(received[0].delivery_tag)
        channel.queue_declare("q", passive=True)  # RabbitMQ tells of the error before the answer

    acknowledge()
    with pytest.raises(PreconditionFailed, match="unknown delivery tag"):
        acknowledge()


def test_requeued_message_goes_to_the_head(connect: Connect):
    connection, other = connect(), connect()
    declare(connection, "q")
    publish(connection, 1, 2, 3, to="q")
    received = consume(other, "q", prefetch=1)
    drain_count(other, received, 1)
    received[0].requeue()
    drain_until(other, lambda: len(received) == 2)
    assert received[1].payload == 1
    assert received[1].delivery_info["redelivered"]
    received[1].ack()
    drain_until(other, lambda: len(received) == 3)
    assert (received[2].payload, received[2].delivery_info["redelivered"]) == (2, False)


def test_several_requeued_messages_keep_their_order(connect: Connect):
    connection, other, last = connect(), connect(), connect()
    declare(connection, "q")
    publish(connection, 1, 2, 3, 4, to="q")
    channel = other.channel()
    received = consume(other, "q", prefetch=3, channel=channel)
    drain_count(other, received, 3)
    for tag in list(channel_tags(received)):
        channel.basic_cancel(tag)
    for message in received:
        message.requeue()
    wait_until(lambda: ready_count(connection, "q") == 4)
    assert drain_count(last, consume_into(last, "q"), 4) == [1, 2, 3, 4]


def channel_tags(messages: list[Message]) -> set[str]:
    return {message.delivery_info["consumer_tag"] for message in messages}


@pytest.mark.parametrize("how", ["close channel", "close connection"])
def test_unacknowledged_messages_return_in_order(connect: Connect, how: str):
    connection, other, last = connect(), connect(), connect()
    declare(connection, "q")
    publish(connection, *range(6), to="q")
    channel = other.channel()
    received = consume(other, "q", prefetch=4, channel=channel)
    drain_count(other, received, 4)
    received[1].ack()
    drain_count(other, received, 5)
    (channel if how == "close channel" else other).close()
    wait_until(lambda: ready_count(connection, "q") == 5)
    again = consume(last, "q", no_ack=True)
    assert drain_count(last, again, 5) == [0, 2, 3, 4, 5]
    assert [m.delivery_info["redelivered"] for m in again] == [True, True, True, True, False]


def test_messages_sent_ahead_to_a_cancelled_consumer_are_not_lost(connect: Connect):
    connection, other = connect(), connect()
    declare(connection, "q")
    received = consume(other, "q", prefetch=3, channel=(channel := other.channel()))
    publish(connection, 1, 2, 3, 4, to="q")
    drain_until(other, lambda: bool(received))
    for tag in channel_tags(received):
        channel.basic_cancel(tag)
    other.close()
    wait_until(lambda: ready_count(connection, "q") == 4)
    assert drain_count(connection, consume_into(connection, "q"), 4) == [1, 2, 3, 4]


def test_recover_returns_the_unacknowledged(connect: Connect):
    connection = connect()
    declare(connection, "q")
    publish(connection, 1, 2, to="q")
    received = consume(connection, "q", prefetch=2, channel=(channel := connection.channel()))
    drain_count(connection, received, 2)
    received[0].ack()
    channel.basic_recover(requeue=True)
    assert drain_count(connection, received, 3) == [1, 2, 2]


# -- dead letters


def declare_with_dead_letters(connection: Connection, **arguments: Any) -> None:
    declare(connection, "q.dead", exchange=Exchange("dlx", "topic"), routing_key="#")
    arguments = {"x-dead-letter-exchange": "dlx", **arguments}
    declare(connection, "q", exchange=Exchange("events", "topic"), routing_key="#", queue_arguments=arguments)


def test_rejected_message_goes_to_the_dead_letters(connect: Connect):
    connection = connect()
    declare_with_dead_letters(connection)
    publish(connection, {"n": 1}, exchange="events", to="person.moved", headers={"id": "7"})
    received, dead = consume(connection, "q"), consume(connection, "q.dead")
    drain_until(connection, lambda: bool(received))
    received[0].reject()
    drain_until(connection, lambda: bool(dead))
    assert dead[0].payload == {"n": 1}
    assert dead[0].headers["id"] == "7"
    assert dead[0].delivery_info["routing_key"] == "person.moved"
    death = dead[0].headers["x-death"][0]
    assert death["time"]
    assert death.items() >= {"reason": "rejected", "queue": "q", "exchange": "events", "count": 1}.items()
    assert death["routing-keys"] == ["person.moved"]
    assert dead[0].headers["x-first-death-reason"] == "rejected"
    assert ready_count(connection, "q") == 0


def test_dead_letter_routing_key(connect: Connect):
    connection = connect()
    declare_with_dead_letters(connection, **{"x-dead-letter-routing-key": "dead.q"})
    publish(connection, 1, exchange="events", to="person.moved")
    received, dead = consume(connection, "q"), consume(connection, "q.dead")
    drain_until(connection, lambda: bool(received))
    received[0].reject()
    drain_until(connection, lambda: bool(dead))
    assert dead[0].delivery_info["routing_key"] == "dead.q"


def test_second_death_is_counted(connect: Connect):
    connection = connect()
    declare_with_dead_letters(connection)
    publish(connection, 1, exchange="events", to="k")
    received, dead = consume(connection, "q"), consume(connection, "q.dead")
    drain_until(connection, lambda: bool(received))
    received[0].reject()
    drain_until(connection, lambda: bool(dead))
    publish(connection, 1, exchange="events", to="k", headers=dead[0].headers)
    drain_until(connection, lambda: len(received) == 2)
    received[1].reject()
    drain_until(connection, lambda: len(dead) == 2)
    assert [death["count"] for death in dead[1].headers["x-death"]] == [2]


def test_rejected_message_without_dead_letters_is_gone(connect: Connect):
    connection, other = connect(), connect()
    declare(connection, "q")
    publish(connection, 1, to="q")
    received = consume(other, "q")
    drain_until(other, lambda: bool(received))
    received[0].reject()
    other.close()
    assert ready_count(connection, "q") == 0


def test_delivery_limit_moves_a_poison_message_away(connect: Connect):
    connection = connect()
    declare_with_dead_letters(connection, **{"x-queue-type": "quorum", "x-delivery-limit": 2})
    publish(connection, 1, exchange="events", to="k")
    received, dead = consume(connection, "q", prefetch=1), consume(connection, "q.dead")
    for attempt in range(3):
        drain_until(connection, partial(has_more_than, received, attempt))
        received[-1].requeue()
    drain_until(connection, lambda: bool(dead))
    assert [message.headers.get("x-delivery-count", 0) for message in received] == [0, 1, 2]
    assert dead[0].headers["x-death"][0]["reason"] == "delivery_limit"


# -- draining


def test_drain_times_out(connect: Connect):
    connection = connect()
    declare(connection, "q")
    consume(connection, "q")
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.2)
    assert time.monotonic() - start >= 0.19


def test_a_waiting_drain_lets_others_run_and_wakes_for_a_message(connect: Connect):
    connection, other = connect(), connect()
    declare(connection, "q")
    received = consume(other, "q")
    draining = eventlet.spawn(drain_until, other, lambda: bool(received))
    eventlet.sleep(0)
    publish(connection, 1, to="q")
    draining.wait()
    assert [message.payload for message in received] == [1]


# -- nameko


class Greeter:
    name = "greeter"

    @rpc
    def greet(self, who: str) -> str:
        eventlet.sleep(0.005)
        return f"你好 {who}"


class Doorman:
    name = "doorman"
    greeter = RpcProxy("greeter")

    @rpc
    def welcome(self, who: str) -> str:
        return self.greeter.greet(who)


heard: list[tuple[str, Any]] = []


class Listener:
    name = "listener"

    @event_handler("registry", "person.moved")
    def on_moved(self, payload: Any) -> None:
        heard.append(("listener", payload))


class Eavesdropper:
    name = "eavesdropper"

    @event_handler("registry", "person.moved")
    def on_moved(self, payload: Any) -> None:
        heard.append(("eavesdropper", payload))


@contextmanager
def running(url: str, *services: type) -> Iterator[dict[str, Any]]:
    config = {"AMQP_URI": url, "max_workers": 2}
    containers = [ServiceContainer(service, config) for service in services]
    for container in containers:
        container.start()
    try:
        yield config
    finally:
        for stopping in [eventlet.spawn(container.stop) for container in containers]:
            stopping.wait()
        kombu_pools.reset()


def test_nameko_rpc(broker_url: str):
    with running(broker_url, Greeter) as config, ClusterRpcProxy(config, timeout=DEADLINE) as services:
        assert services.greeter.greet("世界") == "你好 世界"
        with pytest.raises(UnknownService):
            services.nobody.greet("x")
        with pytest.raises(MethodNotFound):
            services.greeter.shout("x")
        assert services.greeter.greet("again") == "你好 again"


def test_nameko_services_that_call_each_other_with_every_worker_busy(broker_url: str):
    with (
        running(broker_url, Greeter, Doorman) as config,
        ClusterRpcProxy(config, timeout=DEADLINE) as services,
    ):
        replies = [services.doorman.welcome.call_async(str(n)) for n in range(20)]
        assert [reply.result() for reply in replies] == [f"你好 {n}" for n in range(20)]


def test_nameko_events_reach_every_service(broker_url: str):
    heard.clear()
    with running(broker_url, Listener, Eavesdropper) as config:
        event_dispatcher(config)("registry", "person.moved", {"id": 1})
        event_dispatcher(config)("registry", "person.died", {"id": 2})
        wait_until(lambda: len(heard) == 2)
    assert sorted(heard) == [("eavesdropper", {"id": 1}), ("listener", {"id": 1})]


def test_nameko_events_wait_for_a_service_that_is_down(broker_url: str):
    heard.clear()
    with running(broker_url, Listener) as config:
        pass
    event_dispatcher(config)("registry", "person.moved", {"id": 3})
    with running(broker_url, Listener):
        wait_until(lambda: bool(heard))
    assert heard == [("listener", {"id": 3})]


# -- the in-process broker alone


@pytest.fixture
def vhost() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def inproc(vhost: str) -> Iterator[Connect]:
    with connector(f"inproc://localhost/{vhost}", publish_timeout=DEADLINE) as make:
        yield make


@pytest.fixture
def impatient(vhost: str) -> Iterator[Connect]:
    """Connections to the same broker that soon give up to publish into a full queue."""
    with connector(f"inproc://localhost/{vhost}", publish_timeout=0.05) as make:
        yield make


def declare_bounded(connection: Connection, name: str, length: int) -> None:
    declare(connection, name, max_length=length, exchange=Exchange("all", "fanout"))


def test_register_may_be_repeated():
    register()
    register()
    assert Connection("inproc://").transport.driver_type == "inproc"


def test_virtual_hosts_are_isolated(inproc: Connect, vhost: str):
    declare(inproc(), "q")
    with connector(f"inproc://localhost/{vhost}-other") as elsewhere:
        assert not exists(elsewhere(), "q")


def test_heartbeats_are_not_supported(vhost: str):
    with Connection(f"inproc://localhost/{vhost}", heartbeat=60) as connection:
        assert not connection.supports_heartbeats
        assert connection.get_heartbeat_interval() == 0
        connection.heartbeat_check()


@pytest.mark.parametrize("argument", ["x-message-ttl", "x-max-priority", "x-max-length-bytes"])
def test_arguments_that_would_be_ignored_are_refused(inproc: Connect, argument: str):
    with pytest.raises(PreconditionFailed, match=argument):
        declare(inproc(), "q", queue_arguments={argument: 1000})


def test_expiring_queue_vanishes_with_its_last_consumer(inproc: Connect):
    connection = inproc()
    declare(connection, "q", expires=300)
    consume(connection, "q", channel=(channel := connection.channel()))
    channel.close()
    assert not exists(connection, "q")


def test_body_is_shared_between_queues(inproc: Connect):
    connection = inproc()
    for name in ("q1", "q2"):
        declare(connection, name, exchange=Exchange("all", "fanout"))
    publish(connection, "x" * 1000, exchange="all")
    first, second = consume(connection, "q1"), consume(connection, "q2")
    drain_until(connection, lambda: bool(first and second))
    assert first[0].body is second[0].body


def test_consumer_without_prefetch_does_not_empty_the_queue_into_its_connection(inproc: Connect):
    connection = inproc()
    declare(connection, "q")
    publish(connection, *range(500), to="q")
    received = consume(connection, "q")
    assert ready_count(connection, "q") > 400
    assert drain_count(connection, received, 500) == list(range(500))


def test_publisher_waits_while_a_queue_is_full(inproc: Connect):
    connection = inproc()
    names = ["slow", "slower", "quick", "quicker"]
    for name in names:
        declare_bounded(connection, name, 10)
    publisher = eventlet.spawn(publish, inproc(), *range(1000), exchange="all")
    consumers = [(client := inproc(), consume(client, name, prefetch=5)) for name in names]
    seen: list[list[Any]] = [[] for _ in names]
    while any(len(bodies) < 1000 for bodies in seen):
        for (client, received), bodies in zip(consumers, seen, strict=True):
            if len(bodies) < 1000:
                drain_until(client, partial(bool, received))
                message = received.pop(0)
                bodies.append(message.payload)
                message.ack()
        assert max(ready_count(connection, name) for name in names) <= 10
    publisher.wait()
    assert seen == [list(range(1000))] * 4


def test_publish_to_a_queue_that_stays_full_fails_and_reaches_no_queue(inproc: Connect, impatient: Connect):
    connection, publisher = inproc(), impatient()
    declare_bounded(connection, "unbounded", 1000)
    declare_bounded(connection, "full", 1)
    publish(publisher, 1, exchange="all")
    with pytest.raises(OperationalError, match="'full'"):
        publish(publisher, 2, exchange="all", retry=True, retry_policy={"max_retries": 3})
    assert ready_count(connection, "unbounded") == 1
    connection.default_channel.queue_purge("full")
    publish(publisher, 3, exchange="all")
    assert ready_count(connection, "unbounded") == 2


def test_waiting_publishers_take_turns(inproc: Connect):
    connection = inproc()
    declare_bounded(connection, "q", 1)
    publishers = [eventlet.spawn(publish, inproc(), *[name] * 20, to="q") for name in "abc"]
    received: list[Message] = []
    eventlet.sleep(0)
    received = consume(connection, "q", prefetch=1)
    for count in range(60):
        drain_until(connection, partial(has_more_than, received, count))
        received[-1].ack()
    for publisher in publishers:
        publisher.wait()
    bodies = [message.payload for message in received]
    for end in range(45):
        counts = [bodies[:end].count(name) for name in "abc"]
        assert max(counts) - min(counts) <= 5, f"one publisher overtook the others: {bodies}"


def test_killed_publisher_makes_way_for_the_next(inproc: Connect):
    connection = inproc()
    declare_bounded(connection, "q", 1)
    publish(connection, 0, to="q")
    first, second = (eventlet.spawn(publish, inproc(), n, to="q") for n in (1, 2))
    eventlet.sleep(0)
    first.kill()
    received = consume(connection, "q", no_ack=True)
    second.wait()
    assert drain_count(connection, received, 2) == [0, 2]


def test_deleting_a_full_queue_frees_its_publishers(inproc: Connect):
    connection = inproc()
    declare_bounded(connection, "q", 1)
    publishers = [eventlet.spawn(publish, inproc(), n, n, exchange="all") for n in range(3)]
    eventlet.sleep(0)
    connection.default_channel.queue_delete("q")
    for publisher in publishers:
        publisher.wait()


def test_dead_letters_do_not_wait_for_room(inproc: Connect):
    connection = inproc()
    declare(connection, "dead", max_length=1)
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    declare(connection, "q", queue_arguments=arguments)
    publish(connection, 1, 2, to="q")
    received = consume(connection, "q")
    drain_until(connection, lambda: len(received) == 2)
    for message in received:
        message.reject()
    assert ready_count(connection, "dead") == 2


@pytest.mark.parametrize("busy", ["publishing", "draining"])
def test_a_busy_client_lets_others_run(inproc: Connect, busy: str):
    connection = inproc()
    declare(connection, "q")
    ticks: list[float] = []

    def tick() -> None:
        while True:
            ticks.append(time.monotonic())
            eventlet.sleep(0)

    if busy == "draining":
        publish(connection, *range(2000), to="q")
    ticking = eventlet.spawn(tick)
    if busy == "draining":
        drain_count(connection, consume_into(connection, "q"), 2000)
    else:
        publish(connection, *range(2000), to="q")
    ticking.kill()
    assert len(ticks) > 2


def test_closing_a_connection_wakes_its_drain(inproc: Connect):
    connection = inproc()
    declare(connection, "q")
    consume(connection, "q")
    draining = eventlet.spawn(connection.drain_events)
    eventlet.sleep(0)
    connection.close()
    with pytest.raises(RecoverableConnectionError):
        draining.wait()


def test_reset_is_a_broker_crash(inproc: Connect, vhost: str):
    connection, other = inproc(), inproc()
    declare_bounded(connection, "q", 1)
    publish(connection, 1, to="q")
    received = consume(connection, "q", prefetch=1)
    drain_until(connection, lambda: bool(received))
    publish(connection, 2, to="q")
    waiting = [eventlet.spawn(publish, other, 3, to="q"), eventlet.spawn(connection.drain_events)]
    eventlet.sleep(0)
    default_broker_reset(vhost)
    for green_thread in waiting:
        with pytest.raises(RecoverableConnectionError):
            green_thread.wait()
    with pytest.raises(RecoverableConnectionError):
        received[0].ack()
    assert not connection.connected
    assert not exists(connection, "q"), "the connection comes back, to an empty broker"


def test_nameko_service_comes_back_after_a_reset(vhost: str):
    def greets(config: dict[str, Any]) -> bool:
        with ClusterRpcProxy(config, timeout=DEADLINE) as services:
            try:
                return services.greeter.greet("x") == "你好 x"
            except UnknownService:
                return False

    with running(f"inproc://localhost/{vhost}", Greeter) as config:
        assert greets(config)
        default_broker_reset(vhost)
        wait_until(lambda: greets(config))


WITH_REAL_THREADS = """
import threading
from kombu import Connection, Consumer, Queue
from chassis.inproc import register

register()
queue = Queue("q", max_length=10, durable=True)
with Connection("inproc://") as connection:
    queue(connection.default_channel).declare()
received, end = [], threading.Event()

def publish():
    with Connection("inproc://") as connection:
        for n in range(500):
            connection.Producer(serializer="json").publish(n, routing_key="q")

def consume():
    with Connection("inproc://") as connection:
        def take(message):
            received.append(message.payload)
            message.ack()
            if len(received) == 2000:
                end.set()
        channel = connection.channel()
        channel.basic_qos(0, 5, False)
        Consumer(channel, [queue], on_message=take, accept=["json"]).consume()
        while not end.is_set():
            try:
                connection.drain_events(timeout=0.1)
            except TimeoutError:
                pass

threads = [threading.Thread(target=target) for target in [publish] * 4 + [consume] * 3]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(60)
assert sorted(received) == sorted(list(range(500)) * 4)
"""


def test_real_threads_may_share_the_broker():
    subprocess.run([sys.executable, "-c", WITH_REAL_THREADS], check=True, timeout=90)
