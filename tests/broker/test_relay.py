"""The relay on real engines: what counts as published, and that nothing the broker does holds it for ever."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import eventlet
import pytest
from kombu import Connection, Queue
from prometheus_client import REGISTRY

from chassis import topology, watchdog
from chassis.background import Relaying
from chassis.publisher import NotPublished, Outgoing, Publisher, Returned
from tests.broker.source_log import QUEUE, SourceLog, arrived, named
from tests.support.servers import LocalRabbitMQ, PostgresServer, RabbitMQServer, local_rabbitmq
from tests.support.tcp_proxy import TcpProxy

SECONDS = 30


def wait_for(condition: Callable[[], Any], what: str) -> None:
    with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {what}")):
        while not condition():
            eventlet.sleep(0.02)


def is_published(log: SourceLog, count: int) -> bool:
    return log.published() == count


def metric(name: str, service: str = "registry") -> float:
    return REGISTRY.get_sample_value(name, {"service": service}) or 0.0


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def source(tmp_path: Path, broker_url: str, database: str) -> Iterator[SourceLog]:
    """On both brokers."""
    log = SourceLog(tmp_path, broker_url, database)
    log.declare()
    yield log
    log.runtime.close()


@pytest.fixture
def rabbitmq_url(rabbitmq_server: RabbitMQServer) -> Iterator[str]:
    with rabbitmq_server.vhost() as url:
        yield url


@pytest.fixture(scope="module")
def own_broker() -> Iterator[LocalRabbitMQ]:
    """A RabbitMQ whose troubles are no other test's."""
    with local_rabbitmq() as server:
        yield server


@contextmanager
def behind_proxy(url: str) -> Iterator[tuple[TcpProxy, str]]:
    """A proxy before a broker, and the URL that leads through it."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    with TcpProxy(parts.hostname, parts.port) as proxy:
        yield proxy, url.replace(f":{parts.port}", f":{proxy.port}")


def unbind(url: str) -> None:
    """Take every queue from the registry's events."""
    with Connection(url) as connection:
        for queue in topology.queues(embedded=url.startswith("inproc")):
            if queue.exchange.name == "registry.events":
                queue.bind(connection.default_channel).unbind_from(queue.exchange, queue.routing_key)


def test_an_event_that_no_queue_takes_is_not_published_before_one_does(source: SourceLog) -> None:
    before = metric("canlian_relay_returned_total")
    unbind(source.settings.broker_url)
    source.record(3)
    relay = source.relay()
    with pytest.raises(Returned):
        relay.run_once()
    relay.drop()
    assert source.published() == 0
    assert metric("canlian_relay_returned_total") == before + 3
    source.declare()
    assert source.relay().run_once() == 3
    assert [position for position, _ in arrived(source.settings.broker_url)] == [1, 2, 3]


def test_whom_nobody_follows_publishes_to_no_queue(tmp_path: Path, broker_url: str, database: str) -> None:
    log = SourceLog(tmp_path, broker_url, database, service=named("reporting"))
    log.declare()
    log.record(2)
    assert log.relay().run_once() == 2
    assert log.published() == 2
    log.runtime.close()


def test_a_window_of_which_the_broker_refuses_a_part_is_sent_again(
    tmp_path: Path, rabbitmq_url: str, database: str
) -> None:
    with Connection(rabbitmq_url) as connection:
        # A classic queue: a quorum queue minds its limit only a moment later.
        full = {"x-max-length": 2, "x-overflow": "reject-publish"}
        exchange = topology.event_exchange("registry")
        Queue(QUEUE, exchange, "#", queue_arguments=full).bind(connection.default_channel).declare()
    log = SourceLog(tmp_path, rabbitmq_url, database, relay_window=4)
    log.record(4)

    def publishes() -> bool:
        relay = log.relay()
        try:
            return relay.run_once() > 0
        except NotPublished:
            return False
        finally:
            relay.drop()

    assert not any(publishes() for _ in range(3))
    assert log.published() == 0
    assert {position for position, _ in arrived(rabbitmq_url)} <= {1, 2, 3, 4}
    with Connection(rabbitmq_url) as connection:
        connection.default_channel.queue_delete(QUEUE)
    log.declare()
    assert publishes()
    assert [position for position, _ in arrived(rabbitmq_url)] == [1, 2, 3, 4]
    log.runtime.close()


def test_a_peer_that_froze_costs_one_window_and_loses_nothing(
    tmp_path: Path, rabbitmq_url: str, database: str
) -> None:
    with behind_proxy(rabbitmq_url) as (proxy, url):
        log = SourceLog(tmp_path, url, database, publish_seconds=1)
        log.declare()
        log.record(5)
        relay = log.relay()
        assert relay.run_once() == 5
        proxy.stall()
        log.record(5)
        with pytest.raises(NotPublished):
            relay.run_once()
        relay.drop()
        # A new connection is taken by nobody either: that ends in time as well.
        frozen = log.relay()
        with pytest.raises(NotPublished):
            frozen.run_once()
        frozen.drop()
        assert log.published() == 5
        proxy.heal()
        assert log.relay().run_once() == 5
        assert set(arrived(rabbitmq_url)) == set(log.numbers().items())
        log.runtime.close()


