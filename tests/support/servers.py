"""A real PostgreSQL and a real RabbitMQ for tests, benchmarks and chaos runs.

    with servers.postgres() as pg, servers.rabbitmq() as mq:
        database, broker = pg.create_database(), mq.create_vhost()

A server that runs already is used when TEST_DATABASE_URL or TEST_AMQP_URL names it (TEST_AMQP_EVAL is then
the command for `RabbitMQServer.evaluate`, by default `rabbitmqctl eval`); otherwise one is started on a
free port in a temporary folder and killed at the end. A missing program is an error, never a skip:
scripts/test-servers.sh installs it. Nothing here imports eventlet; under monkey-patching everything here
still works.
"""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.postgres_server import LocalPostgres, PostgresServer
from tests.support.rabbitmq_server import LocalRabbitMQ, RabbitMQServer
from tests.support.server_process import ServerUnavailable, free_port, running

__all__ = [
    "LocalPostgres",
    "LocalRabbitMQ",
    "PostgresServer",
    "RabbitMQServer",
    "ServerUnavailable",
    "free_port",
    "local_postgres",
    "local_rabbitmq",
    "postgres",
    "rabbitmq",
]


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """The server of TEST_DATABASE_URL, or a new one."""
    if not (address := os.environ.get("TEST_DATABASE_URL")):
        with local_postgres() as server:
            yield server
        return
    given = PostgresServer(address)
    try:
        yield given
    finally:
        given.drop_databases()


@contextmanager
def rabbitmq() -> Iterator[RabbitMQServer]:
    """The broker of TEST_AMQP_URL, or a new one."""
    if not (address := os.environ.get("TEST_AMQP_URL")):
        with local_rabbitmq() as server:
            yield server
        return
    given = RabbitMQServer(address, shlex.split(os.environ.get("TEST_AMQP_EVAL", "rabbitmqctl eval")))
    try:
        yield given
    finally:
        given.delete_vhosts()


@contextmanager
def local_postgres(**settings: object) -> Iterator[LocalPostgres]:
    """A new PostgreSQL in any case, to kill and restart, or with settings: `local_postgres(fsync="off")`."""
    with running(lambda folder: LocalPostgres(folder, settings, free_port())) as server:
        yield server


@contextmanager
def local_rabbitmq() -> Iterator[LocalRabbitMQ]:
    """A new RabbitMQ in any case, to kill and restart."""
    with running(LocalRabbitMQ) as server:
        yield server
