"""A followed stream on RabbitMQ: one consumer at a time, another when it is gone, a connection kept alive."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import eventlet
import pytest
import sqlalchemy as sa
from kombu import Connection

from chassis import subscription
from chassis.migrating import upgrade
from chassis.office import Office
from chassis.runtime import Runtime
from chassis.settings import Settings
from tests.broker.source_log import SourceLog
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.sink.service import SinkService, seen
from tests.support.source.service import SourceService
from tests.support.tcp_proxy import TcpProxy

SECONDS = 60


def wait_for(condition: Callable[[], Any], what: str) -> None:
    with eventlet.Timeout(SECONDS, AssertionError(f"not in {SECONDS} s: {what}")):
        while not condition():
            eventlet.sleep(0.05)


class Stream:
    """The source with all its roles, and any number of sinks that follow it, on real servers."""

    def __init__(self, folder: Path, broker_url: str, source_url: str, sink_url: str) -> None:
        self.source = SourceLog(folder, broker_url, source_url, roles={"rpc", "relay"})
        self.source.declare()
        self._database = f"{sink_url}?application_name={{service}}"
        self.sink = Runtime(SinkService, self.source.settings, sink_url)
        upgrade(SinkService, self.sink.database)
        self._offices = [self._start(SourceService, self.source.settings, source_url)]

    def follow(self, broker_url: str | None = None, **more: Any) -> Office:
        """Another process's follower, so to say."""
        settings = self.source.settings.model_copy(
            update={"broker_url": broker_url or self.source.settings.broker_url, "roles": {"follow"}, **more}
        )
        self._offices.append(self._start(SinkService, settings, self._database))
        return self._offices[-1]

    def stop(self, office: Office) -> None:
        office.stop()
        self._offices.remove(office)

    def _start(self, service: Any, settings: Settings, database: str) -> Office:
        office = Office(settings.model_copy(update={"database_url": database}), (service,))
        office.start()
        return office

    def arrived(self, count: int) -> None:
        wait_for(lambda: len(self.positions()) >= count, f"{count} events at the sink")
        assert self.positions() == list(range(1, count + 1)), "each once, in order"

    def positions(self) -> list[int]:
        query = sa.select(seen.c.position).order_by(seen.c.id)
        with self.sink.database.read() as connection:
            return list(connection.execute(query).scalars())

    def is_followed(self) -> bool:
        """Whether a follower takes from the queue; RabbitMQ does not count those that stand by."""
        with Connection(self.source.settings.broker_url) as connection, connection.channel() as channel:
            return bool(channel.queue_declare("rehab.registry.events", passive=True).consumer_count)

    def close(self) -> None:
        for office in reversed(self._offices):
            office.stop()
        self.sink.close()
        self.source.runtime.close()


@pytest.fixture
def stream(
    tmp_path: Path, postgres_server: PostgresServer, rabbitmq_server: RabbitMQServer
) -> Iterator[Stream]:
    with (
        postgres_server.database() as source,
        postgres_server.database() as sink,
        rabbitmq_server.vhost() as broker,
    ):
        opened = Stream(tmp_path, broker, source, sink)
        yield opened
        opened.close()


@pytest.mark.parametrize("how", ["stall", "to_server", "to_client", "cut"])
def test_another_follower_takes_over_from_one_that_the_network_lost(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, how: Any
) -> None:
    monkeypatch.setattr(subscription, "HEARTBEAT_SECONDS", 1)
    url = stream.source.settings.broker_url
    port = urlsplit(url).port or 0
    with TcpProxy("127.0.0.1", port) as proxy:
        lost = stream.follow(url.replace(f":{port}", f":{proxy.port}"))
        wait_for(stream.is_followed, "the first follower")
        stream.follow()
        stream.source.record(10)
        stream.arrived(10)
        proxy.half_open(how) if how.startswith("to_") else getattr(proxy, how)()
        stream.source.record(10)
        stream.arrived(20)
        proxy.heal()
        stream.source.record(10)
        stream.arrived(30)
        stream.stop(lost)


def test_a_long_transaction_keeps_its_connection_alive(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its SQL takes many heartbeats; neither side takes the other for dead, and nothing comes twice."""
    monkeypatch.setattr(subscription, "HEARTBEAT_SECONDS", 1)
    interrupted: list[str] = []
    monkeypatch.setattr(subscription.log, "warning", lambda event, **_: interrupted.append(event))
    stream.follow()
    wait_for(stream.is_followed, "the follower")
    with stream.sink.database.write() as connection:
        connection.exec_driver_sql("lock table seen in exclusive mode")
        stream.source.record(3)
        waiting = sa.text(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database()"
        )
        wait_for(lambda: connection.execute(waiting).scalar_one(), "the follower to wait for the table")
        connection.exec_driver_sql("select pg_sleep(6)")
    stream.arrived(3)
    assert interrupted == []


def test_more_deliveries_than_any_limit_lose_no_event_to_the_dead_letters(stream: Stream) -> None:
    """RabbitMQ 4 gives a message up after 20 deliveries unless its queue says otherwise."""
    stream.source.record(1)
    wait_for(lambda: stream.source.published() == 1, "the event at the broker")
    taken: list[Any] = []
    for deliveries in range(1, 31):
        with Connection(stream.source.settings.broker_url) as connection:
            channel = connection.channel()
            channel.basic_consume("rehab.registry.events", callback=taken.append)
            while len(taken) < deliveries:
                connection.drain_events(timeout=SECONDS)
    assert taken[-1].headers["x-delivery-count"] == 29
    stream.follow()
    stream.arrived(1)
