"""A batch projection on PostgreSQL, beside a loop without any framework, consuming alone, and peers.

One relay fills all queues of a round with the same events before anybody reads them. The rate is taken from
the rows themselves, from the first transaction's to the last one's, so that no start of a process counts.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import psutil
import psycopg2
from kombu import Connection, Consumer, Queue
from psycopg2.extras import execute_values
from sqlalchemy import make_url

from bench.consumers import FASTSTREAM_QUEUE, NAMEKO_QUEUE
from bench.events import COUNT, REGION, fill
from bench.measure import Row, Stopwatch, Turn, figures
from bench.office import databases, plain, runtime
from bench.processes import running
from chassis import topology
from chassis.relay import Relay
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.sink.service import SinkService
from tests.support.source.service import SourceService

ROUNDS = 3
BATCH = 500
WAIT_SECONDS = 0.05
PEER_COUNT = 3_000
DEADLINE_SECONDS = 60.0
LOOP_QUEUE, CONSUME_QUEUE = "bench.loop", "bench.consume"
PEERS = {"nameko": "nameko's event_handler", "faststream": "FastStream", "celery": "Celery"}

RATE = """
select count(*) filter (where seen.xmin::text <> first.transaction), extract(epoch from max(at) - min(at))
from seen, (select xmin::text as transaction from seen order by at limit 1) as first
"""
CHECKPOINT = """
insert into checkpoint (consumer, source, epoch, position, updated_at)
values ('rehab', 'registry', 1, 0, now())
"""


@dataclass(frozen=True)
class Round:
    """Where the ways of one round find their events, and empty databases for them."""

    url: str
    folder: Path
    pg: PostgresServer
    template: str

    @contextmanager
    def database(self) -> Iterator[str]:
        """A database of the sink's own."""
        with self.pg.database(self.template) as url:
            yield plain(url)


def publish(source_url: str, url: str, folder: Path) -> None:
    """Fill the queues by the real relay; those of the peers get the first events only."""
    events = topology.event_exchange("registry")
    ours: Any = topology.event_queue("rehab", "registry", embedded=False)
    same = [
        Queue(name, events, "#", queue_arguments=ours.queue_arguments) for name in (LOOP_QUEUE, CONSUME_QUEUE)
    ]
    # nameko's entrypoint declares a classic queue and nothing else.
    peers = [
        Queue(NAMEKO_QUEUE, events, REGION.type, durable=True),
        Queue(FASTSTREAM_QUEUE, events, "#", queue_arguments={"x-queue-type": "quorum"}),
    ]
    with closing(runtime(SourceService, folder, url, source_url)) as source, Connection(url) as connection:
        channel = connection.channel()
        wanted: list[Any] = [topology.dead_letters(embedded=False), ours, *same, *peers]
        for each in wanted:
            each(channel).declare()
        relay = Relay(source, connection)
        fill(source, PEER_COUNT)
        while relay.run_once():
            pass
        for queue in peers:
            queue(channel).unbind_from(events, queue.routing_key)
        fill(source, COUNT, PEER_COUNT + 1)
        while relay.run_once():
            pass


def consumed(here: Round) -> Turn:
    """Messages that kombu takes and acknowledges, doing nothing with them."""
    with Connection(here.url) as connection:
        count = 0
        last: Any = None

        def take(message: Any) -> None:
            nonlocal count, last
            count, last = count + 1, message

        channel = connection.channel()
        channel.basic_qos(0, BATCH * 2, False)
        watch = Stopwatch()
        with Consumer(channel, [Queue(CONSUME_QUEUE, no_declare=True)], on_message=take):
            while count < COUNT:
                connection.drain_events(timeout=30)
                if count % BATCH == 0 or count == COUNT:
                    last.ack(multiple=True)
        return watch.turn(COUNT)


def looped(here: Round) -> Turn:
    """The same SQL and the same guarantees, written out by hand with psycopg2 and kombu."""
    messages: list[Any] = []
    with (
        here.database() as database_url,
        closing(psycopg2.connect(database_url)) as database,
        database.cursor() as cursor,
        Connection(here.url) as connection,
    ):
        cursor.execute(CHECKPOINT)
        channel = connection.channel()
        channel.basic_qos(0, BATCH * 2, False)
        position = 0
        watch = Stopwatch()
        with Consumer(channel, [Queue(LOOP_QUEUE, no_declare=True)], on_message=messages.append):
            while position < COUNT:
                deadline = time.monotonic() + WAIT_SECONDS
                while len(messages) < BATCH and (left := deadline - time.monotonic()) > 0:
                    try:
                        connection.drain_events(timeout=left)
                    except TimeoutError:
                        break
                batch, messages[:] = messages[:BATCH], messages[BATCH:]
                if batch:
                    position = _insert(cursor, batch)
                    database.commit()
                    batch[-1].ack(multiple=True)
        return _turn(database_url, watch, COUNT)


