"""Facts, targets, snapshots, signatures."""

import sqlalchemy as sa
from alembic import op

from chassis import schema
from chassis.database import BigId

revision = "0001"
down_revision = None

ID = sa.String(32)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the chassis's tables and the service's own; these the database lets nobody change."""
    schema.install(op)
    _facts()
    _targets()
    _snapshots()
    _signatures()
    for table in ("facts", "targets", "snapshots", "signatures"):
        schema.append_only(op, table)


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("indicator", sa.String(100), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("dims", sa.String(200), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("sign", sa.SmallInteger, nullable=False),
        sa.Column("value", sa.BigInteger, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("trace_id", ID),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("event_id", "indicator", "dims", "sign", name="uq_facts_event"),
    )
    op.create_index("ix_facts_figures", "facts", ["indicator", "day", "region", "dims", "subject", "value"])
    op.create_index("ix_facts_subjects", "facts", ["indicator", "subject", "day", "region", "dims"])


def _targets() -> None:
    op.create_table(
        "targets",
        sa.Column("id", BigId, primary_key=True, autoincrement=True),
        sa.Column("target_id", ID, nullable=False, unique=True),
        sa.Column("indicator", sa.String(100), nullable=False),
        sa.Column("dims", sa.String(200), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("value", sa.String(20), nullable=False),
        sa.Column("set_on", sa.Date, nullable=False),
        sa.Column("set_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
    )
    op.create_index("ix_targets_cell", "targets", ["region", "period", "indicator", "dims", "set_on", "id"])


def _snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("snapshot_id", ID, primary_key=True),
        sa.Column("office", sa.String(6), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("taken_by", sa.String(120), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.UniqueConstraint("office", "region", "period", "revision", name="uq_snapshots_revision"),
        sa.UniqueConstraint("snapshot_id", "taken_by", name="uq_snapshots_taker"),
    )


def _signatures() -> None:
    op.create_table(
        "signatures",
        sa.Column("snapshot_id", ID, primary_key=True),
        sa.Column("taken_by", sa.String(120), nullable=False),
        sa.Column("signed_by", sa.String(120), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id", "taken_by"],
            ["snapshots.snapshot_id", "snapshots.taken_by"],
            name="fk_signatures_snapshot",
        ),
        sa.CheckConstraint("signed_by <> taken_by", name="ck_signatures_second_person"),
    )
