"""Fixtures for every test: real servers, started when first asked for, once a process.

A test that takes `database_url` or `broker_url` runs on each kind the product supports; one that needs a
kind by name takes `postgres_server` or `rabbitmq_server`. Nothing here imports eventlet: tests/broker and
tests/e2e let it patch the standard library and run in processes of their own (tests/__main__.py).
"""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import servers
from tests.support.migrated import Emptied, Migrated

pytest_plugins = ["tests.support.systems"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.PostgresServer]:
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_server() -> Iterator[servers.RabbitMQServer]:
    with servers.rabbitmq() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_files(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    return Migrated.files(tmp_path_factory.mktemp("migrated"))


@pytest.fixture(scope="session")
def migrated_databases(postgres_server: servers.PostgresServer) -> Migrated:
    return Migrated.databases(postgres_server)


@pytest.fixture(scope="session")
def emptied_databases(postgres_server: servers.PostgresServer) -> Emptied:
    return Emptied(postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database that only this test sees, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/x.db"
        return
    server: servers.PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


@pytest.fixture(params=["inproc", "rabbitmq"])
def broker_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty broker that only this test sees, in this process and on RabbitMQ."""
    if request.param == "inproc":
        yield f"inproc://localhost/{uuid.uuid4().hex}"
        return
    server: servers.RabbitMQServer = request.getfixturevalue("rabbitmq_server")
    with server.vhost() as url:
        yield url
