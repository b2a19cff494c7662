"""Peers that follow events as their own users write it: each event inserts one row and commits.

They take the events of the same exchange (Celery: the same fields as its tasks) into the same table. None of
them keeps an order or notices what comes twice.
"""

import asyncio
from typing import Annotated, Any

from bench.events import REGION
from bench.processes import ready, run

INSERT = "insert into seen (position, subject, name, trace_id) values "
POOL = 10
NAMEKO_QUEUE = f"evt-registry-{REGION.type}--recorder.record"
FASTSTREAM_QUEUE = "bench.faststream"


def nameko(url: str, database_url: str) -> None:
    """Nameko's event_handler: ten workers (its default), a pool of psycopg2 connections.

    It hands on the body alone, so that position and trace are not known.
    """
    import eventlet

    eventlet.monkey_patch()
    from nameko.containers import ServiceContainer
    from nameko.events import event_handler
    from nameko.extensions import DependencyProvider
    from psycopg2.pool import ThreadedConnectionPool

    class Pool(DependencyProvider):
        def setup(self) -> None:
            self._pool = ThreadedConnectionPool(POOL, POOL, database_url)

        def get_dependency(self, _: Any) -> ThreadedConnectionPool:
            return self._pool

    class Recorder:
        name = "recorder"
        pool = Pool()

        @event_handler("registry", REGION.type)
        def record(self, data: dict[str, str]) -> None:
            connection = self.pool.getconn()
            with connection, connection.cursor() as cursor:
                cursor.execute(INSERT + "(%s, %s, %s, %s)", (0, data["region"], data["name"], None))
            self.pool.putconn(connection)

    container = ServiceContainer(Recorder, {"AMQP_URI": url, "max_workers": POOL})
    container.start()
    ready()
    container.wait()


def faststream(url: str, database_url: str) -> None:
    """FastStream's subscriber on asyncio: fifty messages at a time, a pool of asyncpg connections."""
    import asyncpg
    from faststream import FastStream, Header
    from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

    broker = RabbitBroker(url, logger=None)
    app = FastStream(broker, logger=None)
    app.after_startup(ready)
    pools: list[Any] = []

    @app.on_startup
    async def connect() -> None:
        pools.append(await asyncpg.create_pool(database_url, min_size=POOL, max_size=POOL))

    @broker.subscriber(
        RabbitQueue(FASTSTREAM_QUEUE, queue_type=QueueType.QUORUM, durable=True),
        channel=Channel(prefetch_count=50),
    )
    async def record(
        data: dict[str, str],
        position: Annotated[int, Header()],
        subject: Annotated[str, Header()],
        traceparent: Annotated[str, Header()],
    ) -> None:
        values = position, subject, data["name"], traceparent[3:35]
        await pools[0].execute(INSERT + "($1, $2, $3, $4)", *values)

    asyncio.run(app.run())


def celery(url: str, database_url: str, count: str) -> None:
    """Celery's task: two processes that fetch fifty each, acknowledged after the work, psycopg2."""
    import psycopg2
    from celery import Celery, signals

    app = Celery(broker=url)
    app.conf.update(
        task_acks_late=True,
        task_default_queue="bench.celery",
        task_default_queue_type="quorum",
        task_ignore_result=True,
        worker_redirect_stdouts=False,
        worker_prefetch_multiplier=50,
    )
    connections: list[Any] = []

    @app.task
    def record(position: int, subject: str, name: str, trace_id: str) -> None:
        with connections[0], connections[0].cursor() as cursor:
            cursor.execute(INSERT + "(%s, %s, %s, %s)", (position, subject, name, trace_id))

    signals.worker_process_init.connect(
        lambda **_: connections.append(psycopg2.connect(database_url)), weak=False
    )
    signals.worker_ready.connect(lambda **_: ready(), weak=False)
    for n in range(int(count)):
        record.delay(n, f"341524{n:06d}", "x" * 100, f"{n:032x}")
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=ERROR"]
    app.worker_main(["worker", "--concurrency=2", *quiet])


if __name__ == "__main__":
    run({"nameko": nameko, "faststream": faststream, "celery": celery})
