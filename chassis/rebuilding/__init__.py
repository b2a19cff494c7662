"""Make a service's projections anew from its sources' logs while it works, compare, and take over.

A second copy is made beside the live one by the same handlers. When it has come as far as the live copy, the
live checkpoints are locked, the two are compared, and where they differ the live tables get the rows of the
new copy: all in one transaction of the live database. Readers see the state before it or after it. Killed
anywhere, the live copy is the old or the new one, and the work can be begun again.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
import structlog

import chassis
import contracts
import kernel
from chassis import operator_acts, schema
from chassis.database import Database
from chassis.follow import Checkpoint, EpochConflict, checkpoint_of, move_checkpoint
from chassis.migrating import upgrade
from chassis.rebuilding.comparing import SHADOW, Pair
from chassis.rebuilding.order import Order, Outcome
from chassis.rebuilding.replay import Ask, LogEnds, Replay, discarded
from chassis.rebuilding.shadow import shadow_of
from chassis.runtime import Runtime, may_pass
from chassis.service import Service
from chassis.settings import Settings
from chassis.stream import Received
from kernel.errors import Conflict, Invalid

__all__ = ["Order", "Outcome", "Reached", "Rebuild"]

log = structlog.get_logger(__name__)

ATTEMPTS = 100
PAUSE_SECONDS = 0.05
Reached = Callable[[str, int, int], None]
"""Told of a source, how many events are applied, and how many there are to apply."""


class _Moved(Exception):
    """The live copy came further than what was read ahead: meet again."""


class _Stale(Exception):
    """The copy is of no use: a database was restored, or an operator decided, after it was begun."""


@dataclass(frozen=True)
class _Target:
    """Where the live copy of a source stood, and whether the source agrees; if not, its log's end counts."""

    live: Checkpoint
    agrees: bool
    until: int


