"""A log on PostgreSQL with events of chosen instants, published and read back."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import time_machine
from kombu import Connection

from chassis import inproc, topology
from chassis.relay import Relay
from chassis.retention import Retention
from contracts.registry import RegionRecorded
from tests.support.platform import Harness
from tests.support.source.service import SourceService

JANUARY, FEBRUARY, MARCH = (datetime(2020, month, 20, 8, tzinfo=UTC) for month in (1, 2, 3))


class Log:
    """The event log of a service, its archive in a folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self.source = Harness(SourceService, url)
        runtime = self.source.runtime
        runtime.settings = runtime.settings.model_copy(update={"archive_dir": folder})
        self._folder = folder
        inproc.register()
        self._broker = Connection(f"inproc://localhost/{uuid.uuid4().hex}")
        topology.declare(self._broker, embedded=True)

    @property
    def months(self) -> Retention:
        return Retention("registry", self.source.runtime.database, self._folder, "operator-1")

    @contextmanager
    def recording(self, instant: datetime, *names: str) -> Iterator[None]:
        """Record events at an instant; they are committed when the block ends."""
        runtime = self.source.runtime
        with time_machine.travel(instant, tick=False):
            transaction = runtime.transaction(runtime.system())
            tx = transaction.__enter__()
        for name in names:
            tx.record(RegionRecorded(region="341524100000", name=name, valid_from=date(2020, 1, 1)))
        try:
            yield
        finally:
            transaction.__exit__(None, None, None)

    def record(self, instant: datetime, *names: str) -> None:
        with self.recording(instant, *names):
            pass

    def publish(self) -> None:
        """Number and publish what is committed, by a relay that has just started: it searches all months."""
        relay = Relay(self.source.runtime, self._broker)
        while relay.run_once():
            pass

    def take_away(self) -> list[str]:
        """What `canlian retention run --keep-months 1` does; the files made."""
        self.months.keep_ahead()
        kept = [self.months.take_away(partition) for partition in self.months.due(1)]
        return [month.file for month in kept if month is not None and month.file is not None]

    def where(self) -> dict[str, str]:
        """Month and file, or "database"."""
        return {f"{kept.month} {kept.positions}": kept.file or "database" for kept in self.months.months()}

    def stream(self, limit: int = 500) -> list[dict[str, Any]]:
        """The whole stream as a follower asks for it, batch by batch."""
        events: list[dict[str, Any]] = []
        while batch := self.after(len(events), limit):
            events += batch
        return events

    def after(self, position: int, limit: int = 500) -> list[dict[str, Any]]:
        fields = {"position": position, "limit": limit}
        reply = self.source.call("events_after", fields, self.source.caller("system"))
        found: list[dict[str, Any]] = reply["events"]
        return found

    def close(self) -> None:
        self._broker.release()
        self.source.close()
