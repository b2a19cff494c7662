"""Services on real servers, for the comparisons."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg2

from chassis.access import TokenKeys
from chassis.migrating import upgrade
from chassis.runtime import Runtime
from chassis.sealing import Keys
from chassis.service import Service
from chassis.settings import Settings
from tests.support.servers import PostgresServer

OFFICE = "341524"


def settings(folder: Path, broker_url: str, database_url: str = "", roles: str = "rpc") -> Settings:
    """The settings of a bench office; keys are made in its folder.

    ``database_url`` has ``{service}`` in it; without one the databases are SQLite files in the folder.
    """
    Keys.generate(folder / "keys.json")
    TokenKeys.generate(folder / "tokens")
    return Settings(
        office=OFFICE,
        data_dir=folder,
        broker_url=broker_url,
        database_url=database_url or f"sqlite:///{folder}/{{service}}.db",
        key_file=folder / "keys.json",
        token_key_dir=folder / "tokens",
        log_level="WARNING",
        roles=frozenset(roles.split(",")),
    )


def runtime(
    service: type[Service], folder: Path, broker_url: str, database_url: str | None = None
) -> Runtime:
    """A migrated runtime of one service on one database."""
    made = Runtime(service, settings(folder, broker_url), database_url)
    upgrade(service, made.database)
    return made


@contextmanager
def databases(pg: PostgresServer, *services: str) -> Iterator[str]:
    """New databases of some services, by one URL with ``{service}`` in it; dropped at the end."""
    prefix = f"bench_{uuid4().hex[:8]}_"
    with closing(psycopg2.connect(plain(pg.url()))) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for name in services:
            cursor.execute(f"create database {prefix}{name}")
        try:
            yield pg.url("NAME").replace("NAME", prefix + "{service}")
        finally:
            for name in services:
                cursor.execute(f"drop database {prefix}{name} with (force)")


def plain(url: str) -> str:
    """A database URL as psycopg2 itself and asyncpg read it."""
    return url.replace("+psycopg2", "")
