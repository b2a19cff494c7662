"""A batch projection on PostgreSQL, beside a loop without any framework, and beside consuming alone."""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import psycopg2
from kombu import Connection, Consumer, Queue
from psycopg2.extras import execute_values

from bench.events import COUNT, fill
from bench.measure import Row, interleaved
from bench.office import runtime, settings
from chassis import topology
from chassis.follow import Follower
from chassis.relay import Relay
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.sink.service import SinkService
from tests.support.source.service import SourceService

QUEUE = "rehab.registry.events"
BATCH = 500
WAIT_SECONDS = 0.05


def publish(folder: Path, url: str, database_url: str) -> None:
    """Fill the sink's queue by the real relay."""
    source = runtime(SourceService, folder, url, database_url)
    fill(source)
    with Connection(url) as connection:
        topology.declare(connection, embedded=False)
        relay = Relay(source, connection)
        sent = 0
        while sent < COUNT:
            sent += relay.run_once()
    source.close()


def consumed(url: str) -> float:
    """Messages per second that kombu takes and acknowledges, doing nothing with them."""
    with Connection(url) as connection:
        count = 0
        last: Any = None

        def take(message: Any) -> None:
            nonlocal count, last
            count, last = count + 1, message

        channel = connection.channel()
        channel.basic_qos(0, BATCH * 2, False)
        started = time.perf_counter()
        with Consumer(channel, [Queue(QUEUE, no_declare=True)], on_message=take):
            while count < COUNT:
                connection.drain_events(timeout=30)
                if count % BATCH == 0 or count == COUNT:
                    last.ack(multiple=True)
        return COUNT / (time.perf_counter() - started)


def looped(url: str, database_url: str) -> float:
    """The same SQL and the same guarantees, written out by hand with psycopg2 and kombu."""
    database = psycopg2.connect(database_url.replace("+psycopg2", ""))
    cursor = database.cursor()
    messages: list[Any] = []
    with Connection(url) as connection:
        channel = connection.channel()
        channel.basic_qos(0, BATCH * 2, False)
        position = 0
        started = time.perf_counter()
        with Consumer(channel, [Queue(QUEUE, no_declare=True)], on_message=messages.append):
            while position < COUNT:
                deadline = time.monotonic() + WAIT_SECONDS
                while len(messages) < BATCH and (left := deadline - time.monotonic()) > 0:
                    try:
                        connection.drain_events(timeout=left)
                    except TimeoutError:
                        break
                batch, messages[:] = messages[:BATCH], messages[BATCH:]
                if not batch:
                    continue
                cursor.execute("select position from checkpoint where consumer='rehab' for update")
                cursor.fetchone()
                values = []
                for message in batch:
                    data = orjson.loads(message.body)
                    headers = message.headers
                    values.append(
                        (headers["position"], headers["subject"], data["name"], headers["traceparent"][3:35])
                    )
                execute_values(
                    cursor, "insert into seen (position, subject, name, trace_id) values %s", values
                )
                position = values[-1][0]
                cursor.execute(
                    "update checkpoint set position=%s, updated_at=now() where consumer='rehab'", (position,)
                )
                database.commit()
                batch[-1].ack(multiple=True)
        seconds = time.perf_counter() - started
    database.close()
    return COUNT / seconds


def ours(folder: Path, url: str, database_url: str) -> float:
    """The subscription in a process of its own, as a service runs it."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.follow", str(folder), url, database_url]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def run_subscription(folder: Path, url: str, database_url: str) -> None:
    """Consume until all is applied, then print events per second."""
    import eventlet

    eventlet.monkey_patch()
    from chassis import wire
    from chassis.runtime import Runtime
    from chassis.subscription import Subscription

    sink = Runtime(SinkService, settings(folder, url), database_url)
    handler = SinkService.followed()["registry"]
    subscription = Subscription("registry", handler)
    subscription._settings = sink.settings
    subscription._follower = follower = Follower(sink, "registry", handler)
    started = time.perf_counter()
    with wire.connect(url, heartbeat=60) as connection:
        thread = eventlet.spawn(subscription._consume, connection, None)
        while follower.position() < COUNT:
            eventlet.sleep(0.02)
        seconds = time.perf_counter() - started
        subscription._stopping = True
        thread.wait()
    print(COUNT / seconds)


def rows(pg: PostgresServer, mq: RabbitMQServer) -> list[Row]:
    def once(way: str) -> float:
        with TemporaryDirectory() as name, mq.vhost() as url, pg.database() as one, pg.database() as two:
            folder = Path(name)
            publish(folder, url, one)
            sink = runtime(SinkService, folder, url, two)
            Follower(sink, "registry", SinkService.followed()["registry"]).apply([])
            sink.close()
            if way == "consume":
                return consumed(url)
            return looped(url, two) if way == "loop" else ours(folder, url, two)

    rate = interleaved(
        3, ours=lambda: once("ours"), loop=lambda: once("loop"), consume=lambda: once("consume")
    )
    return [
        Row("projection in batches, to a loop by hand", "events/s", rate["ours"], rate["loop"], 0.9),
        Row("projection in batches, to consuming alone", "events/s", rate["ours"], rate["consume"], 0.5),
    ]


if __name__ == "__main__":
    run_subscription(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
