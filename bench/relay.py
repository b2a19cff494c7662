"""The relay, from committed rows to confirmed messages, beside kombu publishing the same bodies."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kombu import Connection
from sqlalchemy import update

from bench.events import COUNT, fill
from bench.measure import Row, interleaved
from bench.office import runtime
from chassis import schema, stream, topology
from chassis.relay import Relay
from chassis.runtime import Runtime
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.source.service import SourceService

WINDOW = 500


def purge(url: str) -> None:
    with Connection(url) as connection, connection.channel() as channel:
        for queue in topology.queues(embedded=False):
            channel.queue_purge(queue.name)


def numbered(source: Runtime) -> list[Any]:
    with source.database.read() as connection:
        return stream.numbered_after(connection, 0, 1)


def relayed(source: Runtime, url: str) -> float:
    """Events per second through the relay, numbering included."""
    with source.database.write() as connection:
        connection.execute(schema.event_log.delete())
        connection.execute(update(schema.stream).values(numbered=0, published=0))
    fill(source)
    with Connection(url) as connection:
        relay = Relay(source, connection)
        started = time.perf_counter()
        sent = 0
        while sent < COUNT:
            sent += relay.run_once()
        seconds = time.perf_counter() - started
    purge(url)
    return COUNT / seconds


def published(source: Runtime, url: str) -> float:
    """Messages per second by kombu: the same message from memory, persistent, confirmed in windows."""
    if not numbered(source):
        relayed(source, url)
    (row,) = numbered(source)
    body = row.data.encode()
    headers = stream.headers_of(row, "registry", "341524")
    with Connection(url) as connection, connection.channel() as channel:
        channel.confirm_select()
        confirmed = 0

        def on_ack(tag: int, multiple: bool) -> None:
            nonlocal confirmed
            confirmed = max(confirmed, tag) if multiple else confirmed + 1

        channel.events["basic_ack"].add(on_ack)
        producer: Any = connection.Producer(channel)
        started = time.perf_counter()
        for n in range(1, COUNT + 1):
            producer.publish(
                body,
                exchange="registry.events",
                routing_key="registry.region_recorded.v1",
                headers=headers,
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=2,
            )
            if n % WINDOW == 0:
                while confirmed < n:
                    connection.drain_events(timeout=30)
        seconds = time.perf_counter() - started
    purge(url)
    return COUNT / seconds


def rows(pg: PostgresServer, mq: RabbitMQServer) -> list[Row]:
    with TemporaryDirectory() as name, pg.database() as database_url, mq.vhost() as url:
        with Connection(url) as connection:
            topology.declare(connection, embedded=False)
        source = runtime(SourceService, Path(name), url, database_url)
        rate = interleaved(3, raw=lambda: published(source, url), ours=lambda: relayed(source, url))
        source.close()
    return [Row("relay, windows of 500 confirmed", "events/s", rate["ours"], rate["raw"], 0.8)]