class Rebuild:
    """One service's projections on their way. Raises ``Invalid`` for a service that has none."""

    def __init__(self, service: type[Service], settings: Settings, ask: Ask, reached: Reached) -> None:
        if not service.projections:
            raise Invalid("rebuild.no_projection", f"{service.name} keeps nothing that logs could give.")
        self._service, self._settings = service, settings
        self._ask, self._reached = ask, reached
        # Checkpoints are locked in this order, as snapshots do, so that nobody waits in a circle.
        self._sources = sorted(service.projections)
        self._shadow = shadow_of(settings.database(service.name), service.name)
        names = sorted({name for tables in service.projections.values() for name in tables})
        self._pairs = [Pair(service.tables.tables[name]) for name in names]
        aside = ("headers", "data", "reason", "parked_at")
        self._pairs.append(Pair(schema.parked_event, ignoring=aside, sources=self._sources))

    def run(self, order: Order) -> Outcome:
        """Build, compare, and take over what differs, unless only a check is wanted.

        Raises a ``Refusal``; the live copy is then as it was.
        """
        with closing(self._shadow.live), self._shadow.held() as mine:
            if not mine:
                raise Conflict("rebuild.running", f"{self._service.name} is being rebuilt elsewhere.")
            self._prepare(order.restart)
            try:
                outcome = self._built(order)
            except (_Stale, EpochConflict):
                self._prepare(restart=True)
                outcome = self._built(order)
            self._shadow.drop()
        log.info("rebuilt", service=self._service.name, actor=order.by, outcome=str(outcome.equal))
        return outcome

    # the copy -----------------------------------------------------------------------------------

    def _prepare(self, restart: bool) -> None:
        """Go on with the copy of an earlier attempt if the same program began it, else begin a new one."""
        mark = self._mark()
        if not restart and self._begun() == mark:
            return
        self._shadow.drop()
        self._shadow.make()
        decision = schema.parked_decision
        with closing(Database(self._shadow.url)) as database:
            upgrade(self._service, database)
            with self._shadow.live.read() as live, database.write() as copy:
                for row in live.execute(sa.select(decision).where(decision.c.decision == "discarded")):
                    copy.execute(sa.insert(decision).values(row._asdict()))
                operator_acts.record(copy, "begun", "", mark, {})

    def _begun(self) -> str | None:
        act = schema.operator_act.to_metadata(sa.MetaData(), schema=SHADOW)
        with self._shadow.live.read() as connection:
            known = sa.inspect(connection).has_table(act.name, schema=SHADOW)
            return connection.execute(sa.select(act.c.reason)).scalar() if known else None

    def _mark(self) -> str:
        """A hash of the program that makes the rows, and of what operators gave up."""
        with self._shadow.live.read() as connection:
            digest = sha256(repr(sorted(discarded(connection))).encode())
        packages = (Path(str(package.__file__)).parent for package in (chassis, contracts, kernel))
        for folder in (self._service.directory(), *packages):
            for file in sorted(each for each in folder.rglob("*") if each.suffix in {".py", ".yaml"}):
                digest.update(file.read_bytes())
        return digest.hexdigest()

    # the meeting --------------------------------------------------------------------------------

    def _built(self, order: Order) -> Outcome:
        with ExitStack() as stack:
            executor = stack.enter_context(ThreadPoolExecutor(1))
            runtime = stack.enter_context(closing(Runtime(self._service, self._settings, self._shadow.url)))
            replays = {source: Replay(runtime, source, self._ask, executor) for source in self._sources}
            for _ in range(ATTEMPTS):
                try:
                    return self._met(replays, order)
                except (_Moved, LogEnds):
                    pass
                except sa.exc.DBAPIError as error:
                    if not may_pass(error):
                        raise
                log.info("rebuild_goes_on", service=self._service.name)
                time.sleep(PAUSE_SECONDS)
        raise Conflict("rebuild.moving", "The live copy never stood still long enough; try again later.")

    def _met(self, replays: dict[str, Replay], order: Order) -> Outcome:
        targets = {source: self._target(source) for source in self._sources}
        for source, target in targets.items():
            self._forward(replays[source], target)
        ahead = {source: replay.next_events() for source, replay in replays.items()}
        with self._shadow.switching() as connection:
            self._lock(connection, replays, targets, ahead)
            outcome = self._compared(connection, replays, targets)
            if not outcome.equal:
                outcome = self._hashed(connection, outcome)
                if not order.check_only:
                    self._take_over(connection, replays, outcome)
                    outcome = replace(outcome, switched=True)
                self._write_down(connection, outcome, order)
                return outcome
        # Nobody waits while equal tables are hashed: the copy does not change any more.
        with self._shadow.live.read() as connection:
            outcome = self._hashed(connection, outcome)
        with self._shadow.live.write() as connection:
            self._write_down(connection, outcome, order)
        return outcome

    def _target(self, source: str) -> _Target:
        with self._shadow.live.read() as connection:
            live = checkpoint_of(connection, self._service.name, source)
        answer = self._ask(source, live.question(limit=1))
        agrees = bool(answer["agrees"])
        return _Target(live, agrees, live.position if agrees else int(answer["last"]))

    def _forward(self, replay: Replay, target: _Target) -> None:
        done = replay.position()
        if done > target.until:
            raise _Stale
        if done < target.until:
            self._reached(replay.source, done, target.until)
            replay.forward(target.until, lambda done: self._reached(replay.source, done, target.until))

    def _lock(
        self,
        connection: sa.Connection,
        replays: dict[str, Replay],
        targets: dict[str, _Target],
        ahead: dict[str, list[Received]],
    ) -> None:
        """Hold the live followers, and bring the copy to where each of them stands."""
        for source, target in targets.items():
            live = checkpoint_of(connection, self._service.name, source, lock=True)
            if not target.agrees:
                if live != target.live:
                    raise _Moved
                continue
            replays[source].apply([event for event in ahead[source] if event.position <= live.position])
            copy = replays[source].checkpoint()
            if copy.position != live.position or copy.event_id != (live.event_id or copy.event_id):
                raise _Moved
        if discarded(connection) != discarded(connection, SHADOW):
            raise _Stale

    def _compared(
        self, connection: sa.Connection, replays: dict[str, Replay], targets: dict[str, _Target]
    ) -> Outcome:
        checkpoints = {source: replay.checkpoint() for source, replay in replays.items()}
        found = [pair.difference(connection) for pair in self._pairs]
        return Outcome(
            positions={f"{source}/{each.epoch}": each.position for source, each in checkpoints.items()},
            conflicts=[source for source, target in targets.items() if not target.agrees],
            differences=[difference for difference in found if difference is not None],
            hashes={},
            parked=sum(replay.count_parked() for replay in replays.values()),
            switched=False,
        )

    def _hashed(self, connection: sa.Connection, outcome: Outcome) -> Outcome:
        differing = {difference.table for difference in outcome.differences}
        hashes = {}
        for pair in self._pairs:
            new = pair.hash(connection, pair.rebuilt)
            old = pair.hash(connection, pair.live) if pair.live.name in differing else new
            hashes[pair.live.name] = old, new
        return replace(outcome, hashes=hashes)

    def _take_over(self, connection: sa.Connection, replays: dict[str, Replay], outcome: Outcome) -> None:
        differing = {difference.table for difference in outcome.differences}
        for pair in self._pairs:
            if pair.live.name in differing:
                with self._shadow.unguarded(connection, pair.live):
                    pair.make_equal(connection)
        for source in outcome.conflicts:
            move_checkpoint(connection, self._service.name, source, replays[source].checkpoint())

    def _write_down(self, connection: sa.Connection, outcome: Outcome, order: Order) -> None:
        act = operator_acts.REBUILT if outcome.switched else operator_acts.CHECKED
        operator_acts.record(connection, act, order.by, order.reason, asdict(outcome))
