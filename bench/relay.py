"""The relay, from committed rows to confirmed messages, beside kombu publishing the same from memory.

Both publish to one exchange with the four quorum queues of an office behind it. The peer is nameko's own
dispatcher, which waits for the confirm of every event.
"""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from kombu import Connection
from nameko.standalone.events import event_dispatcher
from sqlalchemy import update

from bench.events import COUNT, REGION, fill
from bench.measure import Row, Stopwatch, Turn, interleaved
from bench.office import OFFICE, runtime
from chassis import schema, stream, topology, wire
from chassis.relay import Relay
from chassis.runtime import Runtime
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.source.service import SourceService

WINDOW = 500
ROUNDS = 3
PEER_COUNT = 2_000

Message = tuple[bytes, dict[str, Any]]


def purge(url: str) -> None:
    with Connection(url) as connection, connection.channel() as channel:
        for queue in topology.queues(embedded=False):
            channel.queue_purge(queue.name)


def relayed(source: Runtime, url: str) -> Turn:
    """Events through the relay, numbering included."""
    with source.database.write() as connection:
        connection.execute(schema.event_log.delete())
        connection.execute(update(schema.stream).values(numbered=0, published=0))
    fill(source)
    with wire.connect(url) as connection:
        relay = Relay(source, connection)
        watch = Stopwatch()
        sent = 0
        while sent < COUNT:
            sent += relay.run_once()
        turn = watch.turn(COUNT)
    purge(url)
    return turn


def messages(source: Runtime) -> list[Message]:
    """Bodies and headers of all events, as the relay sends them."""
    with source.database.read() as connection:
        rows = stream.numbered_after(connection, 0, COUNT)
    return [(row.data.encode(), stream.headers_of(row, "registry", OFFICE)) for row in rows]


def published(source: Runtime, url: str) -> Turn:
    """The same messages by kombu: persistent, confirmed in windows."""
    if not (ready := messages(source)):
        relayed(source, url)
        ready = messages(source)
    with Connection(url) as connection, connection.channel() as channel:
        channel.confirm_select()
        confirmed = 0

        def on_ack(tag: int, multiple: bool) -> None:
            nonlocal confirmed
            confirmed = max(confirmed, tag) if multiple else confirmed + 1

        channel.events["basic_ack"].add(on_ack)
        producer: Any = connection.Producer(channel)
        watch = Stopwatch()
        for n, (body, headers) in enumerate(ready, 1):
            producer.publish(
                body,
                exchange="registry.events",
                routing_key=REGION.type,
                headers=headers,
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=2,
            )
            if n % WINDOW == 0:
                while confirmed < n:
                    connection.drain_events(timeout=30)
        turn = watch.turn(COUNT)
    purge(url)
    return turn


def dispatched(source: Runtime, url: str) -> Turn:
    """The same bodies by nameko's dispatcher."""
    bodies = [orjson.loads(body) for body, _ in messages(source)[:PEER_COUNT]]
    dispatch = event_dispatcher({"AMQP_URI": url})
    watch = Stopwatch()
    for body in bodies:
        dispatch("registry", REGION.type, body)
    turn = watch.turn(len(bodies))
    purge(url)
    return turn


def rows(pg: PostgresServer, mq: RabbitMQServer) -> list[Row]:
    with TemporaryDirectory() as name, pg.database() as database_url, mq.vhost() as url:
        with Connection(url) as connection:
            topology.declare(connection, embedded=False)
        with closing(runtime(SourceService, Path(name), url, database_url)) as source:
            rate = interleaved(
                ROUNDS,
                raw=lambda: published(source, url),
                ours=lambda: relayed(source, url),
                nameko=lambda: dispatched(source, url),
            )
    return [
        Row(
            f"relay, windows of {WINDOW} confirmed",
            "events/s",
            0.8,
            rate["ours"],
            rate["raw"],
            "kombu from memory, same windows",
            {"nameko's event_dispatcher": rate["nameko"]},
        )
    ]
