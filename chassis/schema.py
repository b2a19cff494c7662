"""The tables that every service's database has beside its own: event log, checkpoints, replies, jobs, audit.

``install`` is version 1, ``keep_by_month`` version 2, ``add_operator_acts`` version 3. A later change is a
new function that each service's next migration calls.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    text,
)

from chassis.audit import audit_table
from chassis.database import BigId
from chassis.partitions import partition

ID = String(32)
INSTANT = DateTime(timezone=True)

METADATA = MetaData()

stream = Table(
    "stream",
    METADATA,
    Column("service", String(60), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("numbered", BigInteger, nullable=False),
    Column("published", BigInteger, nullable=False),
)
event_log = Table(
    "event_log",
    METADATA,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("event_id", ID, nullable=False),
    Column("type", String(100), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("data", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("correlation_id", String(200)),
    Column("causation_id", ID),
    Column("traceparent", String(55)),
    Column("epoch", Integer),
    Column("position", BigInteger),
    # On PostgreSQL positions are unique within a month, and nothing looks an event up by its id.
    UniqueConstraint("event_id").ddl_if(dialect="sqlite"),
    UniqueConstraint("position").ddl_if(dialect="sqlite"),
    implicit_returning=False,
)
Index(
    "ix_event_log_unnumbered",
    event_log.c.id,
    sqlite_where=text("position is null"),
    postgresql_where=text("position is null"),
)
checkpoint = Table(
    "checkpoint",
    METADATA,
    Column("consumer", String(60), primary_key=True),
    Column("source", String(60), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("event_id", ID),
)
parked_event = Table(
    "parked_event",
    METADATA,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("consumer", String(60), nullable=False),
    Column("source", String(60), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("subject", String(64), nullable=False),
    Column("type", String(100), nullable=False),
    Column("headers", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("parked_at", INSTANT, nullable=False),
    UniqueConstraint("consumer", "source", "epoch", "position", name="uq_parked_event_position"),
)
Index(
    "ix_parked_event_subject",
    parked_event.c.consumer,
    parked_event.c.source,
    parked_event.c.subject,
)
parked_decision = Table(
    "parked_decision",
    METADATA,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("consumer", String(60), nullable=False),
    Column("source", String(60), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("subject", String(64), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", String(120), nullable=False),
    Column("decided_at", INSTANT, nullable=False),
)
reply = Table(
    "reply",
    METADATA,
    Column("caller", String(120), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("method", String(100), nullable=False),
    Column("input_hash", String(120), nullable=False),
    Column("reply", Text, nullable=False),
    Column("replied_at", INSTANT, nullable=False),
)
job = Table(
    "job",
    METADATA,
    Column("id", ID, primary_key=True),
    Column("kind", String(100), nullable=False),
    Column("key", String(200), nullable=False),
    Column("payload", Text, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("error", Text),
    Column("caller", Text, nullable=False),
    Column("traceparent", String(55)),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    UniqueConstraint("kind", "key", name="uq_job_key"),
)
access_audit = audit_table(METADATA)
_VERSION_1 = METADATA.sorted_tables

archived_month = Table(
    "archived_month",
    METADATA,
    Column("month", String(7), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("first_position", BigInteger, nullable=False),
    Column("last_position", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("file", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("archived_at", INSTANT, nullable=False),
    Column("archived_by", String(120), nullable=False),
)
"""Months of the log that lie in files. part: 1, or more where an event came to a month after it was archived.

file: its path below the archive's folder. sha256: of the manifest beside it, which has that of the file.
"""
operator_act = Table(
    "operator_act",
    METADATA,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("act", String(20), nullable=False),
    Column("details", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("done_by", String(120), nullable=False),
    Column("done_at", INSTANT, nullable=False),
)
"""What operators did to the database beside all commands."""


def install(op: Any) -> None:
    """Create the chassis's tables; the first step of every service's first migration.

    ``op`` is the module ``alembic.op``.
    """
    METADATA.create_all(op.get_bind(), _VERSION_1)
    append_only(op, access_audit.name)
    append_only(op, parked_decision.name)


def keep_by_month(op: Any) -> None:
    """Keep the event log by month, where the database is PostgreSQL, and note which months are archived."""
    archived_month.create(op.get_bind())
    append_only(op, archived_month.name)
    if op.get_bind().dialect.name == "sqlite":
        return
    made = (
        "create index ix_event_log_unnumbered on event_log (id) where position is null",
        # A key of the whole table would have to hold the month. Numbering sees to it that no other month has
        # the position; an event that is just recorded touches the index above alone.
        "create unique index on event_log_default (position) where position is not null",
    )
    partition(op.get_bind(), event_log.name, event_log.c.recorded_at.name, made)


def append_only(op: Any, table: str, but: str | None = None) -> None:
    """Make the database itself refuse to change or delete rows of a table.

    but: a switch of each row that may be turned off, and never on again.
    """
    message = f"{table} is append-only: record a correcting row instead"
    update, turned = "update", f"not old.{but} or new.{but}"
    if but is not None:
        names = [column["name"] for column in inspect(op.get_bind()).get_columns(table)]
        update += " of " + ", ".join(name for name in names if name != but)
    if op.get_bind().dialect.name == "sqlite":
        refused = f"begin select raise(abort, '{message}'); end"
        op.execute(f"create trigger {table}_no_update before {update} on {table} {refused}")
        op.execute(f"create trigger {table}_no_delete before delete on {table} {refused}")
        if but is not None:
            op.execute(
                f"create trigger {table}_{but} before update of {but} on {table} when {turned} {refused}"
            )
        return
    op.execute(
        f"create function {table}_append_only() returns trigger language plpgsql as "
        f"$$ begin raise exception '{message}'; end $$"
    )
    op.execute(
        f"create trigger {table}_append_only before {update} or delete or truncate on {table} "
        f"for each statement execute function {table}_append_only()"
    )
    if but is not None:
        op.execute(
            f"create trigger {table}_{but} before update of {but} on {table} for each row when ({turned}) "
            f"execute function {table}_append_only()"
        )


def add_operator_acts(op: Any) -> None:
    """Version 3: checkpoints know the event they stand at; what operators do to a database is written down.

    A new database has the column from ``install``, which makes that table as it is now.
    """
    bind = op.get_bind()
    if all(column["name"] != "event_id" for column in inspect(bind).get_columns(checkpoint.name)):
        op.add_column(checkpoint.name, Column("event_id", ID))
    operator_act.create(bind)
    append_only(op, operator_act.name)
