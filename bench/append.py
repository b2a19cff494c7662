"""What the event costs a transaction that writes a row anyway: eight writers on PostgreSQL."""

import threading
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import sqlalchemy as sa

from bench.measure import Row, interleaved
from bench.office import runtime
from chassis.runtime import Runtime
from contracts.registry import RegionRecorded
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.source.service import SourceService, regions

WRITERS = 8
SECONDS = 3.0


def transactions(source: Runtime, with_event: bool) -> float:
    """Transactions per second, each inserting one row, and one event where asked for."""
    counts = [0] * WRITERS
    stop_at = time.perf_counter() + SECONDS
    caller = source.system()

    def write(writer: int) -> None:
        while time.perf_counter() < stop_at:
            with source.transaction(caller) as tx:
                code = uuid4().hex[:12]
                tx.execute(sa.insert(regions).values(code=code, name="x" * 80))
                if with_event:
                    tx.record(
                        RegionRecorded.model_construct(region=code, name="x", valid_from=date(2024, 1, 1))
                    )
            counts[writer] += 1

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def rows(pg: PostgresServer, _: RabbitMQServer) -> list[Row]:
    with TemporaryDirectory() as name, pg.database() as url:
        source = runtime(SourceService, Path(name), "amqp://unused", url)
        rate = interleaved(
            3, raw=lambda: transactions(source, False), ours=lambda: transactions(source, True)
        )
        source.close()
    return [Row("append of an event, 8 writers", "transactions/s", rate["ours"], rate["raw"], 0.85)]