def test_a_write_that_blocks_is_given_up(rabbitmq_url: str) -> None:
    """A window larger than all the buffers on the way: sending itself does not return."""
    with behind_proxy(rabbitmq_url) as (proxy, url):
        connection = Connection(url)
        topology.event_exchange("registry").bind(connection.channel()).declare()
        publisher = Publisher(
            connection, "registry.events", mandatory=False, seconds=0.5, told_blocked=lambda _: None
        )
        publisher.send([Outgoing("a", "{}", {})])
        publisher.confirm()
        proxy.stall()
        with pytest.raises(NotPublished):
            publisher.send(Outgoing("a", "x" * 1_000_000, {}) for _ in range(64))
        publisher.drop()


def test_under_an_alarm_events_wait_in_the_log_and_the_metric_says_why(
    tmp_path: Path, own_broker: LocalRabbitMQ, database: str
) -> None:
    with own_broker.vhost() as url:
        log = SourceLog(tmp_path, url, database, publish_seconds=1)
        log.declare()
        relaying = Relaying(log.runtime)
        relaying.start()
        log.record(1)
        wait_for(lambda: log.published() == 1, "the first event")
        own_broker.erlang("vm_memory_monitor:set_vm_memory_high_watermark(0.0).")
        log.record(1000)
        wait_for(lambda: metric("canlian_relay_blocked") == 1, "the broker's word that it takes nothing")
        assert log.published() == 1
        own_broker.erlang("vm_memory_monitor:set_vm_memory_high_watermark(0.6).")
        wait_for(lambda: log.published() == 1001, "all events")
        assert metric("canlian_relay_blocked") == 0
        relaying.stop()
        assert set(arrived(url)) == set(log.numbers().items())
        log.runtime.close()


def test_a_broker_that_stands_still_is_left_and_found_again(
    tmp_path: Path, own_broker: LocalRabbitMQ, database: str
) -> None:
    with own_broker.vhost() as url:
        log = SourceLog(tmp_path, url, database, publish_seconds=1)
        log.declare()
        own_broker.process.send_signal(signal.SIGSTOP)
        try:
            log.record(3)
            frozen = log.relay()
            with pytest.raises(NotPublished):
                frozen.run_once()
            frozen.drop()
        finally:
            own_broker.process.send_signal(signal.SIGCONT)
        relaying = Relaying(log.runtime)
        relaying.start()
        wait_for(lambda: log.published() == 3, "the events")
        relaying.stop()
        log.runtime.close()


def test_two_relays_at_once_give_each_event_one_number_and_publish_it(source: SourceLog) -> None:
    """As when a holder goes on without knowing that it lost its lease."""
    source.record(1)
    relays = [source.relay(), source.relay()]
    assert relays[0].run_once() == 1
    noted: list[int] = []

    def run(relay: Any) -> None:
        while source.published() < 2001:
            relay.run_once()
            noted.append(source.published())

    running = [eventlet.spawn(run, relay) for relay in relays]
    for _ in range(20):
        source.record(100)
        eventlet.sleep(0)
    for thread in running:
        thread.wait()
    numbers = source.numbers()
    assert sorted(numbers) == list(range(1, 2002))
    assert len(set(numbers.values())) == 2001
    assert noted == sorted(noted), "what is published never goes back"
    assert set(arrived(source.settings.broker_url)) == set(numbers.items())


def test_another_relay_takes_over_when_the_holder_loses_its_database_session(
    tmp_path: Path, rabbitmq_url: str, database: str
) -> None:
    log = SourceLog(tmp_path, rabbitmq_url, database)
    second = SourceLog(tmp_path, rabbitmq_url, database)
    log.declare()
    relayings = [Relaying(log.runtime), Relaying(second.runtime)]
    for relaying in relayings:
        relaying.start()
    log.record(10)
    wait_for(lambda: log.published() == 10, "the first events")
    kill_sessions = (
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
        " and database = (select oid from pg_database where datname = current_database())"
    )
    for count in range(20, 60, 10):
        with log.runtime.database.write() as connection:
            connection.exec_driver_sql(kill_sessions)
        log.record(10)
        wait_for(partial(is_published, log, count), f"{count} events")
    for relaying in relayings:
        relaying.stop()
    assert sorted(log.numbers()) == list(range(1, 51))
    log.runtime.close()
    second.runtime.close()


@pytest.mark.parametrize(("roles", "ends"), [({"relay"}, True), ({"relay", "rpc"}, False)])
def test_only_a_process_that_does_nothing_else_is_ended_for_a_stuck_relay(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch, roles: set[str], ends: bool
) -> None:
    log = SourceLog(tmp_path, "inproc://localhost/watched", database, roles=roles)
    watched: list[str] = []

    @contextmanager
    def within(_seconds: float, what: str) -> Iterator[None]:
        watched.append(what)
        yield

    monkeypatch.setattr(watchdog, "within", within)
    relaying = Relaying(log.runtime)
    relaying.start()
    eventlet.sleep(0)
    relaying.stop()
    assert bool(watched) == ends
    log.runtime.close()


STUCK = """
from chassis import green
green.patch()
import os
from eventlet.patcher import original
from chassis import watchdog
with watchdog.within(0.2, "the test is stuck"):
    {how}
"""


def stuck(how: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", STUCK.format(how=how)], stderr=subprocess.PIPE)


def test_the_watchdog_ends_a_process_even_when_its_hub_stands_still() -> None:
    process = stuck('original("time").sleep(600)')
    _, told = process.communicate(timeout=SECONDS)
    assert process.returncode == watchdog.EXIT_CODE
    assert b"the test is stuck" in told


def test_the_watchdog_ends_a_process_whose_words_nobody_reads() -> None:
    process = stuck('os.write(2, b"x" * 1_000_000)')
    assert process.wait(SECONDS) == watchdog.EXIT_CODE
    process.communicate()
