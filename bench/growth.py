"""What it costs when much lies behind: the log with up to a million events, tables with up to a million rows.

The history is made by SQL. What is measured works on fresh events at its end, except for `events_after`,
which is asked for the start and the middle as well.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from kombu import Connection

from bench.append import by_chassis, transactions
from bench.client import Client
from bench.events import fill
from bench.measure import Stopwatch, Trend, percentile
from bench.office import databases, runtime
from bench.persons import VILLAGES, Clerk
from bench.processes import running
from bench.rpc import authorised
from chassis import schema, stream, topology, tracing
from chassis.follow import Follower
from chassis.relay import Relay
from chassis.runtime import Context, Runtime
from services.registry.service import RegistryService
from tests.support.servers import PostgresServer, RabbitMQServer
from tests.support.sink.service import SinkService
from tests.support.source.service import SourceService

EVENTS = (10_000, 100_000, 1_000_000)
ROWS = (1_000, 1_000_000)
FRESH = 5_000
PAGE = 500
ASKED = 5
SECONDS = 2.0

Told = Iterator[tuple[str, str, float]]
"""Names, units and values at one size."""

SEEN = """
insert into seen (position, subject, name, trace_id)
select n, '341524' || lpad(mod(n, 1000000)::text, 6, '0'), repeat('x', 100), md5(n::text)
from generate_series({first}, {last}) as n
"""
HOUSEHOLDS = """
insert into households (id, ref, region, flags, registered_on, recorded_at)
select md5(n::text), 'old-' || n, '341524103' || lpad((1 + mod(n, 223))::text, 3, '0'), '', '2020-03-02',
       now()
