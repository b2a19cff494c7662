"""Databases as a service's migrations leave them, copied from one that was migrated once: most of a short
test's time would go into migrating.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

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
            url = self._empty(service.name)
            database = Database(url)
            upgrade(service, database)
            database.close()
            self._made[service.name] = str(make_url(url).database)
        return self._made[service.name]

    def copy_file(self, service: "type[Service]", file: Path) -> None:
        """A copy of the file where none is yet."""
        if not file.exists():
            shutil.copyfile(self.name(service), file)
