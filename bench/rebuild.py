"""Reporting's facts from the registry's log, beside the live path: the same events as RabbitMQ brings them.

Ours is `canlian rebuild` without its command line: the log is asked over RPC, a copy is made beside the live
facts, the two are compared. Both sides do the same to the same database.
"""

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
from kombu import Connection

from bench.events import CERTIFICATE, COUNT, fill
from bench.measure import Row, Stopwatch, Turn, figures
from bench.office import databases, plain, runtime
from bench.processes import running
from chassis import topology
from chassis.office import service_class
from chassis.relay import Relay
from contracts.catalogue import SERVICES
from services.registry.service import RegistryService
from tests.support.servers import PostgresServer, RabbitMQServer

ROUNDS = 2
DEADLINE_SECONDS = 120.0
CHECKPOINT = "select position from checkpoint where source = 'registry'"


def queued(pg: PostgresServer, url: str, folder: Path) -> None:
    """Fill reporting's queue by the relay of a registry that is gone afterwards."""
    with pg.database() as database_url, Connection(url) as connection:
        topology.declare(connection, embedded=False)
        with closing(runtime(RegistryService, folder, url, database_url)) as registry:
            fill(registry, event=CERTIFICATE)
            relay = Relay(registry, connection)
            while relay.run_once():
                pass


def live(url: str, folder: Path, database_url: str) -> Turn:
    """Events that reporting's follower applies, in a process of its own, from its first batch to its last."""
    service = "services.reporting.service:ReportingService"
    with (
        closing(psycopg2.connect(plain(database_url.format(service="reporting")))) as database,
        database.cursor() as cursor,
        running("bench.processes", "office", service, url, folder, database_url, "follow") as process,
    ):
        database.autocommit = True
        deadline = time.monotonic() + DEADLINE_SECONDS
        first, watch, position = 0, Stopwatch(process), 0
        while position < COUNT:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{position} of {COUNT} events after {DEADLINE_SECONDS} s")
            time.sleep(0.01)
            cursor.execute(CHECKPOINT)
            (position,) = cursor.fetchone() or (0,)
            if position and not first:
                first, watch = position, Stopwatch(process)
        return watch.turn(COUNT - first)


def rebuilt(url: str, folder: Path, database_url: str) -> dict[str, Turn]:
    """The same events from the log, in a process of its own: applying them alone, and the whole run."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.processes", "rebuild"]
    done = subprocess.run(
        [*command, url, str(folder), database_url], check=True, stdout=subprocess.PIPE, text=True
    )
    applying, whole, cpu = map(float, done.stdout.split()[-3:])
    return {"ours": Turn(COUNT, applying), "whole": Turn(COUNT, whole, cpu)}


def one_round(pg: PostgresServer, mq: RabbitMQServer) -> dict[str, Turn]:
    """Live first; the logs that its services are asked for are empty until then."""
    with TemporaryDirectory() as name, mq.vhost() as url, databases(pg, *SERVICES) as database_url:
        folder = Path(name)
        queued(pg, url, folder)
        for service in SERVICES:
            runtime(service_class(service), folder, url, database_url.format(service=service)).close()
        sources = [service for service in SERVICES if service != "reporting"]
        classes = ",".join(f"services.{name}.service:{service_class(name).__name__}" for name in sources)
        with running("bench.processes", "office", classes, url, folder, database_url, "rpc"):
            turns = {"live": live(url, folder, database_url)}
            with closing(
                runtime(RegistryService, folder, url, database_url.format(service="registry"))
            ) as registry:
                fill(registry, event=CERTIFICATE, numbered=True)
            return turns | rebuilt(url, folder, database_url)


def rows(pg: PostgresServer, mq: RabbitMQServer) -> list[Row]:
    rate = figures(one_round(pg, mq) for _ in range(ROUNDS))
    return [
        Row(
            "rebuild of reporting's facts from the log",
            "events/s",
            0.8,
            rate["ours"],
            rate["live"],
            "the live path, from RabbitMQ",
            {"the same with making and comparing the copy": rate["whole"]},
        )
    ]
