"""One office under test, its databases empty: processes that are started again when they end, and calls."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import eventlet
import httpx
import orjson
import sqlalchemy as sa

from chassis.access import TokenKeys
from chassis.migrating import upgrade
from chassis.rpc_client import RpcClient, Unavailable
from chassis.runtime import Runtime
from chassis.sealing import Keys
from chassis.settings import EMBEDDED_BROKER, Settings
from chassis.token_source import TokenSource
from tests.chaos.failpoints import DIED_AS_TOLD, Order
from tests.chaos.source.service import SourceService
from tests.support import servers
from tests.support.sink.service import SinkService

ROOT = Path(__file__).parents[2]
OFFICE = "341524"
CALL_SECONDS = 3.0
"""What the client waits for a reply before it sends the command again."""

Call = dict[str, Any]


class Caller(Protocol):
    """How the client calls: the reply's body as nameko sends it, or ``Unavailable``."""

    def __call__(self, service: str, method: str, fields: Call) -> Call: ...


class Process:
    """A child process with a watcher that starts it again whenever it ends, as a service manager would."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.deaths: list[int] = []
        python = [sys.executable, "-W", "ignore", "-m", "tests.chaos.child"]
        self._command = ["setpriv", "--pdeathsig=KILL", *python, *arguments]
        self._environment = os.environ | environment
        self._log = log
        self._stopping = False
        self._start()
        self._watcher = eventlet.spawn(self._watch)

    def kill(self) -> None:
        """End it at once; the watcher starts it again."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        self._stopping = True
        self.kill()
        self._watcher.wait()

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _watch(self) -> None:
        while True:
            while (code := self._process.poll()) is None:
                eventlet.sleep(0.02)
            if self._stopping:
                return
            self.deaths.append(code)
            self._start()


class Platform:
    """The source and the sink of one office, running; ``engine`` says on what."""

    engine: str
    processes: dict[str, Process]
    call: Caller

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.order = Order(folder / "order")
        # A new connection for each look: those of a pool die with the database.
        self._engines = {
            service.name: sa.create_engine(settings.database(service.name), poolclass=sa.NullPool)
            for service in (SourceService, SinkService)
        }
        self.tokens = TokenSource(settings.token_keys)

    @property
    def source(self) -> sa.Engine:
        return self._engines["registry"]

    @property
    def sink(self) -> sa.Engine:
        return self._engines["rehab"]

    def token(self) -> str:
        return self.tokens.token("chaos", frozenset({"clerk", "system"}), (OFFICE,), OFFICE)

    def unplanned_deaths(self) -> int:
        """How many processes ended though nobody told or killed them."""
        planned = {DIED_AS_TOLD, -9}
        return sum(code not in planned for process in self.processes.values() for code in process.deaths)

    def death_count(self) -> int:
        return sum(len(process.deaths) for process in self.processes.values())

    def start(self, names: dict[str, str], mutant: str) -> None:
        """Start a process for each name, with the services that it serves."""
        values = self.settings.model_dump(exclude_none=True)
        values["roles"] = ",".join(sorted(self.settings.roles))
        environment = {f"CANLIAN_{name.upper()}": str(value) for name, value in values.items()}
        self.processes = {
            name: Process(
                name, [str(self.order.path), services, mutant], environment, self.folder / f"{name}.log"
            )
            for name, services in names.items()
        }

    def stop(self) -> None:
        for process in self.processes.values():
            process.close()

    def logs(self) -> str:
        """The last lines of the processes' logs."""
        texts = (path.read_text("utf-8", "replace")[-3000:] for path in sorted(self.folder.glob("*.log")))
        return "\n".join(texts)


def _settings(folder: Path, **values: Any) -> Settings:
    # Small windows and batches, so that a short run has many boundaries.
    settings = Settings(office=OFFICE, data_dir=folder, batch_size=50, relay_window=20, **values)
    Keys.generate(settings.keys)
    TokenKeys.generate(settings.token_keys)
    return settings


@contextmanager
def embedded(folder: Path, mutant: str = "") -> Iterator[Platform]:
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
    platform.start({"office": "source,sink"}, mutant)
    try:
        with http:
            yield platform
    finally:
        platform.stop()


class Servers:
    """The PostgreSQL and the RabbitMQ of a run, which its faults kill and start again."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.postgres: servers.LocalPostgres
        self.rabbitmq: servers.LocalRabbitMQ

    def start(self) -> None:
        if not hasattr(self, "postgres"):
            self.postgres = self._stack.enter_context(servers.local_postgres())
            self.rabbitmq = self._stack.enter_context(servers.local_rabbitmq())

    def close(self) -> None:
        self._stack.close()

    def create_databases(self) -> str:
        """A database for each service; the URL that names them by ``{service}``."""
        prefix = f"chaos_{uuid.uuid4().hex}"
        for service in (SourceService, SinkService):
            self.postgres._run("CREATE DATABASE {}", f"{prefix}_{service.name}")
        return self.postgres.url(f"{prefix}_SERVICE").replace("SERVICE", "{service}")


@contextmanager
def distributed(folder: Path, run_on: Servers, mutant: str = "") -> Iterator[Platform]:
    """A process for the source and one for the sink, on PostgreSQL and RabbitMQ."""
    folder.mkdir()
    with run_on.rabbitmq.vhost() as broker_url:
        settings = _settings(
            folder,
            broker_url=broker_url,
            database_url=run_on.create_databases(),
            key_file=folder / "keys.json",
            token_key_dir=folder / "tokens",
        )
        for service in (SourceService, SinkService):
            runtime = Runtime(service, settings)
            upgrade(service, runtime.database)
            runtime.close()
        platform = Platform(folder, settings)
        with RpcClient(broker_url, platform.token, CALL_SECONDS) as client:
            platform.call = client.call
            platform.start({"source": "source", "sink": "sink"}, mutant)
            try:
                yield platform
            finally:
                platform.stop()


def wait_until_serving(platform: Platform, seconds: float) -> None:
    """Wait for the first answer. Raises ``TimeoutError`` with what the processes logged."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(Unavailable):
            platform.call("registry", "show_status", {})
            return
        eventlet.sleep(0.1)
    raise TimeoutError(f"the office did not start in {seconds:g} s:\n{platform.logs()}")
