"""One office under test, its databases empty: on what it runs, how it is called, what one sees of it."""

import json
import random
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import eventlet
import httpx
import orjson
import sqlalchemy as sa
from kombu import Connection, Queue
from sqlalchemy.engine import make_url

from chassis import topology
from chassis.access import TokenKeys
from chassis.migrating import upgrade
from chassis.rpc_client import RpcClient, Unavailable
from chassis.runtime import Runtime
from chassis.sealing import Keys
from chassis.settings import EMBEDDED_BROKER, Settings
from chassis.token_source import TokenSource
from tests.chaos.child import Task
from tests.chaos.failpoints import DIED_AS_TOLD, Order
from tests.chaos.mutants import MUTANTS
from tests.chaos.processes import Nursery, Process
from tests.chaos.servers import Servers
from tests.chaos.sink.service import SinkService
from tests.chaos.source.service import SourceService
from tests.support.tcp_proxy import TcpProxy

OFFICE = "341524"
CALL_SECONDS = 3.0
"""What the client waits for a reply before it sends the command again."""
HEARTBEAT_SECONDS = 2
"""Of the processes behind proxies, so that a silent link is noticed within a trial."""
EMBEDDED = {"office": ("source,sink", "rpc,follow,relay,jobs")}
DISTRIBUTED = {
    f"{name}-{number}": (services, roles)
    for name, services, roles in (
        ("source", "source", "rpc,jobs"),
        ("relay", "source", "relay"),
        ("sink", "sink", "follow,rpc"),
    )
    for number in (1, 2)
}
"""Each process's services and roles. Of two relays or followers one works, and the other is its spare."""

DEAD_LETTERS_SEEN = topology.dead_letter_queue("dead-letters-seen-by-chaos", embedded=False)
"""A second queue of the dead letters, which the suite empties as it counts."""

Call = dict[str, Any]


class Caller(Protocol):
    """How the client calls: the reply's body as nameko sends it, or ``Unavailable``."""

    def __call__(self, service: str, method: str, fields: Call) -> Call: ...


class Platform:
    """The source and the sink of one office, running."""

    call: Caller
    servers: Servers
    broker_link: TcpProxy
    database_link: TcpProxy

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.order = Order(folder / "order")
        self.processes: dict[str, Process] = {}
        # A new connection for each look: those of a pool die with the database.
        self._engines = {
            service.name: sa.create_engine(settings.database(service.name), poolclass=sa.NullPool)
            for service in (SourceService, SinkService)
        }
        self.tokens = TokenSource(settings.token_keys)
        self._read_logs: dict[Path, int] = {}
        self._turned_away = 0

    @property
    def source(self) -> sa.Engine:
        return self._engines[SourceService.name]

    @property
    def sink(self) -> sa.Engine:
        return self._engines[SinkService.name]

    def token(self) -> str:
        return self.tokens.token("chaos", frozenset({"clerk", "system"}), (OFFICE,), OFFICE)

    def some(self, rng: random.Random, prefix: str = "") -> Process:
        """One of the processes, by chance, or of those whose name begins so."""
        return self.processes[rng.choice(sorted(name for name in self.processes if name.startswith(prefix)))]

    def unplanned_deaths(self) -> int:
        """How many processes ended though nobody told, asked or killed them."""
        planned = {DIED_AS_TOLD, -9, 0}
        return sum(code not in planned for process in self.processes.values() for code in process.deaths)

    def death_count(self) -> int:
        return sum(len(process.deaths) for process in self.processes.values())

    def start(
        self, nursery: Nursery, tasks: dict[str, tuple[str, str]], mutant: str, heartbeat: int | None = None
    ) -> None:
        """Start a process for each name, with its services and roles."""
        values = self.settings.model_dump(exclude_none=True)
        for name, (services, roles) in tasks.items():
            values["roles"] = roles
            environment = {f"CANLIAN_{key.upper()}": str(value) for key, value in values.items()}
            task = Task(str(self.order.path), tuple(services.split(",")), mutant, heartbeat)
            log = self.folder / f"{name}.log"
            self.processes[name] = Process(nursery, name, task, environment, log)

    def stop(self) -> None:
        for process in self.processes.values():
            process.close()

    @contextmanager
    def down(self, prefix: str) -> Iterator[None]:
        """Keep the processes down whose names begin so."""
        victims = [process for name, process in self.processes.items() if name.startswith(prefix)]
        for process in victims:
            process.hold()
        try:
            yield
        finally:
            for process in victims:
                process.release()

    def turned_away(self) -> int:
        """How many messages became dead letters; the broker inside a process cannot be asked."""
        if self.settings.embedded:
            return 0
        with Connection(self.settings.broker_url) as connection, connection.channel() as channel:
            queue = DEAD_LETTERS_SEEN(channel)
            queue.declare()
            while queue.get(no_ack=True):
                self._turned_away += 1
        return self._turned_away

    def follower_queue(self) -> Queue:
        """The queue of the sink at the source."""
        return topology.event_queue(SinkService.name, SourceService.name, embedded=False)

    def new_log_text(self) -> str:
        """What the processes logged since the last time one asked."""
        texts = []
        for path in sorted(self.folder.glob("*.log")):
            with path.open("rb") as log:
                log.seek(self._read_logs.get(path, 0))
                texts.append(log.read().decode("utf-8", "replace"))
                self._read_logs[path] = log.tell()
        return "\n".join(texts)

    def logs(self) -> str:
        """The last lines of the processes' logs."""
        texts = (
            f"--- {path.name}\n" + re.sub(r"(?<=.{600}).*", " …", path.read_text("utf-8", "replace")[-4000:])
            for path in sorted(self.folder.glob("*.log"))
        )
        return "\n".join(texts)


