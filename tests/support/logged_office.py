"""Services with their logs and no broker: events are recorded at their owners; followers read them there."""

import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis import schema
from chassis.office import service_class
from chassis.rebuilding import Order, Outcome, Rebuild
from chassis.settings import Settings
from contracts.catalogue import SUBSCRIPTIONS
from contracts.message import Event
from tests.services.reporting import factories as told
from tests.support import registry_events
from tests.support.migrated import Emptied, Migrated
from tests.support.platform import OFFICE, Harness
from tests.support.servers import PostgresServer


class LoggedOffice:
    """The services of one office on copies of migrated databases; ``postgres`` is None for SQLite.

    emptied: databases to be used instead of copies, for a short test that rebuilds and restores nothing.
    """

    def __init__(
        self,
        folder: Path,
        migrated: Migrated,
        postgres: PostgresServer | None = None,
        emptied: Emptied | None = None,
    ) -> None:
        self.folder = folder
        self._migrated = migrated
        self._postgres = postgres
        self._emptied = emptied
        self._prefix = f"office_{uuid.uuid4().hex}"
        self._open: dict[str, Harness] = {}
        if postgres is None:
            url = f"sqlite:///{folder}/{{service}}.db"
        else:
            url = postgres.url("NAME").replace("NAME", self._prefix + "_{service}")
        self._databases: set[str] = set()
        self.settings = Settings(office=OFFICE, data_dir=folder, database_url=url)

    @classmethod
    def on(cls, kind: str, folder: Path, request: pytest.FixtureRequest) -> "LoggedOffice":
        """One on ``sqlite`` or ``postgresql``, made with the fixtures of a test."""
        if kind == "sqlite":
            return cls(folder, request.getfixturevalue("migrated_files"))
        migrated = request.getfixturevalue("migrated_databases")
        return cls(folder, migrated, request.getfixturevalue("postgres_server"))

    def service(self, name: str) -> Harness:
        """A service, opened when first asked for."""
        if name not in self._open:
            service = service_class(name)
            if self._emptied is not None:
                self._open[name] = Harness(service, self._emptied.url(service), keys=self.folder)
                return self._open[name]
            if self._postgres is None:
                self._migrated.copy_file(service, self.folder / f"{name}.db")
            elif name not in self._databases:
                self._postgres.create_database(self._migrated.name(service), f"{self._prefix}_{name}")
                self._databases.add(name)
            self._open[name] = Harness(service, self.settings.database(name), keys=self.folder)
        return self._open[name]

    # events -------------------------------------------------------------------------------------

    def record(self, source: str, *events: Event) -> None:
        """Record events at their owner, and number them as its relay does."""
        runtime = self.service(source).runtime
        with runtime.transaction(runtime.system()) as tx:
            for event in events:
                tx.record(event)
        log, stream = schema.event_log, schema.stream
        with runtime.database.write() as connection:
            row = connection.execute(sa.select(stream)).one_or_none()
            epoch, position = (row.epoch, row.numbered) if row else (1, 0)
            if row is None:
                first = {"service": source, "epoch": 1, "numbered": 0, "published": 0}
                connection.execute(sa.insert(stream).values(first))
            new = sa.select(log.c.id).where(log.c.position.is_(None)).order_by(log.c.id)
            for identifier in connection.execute(new).scalars().all():
                position += 1
                numbered = sa.update(log).where(log.c.id == identifier)
                connection.execute(numbered.values(epoch=epoch, position=position))
            connection.execute(sa.update(stream).values(numbered=position, published=position))

    def a_year(self, first: int = 1, count: int = 20) -> None:
        """Certificates, care, needs and payments of some persons."""
        people = range(first, first + count)
        self.record("registry", *(registry_events.registered(n) for n in people))
        self.record("registry", *(told.issued(n) for n in people))
        self.record("rehab", *(told.enrolled(n, "2024-05-01", "home") for n in people))
        self.record("subsidy", *(told.paid(n, "100.00", {"county": "100.00"}) for n in people))
        self.record("employment", *(told.needed(n) for n in people))

    def ask(self, consumer: str, source: str, question: dict[str, Any]) -> dict[str, Any]:
        """Ask an owner's log in a follower's name."""
        owner = self.service(source)
        return owner.call("events_after", question, owner.caller("system", subject=consumer))

    def follow(self, consumer: str, limit: int = 100) -> None:
        """Bring a consumer to the end of all the logs it follows."""
        for source in SUBSCRIPTIONS[consumer]:
            follower = self.service(consumer).follower(source)
            while events := follower.answered(
                self.ask(consumer, source, follower.checkpoint().question(limit))
            ):
                follower.apply(events)

    def rebuild(self, consumer: str, **order: Any) -> Outcome:
        """Rebuild a consumer's projections as the command does."""

        def ask(source: str, question: dict[str, Any]) -> dict[str, Any]:
            return self.ask(consumer, source, question)

        work = Rebuild(service_class(consumer), self.settings, ask, lambda *_: None)
        return work.run(Order(by="wang", reason="a test", **order))

    # backups ------------------------------------------------------------------------------------

    def back_up(self, name: str) -> None:
        """Keep a copy of a service's database as it is now."""
        self.close(name)
        if self._postgres is None:
            shutil.copy(self.folder / f"{name}.db", self.folder / f"{name}.backup")
        else:
            self._sql("CREATE DATABASE {} TEMPLATE {}", f"{name}_backup", name)
            self._databases.add(f"{name}_backup")

    def restore(self, name: str) -> None:
        """Put the copy in the database's place."""
        self.close(name)
        if self._postgres is None:
            shutil.copy(self.folder / f"{name}.backup", self.folder / f"{name}.db")
        else:
            self._sql("DROP DATABASE {} WITH (FORCE)", name)
            self._sql("CREATE DATABASE {} TEMPLATE {}", name, f"{name}_backup")

    def close(self, *names: str) -> None:
        """Close services, all if none is named; they open again when asked for."""
        for name in names or tuple(self._open):
            if (harness := self._open.pop(name, None)) is not None:
                harness.close()

    def remove(self) -> None:
        """Close everything and take the databases away."""
        self.close()
        for name in self._databases:
            self._sql("DROP DATABASE {} WITH (FORCE)", name)

    def _sql(self, statement: str, *names: str) -> None:
        assert self._postgres is not None
        self._postgres._run(statement, *(f"{self._prefix}_{name}" for name in names))
