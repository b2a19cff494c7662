"""What the event costs a transaction that writes a row anyway: eight writers on PostgreSQL.

The raw side is the same transaction through the same chassis without the event. The peer writes both rows by
hand, with psycopg2 alone.
"""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg2
import sqlalchemy as sa

from bench.measure import Row, Stopwatch, Turn, interleaved
from bench.office import plain, runtime
from chassis import clock, tracing
from chassis.runtime import Runtime
from contracts.registry import RegionRecorded
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.source.service import SourceService, regions

WRITERS = 8
SECONDS = 2.0
ROUNDS = 7

Transact = Callable[[], None]


def transactions(make: Callable[[], Transact], seconds: float = SECONDS) -> Turn:
    """Transactions by all writers; each makes its own way to do one."""
    counts = [0] * WRITERS
    watch = Stopwatch()
    stop_at = time.perf_counter() + seconds

    def write(writer: int) -> None:
        transact = make()
        while time.perf_counter() < stop_at:
            transact()
            counts[writer] += 1

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return watch.turn(sum(counts))


def by_chassis(source: Runtime, with_event: bool) -> Transact:
    """One row, and one event where asked for."""
    caller = source.system()

    def transact() -> None:
        with source.transaction(caller) as tx:
            code = _code()
            tx.execute(sa.insert(regions).values(code=code, name="x" * 80))
            if with_event:
                tx.record(_event(code))

    return transact


def by_hand(url: str) -> Transact:
    """The same two rows by psycopg2."""
    connection = psycopg2.connect(url)

    def transact() -> None:
        code, traceparent = _code(), tracing.new()
        with connection, connection.cursor() as cursor:
            cursor.execute("insert into regions (code, name) values (%s, %s)", (code, "x" * 80))
            event = _event(code)
            cursor.execute(
                "insert into event_log (event_id, type, subject, data, recorded_at, traceparent)"
                " values (%s, %s, %s, %s, %s, %s)",
                (clock.new_id(), event.TYPE, code, event.model_dump_json(), clock.now(), traceparent),
            )

    return transact


def _code() -> str:
    """Twelve digits that nobody else has."""
    return f"{uuid4().int % 10**12:012d}"


def _event(code: str) -> RegionRecorded:
    return RegionRecorded.model_construct(region=code, name="x", valid_from=date(2024, 1, 1))


def rows(pg: PostgresServer, _: RabbitMQServer) -> list[Row]:
    with TemporaryDirectory() as name, pg.database() as url:
        with closing(runtime(SourceService, Path(name), "amqp://unused", url)) as source:
            rate = interleaved(
                ROUNDS,
                raw=lambda: transactions(partial(by_chassis, source, with_event=False)),
                ours=lambda: transactions(partial(by_chassis, source, with_event=True)),
                hand=lambda: transactions(partial(by_hand, plain(url))),
            )
        return [
            Row(
                "append of an event, 8 writers",
                "transactions/s",
                0.85,
                rate["ours"],
                rate["raw"],
                "the same transaction without the event",
                {"both rows by psycopg2": rate["hand"]},
            )
        ]
