"""What a handler works with: one open transaction, its caller, its rules, and the events it records."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from chassis import audit, clock, database, schema, tracing
from chassis.access import Caller
from chassis.sealing import Vault
from contracts.message import Event
from kernel.errors import Forbidden
from kernel.rulebook import RuleBook

if TYPE_CHECKING:
    from chassis.stream import Received


class ScopeUnchecked(Exception):
    """A handler ended without deciding whose region it touched: a fault of the program, refused."""


@dataclass
class Transaction:
    """One use case, one transaction: state, events and the stored reply commit together or not at all.

    Handlers neither commit nor publish. Every request must say which region it touches (``within``,
    ``scope``) or that it touches none (``no_scope``), before it ends.
    """

    connection: sa.Connection
    caller: Caller
    rules: RuleBook
    vault: Vault
    office: str
    archive_dir: Path | None = None
    now: datetime = field(default_factory=clock.now)
    traceparent: str | None = None
    correlation_id: str | None = None
    scope_checked: bool = False
    _events: list[dict[str, Any]] = field(default_factory=list)
    _covered: set[str] = field(default_factory=set)

    def execute(self, statement: sa.Executable, parameters: Any = None) -> sa.CursorResult[Any]:
        """Run a statement; with a list of parameters, once for each of them."""
        result: sa.CursorResult[Any] = self.connection.execute(statement, parameters)
        return result

    def insert(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows that all name the same columns, the database's quickest way; no rows, no statement."""
        database.insert(self.connection, table, rows)

    def new_id(self) -> str:
        """A new identifier, 32 hexadecimal digits, growing with time."""
        return clock.new_id()

    def within(self, region: str) -> None:
        """Refuse with ``access.region`` unless the region lies in the caller's."""
        self.scope_checked = True
        # A file names the same village over and over.
        if region in self._covered:
            return
        if not self.caller.covers(region):
            raise Forbidden(
                "access.region",
                f"Region {region} is outside the regions of the caller; ask the office in charge of it.",
                region=region,
            )
        self._covered.add(region)

    def scope(self, column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """The condition that a row lies in the caller's regions."""
        self.scope_checked = True
        return self.caller.filter(column)

    def no_scope(self, reason: str) -> None:
        """Declare that the request tells and changes nothing that belongs to a region; say why."""
        if not reason:
            raise ValueError("say why no region is touched")
        self.scope_checked = True

    def record(self, event: Event, cause: "Received | None" = None) -> None:
        """Record an event; it is written with the transaction and published after its commit.

        ``cause`` is the followed event that led to it: its trace goes on, and its identifier is kept.
        """
        traceparent = cause.traceparent if cause else self.traceparent
        self._events.append(
            {
                "event_id": clock.new_id(),
                "type": event.TYPE,
                "subject": event.subject,
                "data": event.model_dump_json(),
                "recorded_at": self.now,
                "correlation_id": cause.correlation_id if cause else self.correlation_id,
                "causation_id": cause.id if cause else None,
                "traceparent": tracing.child(traceparent) if traceparent else None,
            }
        )

    def event_mark(self) -> int:
        """How many events are recorded so far, for ``forget_events``."""
        return len(self._events)

    def forget_events(self, mark: int) -> None:
        """Drop the events recorded since the mark, when the savepoint around them was rolled back."""
        del self._events[mark:]

    def flush_events(self) -> int:
        """Write the recorded events and return how many; the chassis calls it as the last thing before the
        commit, with which they travel.
        """
        count = len(self._events)
        database.insert_at_commit(self.connection, schema.event_log, self._events)
        self._events = []
        return count

    def access_log(
        self, subjects: sa.Select[Any] | sa.CompoundSelect[Any], after: int | None, limit: int
    ) -> tuple[list[sa.Row[Any]], int | None]:
        """A page of readings of these subjects in plain, the latest first, and where the next page begins."""
        audit = schema.access_audit
        query = sa.select(audit).where(audit.c.subject_id.in_(subjects))
        if after is not None:
            query = query.where(audit.c.seq < after)
        rows = list(self.execute(query.order_by(audit.c.seq.desc()).limit(limit + 1)))
        return rows[:limit], rows[limit - 1].seq if len(rows) > limit else None

    def audit_read(self, subject_id: str, fields: list[str], purpose: str) -> None:
        """Write down that the caller reads sealed fields of somebody in plain, and why."""
        self.audit_reads([subject_id], fields, purpose)

    def audit_reads(self, subject_ids: Iterable[str], fields: list[str], purpose: str) -> None:
        """The same of many at once: a row for each, in one statement."""
        audit.append(
            self.connection,
            schema.access_audit,
            at=self.now,
            actor=self.caller.subject,
            purpose=purpose,
            subject_ids=subject_ids,
            fields=fields,
            trace_id=tracing.trace_id(self.traceparent),
        )

    def start_job(self, kind: str, key: str, payload: dict[str, Any], total: int | None = None) -> str:
        """Start a job after the commit, unless one of this kind and key exists; returns its identifier."""
        known = self.execute(
            sa.select(schema.job.c.id).where(schema.job.c.kind == kind, schema.job.c.key == key)
        ).scalar_one_or_none()
        return str(known) if known is not None else self.start_jobs(kind, {key: total}, payload)[0]

    def start_jobs(self, kind: str, totals: Mapping[str, int | None], payload: dict[str, Any]) -> list[str]:
        """Start jobs that nobody can have started before, for their keys are new: each key with its total."""
        rows = [
            {
                "id": clock.new_id(),
                "kind": kind,
                "key": key,
                "payload": json.dumps(payload),
                "cursor": "{}",
                "state": "planned",
                "done": 0,
                "total": total,
                "caller": json.dumps(self.caller.claims()),
                "traceparent": self.traceparent,
                "created_at": self.now,
                "updated_at": self.now,
            }
            for key, total in totals.items()
        ]
        self.insert(schema.job, rows)
        return [str(row["id"]) for row in rows]

    def resume_job(self, kind: str, key: str) -> None:
        """Put a job that a rule refused back to work, from its last step on. key: the whole or its beginning.

        Nothing happens to a job that did not fail.
        """
        job = schema.job
        failed = sa.update(job).where(job.c.kind == kind, job.c.key.startswith(key), job.c.state == "failed")
        self.execute(failed.values(state="planned", error=None, updated_at=self.now))
