"""Yesterday's backup of one database comes back, while the broker and the other database are of today."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import eventlet
from sqlalchemy.engine import Engine

from tests.chaos.platforms import Platform
from tests.chaos.trial import Office
from tests.support.servers import PostgresServer


def sink(office: Office, rng: random.Random, _: str) -> float:
    """The follower's database is restored: what it applied since is applied again, and nothing else."""
    return _restore(office.platform, office.platform.sink, "sink", rng)


def _restore(platform: Platform, database: Engine, prefix: str, rng: random.Random) -> float:
    name = str(database.url.database)
    backup = f"{name}_backup"
    server = platform.servers.postgres
    with _down(platform, prefix):
        server._run("DROP DATABASE IF EXISTS {}", backup)
        _copy(server, name, backup)
    eventlet.sleep(rng.uniform(0.3, 1.5))
    with _down(platform, prefix):
        server._run("DROP DATABASE {} WITH (FORCE)", name)
        _copy(server, backup, name)
    return time.monotonic()


def _copy(server: PostgresServer, template: str, name: str) -> None:
    server._run("CREATE DATABASE {} TEMPLATE {}", name, template)


@contextmanager
def _down(platform: Platform, prefix: str) -> Iterator[None]:
    """Keep the service's processes down: PostgreSQL copies only a database that nobody uses."""
    victims = [process for name, process in platform.processes.items() if name.startswith(prefix)]
    for process in victims:
        process.hold()
    try:
        yield
    finally:
        for process in victims:
            process.release()
