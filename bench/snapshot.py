"""A county's snapshot of all indicators over a million facts, beside one plain GROUP BY of the same facts.

The aim is absolute, a second each. On a busy machine seconds are longer: judge on a quiet one, or by the
GROUP BY. Ours is the whole command, from its checks to the document, its hash and its event; each has another
cut-off, so that none is spared by a snapshot that stands.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg2

from bench.measure import Bound, Stopwatch, Turn, interleaved
from bench.office import OFFICE, plain, runtime
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
    """The dimensions of its facts: as the feed asks for, by the event's contract, or as they are shown.

    What is nowhere listed is one word.
    """
    shape = event_shapes()[feed.event]
    choices = []
    for key, source in feed.dimensions.items():
        if source.origin == "const":
            choices.append([source.name])
            continue
        fields = shape.parts[str(feed.each)] if source.origin == "part" else shape.fields
        shown = {value for cut in indicator.cuts for value in cut.facts.get(key, ())}
        choices.append(sorted(feed.where.get(source.name) or fields[source.name] or shown or {"any"}))
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


def taken(reporting: Runtime, as_of: date) -> Turn:
    """One snapshot."""
    tokens = TokenSource(reporting.settings.token_keys)
    token = tokens.token("bench", frozenset({"maker"}), (OFFICE,), OFFICE)
    fields = {
        "idempotency_key": uuid4().hex,
        "office": OFFICE,
        "region": f"{OFFICE}000000",
        "period": str(YEAR),
        "as_of": as_of.isoformat(),
    }
    endpoint = ReportingService.endpoints()["take_snapshot"]
    watch = Stopwatch()
    snapshot = reporting.execute(endpoint, fields, Context(token, tracing.new(), uuid4().hex))
    turn = watch.turn(1)
    assert snapshot["as_of"] == as_of.isoformat(), snapshot["as_of"]
    assert all(cell["value"] for cell in snapshot["indicators"]), "a cell without facts"
    return turn


def grouped(url: str) -> Turn:
    """One plain query."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        watch = Stopwatch()
        cursor.execute(PLAIN)
        assert sum(row[2] for row in cursor.fetchall()) == FACTS
        return watch.turn(1)


def rows(pg: PostgresServer, _: RabbitMQServer) -> list[Bound]:
    with TemporaryDirectory() as name, pg.database() as url:
        made = runtime(ReportingService, Path(name), "amqp://unused", url)
        fill(plain(url))
        with closing(made) as reporting:
            days = (date(YEAR, 12, 31) - timedelta(days=n) for n in range(ROUNDS))
            rate = interleaved(
                ROUNDS, ours=lambda: taken(reporting, next(days)), raw=lambda: grouped(plain(url))
            )
    ours, raw = rate["ours"], rate["raw"]
    others = {
        "least, s": 1 / max(ours.rates),
        "most, s": 1 / min(ours.rates),
        "one GROUP BY of the same facts, s": 1 / raw.median,
        "CPU s of the service": (ours.cpu or 0) / 1000,
    }
    name = f"snapshot of a county, every indicator over {FACTS:,} facts"
    return [Bound(name, "s", 1 / ours.median, AIM_SECONDS, others)]
