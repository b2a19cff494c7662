"""From the commit of a command to the figure: how late an indicator is while 200 events a second come in.

Real registry and reporting processes, as `canlian up` starts them. A caller sends commands of ten acts on
certificates each, at the random instants of an open loop: it does not wait for answers. The rate is
that of the answers. PostgreSQL keeps the
instant of each commit, so that both ends are exact: that of the command, and that of the facts, which any
question for the indicator counts from then on.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg2
from kombu import Connection

from bench.client import Client
from bench.measure import Bound, Stopwatch, Turn, percentile
from bench.office import OFFICE, databases, plain, settings
from bench.persons import Clerk, acts_for, chunks, people
from bench.rpc import authorised
from chassis.office import declare_topology, migrate
from chassis.runtime import Runtime
from chassis.topology import event_queue
from contracts.catalogue import SERVICES
from services.registry.service import RegistryService
from tests.support import servers
from tests.support.servers import PostgresServer, RabbitMQServer

PER_SECOND = 200
PER_COMMAND = 10
SECONDS = 60
COUNT = PER_SECOND * SECONDS
AIM_MS = 1_000.0
SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
DEADLINE_SECONDS = 120.0
PROCESSES = {
    "registry": ("rpc,relay", "registry"),
    "reporting": ("rpc,follow,relay,jobs", "reporting"),
    # Reporting asks them for their events; they have none.
    "the others": ("rpc", "subsidy", "rehab", "employment"),
}
# Rows of both tables are written once, so that xmin is the transaction that brought them.
COMMITTED = """
select event_log.event_id, certificate_acts.ref,
       extract(epoch from pg_xact_commit_timestamp(certificate_acts.xmin))
from certificate_acts join event_log on event_log.subject = certificate_acts.person_id
where event_log.type = 'registry.certificate_issued.v1'
"""
VISIBLE = (
    "select event_id, max(extract(epoch from pg_xact_commit_timestamp(xmin))) from facts group by event_id"
)


class Office:
    """Registry and reporting in processes of their own, with their databases."""

    def __init__(self, folder: Path, broker_url: str, database_url: str) -> None:
        self._folder = folder
        self._settings = settings(folder, broker_url, database_url)

    def prepare(self) -> list[dict[str, Any]]:
        """Migrate, declare, and register as many persons as there will be acts; the acts."""
        declare_topology(self._settings)
        for service in SERVICES:
            migrate(self._settings, service)
        with closing(Runtime(RegistryService, self._settings)) as registry:
            clerk = Clerk(registry)
            clerk.record_villages()
            return [
                act
                for chunk in chunks(people(COUNT))
                for act in acts_for(chunk, clerk.send("register_persons", chunk))
            ]

    @contextmanager
    def process(self, roles: str, *services: str) -> Iterator[psutil.Process]:
        """A process of the office; it may not serve yet."""
        given = self._settings
        env = {
            "CANLIAN_OFFICE": OFFICE,
            "CANLIAN_BROKER_URL": given.broker_url,
            "CANLIAN_DATABASE_URL": given.database_url,
            "CANLIAN_KEY_FILE": str(given.keys),
            "CANLIAN_TOKEN_KEY_DIR": str(given.token_keys),
            "CANLIAN_DATA_DIR": str(self._folder),
            "CANLIAN_LOG_LEVEL": "WARNING",
            "CANLIAN_ROLES": roles,
        }
        named = [part for name in services for part in ("--service", name)]
        command = [sys.executable, "-m", "canlian.cli", "up", *named]
        with subprocess.Popen(command, env=os.environ | env, stdout=subprocess.DEVNULL) as process:
            try:
                yield psutil.Process(process.pid)
            finally:
                process.kill()

    def wait_until_followed(self) -> None:
        """Wait until reporting has applied all that was recorded, nothing queued. Raises TimeoutError."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        recorded = self.ask("registry", "select count(*) from event_log")[0][0]
        followed = "select position from checkpoint where source = 'registry'"
        while self.ask("reporting", followed) != [(recorded,)] or self._queued():
            if time.monotonic() > deadline:
                raise TimeoutError(f"reporting did not come to event {recorded} of the registry")
            time.sleep(0.2)

    def _queued(self) -> int:
        """Events that wait for reporting; some may be known to it from the registry's log."""
        queue = event_queue("reporting", "registry", embedded=False)
        with Connection(self._settings.broker_url) as connection:
            return int(queue(connection.channel()).queue_declare(passive=True).message_count)

    def ask(self, service: str, query: str) -> list[tuple[Any, ...]]:
        """Rows of a service's database."""
        with (
            closing(psycopg2.connect(plain(self._settings.database(service)))) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query)
            return cursor.fetchall()


