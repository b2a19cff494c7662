"""One process of an office: its services, relays and jobs, from start to a stop that always ends.

The embedded office runs all five services here, on SQLite and the in-process broker.
"""

import fcntl
import importlib
import json
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, Self

import eventlet
import kombu.serialization
import orjson
import structlog
from amqp.exceptions import AccessRefused, AMQPError
from kombu import Connection
from kombu.exceptions import KombuError
from nameko.runners import ServiceRunner

from chassis import broker, inproc, logs, memory, topology
from chassis.access import TokenKeys
from chassis.background import Background, Relaying, Watching, Working
from chassis.backoff import Backoff
from chassis.bridge import Bridge
from chassis.database import Database
from chassis.health import HealthServer
from chassis.migrating import upgrade
from chassis.retention import Retention
from chassis.runtime import RUNTIMES, Runtime
from chassis.sealing import Keys
from chassis.service import Service
from chassis.settings import Settings
from chassis.watchdog import end_process_in
from contracts.catalogue import SERVICES

log = structlog.get_logger(__name__)

STOP_SECONDS = 15.0
"""A supervisor kills after 20 or 30: what is in hand then comes again, from the broker or the caller."""


class AlreadyRunning(Exception):
    """Another process of this machine runs the office of this data directory."""


def service_class(name: str) -> type[Service]:
    """The class of a service by its name, found in ``services.<name>.service``."""
    module = importlib.import_module(f"services.{name}.service")
    return next(
        member
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, Service) and getattr(member, "name", None) == name
    )


def migrate(settings: Settings, name: str) -> None:
    """Bring one service's database to the newest version."""
    database = Database(settings.database(name))
    upgrade(service_class(name), database)
    database.close()


@contextmanager
def retention(settings: Settings, name: str, who: str) -> Iterator[Retention]:
    """The months of one service's event log, by the owner's account. who: noted with what is archived."""
    database = Database(settings.database(name))
    try:
        yield Retention(name, database, settings.archive_dir, who)
    finally:
        database.close()


def declare_topology(settings: Settings) -> None:
    """Declare the exchanges and queues that are missing, waiting for the broker as long as it takes."""
    inproc.register()
    with Connection(settings.broker_url) as connection:
        connection.ensure_connection(max_retries=None, interval_start=0.5, interval_max=5)
        topology.ensure(connection, settings.embedded)


class Office:
    """The services of one process. Use it as a context, or ``serve`` until a signal comes.

    Raises ``AlreadyRunning`` when the embedded office of this data directory runs elsewhere.
    """

    def __init__(self, settings: Settings, services: Iterable[type[Service]] | None = None) -> None:
        inproc.register()
        _use_orjson()
        self.settings = settings
        self.services = tuple(services or map(service_class, SERVICES))
        self._runtimes: dict[str, Runtime] = {}
        self._runner: Any = None
        self._background: list[Background] = []
        self._stopping = False
        self._serving = False
        self._waits_for: str | None = "its turn to start"
        self._lock: IO[str] | None = None
        self.health = HealthServer(settings.http_host, settings.http_port)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make what is missing, be watchable, wait for the broker and its queues, then serve.

        Returns without serving when it was asked to stop meanwhile.
        """
        self._prepare()
        self.listen()
        if not self._topology_is_there():
            return
        self._start_services()
        for work in self._background:
            work.start()
        self._waits_for = None
        if self.settings.embedded:
            address = {"pid": os.getpid(), "port": self.health.port}
            (self.settings.data_dir / "office.json").write_text(json.dumps(address))
        memory.settle()
        log.info("started", services=list(self._runtimes), port=self.health.port)

    def listen(self) -> None:
        """Open the address of metrics and health: from now on it tells what is missing."""
        self.health.check("services", self._not_serving)
        if not self.settings.embedded:
            self.health.check("broker", lambda: broker.check(self.settings.broker_url))
        for runtime in self._runtimes.values():
            self.health.check(f"{runtime.service.name}.database", runtime.check)
        if self.settings.embedded:
            self.health.route("/rpc", Bridge(self._runtimes))
        self.health.start()

    def serve(self) -> None:
        """Run until SIGTERM or SIGINT; a stop that takes too long is cut short."""
        stop = threading.Event()

        def asked(*_: object) -> None:
            if not self._stopping:
                self._stopping = True
                end_process_in(STOP_SECONDS, "the stop took too long")
                stop.set()

        signal.signal(signal.SIGTERM, asked)
        signal.signal(signal.SIGINT, asked)
        self._serving = True
        self.start()
        stop.wait()
        self.stop()

    def stop(self) -> None:
        """Stop taking work, end what is in hand, close."""
        self._stopping = True
        if self._runner is not None:
            self._runner.stop()
        for work in self._background:
            work.stop()
        self.health.stop()
        for runtime in self._runtimes.values():
            runtime.close()
        if self._lock is not None:
            self._lock.close()

    def _prepare(self) -> None:
        settings = self.settings
        logs.configure(settings.log_level)
        if settings.embedded:
            self._take_data_dir()
            Keys.generate(settings.keys)
            TokenKeys.generate(settings.token_keys)
        for service in self.services:
            runtime = self._runtimes[service.name] = Runtime(service, settings)
            if settings.embedded:
                upgrade(service, runtime.database)
            if "relay" in settings.roles:
                self._background.append(Relaying(runtime))
            if "jobs" in settings.roles:
                self._background.append(Watching(runtime))
                if service.job_steps():
                    self._background.append(Working(runtime))

    def _topology_is_there(self) -> bool:
        """Wait for the broker and its queues, which another may have to declare; False when asked to stop."""
        backoff = Backoff(0.2, 2.0)
        while not self._stopping:
            try:
                with broker.asking(self.settings.broker_url) as connection:
                    topology.ensure(connection, self.settings.embedded)
            except AccessRefused:
                self._waits_for = "exchanges and queues, or the right to declare them"
            except (OSError, AMQPError, KombuError) as error:
                self._waits_for = f"the broker ({type(error).__name__})"
            else:
                return True
            log.info("waiting", reason=self._waits_for)
            eventlet.sleep(backoff.pause())
        return False

    def _start_services(self) -> None:
        config = {
            "AMQP_URI": self.settings.broker_url,
            "HEARTBEAT": broker.HEARTBEAT_SECONDS,
            "max_workers": self.settings.max_workers,
            "SERVICE_CONTAINER_CLS": "chassis.container.RoleContainer",
            RUNTIMES: self._runtimes,
        }
        self._runner = ServiceRunner(config)
        for runtime in self._runtimes.values():
            self._runner.add_service(runtime.service)
        self._runner.start()
        eventlet.spawn(self._watch)

    def _not_serving(self) -> str | None:
        if self._stopping:
            return "stopping"
        return self._waits_for and f"waiting for {self._waits_for}"

    def _watch(self) -> None:
        """A container that dies takes the process with it: half-dead, no supervisor would help."""
        error = "ended"
        try:
            self._runner.wait()
        except Exception as exception:  # noqa: BLE001 - whatever killed it
            error = type(exception).__name__
        if not self._stopping:
            self._waits_for = f"a restart: a service stopped ({error})"
            log.error("service_died", error=error)
            if self._serving:
                os._exit(1)

    def _take_data_dir(self) -> None:
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        lock = (self.settings.data_dir / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise AlreadyRunning(f"{self.settings.data_dir} is in use by another process") from error
        self._lock = lock


def _use_orjson() -> None:
    kombu.serialization.register(
        "json", orjson.dumps, orjson.loads, content_type="application/json", content_encoding="utf-8"
    )
