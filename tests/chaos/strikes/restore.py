"""Yesterday's backup of one database comes back, while the broker and the other database are of today."""

import random
import time

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
    with platform.down(prefix):
        server._run("DROP DATABASE IF EXISTS {}", backup)
        _copy(server, name, backup)
    eventlet.sleep(rng.uniform(0.3, 1.5))
    with platform.down(prefix):
        server._run("DROP DATABASE {} WITH (FORCE)", name)
        _copy(server, backup, name)
    return time.monotonic()


def _copy(server: PostgresServer, template: str, name: str) -> None:
    server._run("CREATE DATABASE {} TEMPLATE {}", name, template)