def _settings(folder: Path, **values: Any) -> Settings:
    # Small windows and batches, so that a short run has many boundaries.
    settings = Settings(office=OFFICE, data_dir=folder, batch_size=50, relay_window=20, **values)
    Keys.generate(settings.keys)
    TokenKeys.generate(settings.token_keys)
    return settings


@contextmanager
def embedded(nursery: Nursery, folder: Path, mutant: str = "") -> Iterator[Platform]:
    """One process on SQLite and the broker inside it; calls go over HTTP."""
    folder.mkdir()
    platform = Platform(folder, _settings(folder, broker_url=EMBEDDED_BROKER))
    http = httpx.Client(timeout=CALL_SECONDS, trust_env=False)
    address = folder / "office.json"

    def call(service: str, method: str, fields: Call) -> Call:
        try:
            port = json.loads(address.read_bytes())["port"]
            answer: Call = orjson.loads(
                http.post(
                    f"http://127.0.0.1:{port}/rpc/{service}/{method}",
                    content=orjson.dumps({"args": [], "kwargs": fields}),
                    headers={"Authorization": f"Bearer {platform.token()}"},
                ).content
            )
        except (OSError, ValueError, httpx.TransportError) as error:
            raise Unavailable(f"no answer: {type(error).__name__}") from error
        return answer

    platform.call = call
    platform.start(nursery, EMBEDDED, mutant)
    try:
        with http:
            yield platform
    finally:
        platform.stop()


@contextmanager
def distributed(
    nursery: Nursery, folder: Path, run_on: Servers, mutant: str = "", linked: bool = False
) -> Iterator[Platform]:
    """Two processes for each role, on PostgreSQL and RabbitMQ; behind proxies when ``linked``."""
    folder.mkdir()
    run_on.start()
    with ExitStack() as stack:
        settings = _settings(
            folder,
            broker_url=stack.enter_context(run_on.rabbitmq.vhost()),
            database_url=run_on.create_databases(),
            key_file=folder / "keys.json",
            token_key_dir=folder / "tokens",
        )
        _migrate(settings, mutant)
        platform = Platform(folder, settings)
        platform.servers = run_on
        platform.turned_away()  # the queue is to be there before the first dead letter
        client = stack.enter_context(RpcClient(settings.broker_url, platform.token, CALL_SECONDS))
        platform.call = client.call
        stack.callback(platform.stop)
        if linked:
            own, platform.settings = platform.settings, _behind_proxies(platform, stack)
            platform.start(nursery, DISTRIBUTED, mutant, HEARTBEAT_SECONDS)
            platform.settings = own
        else:
            platform.start(nursery, DISTRIBUTED, mutant)
        yield platform


def _migrate(settings: Settings, mutant: str) -> None:
    for service in (SourceService, SinkService):
        runtime = Runtime(service, settings)
        upgrade(service, runtime.database)
        if service is SourceService and mutant:
            with runtime.database.write() as connection:
                for statement in MUTANTS[mutant].statements:
                    connection.execute(sa.text(statement))
        runtime.close()


def _behind_proxies(platform: Platform, stack: ExitStack) -> Settings:
    """The settings of processes that reach both servers through proxies."""
    changed = {}
    for field, link in (("broker_url", "broker_link"), ("database_url", "database_link")):
        url = make_url(getattr(platform.settings, field))
        proxy = stack.enter_context(TcpProxy(url.host or "", url.port or 0))
        setattr(platform, link, proxy)
        changed[field] = url.set(port=proxy.port).render_as_string(hide_password=False)
    changed["database_url"] = changed["database_url"].replace("%7B", "{").replace("%7D", "}")
    return platform.settings.model_copy(update=changed | {"publish_seconds": 5.0})


def wait_until_serving(platform: Platform, seconds: float) -> None:
    """Wait for the first answer. Raises ``TimeoutError`` with what the processes logged."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(Unavailable):
            platform.call("registry", "show_status", {})
            return
        eventlet.sleep(0.05)
    raise TimeoutError(f"the office did not start in {seconds:g} s:\n{platform.logs()}")