from generate_series({first}, {last}) as n
"""
REPLIES = """
insert into reply (caller, key, method, input_hash, reply, replied_at)
select 'bench', 'old-' || n, 'register_households', md5(n::text), '{{"outcomes": []}}', now()
from generate_series({first}, {last}) as n
"""


def rows(pg: PostgresServer, mq: RabbitMQServer) -> list[Trend]:
    return [*_trends(EVENTS, partial(streams, pg, mq)), *_trends(ROWS, partial(calls, pg, mq))]


def _trends(sizes: tuple[int, ...], measured: Callable[[], Any]) -> list[Trend]:
    """Bring what is measured to each size in turn, and arrange its figures by name."""
    found: dict[tuple[str, str], dict[int, float]] = {}
    with measured() as at_size:
        for size in sizes:
            for name, unit, value in at_size(size):
                found.setdefault((name, unit), {})[size] = value
    return [Trend(name, unit, by_size) for (name, unit), by_size in found.items()]


# The log ------------------------------------------------------------------------------------------


@contextmanager
def streams(pg: PostgresServer, mq: RabbitMQServer) -> Iterator[Callable[[int], Told]]:
    """A source, a sink and a relay between them, over logs that grow."""
    with ExitStack() as stack:
        folder, url = Path(stack.enter_context(TemporaryDirectory())), stack.enter_context(mq.vhost())
        one, two = stack.enter_context(pg.database()), stack.enter_context(pg.database())
        source = stack.enter_context(closing(runtime(SourceService, folder, url, one)))
        sink = stack.enter_context(closing(runtime(SinkService, folder, url, two)))
        connection = stack.enter_context(Connection(url))
        topology.declare(connection, embedded=False)
        yield partial(_at_length, source, sink, connection)


def _at_length(source: Runtime, sink: Runtime, connection: Connection, length: int) -> Told:
    follower = Follower(sink, "registry", SinkService.followed()["registry"])
    first = follower.position() + 1
    fill(source, length, first, numbered=True)
    with sink.database.write() as writing:
        writing.exec_driver_sql(SEEN.format(first=first, last=length))
        writing.execute(sa.delete(schema.checkpoint))
        start = {"consumer": "rehab", "source": "registry", "epoch": 1, "position": length}
        writing.execute(sa.insert(schema.checkpoint).values(start | {"updated_at": source.now()}))
    _analyse(source)
    _analyse(sink)
    appended = transactions(partial(by_chassis, source, with_event=True), SECONDS)
    yield "append, 8 writers", "transactions/s", appended.items / appended.seconds
    fill(source, length + FRESH, length + 1)
    yield "relay", "events/s", _relayed(source, connection)
    yield "follow, batches of 500", "events/s", _followed(source, follower)
    end = follower.position()
    for place, position in (("start", 0), ("middle", end // 2), ("end", end - PAGE)):
        yield f"events_after, {PAGE} events at the {place}", "ms", _asked(source, position)


def _relayed(source: Runtime, connection: Connection) -> float:
    relay, sent = Relay(source, connection), 0
    watch = Stopwatch()
    while done := relay.run_once():
        sent += done
    return sent / watch.turn(sent).seconds


def _followed(source: Runtime, follower: Follower) -> float:
    """Apply what was just relayed, from the log: the broker has no part in it."""
    events = []
    with source.database.read() as connection:
        for row in stream.numbered_after(connection, follower.position(), 10 * FRESH):
            told = stream.stored(row, "registry", source.settings.office)
            events.append(stream.receive(told["headers"], told["data"]))
    watch = Stopwatch()
    for first in range(0, len(events), PAGE):
        follower.apply(events[first : first + PAGE])
    return len(events) / watch.turn(len(events)).seconds


def _asked(source: Runtime, position: int) -> float:
    endpoint = SourceService.endpoints()["events_after"]
    seconds = []
    for _ in range(ASKED):
        started = time.perf_counter()
        context = Context(source.token(), tracing.new(), uuid4().hex)
        reply = source.execute(endpoint, {"position": position, "limit": PAGE}, context)
        seconds.append(time.perf_counter() - started)
        assert len(reply["events"]) == PAGE
    return statistics.median(seconds) * 1000


def _analyse(service: Runtime) -> None:
    """As autovacuum would sooner or later."""
    with service.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")


# Calls --------------------------------------------------------------------------------------------


@contextmanager
def calls(pg: PostgresServer, mq: RabbitMQServer) -> Iterator[Callable[[int], Told]]:
    """A real registry in a process of its own, over tables that grow."""
    with ExitStack() as stack:
        folder, url = Path(stack.enter_context(TemporaryDirectory())), stack.enter_context(mq.vhost())
        database_url = stack.enter_context(databases(pg, "registry"))
        made = runtime(RegistryService, folder, url, database_url.format(service="registry"))
        registry = stack.enter_context(closing(made))
        Clerk(registry).record_villages()
        service = "services.registry.service:RegistryService"
        stack.enter_context(running("bench.processes", "office", service, url, folder, database_url, "rpc"))
        yield partial(_at_rows, registry, url, folder)


def _at_rows(registry: Runtime, url: str, folder: Path, size: int) -> Told:
    with registry.database.write() as connection:
        known = connection.exec_driver_sql(
            "select count(*) from households where ref like 'old-%%'"
        ).scalar_one()
        for text in (HOUSEHOLDS, REPLIES):
            connection.exec_driver_sql(text.format(first=known + 1, last=size))
    fill(registry, size, known + 1, numbered=True)
    _analyse(registry)
    numbers = count(1)

    def question() -> dict[str, Any]:
        number = next(numbers) * 7919 % size + 1
        return {"args": [], "kwargs": {"refs": [f"old-{number}"]}}

    def order() -> dict[str, Any]:
        ref = uuid4().hex
        item = {"ref": ref, "region": VILLAGES[0], "registered_on": "2020-03-02"}
        return {"args": [], "kwargs": {"idempotency_key": ref, "items": [item]}}

    headers = authorised(folder, "clerk")
    for name, method, body in (
        ("query of one household", "resolve_households", question),
        ("command with one household", "register_households", order),
    ):
        with closing(Client(url, "nameko-rpc", f"registry.{method}", headers=headers)) as client:
            client.run(body, 1, SECONDS / 4)  # plans and pools are made
            seconds = client.run(body, 1, SECONDS)
        for label, share in (("p50", 0.5), ("p95", 0.95)):
            yield f"{name}, {label}", "ms", percentile(seconds, share) * 1000
