"""An import of persons with new certificates, beside the raw loading of the very rows that it leaves behind.

Ours is what an office sends: commands of a thousand records through the registry itself, which checks, seals,
indexes, records events and keeps replies, and commits each command. Raw is told all of that beforehand and
loads it in one transaction into the same tables with the same constraints and indexes: on PostgreSQL by COPY,
on SQLite by executemany.
"""

import io
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psycopg2
from sqlalchemy import make_url
from stdnum.cn import ric

from bench.measure import Row, Stopwatch, Turn, interleaved
from bench.office import OFFICE, plain, runtime, settings
from chassis import tracing
from chassis.runtime import Context, Runtime
from chassis.token_source import TokenSource
from services.registry.service import RegistryService
from tests.support.servers import PostgresServer, RabbitMQServer

COUNT = 20_000
ROUNDS = 3
CHUNK = 1_000
VILLAGES = [f"341524103{n:03d}" for n in range(1, 224)]
BIRTHS_PER_DAY = 999
ACTED_ON = "2020-03-02"
TABLES = ("persons", "name_words", "certificates", "certificate_acts", "event_log")
"""What an import leaves behind beside the replies, in an order that the foreign keys allow."""

Item = dict[str, Any]


def people(count: int) -> Iterator[Item]:
    """Persons made up one by one, always the same ones, in area 999999, which does not exist."""
    for n in range(count):
        born = date(1936, 1, 1) + timedelta(days=n // BIRTHS_PER_DAY * 53)
        number = f"999999{born:%Y%m%d}{n % BIRTHS_PER_DAY + 1:03d}"
        yield {
            "id_number": number + ric.calc_check_digit(number + "0"),
            "name": f"测试{n}",
            "region": VILLAGES[n % len(VILLAGES)],
            "phone": f"138{n:08d}",
            "bank_account": f"6217{n:015d}",
            "registered_on": ACTED_ON,
        }


def chunks(persons: Iterable[Item]) -> Iterator[list[Item]]:
    """What one command each takes."""
    left = iter(persons)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


class Clerk:
    """Sends commands to a registry, as one who is entitled to."""

    def __init__(self, registry: Runtime) -> None:
        self._registry = registry
        self._tokens = TokenSource(registry.settings.token_keys)
        self._endpoints = RegistryService.endpoints()

    def send(self, method: str, items: list[Item]) -> list[Item]:
        """The outcomes of one command with a key of its own."""
        fields = {"idempotency_key": uuid4().hex, "items": items}
        token = self._tokens.token("bench", frozenset({"clerk"}), (OFFICE,), OFFICE)
        context = Context(token, tracing.new(), uuid4().hex)
        outcomes: list[Item] = self._registry.execute(self._endpoints[method], fields, context)["outcomes"]
        return outcomes

    def record_villages(self) -> None:
        """Make known where the persons live."""
        villages = [{"code": code, "name": "某村", "valid_from": "1949-10-01"} for code in VILLAGES]
        self.send("record_regions", villages)

    def load(self, persons: list[Item], *outcomes: str) -> None:
        """Import persons, then their certificates by the identifiers just told. AssertionError for an outcome
        other than these.
        """
        registered = self.send("register_persons", persons)
        recorded = self.send("record_certificate_acts", acts_for(persons, registered))
        for told in (*registered, *recorded):
            assert told["outcome"] in outcomes, told


def acts_for(persons: list[Item], registered: list[Item]) -> list[Item]:
    """A first certificate for each of the persons, who were registered with these outcomes."""
    return [
        {
            "ref": f"new-{person['id_number']}",
            "person_id": told["id"],
            "action": "new",
            "certificate_number": f"{person['id_number']}{n % 7 + 1}{n % 4 + 1}",
            "acted_on": ACTED_ON,
        }
        for n, (person, told) in enumerate(zip(persons, registered, strict=True))
    ]


def prepare(folder: Path, url: str) -> None:
    """Give a database the tables and the villages; every round starts from a copy of it."""
    registry = runtime(RegistryService, folder, "amqp://unused", url)
    Clerk(registry).record_villages()
    registry.close()


def imported(folder: Path, url: str, persons: list[Item]) -> Turn:
    """Persons through the registry."""
    registry = Runtime(RegistryService, settings(folder, "amqp://unused"), url)
    clerk = Clerk(registry)
    watch = Stopwatch()
    for chunk in chunks(persons):
        clerk.load(chunk, "created")
    turn = watch.turn(len(persons))
    registry.close()
    return turn


def to_copy(pg: PostgresServer, folder: Path) -> Row:
    """On PostgreSQL."""
    persons, left = list(people(COUNT)), {table: io.BytesIO() for table in TABLES}
    with pg.database() as prepared:
        prepare(folder, prepared)
        template = str(make_url(prepared).database)

        def ours() -> Turn:
            with pg.database(template) as url:
                turn = imported(folder, url, persons)
                with closing(psycopg2.connect(plain(url))) as connection, connection.cursor() as cursor:
                    for table, rows in left.items():
                        rows.seek(0)
                        rows.truncate()
                        query = f"copy (select * from {table}) to stdout"  # noqa: S608 - names from TABLES
                        cursor.copy_expert(query, rows)
            return turn

        def raw() -> Turn:
            with pg.database(template) as url, closing(psycopg2.connect(plain(url))) as connection:
                with connection.cursor() as cursor:
                    # The villages' own events are among the rows as well.
                    cursor.execute("delete from event_log")
                    connection.commit()
                    watch = Stopwatch()
                    for table, rows in left.items():
                        rows.seek(0)
                        cursor.copy_expert(f"copy {table} from stdin", rows)
                    connection.commit()
                return watch.turn(COUNT)

        rate = interleaved(ROUNDS, ours=ours, raw=raw)
    return Row(
        "import of persons with certificates",
        "persons/s",
        0.1,
        rate["ours"],
        rate["raw"],
        "COPY of the rows that it leaves behind",
    )


def to_executemany(folder: Path) -> Row:
    """On SQLite."""
    persons, prepared, used = list(people(COUNT)), folder / "prepared.db", folder / "used.db"
    left: dict[str, list[tuple[Any, ...]]] = {}
    prepare(folder, f"sqlite:///{prepared}")

    def ours() -> Turn:
        shutil.copy(prepared, used)
        turn = imported(folder, f"sqlite:///{used}", persons)
        with closing(sqlite3.connect(used)) as connection:
            for table in TABLES:
                left[table] = connection.execute(f"select * from {table}").fetchall()  # noqa: S608
        return turn

    def raw() -> Turn:
        shutil.copy(prepared, used)
        with closing(sqlite3.connect(used)) as connection:
            connection.executescript("pragma synchronous=full; pragma foreign_keys=on; delete from event_log")
            watch = Stopwatch()
            with connection:
                for table, rows in left.items():
                    places = ", ".join("?" * len(rows[0]))
                    connection.executemany(f"insert into {table} values ({places})", rows)  # noqa: S608
            return watch.turn(COUNT)

    rate = interleaved(ROUNDS, ours=ours, raw=raw)
    return Row(
        "the same on SQLite",
        "persons/s",
        0.1,
        rate["ours"],
        rate["raw"],
        "executemany of the rows that it leaves behind",
    )


def rows(pg: PostgresServer, _: RabbitMQServer) -> list[Row]:
    with TemporaryDirectory() as name:
        return [to_copy(pg, Path(name)), to_executemany(Path(name))]
