"""Applies a source's log from its beginning to the copy, the next batch being asked for meanwhile."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import sqlalchemy as sa

from chassis import schema
from chassis.follow import Checkpoint, Follower
from chassis.runtime import Runtime
from chassis.stream import Received
from chassis.transaction import Transaction

Ask = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Asks a service's ``events_after``, in the name of the service that follows it."""
BATCH = 2000


class LogEnds(Exception):
    """The source has fewer events than were applied: it was restored this moment."""


class Replay(Follower):
    """Follows one source by its log alone. What an operator gave up is left out here as well."""

    def __init__(self, runtime: Runtime, source: str, ask: Ask, executor: Executor) -> None:
        super().__init__(runtime, source, runtime.service.followed()[source])
        self._ask = ask
        self._executor = executor
        with runtime.database.read() as connection:
            self._given_up = {each[1:] for each in discarded(connection) if each[0] == source}

    def forward(self, until: int, reached: Callable[[int], None]) -> None:
        """Apply the log up to a position. Raises ``LogEnds`` and ``EpochConflict``."""
        applied = self.checkpoint()
        asked = self._asked(applied)
        while applied.position < until:
            events = [event for event in self.answered(asked.result()) if event.position <= until]
            if not events:
                raise LogEnds(f"the log of {self.source} ends at {applied.position}, not at {until}")
            applied = Checkpoint(events[-1].epoch, events[-1].position, events[-1].id)
            if applied.position < until:
                asked = self._asked(applied)
            self.apply(events)
            reached(applied.position)

    def next_events(self) -> list[Received]:
        """The events after those applied, one batch at most."""
        return self.answered(self._asked(self.checkpoint()).result())

    def _asked(self, applied: Checkpoint) -> Future[dict[str, Any]]:
        return self._executor.submit(self._ask, self.source, applied.question(BATCH))

    def _apply(self, tx: Transaction, events: list[Received]) -> None:
        super()._apply(tx, [each for each in events if (each.epoch, each.position) not in self._given_up])


def discarded(connection: sa.Connection, place: str | None = None) -> set[tuple[str, int, int]]:
    """Source, epoch and position of the events that an operator gave up. place: the schema to look in."""
    table = schema.parked_decision.to_metadata(sa.MetaData(schema=place))
    query = sa.select(table.c.source, table.c.epoch, table.c.position).where(table.c.decision == "discarded")
    return {tuple(row) for row in connection.execute(query)}
