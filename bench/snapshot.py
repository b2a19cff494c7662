"""A county's snapshot of all indicators over a million facts, beside one plain GROUP BY of the same facts.

The aim is absolute, a second each. As a ratio, the row's floor is the one at which a snapshot would take a
second beside plain queries as fast as those just measured. On a busy machine seconds are longer: judge
on a quiet one. Ours is the whole command, from its checks to the document, its hash and its event; each has
another cut-off, so that none is spared by a snapshot that stands.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg2

from bench.measure import Row, interleaved
from bench.office import runtime
from chassis import tracing
from chassis.runtime import Context, Runtime
from chassis.token_source import TokenSource
from services.reporting.definitions import catalogue, event_shapes
from services.reporting.domain.catalogue import Feed, Indicator, dimensions_text
from services.reporting.service import ReportingService
from tests.support.servers import PostgresServer, RabbitMQServer

FACTS = 1_000_000
ROUNDS = 5
AIM_SECONDS = 1.0
YEAR = 2024

# A third of the subjects come twice, with the same dimensions; 230 villages; days of the whole year.
FILL = """
insert into facts (indicator, region, day, dims, subject, sign, value, event_id, source, epoch, position,
                   type, recorded_at)
select %(indicator)s, '341524' || lpad((100 + n %% 23)::text, 3, '0') || lpad((200 + n %% 10)::text, 3, '0'),
       date '2024-01-01' + (n * 7919 %% 366)::integer, (%(dims)s::text[])[1 + subject %% %(variants)s],
       md5(subject::text), 1, case when %(money)s then 100000 + n %% 977 else 1 end,
       md5(%(feed)s || '-' || n), 'bench', 1, n, %(event)s, now()
from generate_series(1, %(facts)s) as n, lateral (select n %% (%(facts)s * 3 / 4) as subject) as whose
"""
PLAIN = """
select indicator, dims, count(*), sum(value) from facts
where region >= '341524' and region < '341525' and day between '2024-01-01' and '2024-12-31'
group by indicator, dims
"""


def feeds() -> list[tuple[Indicator, Feed]]:
    """Everything in the catalogue that adds to an indicator."""
    return [(each, feed) for each in catalogue().indicators for feed in each.feeds if feed.sign > 0]


def dimensions(indicator: Indicator, feed: Feed) -> Iterator[str]:
    """The dimensions of its facts: by the event's contract, or where that is open, as they are shown."""
    shape = event_shapes()[feed.event]
    choices = []
    for key, source in feed.dimensions.items():
        fields = shape.parts[str(feed.each)] if source.origin == "part" else shape.fields
        shown = {value for cut in indicator.cuts for value in cut.facts.get(key, ())}
        choices.append([source.name] if source.origin == "const" else sorted(fields[source.name] or shown))
    for values in product(*choices):
        yield dimensions_text(dict(zip(feed.dimensions, values, strict=True)))


def fill(url: str) -> None:
    """Facts of every feed, equally many of each, and the statistics that autovacuum would keep."""
    found = feeds()
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for number, (indicator, feed) in enumerate(found):
            variants = list(dimensions(indicator, feed))
            # The last one takes what the division leaves.
            facts = FACTS // len(found) + (FACTS % len(found) if number == len(found) - 1 else 0)
            values = {
                "indicator": indicator.code,
                "dims": variants,
                "variants": len(variants),
                "facts": facts,
                "money": feed.amount is not None,
                "feed": str(number),
                "event": feed.event,
            }
            cursor.execute(FILL, values)
        cursor.execute("vacuum analyze facts")


def taken(reporting: Runtime, as_of: date) -> float:
    """Snapshots per minute, by the seconds that one took."""
    tokens = TokenSource(reporting.settings.token_keys)
    token = tokens.token("bench", frozenset({"maker"}), ("341524",), "341524")
    fields = {
        "idempotency_key": uuid4().hex,
        "office": "341524",
        "region": "341524000000",
        "period": str(YEAR),
        "as_of": as_of.isoformat(),
    }
    endpoint = ReportingService.endpoints()["take_snapshot"]
    started = time.perf_counter()
    snapshot = reporting.execute(endpoint, fields, Context(token, tracing.new(), uuid4().hex))
    seconds = time.perf_counter() - started
    assert snapshot["as_of"] == as_of.isoformat(), snapshot["as_of"]
    assert all(cell["value"] for cell in snapshot["indicators"]), "a cell without facts"
    print(f"{len(snapshot['indicators'])} cells over {FACTS:,} facts: {seconds:.2f} s", flush=True)
    return 60 / seconds


def grouped(url: str) -> float:
    """Plain queries per minute, by the seconds that one took."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute(PLAIN)
        assert sum(row[2] for row in cursor.fetchall()) == FACTS
        return 60 / (time.perf_counter() - started)


def rows(pg: PostgresServer, _: RabbitMQServer) -> list[Row]:
    with TemporaryDirectory() as name, pg.database() as url:
        reporting = runtime(ReportingService, Path(name), "amqp://unused", url)
        plain = url.replace("+psycopg2", "")
        fill(plain)
        days = (date(YEAR, 12, 31) - timedelta(days=n) for n in range(ROUNDS))
        rate = interleaved(ROUNDS, ours=lambda: taken(reporting, next(days)), raw=lambda: grouped(plain))
        reporting.close()
    floor = 60 / AIM_SECONDS / rate["raw"]
    name = "snapshot of a county, to a GROUP BY; floor: 1 s"
    return [Row(name, "snapshots/min", rate["ours"], rate["raw"], round(floor, 3))]
