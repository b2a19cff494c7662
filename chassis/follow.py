"""Follow another service's events: in order, each exactly once, whatever the broker does.

The checkpoint moves in the same transaction as what the events changed, so a duplicate is seen by its
position and a gap by its absence. An event that cannot be applied is parked with the later events of its
subject; the others flow on.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
import structlog

from chassis import clock, metrics, schema
from chassis.stream import Received, receive
from chassis.transaction import Transaction
from kernel.errors import Refusal

if TYPE_CHECKING:
    from chassis.runtime import Runtime

log = structlog.get_logger(__name__)


Handler = Callable[[Any, list[Received], Transaction], None]


def attempt(tx: Transaction, instance: Any, handler: Handler, events: list[Received]) -> str | None:
    """Apply events in a savepoint; says why it failed. A fault of the database itself is raised."""
    mark = tx.event_mark()
    try:
        with tx.connection.begin_nested():
            handler(instance, events, tx)
    except (sa.exc.OperationalError, sa.exc.InterfaceError):
        raise
    except Refusal as refusal:
        reason = f"refused: {refusal.code}"
    except Exception as error:
        if len(events) == 1:
            log.exception("event_not_applied", type=events[0].type, position=events[0].position)
        reason = f"failed: {type(error).__name__}"
    else:
        return None
    tx.forget_events(mark)
    return reason


class Gap(Exception):
    """Events are missing after ``position``; ask the owner's log for them."""

    def __init__(self, position: int) -> None:
        super().__init__(f"events are missing after position {position}")
        self.position = position


class EpochConflict(Exception):
    """The source was restored to a state older than what was applied here: this copy must be rebuilt."""


class Checkpoint(NamedTuple):
    """How far a stream was applied. event_id: the event at the position, None where it is not known."""

    epoch: int = 1
    position: int = 0
    event_id: str | None = None

    def question(self, limit: int) -> dict[str, Any]:
        """What to ask the owner's ``events_after``: what comes next, if what was applied is still there."""
        known = {} if self.event_id is None else {"event_id": self.event_id}
        return {"position": self.position, "limit": limit} | known


def checkpoint_of(connection: sa.Connection, consumer: str, source: str, lock: bool = False) -> Checkpoint:
    """How far a consumer has come with a source. lock: nobody applies anything until the transaction ends."""
    table = schema.checkpoint
    mine = sa.and_(table.c.consumer == consumer, table.c.source == source)
    query = sa.select(table.c.epoch, table.c.position, table.c.event_id).where(mine)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is not None:
        return Checkpoint._make(row)
    if lock:
        names = {"consumer": consumer, "source": source, "updated_at": clock.now()}
        connection.execute(sa.insert(table).values(Checkpoint()._asdict() | names))
    return Checkpoint()


def move_checkpoint(connection: sa.Connection, consumer: str, source: str, applied: Checkpoint) -> None:
    """Note how far a consumer has come."""
    table = schema.checkpoint
    move = sa.update(table).where(table.c.consumer == consumer, table.c.source == source)
    connection.execute(move.values(applied._asdict() | {"updated_at": clock.now()}))


