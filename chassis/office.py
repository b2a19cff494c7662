"""One process of an office: its services, relays and jobs, from start to a stop that always ends.

The embedded office runs all five services here, on SQLite and the in-process broker.
"""

import fcntl
import importlib
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, Self

import eventlet
import kombu.serialization
import orjson
import structlog
from kombu import Connection
from nameko.runners import ServiceRunner

from chassis import inproc, logs, metrics, partitions, topology
from chassis.access import TokenKeys
from chassis.bridge import Bridge
from chassis.database import Database
from chassis.health import HealthServer
from chassis.jobs import JobRunner
from chassis.migrating import upgrade
from chassis.relay import Relay
from chassis.retention import Retention
from chassis.runtime import RUNTIMES, Runtime
from chassis.sealing import Keys
from chassis.service import Service
from chassis.settings import Settings
from contracts.catalogue import SERVICES

log = structlog.get_logger(__name__)

STOP_SECONDS = 20.0
MONTHS_SECONDS = 60.0
"""Between two looks at the partitions, for the metrics."""


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
        if not topology.is_declared(connection, settings.embedded):
            topology.declare(connection, settings.embedded)


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
        self._threads: list[Any] = []
        # In one process each commit wakes the relay; elsewhere the log is looked at.
        self._relay_pause = 1.0 if settings.embedded else settings.relay_seconds
        self._stopping = False
        self._serving = False
        self._died: str | None = None
        self._lock: IO[str] | None = None
        self.health = HealthServer(settings.http_host, settings.http_port)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make what is missing, bring databases up to date, declare the queues, start to serve."""
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
        declare_topology(settings)
        config = {
            "AMQP_URI": settings.broker_url,
            "max_workers": settings.max_workers,
            "SERVICE_CONTAINER_CLS": "chassis.container.RoleContainer",
            RUNTIMES: self._runtimes,
        }
        self._runner = ServiceRunner(config)
        for runtime in self._runtimes.values():
            self._runner.add_service(runtime.service)
        self._runner.start()
        self._threads.append(eventlet.spawn(self._watch))
        self.health.check("services", lambda: self._died)
        for runtime in self._runtimes.values():
            if "relay" in settings.roles:
                self._spawn(f"months:{runtime.service.name}", self._looking_at_months(runtime))
                self._spawn(f"relay:{runtime.service.name}", self._relaying(runtime))
            if "jobs" in settings.roles and runtime.service.job_steps():
                self._spawn(f"jobs:{runtime.service.name}", self._working(runtime))
            self.health.check(f"{runtime.service.name}.database", runtime.check)
        if settings.embedded:
            self.health.route("/rpc", Bridge(self._runtimes))
        self.health.start()
        if settings.embedded:
            address = {"pid": os.getpid(), "port": self.health.port}
            (settings.data_dir / "office.json").write_text(json.dumps(address))
        log.info("started", services=list(self._runtimes), port=self.health.port)

    def serve(self) -> None:
        """Run until SIGTERM or SIGINT; a stop that takes too long is cut short."""
        stop = threading.Event()

        def asked(*_: object) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, asked)
        signal.signal(signal.SIGINT, asked)
        self._serving = True
        self.start()
        stop.wait()
        deadline = threading.Timer(STOP_SECONDS, os._exit, args=(1,))
        deadline.daemon = True
        deadline.start()
        self.stop()
        deadline.cancel()

    def _watch(self) -> None:
        """A container that dies takes the process with it: half-dead, no supervisor would help."""
        error = "ended"
        try:
            self._runner.wait()
        except Exception as exception:  # noqa: BLE001 - whatever killed it
            error = type(exception).__name__
        if not self._stopping:
            self._died = f"a service stopped: {error}"
            log.error("service_died", error=error)
            if self._serving:
                os._exit(1)

    def stop(self) -> None:
        """Stop taking work, end what is in hand, close."""
        self._stopping = True
        for runtime in self._runtimes.values():
            runtime.recorded.set()
        if self._runner is not None:
            self._runner.stop()
        for thread in self._threads:
            thread.wait()
        self.health.stop()
        for runtime in self._runtimes.values():
            runtime.close()
        if self._lock is not None:
            self._lock.close()

    def _take_data_dir(self) -> None:
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        lock = (self.settings.data_dir / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise AlreadyRunning(f"{self.settings.data_dir} is in use by another process") from error
        self._lock = lock

    def _spawn(self, name: str, work: Callable[[], bool]) -> None:
        self._threads.append(eventlet.spawn(self._loop, name, work))

    def _loop(self, name: str, work: Callable[[], bool]) -> None:
        """Do a piece of work again and again; rest when there was none, and longer after a failure."""
        pause = self.settings.relay_seconds
        while not self._stopping:
            try:
                busy = work()
                pause = self.settings.relay_seconds
            except Exception as error:
                log.warning("interrupted", task=name, error=type(error).__name__, exc_info=True)
                busy = False
                pause = min(pause * 2, 5.0)
            self._rest(0 if busy else pause)

    def _rest(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        eventlet.sleep(0)
        while not self._stopping and (left := deadline - time.monotonic()) > 0:
            eventlet.sleep(min(left, 0.2))

    def _relaying(self, runtime: Runtime) -> Callable[[], bool]:
        def work() -> bool:
            with runtime.database.lock(f"{runtime.service.name}.relay") as mine:
                if not mine:
                    eventlet.sleep(1.0)
                    return False
                connection = Connection(self.settings.broker_url)
                try:
                    relay = Relay(runtime, connection)
                    while not self._stopping:
                        if not relay.run_once():
                            runtime.recorded.wait(self._relay_pause)
                            runtime.recorded.clear()
                finally:
                    connection.collect()
            return False

        return work

    def _looking_at_months(self, runtime: Runtime) -> Callable[[], bool]:
        labels = {"service": runtime.service.name}

        def work() -> bool:
            with runtime.database.read() as connection:
                found = partitions.found(connection)
            ahead = partitions.months_ahead(found, runtime.now().date())
            if ahead is not None:
                metrics.MONTHS_AHEAD.labels(**labels).set(ahead)
                metrics.STRAY_BYTES.labels(**labels).set(partitions.strays(found))
            self._rest(MONTHS_SECONDS)
            return False

        return work

    def _working(self, runtime: Runtime) -> Callable[[], bool]:
        jobs = JobRunner(runtime, runtime.service.job_steps())

        def work() -> bool:
            with runtime.database.lock(f"{runtime.service.name}.jobs") as mine:
                return mine and jobs.run_one()

        return work


def _use_orjson() -> None:
    kombu.serialization.register(
        "json", orjson.dumps, orjson.loads, content_type="application/json", content_encoding="utf-8"
    )
