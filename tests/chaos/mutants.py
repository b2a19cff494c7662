"""Faults put into an office on purpose, one at a time: a suite that does not notice them proves nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import eventlet
import sqlalchemy as sa

from chassis import relay, schema
from chassis.follow import Follower, checkpoint_of
from chassis.jobs import Job, JobStep
from chassis.relay import Relay
from chassis.runtime import Runtime
from chassis.service import Service
from chassis.stream import Received
from chassis.subscription import Subscription
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


def gap_not_noticed() -> None:
    """The follower drops what it knows, and takes what comes next for the next position."""

    def apply(self: Follower, events: Sequence[Received]) -> int:
        with self._runtime.transaction(self._runtime.system()) as tx:
            applied = checkpoint_of(tx.connection, self.consumer, self.source, lock=True)
            fresh = [event for event in events if event.position > applied.position]
            if fresh:
                self._apply(tx, fresh)
                self._move_checkpoint(tx, fresh[-1])
        return len(fresh)

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


def job_step_committed_alone() -> None:
    """A job's step commits in a transaction of its own, before how far the job came."""
    original = Service.job_steps.__func__  # type: ignore[attr-defined]

    def job_steps(cls: type[Service]) -> dict[str, JobStep]:
        return {kind: _alone(step) for kind, step in original(cls).items()}

    Service.job_steps = classmethod(job_steps)  # type: ignore[method-assign,assignment]


def _alone(step: JobStep) -> JobStep:
    def run(instance: Any, job: Job, tx: Transaction) -> bool:
        with tx.connection.engine.begin() as connection:
            own = Transaction(connection, tx.caller, tx.rules, tx.vault, tx.office)
            ended = step(instance, job, own)
            own.flush_events()
        return ended

    return run


def _log_not_read() -> None:
    """Followers never ask the owner's log, which would mend the mutant."""
    Subscription._catch_up = lambda self, client: None  # type: ignore[method-assign]  # noqa: ARG005


def acknowledged_before_commit() -> None:
    """The follower acknowledges a batch when it comes, and the owner's log is not read."""
    _log_not_read()
    original = Subscription._apply

    def apply(self: Subscription, batch: list[Any], client: Any) -> None:
        batch[-1].ack(multiple=True)
        original(self, batch, client)

    Subscription._apply = apply  # type: ignore[method-assign]


def marked_before_confirmed() -> None:
    """The relay saves what it is about to send as published, and the owner's log is not read."""
    _log_not_read()
    original = Relay._measure

    def measure(self: Relay, rows: list[Any]) -> None:
        original(self, rows)
        if rows:
            with self._runtime.database.write() as connection:
                connection.execute(sa.update(schema.stream).values(published=rows[-1].position))

    Relay._measure = measure  # type: ignore[method-assign]


def numbered_by_two() -> None:
    """Two relays number at once, each after what it has read of the other; the position has no unique key."""

    def number(self: Relay) -> None:
        with self._runtime.database.read() as connection:
            base = connection.execute(sa.select(schema.stream.c.numbered)).scalar_one_or_none()
        if base is None:
            original(self)
            return
        eventlet.sleep(0.02)
        with self._runtime.database.write() as connection:
            values = {"epoch": 1, "base": base, "limit": self._window}
            count = connection.execute(relay._NUMBER, values).rowcount
            connection.execute(sa.update(schema.stream).values(numbered=base + count))

    def both(self: Relay) -> None:
        other = eventlet.spawn_after(0.01, number, self)
        number(self)
        other.wait()

    original = Relay._number
    Relay._number = both  # type: ignore[method-assign]


@dataclass(frozen=True)
class Mutant:
    """patch: changes the program in each child. statements: change the source's database before it starts."""

    patch: Callable[[], None]
    statements: tuple[str, ...] = ()


def _nothing() -> None:
    pass


MUTANTS: dict[str, Mutant] = {
    mutant.__name__: Mutant(mutant)
    for mutant in (
        checkpoint_not_compared,
        gap_not_noticed,
        event_committed_after_state,
        event_committed_before_state,
        reply_not_looked_up,
        job_step_committed_alone,
        acknowledged_before_commit,
        marked_before_confirmed,
    )
}
_POSITION_NOT_UNIQUE = """
    do $$ declare found record; begin
        for found in
            select i.indrelid::regclass as owner, i.indexrelid::regclass as index, c.conname
            from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
            where i.indisunique and pg_get_indexdef(i.indexrelid) like '%("position")%'
            and (i.indrelid = 'event_log'::regclass
                 or i.indrelid in (select relid from pg_partition_tree('event_log')))
        loop
            if found.conname is null then
                execute format('drop index %s', found.index);
            else
                execute format('alter table %s drop constraint %I', found.owner, found.conname);
            end if;
        end loop;
    end $$
"""
"""The log may be one table or have partitions."""
MUTANTS |= {
    "reply_key_not_unique": Mutant(_nothing, ("alter table reply drop constraint reply_pkey",)),
    "natural_key_not_unique": Mutant(_nothing, ("alter table entries drop constraint uq_entries_person",)),
    "position_not_unique": Mutant(numbered_by_two, (_POSITION_NOT_UNIQUE,)),
}
