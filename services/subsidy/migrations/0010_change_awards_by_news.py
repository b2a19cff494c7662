"""Awards are stopped, held and changed by what the registry tells of their persons."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0010"
down_revision = "0009"

ID = sa.String(32)


def upgrade() -> None:
    """Add the column, the indexes and the table of changes."""
    op.create_index("ix_persons_household", "persons", ["household_id"])
    op.add_column("awards", sa.Column("held_from", sa.String(10)))
    op.create_index(
        "ix_awards_going_on",
        "awards",
        ["award_id"],
        sqlite_where=sa.text("last_period IS NULL"),
        postgresql_where=sa.text("last_period IS NULL"),
    )
    op.create_table(
        "award_changes",
        sa.Column("change_id", ID, primary_key=True),
        sa.Column("award_id", ID, sa.ForeignKey("awards.award_id"), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("variant", sa.String(60)),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("award_id", "cause", "action", name="uq_award_changes_once"),
        sa.CheckConstraint("(variant IS NOT NULL) = (action = 'regrade')", name="ck_award_changes_variant"),
        sa.CheckConstraint(
            "action IN ('stop', 'hold', 'release', 'regrade')", name="ck_award_changes_action"
        ),
    )
    schema.append_only(op, "award_changes")
