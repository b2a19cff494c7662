"""The import of a whole city on PostgreSQL: killed half way, begun again, and sent once more; no comparison.

Prints persons per second, and at a tenth, a half and the end what the process keeps in memory, which must not
grow with the persons.
"""

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg2

from bench.measure import Result
from bench.office import plain, settings
from bench.persons import TABLES, Clerk, chunks, people, prepare
from chassis.runtime import Runtime
from services.registry.service import RegistryService
from tests.support.servers import PostgresServer, RabbitMQServer

CITY = 388_600


def rows(pg: PostgresServer, _: RabbitMQServer) -> list[Result]:
    """No rows. AssertionError if a person or an act is missing or there twice."""
    with TemporaryDirectory() as name, pg.database() as url:
        prepare(Path(name), url)
        begin = [sys.executable, "-m", "bench.city", name, url]
        with subprocess.Popen(begin) as process:
            while _kept(url)["persons"] < CITY // 2:
                assert process.poll() is None, "the import ended by itself"
                time.sleep(1)
            process.kill()
        left = _kept(url)["persons"]
        print(f"city, killed: {left:,} persons are kept", flush=True)
        load(Path(name), url, "created", "unchanged")
        kept = _kept(url)
        assert (kept["persons"], kept["certificate_acts"]) == (CITY, CITY), kept
        load(Path(name), url, "unchanged")
        assert _kept(url) == kept
    return []


def load(folder: Path, url: str, *outcomes: str) -> None:
    """Send the city from its beginning; every record must have one of these outcomes."""
    with closing(Runtime(RegistryService, settings(folder, "amqp://unused"), url)) as registry:
        clerk, marks = Clerk(registry), [CITY // 10, CITY // 2, CITY]
        done, started = 0, time.perf_counter()
        for chunk in chunks(people(CITY)):
            clerk.load(chunk, *outcomes)
            done += len(chunk)
            if done >= marks[0]:
                del marks[0]
                seconds, memory = time.perf_counter() - started, psutil.Process().memory_info().rss / 2**20
                print(
                    f"city, {' or '.join(outcomes)}: {done:,} persons in {seconds:,.1f} s, "
                    f"{done / seconds:,.0f} persons/s, {memory:,.1f} MiB",
                    flush=True,
                )


def _kept(url: str) -> dict[str, int]:
    """How many rows each table has."""
    with closing(psycopg2.connect(plain(url))) as connection, connection.cursor() as cursor:
        counts = {}
        for table in TABLES:
            cursor.execute(f"select count(*) from {table}")  # noqa: S608 - names from TABLES
            [counts[table]] = cursor.fetchone() or (0,)
    return counts


if __name__ == "__main__":
    load(Path(sys.argv[1]), sys.argv[2], "created")
