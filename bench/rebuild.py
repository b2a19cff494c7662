"""Reporting's facts from the registry's log, beside the live path: the same events as RabbitMQ brings them.

Ours is `canlian rebuild` without its command line: the log is asked over RPC, a copy is made beside the live
facts, the two are compared. Both sides do the same to the same database.
"""

import subprocess
import sys
import time
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
from kombu import Connection

from bench.events import CERTIFICATE, COUNT, fill
from bench.measure import Row, Stopwatch, Turn, figures
from bench.office import OFFICE, databases, plain, runtime, settings
from bench.processes import run, running
from chassis import topology
from chassis.office import service_class
from chassis.relay import Relay
from chassis.token_source import TokenSource
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
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "bench.rebuild",
        "rebuild",
        url,
        str(folder),
        database_url,
    ]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    applying, whole, cpu = map(float, told[-3:])
    return {"ours": Turn(COUNT, applying, cpu), "whole": Turn(COUNT, whole, cpu)}


def rebuild(url: str, folder: str, database_url: str) -> None:
    """In such a process: rebuild, and print the seconds of both, and those of CPU."""
    from chassis import green

    green.patch()
    from chassis.rebuilding import Order, Rebuild
    from chassis.rpc_client import RpcClient
    from services.reporting.service import ReportingService

    given = settings(Path(folder), url, database_url)
    tokens = TokenSource(given.token_keys)
    reached: list[float] = []

    def ask(source: str, fields: dict[str, Any]) -> dict[str, Any]:
        return client.call(source, "events_after", fields)

    def progress(source: str, _done: int, _total: int) -> None:
        if source == "registry":
            reached.append(time.perf_counter())

    with RpcClient(url, lambda: tokens.system_token("reporting", OFFICE)) as client:
        watch = Stopwatch()
        order = Order(by="bench", reason="measured", check_only=True)
        outcome = Rebuild(ReportingService, given, ask, progress).run(order)
        turn = watch.turn(COUNT)
    assert outcome.equal, outcome
    print(reached[-1] - reached[0], turn.seconds, turn.cpu)


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
    if find_spec("chassis.rebuilding") is None:
        print("not measured: there is no rebuild yet")
        return []
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


if __name__ == "__main__":
    run({"rebuild": rebuild})
