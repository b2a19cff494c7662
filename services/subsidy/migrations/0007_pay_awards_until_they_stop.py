"""Awards that go on from month to month until they are stopped, and what their amounts are computed from."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0007"
down_revision = "0006"

ID = sa.String(32)


def upgrade() -> None:
    """Add the columns, close the awards of one period, and create the table of stops."""
    op.add_column("awards", sa.Column("last_period", sa.String(10)))
    op.add_column("awards", sa.Column("sole", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("awards", sa.Column("applied_on", sa.Date))
    op.add_column("awards", sa.Column("cost_fen", sa.BigInteger))
    op.add_column("awards", sa.Column("days", sa.Integer))
    op.execute("UPDATE awards SET last_period = period")
    op.drop_index("ix_awards_scheme_period", "awards")
    op.create_index("ix_awards_scheme", "awards", ["scheme", "award_id"])
    op.create_index(
        "uq_awards_sole",
        "awards",
        ["person_id", "scheme"],
        unique=True,
        sqlite_where=sa.text("sole"),
        postgresql_where=sa.text("sole"),
    )
    op.create_table(
        "award_stops",
        sa.Column("stop_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("award_id", ID, sa.ForeignKey("awards.award_id"), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("last_period", sa.String(10), nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("ref", name="uq_award_stops_ref"),
    )
    op.create_index("ix_award_stops_award", "award_stops", ["award_id"])
    schema.append_only(op, "award_stops")
