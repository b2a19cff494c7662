"""A service's event log on PostgreSQL, filled without calls, and what its relays brought to a broker."""

from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from kombu import Connection, Consumer, Queue

from chassis import schema, topology
from chassis.access import TokenKeys
from chassis.migrating import upgrade
from chassis.relay import Relay
from chassis.runtime import Runtime
from chassis.sealing import Keys
from chassis.service import Service
from chassis.settings import Settings
from contracts.registry import RegionRecorded
from tests.support.source.service import SourceService

QUEUE = "rehab.registry.events"
SECONDS = 30


def named(service: str) -> type[Service]:
    """The source under another service's name."""
    return type("Stand", (SourceService,), {"name": service, "directory": SourceService.directory})


class SourceLog:
    """One service's runtime; ``more`` are settings."""

    def __init__(self, folder: Path, broker_url: str, database_url: str, **more: Any) -> None:
        Keys.generate(folder / "keys.json")
        TokenKeys.generate(folder / "tokens")
        service = more.pop("service", SourceService)
        self.settings = Settings(
            office="341524", data_dir=folder, broker_url=broker_url, key_file=folder / "keys.json",
            token_key_dir=folder / "tokens", database_url="sqlite:///{service}", **more,
        )  # fmt: skip
        self.runtime = Runtime(service, self.settings, database_url)
        upgrade(service, self.runtime.database)

    def declare(self) -> None:
        with Connection(self.settings.broker_url) as connection:
            topology.declare(connection, self.settings.embedded)

    def record(self, count: int) -> None:
        """Commit so many events."""
        with self.runtime.transaction(self.runtime.system()) as tx:
            for _ in range(count):
                tx.record(RegionRecorded(region="341524000000", name="n", valid_from=date(2024, 1, 1)))

    def relay(self, broker_url: str | None = None) -> Relay:
        """A relay on a connection of its own."""
        return Relay(self.runtime, Connection(broker_url or self.settings.broker_url))

    def published(self) -> int:
        """The position up to which the log is known to be published."""
        with self.runtime.database.read() as connection:
            return connection.execute(sa.select(schema.stream.c.published)).scalar_one_or_none() or 0

    def numbers(self) -> dict[int, str]:
        """Position and event of each numbered row."""
        log = schema.event_log
        query = sa.select(log.c.position, log.c.event_id).where(log.c.position.is_not(None))
        with self.runtime.database.read() as connection:
            return {row.position: row.event_id for row in connection.execute(query)}


def arrived(broker_url: str, queue: str = QUEUE) -> list[tuple[int, str]]:
    """Position and event of each message that lies in a queue, taken out of it."""
    found: list[tuple[int, str]] = []

    def take(message: Any) -> None:
        found.append((message.headers["position"], message.headers["id"]))

    with Connection(broker_url) as connection, connection.channel() as channel:
        bound = Queue(queue, no_declare=True).bind(channel)
        count = bound.queue_declare(passive=True).message_count
        with Consumer(channel, [bound], on_message=take, no_ack=True):
            while len(found) < count:
                connection.drain_events(timeout=SECONDS)
    return found
