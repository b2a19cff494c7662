"""The service's tables. The database refuses to change or delete rows of any but merged_persons."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from chassis.database import BigId

metadata = MetaData()

facts = Table(
    "facts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("indicator", String(100), nullable=False),
    Column("region", String(12), nullable=False),
    Column("day", Date, nullable=False),
    Column("dims", String(200), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("sign", SmallInteger, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("event_id", String(32), nullable=False),
    Column("source", String(60), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("type", String(100), nullable=False),
    Column("trace_id", String(32)),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    # An event counts once, even if the chassis ever handed it over twice. PostgreSQL keeps facts by year, so
    # its key must hold the day, of which an event has one.
    UniqueConstraint("event_id", "indicator", "dims", "sign", name="uq_facts_event").ddl_if(dialect="sqlite"),
    UniqueConstraint("event_id", "indicator", "dims", "sign", "day", name="uq_facts_event_day").ddl_if(
        dialect="postgresql"
    ),
    # Both hold every column that figures are made from: a snapshot never reads the table itself. The second
    # one gives persons in order, so that distinct ones are counted without a hash of all of them.
    Index("ix_facts_figures", "indicator", "day", "region", "dims", "subject", "value"),
    Index("ix_facts_subjects", "indicator", "subject", "day", "region", "dims"),
)
"""What one event adds to one indicator; value is a count, or fen. Holds identifiers, no personal data."""

merged_persons = Table(
    "merged_persons",
    metadata,
    Column("person_id", String(32), primary_key=True),
    Column("kept_id", String(32), index=True),
)
"""Persons who were registered twice, and who stands for them; none: nobody any more."""

targets = Table(
    "targets",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("target_id", String(32), nullable=False, unique=True),
    Column("indicator", String(100), nullable=False),
    Column("dims", String(200), nullable=False),
    Column("region", String(12), nullable=False),
    Column("period", String(10), nullable=False),
    Column("value", String(20), nullable=False),
    Column("set_on", Date, nullable=False),
    Column("set_by", String(120), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("ix_targets_cell", "region", "period", "indicator", "dims", "set_on", "id"),
)
"""Every task ever set. Of one cell the latest set_on applies, of one day the latest id."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("snapshot_id", String(32), primary_key=True),
    Column("office", String(6), nullable=False),
    Column("region", String(12), nullable=False),
    Column("period", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Column("taken_by", String(120), nullable=False),
    Column("taken_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("office", "region", "period", "revision", name="uq_snapshots_revision"),
    UniqueConstraint("snapshot_id", "taken_by", name="uq_snapshots_taker"),
)
"""document: the canonical JSON that the hash is of."""

signatures = Table(
    "signatures",
    metadata,
    Column("snapshot_id", String(32), primary_key=True),
    Column("taken_by", String(120), nullable=False),
    Column("signed_by", String(120), nullable=False),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    # taken_by is repeated so that the database itself can tell the two persons apart.
    ForeignKeyConstraint(
        ["snapshot_id", "taken_by"],
        ["snapshots.snapshot_id", "snapshots.taken_by"],
        name="fk_signatures_snapshot",
    ),
    CheckConstraint("signed_by <> taken_by", name="ck_signatures_second_person"),
)
