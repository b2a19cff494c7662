"""Databases as a service's migrations leave them, copied or emptied: a short test's time would go into
migrating.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from chassis.database import Database
from chassis.migrating import upgrade
from tests.support.postgres_server import PostgresServer

if TYPE_CHECKING:
    from chassis.service import Service


class Migrated:
    """The databases to copy from, made when first asked for. ``empty`` makes the URL of a new one."""

    def __init__(self, empty: Callable[[str], str]) -> None:
        self._empty = empty
        self._made: dict[str, str] = {}

    @classmethod
    def files(cls, folder: Path) -> "Migrated":
        """On SQLite, in a folder."""
        return cls(lambda service: f"sqlite:///{folder}/{service}.db")

    @classmethod
    def databases(cls, server: PostgresServer) -> "Migrated":
        """On a PostgreSQL, which drops them at its end."""
        return cls(lambda _: server.create_database())

    def name(self, service: "type[Service]") -> str:
        """The file, or the database that CREATE DATABASE takes as its template."""
        if service.name not in self._made:
            url = _migrated(service, self._empty(service.name))
            self._made[service.name] = str(make_url(url).database)
        return self._made[service.name]

    def copy_file(self, service: "type[Service]", file: Path) -> None:
        """A copy of the file where none is yet."""
        if not file.exists():
            shutil.copyfile(self.name(service), file)


def _migrated(service: "type[Service]", url: str) -> str:
    database = Database(url)
    upgrade(service, database)
    database.close()
    return url


class Emptied:
    """One database of each service on a PostgreSQL, handed out again and again without its rows."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._urls: dict[str, str] = {}

    def url(self, service: "type[Service]") -> str:
        """As the service's migrations left it; whoever had it before must have closed it."""
        if service.name not in self._urls:
            self._urls[service.name] = _migrated(service, self._server.create_database())
        else:
            _empty(self._urls[service.name])
        return self._urls[service.name]


_EMPTY = """
do $$ declare found record; begin
  -- As a replica's: append-only tables refuse it to everybody else.
  set local session_replication_role = replica;
  for found in select oid::regclass as name from pg_class
    where relkind in ('r', 'p') and not relispartition and relnamespace = current_schema()::regnamespace
      and relname <> 'schema_version'
  loop execute format('delete from %s', found.name); end loop;
  perform setval(oid::regclass, 1, false) from pg_class
    where relkind = 'S' and relnamespace = current_schema()::regnamespace;
end $$
"""


def _empty(url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(_EMPTY))