class Follower:
    """Applies the stream of one source to this service's database."""

    def __init__(self, runtime: "Runtime", source: str, handler: Handler) -> None:
        self._runtime = runtime
        self._handler = handler
        self.source = source
        self.consumer = runtime.service.name
        self._labels = {"consumer": self.consumer, "source": source}

    def checkpoint(self) -> Checkpoint:
        """The last event applied."""
        with self._runtime.database.read() as connection:
            return checkpoint_of(connection, self.consumer, self.source)

    def position(self) -> int:
        """The last position applied."""
        return self.checkpoint().position

    def answered(self, reply: Mapping[str, Any]) -> list[Received]:
        """The events of the owner's answer to a checkpoint's question.

        Raises ``EpochConflict`` when the owner's log no longer holds what was applied here.
        """
        if not reply.get("agrees", True):
            raise EpochConflict(f"the log of {self.source} does not hold the event that was applied last")
        metrics.STREAM_CONFLICT.labels(**self._labels).set(0)
        return [receive(event["headers"], event["data"]) for event in reply["events"]]

    def count_parked(self) -> int:
        """How many events of this source are parked here, also told to the metrics."""
        parked = schema.parked_event
        with self._runtime.database.read() as connection:
            count = connection.execute(
                sa.select(sa.func.count()).select_from(parked).where(self._mine(parked))
            ).scalar_one()
        metrics.PARKED.labels(**self._labels).set(count)
        return int(count)

    def apply(self, events: Sequence[Received]) -> int:
        """Apply what is new among the events and return how many that were.

        None new is no proof that all were applied before: a source that was restored from a backup uses its
        positions again. Ask the owner then. Raises ``Gap`` after applying what comes before a missing event,
        and ``EpochConflict``.
        """
        with self._runtime.transaction(self._runtime.system()) as tx:
            applied = checkpoint_of(tx.connection, self.consumer, self.source, lock=True)
            fresh, gap = self._new(applied, events)
            if fresh:
                self._apply(tx, fresh)
                self._move_checkpoint(tx, fresh[-1])
        self._measure(events, fresh)
        if gap:
            raise Gap(applied.position + len(fresh))
        return len(fresh)

    def _new(self, applied: Checkpoint, events: Sequence[Received]) -> tuple[list[Received], bool]:
        """The events that come next, and whether one is missing after them."""
        fresh: list[Received] = []
        epoch, position = applied.epoch, applied.position
        for event in events:
            if event.epoch < epoch:
                continue  # the broker still had it from before the source was restored
            if event.position > position + 1:
                return fresh, True
            if event.position == position + 1:
                fresh.append(event)
                epoch, position = event.epoch, event.position
            elif event.epoch > epoch:
                raise EpochConflict(f"{self.source} began epoch {event.epoch} at {event.position}")
            elif event.position == applied.position and event.id != (applied.event_id or event.id):
                raise EpochConflict(f"{self.source} has another event at {event.position}")
        return fresh, False

    def _mine(self, table: sa.Table) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.consumer == self.consumer, table.c.source == self.source)

    def _move_checkpoint(self, tx: Transaction, last: Received) -> None:
        applied = Checkpoint(last.epoch, last.position, last.id)
        move_checkpoint(tx.connection, self.consumer, self.source, applied)

    def _apply(self, tx: Transaction, events: list[Received]) -> None:
        parked = self._parked_subjects(tx, events)
        good: list[Received] = []
        for event in events:
            if event.subject in parked:
                self._park(tx, event, "an earlier event of this subject is parked")
            elif event.event is None:
                self._park(tx, event, event.problem or "unreadable")
                parked.add(event.subject)
            else:
                good.append(event)
        if not good or self._attempt(tx, good) is None:
            return
        for event in good:
            if event.subject in parked:
                self._park(tx, event, "an earlier event of this subject is parked")
                continue
            error = self._attempt(tx, [event])
            if error is not None:
                self._park(tx, event, error)
                parked.add(event.subject)

    def _attempt(self, tx: Transaction, events: list[Received]) -> str | None:
        return attempt(tx, self._runtime.instance, self._handler, events)

    def _parked_subjects(self, tx: Transaction, events: list[Received]) -> set[str]:
        parked = schema.parked_event
        # Nearly always nothing is parked, and to name hundreds of subjects is dear.
        if tx.execute(sa.select(parked.c.id).where(self._mine(parked)).limit(1)).first() is None:
            return set()
        subjects = sorted({event.subject for event in events})
        query = (
            sa.select(parked.c.subject).distinct().where(self._mine(parked), parked.c.subject.in_(subjects))
        )
        return set(tx.execute(query).scalars())

    def _park(self, tx: Transaction, event: Received, reason: str) -> None:
        tx.execute(
            sa.insert(schema.parked_event).values(
                consumer=self.consumer,
                source=self.source,
                epoch=event.epoch,
                position=event.position,
                subject=event.subject,
                type=event.type,
                headers=json.dumps(event.headers),
                data=json.dumps(event.data),
                reason=reason,
                parked_at=tx.now,
            )
        )
        metrics.PARKED.labels(**self._labels).inc()
        log.warning(
            "event_parked", source=self.source, position=event.position, type=event.type, reason=reason
        )

    def _measure(self, events: Sequence[Received], fresh: list[Received]) -> None:
        metrics.APPLIED.labels(**self._labels).inc(len(fresh))
        if fresh:
            age = self._runtime.now() - fresh[-1].recorded_at
            metrics.LAG_SECONDS.labels(**self._labels).set(max(0.0, age.total_seconds()))
            metrics.LAG_EVENTS.labels(**self._labels).set(max(0, events[-1].position - fresh[-1].position))
        elif events:
            metrics.DUPLICATES.labels(**self._labels).inc(len(events))
