"""Harm to RabbitMQ and PostgreSQL: killed, restarted, out of memory or disk, connections ended by them."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import eventlet
import psutil
import sqlalchemy as sa

from tests.chaos.platforms import Platform
from tests.chaos.strikes.processes import stop_in_time
from tests.chaos.trial import Office, Strike, wait_until
from tests.chaos.workload import OVERDUE_SECONDS
from tests.support.server_process import Server

ALARM_SECONDS = OVERDUE_SECONDS + 2.0
"""Longer than a call may take to answer or to fail."""
MEMORY_ALARM = (
    "vm_memory_monitor:set_vm_memory_high_watermark(0).",
    "vm_memory_monitor:set_vm_memory_high_watermark(0.4).",
)
DISK_ALARM = (
    "rabbit_disk_monitor:set_disk_free_limit(1000000000000000).",
    "rabbit_disk_monitor:set_disk_free_limit(50000000).",
)

Choose = Callable[[Platform], Server]


def rabbitmq(platform: Platform) -> Server:
    """The broker of an office."""
    return platform.servers.rabbitmq


def postgres(platform: Platform) -> Server:
    """The database of an office."""
    return platform.servers.postgres


def kill(choose: Choose) -> Strike:
    """SIGKILL to a server with all its children, then start it again on its data."""

    def strike(office: Office, rng: random.Random, _: str) -> float:
        eventlet.sleep(rng.uniform(0.0, 0.5))
        server = choose(office.platform)
        server.kill()
        eventlet.sleep(rng.uniform(0.0, 0.5))
        server.start()
        return time.monotonic()

    return strike


def restart(choose: Choose) -> Strike:
    """An orderly stop of a server, and a start."""

    def strike(office: Office, rng: random.Random, _: str) -> float:
        eventlet.sleep(rng.uniform(0.0, 0.5))
        server = choose(office.platform)
        server.stop()
        server.start()
        return time.monotonic()

    return strike


def terminate_without(choose: Choose) -> Strike:
    """SIGTERM to a process while a server is down; then the server comes back."""

    def strike(office: Office, rng: random.Random, _: str) -> float:
        server = choose(office.platform)
        server.kill()
        try:
            stop_in_time(office, rng)
        finally:
            server.start()
        return time.monotonic()

    return strike


def alarm(on: str, off: str) -> Strike:
    """The broker takes nothing for some seconds."""

    def strike(office: Office, rng: random.Random, _: str) -> float:
        broker = office.platform.servers.rabbitmq
        eventlet.sleep(rng.uniform(0.0, 0.3))
        broker.erlang(on)
        try:
            eventlet.sleep(ALARM_SECONDS)
        finally:
            broker.erlang(off)
        return time.monotonic()

    return strike


def close_connections(office: Office, rng: random.Random, _: str) -> float:
    """The broker ends every connection, the client's too."""
    eventlet.sleep(rng.uniform(0.0, 0.5))
    end = 'rabbit_networking:close_connections(rabbit_networking:connections(), <<"chaos">>), ok.'
    office.platform.servers.rabbitmq.erlang(end)
    return time.monotonic()


def terminate_backends(office: Office, rng: random.Random, _: str) -> float:
    """pg_terminate_backend for some sessions of the office."""
    eventlet.sleep(rng.uniform(0.0, 0.5))
    with _backends(office.platform) as (connection, pids):
        for pid in rng.sample(pids, rng.randint(1, len(pids))):
            connection.execute(sa.select(sa.func.pg_terminate_backend(pid)))
    return time.monotonic()


def kill_backend(office: Office, rng: random.Random, _: str) -> float:
    """SIGKILL to one session's process: PostgreSQL ends all sessions and recovers as after a crash."""
    eventlet.sleep(rng.uniform(0.0, 0.5))
    with _backends(office.platform) as (_connection, pids):
        victim = rng.choice(pids)
    os.kill(victim, signal.SIGKILL)
    struck = time.monotonic()
    wait_until(lambda: not psutil.pid_exists(victim), "the backend ends")
    wait_until(postgres(office.platform).ready, "PostgreSQL recovers")
    return struck


@contextmanager
def _backends(platform: Platform) -> Iterator[tuple[sa.Connection, list[int]]]:
    """The process ids of the sessions on the office's databases, but for the one that asks."""
    engines = (platform.source, platform.sink)
    with platform.source.connect() as connection:
        sessions = sa.table("pg_stat_activity", sa.column("pid"), sa.column("datname"))
        query = sa.select(sessions.c.pid).where(
            sessions.c.datname.in_([engine.url.database for engine in engines]),
            sessions.c.pid != sa.func.pg_backend_pid(),
        )
        yield connection, sorted(connection.execute(query).scalars())