def _insert(cursor: Any, batch: list[Any]) -> int:
    cursor.execute("select position from checkpoint where consumer='rehab' for update")
    cursor.fetchone()
    values = []
    for message in batch:
        data = orjson.loads(message.body)
        headers = message.headers
        values.append((headers["position"], headers["subject"], data["name"], headers["traceparent"][3:35]))
    execute_values(cursor, "insert into seen (position, subject, name, trace_id) values %s", values)
    position: int = values[-1][0]
    cursor.execute("update checkpoint set position=%s, updated_at=now() where consumer='rehab'", (position,))
    return position


def ours(here: Round, around: Callable[[int], AbstractContextManager[None]] | None = None) -> Turn:
    """The subscription in a process of its own, as an office runs it; ``around`` gets its pid and is entered.

    The registry that it asks for what it missed answers that there is nothing: its log is another one.
    """
    with databases(here.pg, "registry") as registry_url, here.database() as database_url:
        runtime(SourceService, here.folder, here.url, registry_url.format(service="registry")).close()
        source = "tests.support.source.service:SourceService", here.url, here.folder, registry_url, "rpc"
        sink_url = _named(database_url)
        sink = "tests.support.sink.service:SinkService", here.url, here.folder, sink_url, "follow"
        with (
            running("bench.processes", "office", *source),
            running("bench.processes", "office", *sink) as process,
            around(process.pid) if around else nullcontext(),
        ):
            return _when_done(database_url, process, COUNT)


def _named(database_url: str) -> str:
    """The URL as the chassis wants it: with a place for the service, which here changes nothing."""
    return (
        make_url(database_url).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
        + "?application_name={service}"
    )


def peer(kind: str, *arguments: object) -> Callable[[Round], Turn]:
    """One of the peers, in a process of its own."""

    def way(here: Round) -> Turn:
        with (
            here.database() as database_url,
            running("bench.consumers", kind, here.url, database_url, *arguments) as process,
        ):
            return _when_done(database_url, process, PEER_COUNT)

    return way


def _when_done(database_url: str, process: psutil.Process, count: int) -> Turn:
    watch = Stopwatch(process)
    deadline = time.monotonic() + DEADLINE_SECONDS
    with closing(psycopg2.connect(database_url)) as database, database.cursor() as cursor:
        database.autocommit = True
        seen = 0
        while seen < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{seen} of {count} events after {DEADLINE_SECONDS} s")
            time.sleep(0.1)
            cursor.execute("select count(*) from seen")
            (seen,) = cursor.fetchone() or (0,)
    return _turn(database_url, watch, count)


def _turn(database_url: str, watch: Stopwatch, count: int) -> Turn:
    used = watch.turn(count).cpu
    with closing(psycopg2.connect(database_url)) as database, database.cursor() as cursor:
        cursor.execute(RATE)
        items, seconds = cursor.fetchone() or (0, 0)
    return Turn(items, float(seconds), used and used / count * items)


WAYS: dict[str, Callable[[Round], Turn]] = {
    "ours": ours,
    "loop": looped,
    "consume": consumed,
    "nameko": peer("nameko"),
    "faststream": peer("faststream"),
    "celery": peer("celery", PEER_COUNT),
}


@contextmanager
def filled(pg: PostgresServer, mq: RabbitMQServer) -> Iterator[Round]:
    """A round whose queues were filled together."""
    with _sink_template(pg) as template, TemporaryDirectory() as name, mq.vhost() as url:
        with pg.database() as source_url:
            publish(source_url, url, Path(name))
        yield Round(url, Path(name), pg, template)


@contextmanager
def _sink_template(pg: PostgresServer) -> Iterator[str]:
    """The name of a database with the sink's tables, and the instant of each row."""
    with ExitStack() as stack:
        folder, url = stack.enter_context(TemporaryDirectory()), stack.enter_context(pg.database())
        sink = runtime(SinkService, Path(folder), "amqp://unused", url)
        with closing(sink), sink.database.write() as connection:
            connection.exec_driver_sql("alter table seen add at timestamptz default clock_timestamp()")
        yield str(make_url(url).database)


def rows(pg: PostgresServer, mq: RabbitMQServer) -> list[Row]:
    rounds = []
    for _ in range(ROUNDS):
        with filled(pg, mq) as here:
            rounds.append({name: way(here) for name, way in WAYS.items()})
    rate = figures(rounds)
    peers = {title: rate[kind] for kind, title in PEERS.items()}
    return [
        Row(
            "projection in batches, to a loop by hand",
            "events/s",
            0.9,
            rate["ours"],
            rate["loop"],
            "a loop on kombu and psycopg2, same SQL",
            peers,
        ),
        Row(
            "projection in batches, to consuming alone",
            "events/s",
            0.5,
            rate["ours"],
            rate["consume"],
            "kombu taking and acknowledging",
        ),
    ]
