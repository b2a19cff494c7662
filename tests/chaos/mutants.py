"""Faults put into a child on purpose, one at a time: a suite that does not notice them proves nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from chassis import schema
from chassis.follow import Follower, checkpoint_of
from chassis.runtime import Runtime
from chassis.stream import Received
from chassis.transaction import Transaction


def checkpoint_not_compared() -> None:
    """The follower applies whatever comes, applied before or not."""

    def apply(self: Follower, events: Sequence[Received]) -> int:
        with self._runtime.transaction(self._runtime.system()) as tx:
            checkpoint_of(tx.connection, self.consumer, self.source, lock=True)
            if events:
                self._apply(tx, list(events))
                self._move_checkpoint(tx, events[-1])
        return len(events)

    Follower.apply = apply  # type: ignore[method-assign]


def event_committed_after_state() -> None:
    """The state commits first, its events in a transaction of their own."""

    @contextmanager
    def transaction(self: Runtime, caller: Any, write: bool = True) -> Iterator[Transaction]:
        with self.database.write() if write else self.database.read() as connection:
            tx = Transaction(connection, caller, self.rules, self.vault, self.settings.office)
            yield tx
        _commit_events_alone(self, tx)

    Runtime.transaction = transaction  # type: ignore[method-assign]


def event_committed_before_state() -> None:
    """The events commit while the transaction of the state is open; SQLite's one writer cannot do that."""

    @contextmanager
    def transaction(self: Runtime, caller: Any, write: bool = True) -> Iterator[Transaction]:
        with self.database.write() if write else self.database.read() as connection:
            tx = Transaction(connection, caller, self.rules, self.vault, self.settings.office)
            yield tx
            _commit_events_alone(self, tx)

    Runtime.transaction = transaction  # type: ignore[method-assign]


def _commit_events_alone(runtime: Runtime, tx: Transaction) -> None:
    if tx._events:
        with runtime.database.write() as connection:
            connection.execute(sa.insert(schema.event_log), tx._events)


def reply_not_looked_up() -> None:
    """A command whose key was used before is carried out again."""

    def once(self: Runtime, endpoint: Any, message: Any, tx: Transaction) -> dict[str, Any]:
        return self._handle(endpoint, message, tx).model_dump(mode="json")

    Runtime._once = once  # type: ignore[method-assign]


MUTANTS: dict[str, Callable[[], None]] = {
    mutant.__name__: mutant
    for mutant in (
        checkpoint_not_compared,
        event_committed_after_state,
        event_committed_before_state,
        reply_not_looked_up,
    )
}