def send(client: Client, acts: list[dict[str, Any]]) -> float:
    """Send each command at its instant, whatever has been answered by then; the acts answered a second."""
    rng = random.Random(1)  # noqa: S311 - arrivals, the same in every run
    due = begun = time.perf_counter()
    for start in range(0, COUNT, PER_COMMAND):
        due += rng.expovariate(PER_SECOND / PER_COMMAND)
        while (left := due - time.perf_counter()) > 0:
            _drain(client, left)
        items = acts[start : start + PER_COMMAND]
        fields = {"idempotency_key": items[0]["ref"], "items": items}
        client.send({"args": [], "kwargs": fields}, correlation_id=items[0]["ref"])
    while client.in_flight:
        client.drain()
    return COUNT / (time.perf_counter() - begun)


def _drain(client: Client, seconds: float) -> None:
    try:
        client.drain(seconds)
    except TimeoutError:
        return


def delays(
    office: Office, acts: list[dict[str, Any]], answers: Mapping[str, tuple[float, float]]
) -> dict[str, list[float]]:
    """Milliseconds to the commit of the facts, of every act: from its commit, its answer, its request."""
    command = {act["ref"]: acts[n - n % PER_COMMAND]["ref"] for n, act in enumerate(acts)}
    visible = {event: float(at) for event, at in office.ask("reporting", VISIBLE)}
    found: dict[str, list[float]] = {"commit": [], "answer": [], "request": []}
    for event, ref, committed in office.ask("registry", COMMITTED):
        sent, answered = answers[command[ref]]
        for name, begun in (("commit", float(committed)), ("answer", answered), ("request", sent)):
            found[name].append((visible[event] - begun) * 1000)
    assert len(found["commit"]) == COUNT, len(found["commit"])
    return found


def rows(_: PostgresServer, mq: RabbitMQServer) -> list[Bound]:
    """On a PostgreSQL of its own, which keeps the instants of commits."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        pg = stack.enter_context(servers.local_postgres(track_commit_timestamp="on"))
        url = stack.enter_context(mq.vhost())
        office = Office(folder, url, stack.enter_context(databases(pg, *SERVICES)))
        acts = office.prepare()
        processes = {name: stack.enter_context(office.process(*given)) for name, given in PROCESSES.items()}
        office.wait_until_followed()
        headers = authorised(folder, "clerk")
        client = Client(url, "nameko-rpc", "registry.record_certificate_acts", headers=headers)
        stack.callback(client.close)
        watches = {name: Stopwatch(process) for name, process in processes.items()}
        rate = send(client, acts)
        sent = time.perf_counter()
        office.wait_until_followed()
        assert time.perf_counter() - sent < SECONDS, "the backlog of a minute took a minute more"
        used = {name: watch.turn(COUNT) for name, watch in watches.items()}
        return [_bound(delays(office, acts, client.times), used, rate)]


def _bound(found: Mapping[str, list[float]], used: Mapping[str, Turn], rate: float) -> Bound:
    commit = found["commit"]
    others = {f"{label} from the commit, ms": percentile(commit, share) for label, share in SHARES}
    others |= {
        "most from the commit, ms": max(commit),
        "p95 from the answer, ms": percentile(found["answer"], 0.95),
        "p95 from the request, ms": percentile(found["request"], 0.95),
    }
    others |= {
        f"CPU s for 1000 events, {name}": (turn.cpu or 0) / COUNT * 1000 for name, turn in used.items()
    }
    name = f"committed change to visible indicator, p95 at {rate:.0f} events/s for {COUNT / rate:.0f} s"
    return Bound(name, "ms", percentile(commit, 0.95), AIM_MS, others)
