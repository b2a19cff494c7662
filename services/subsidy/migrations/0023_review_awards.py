"""Awards are looked at again: those due, what came of it, and the months that wait for it."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0023"
down_revision = "0022"

ID = sa.String(32)
CODE = sa.String(60)


def upgrade() -> None:
    """Add the columns and create the tables. The first review of a standing award counts from its grant."""
    op.add_column("awards", sa.Column("reviewed_on", sa.Date))
    op.add_column("awards", sa.Column("review_held_from", sa.String(10)))
    op.execute("update awards set reviewed_on = granted_on where last_period is null")
    op.create_index(
        "ix_awards_review",
        "awards",
        ["scheme", "reviewed_on", "award_id"],
        sqlite_where=sa.text("last_period IS NULL"),
        postgresql_where=sa.text("last_period IS NULL"),
    )
    _due_reviews()
    _award_reviews()


def _due_reviews() -> None:
    op.create_table(
        "due_reviews",
        sa.Column(
            "award_id",
            ID,
            sa.ForeignKey("awards.award_id", name="fk_due_reviews_award"),
            primary_key=True,
        ),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("overdue_told", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_due_reviews_region", "due_reviews", ["region", "award_id"])
    op.create_index(
        "ix_due_reviews_untold",
        "due_reviews",
        ["due_on", "award_id"],
        sqlite_where=sa.text("NOT overdue_told"),
        postgresql_where=sa.text("NOT overdue_told"),
    )


def _award_reviews() -> None:
    award = sa.ForeignKey("awards.award_id", name="fk_award_reviews_award")
    op.create_table(
        "award_reviews",
        sa.Column("review_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("award_id", ID, award, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("means", sa.String(20), nullable=False),
        sa.Column("reviewed_on", sa.Date, nullable=False),
        sa.Column("document", sa.String(120), nullable=False),
        sa.Column("reason", CODE),
        sa.Column("happened_on", sa.Date),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("ref", name="uq_award_reviews_ref"),
    )
    op.create_index("ix_award_reviews_award", "award_reviews", ["award_id"])
    schema.append_only(op, "award_reviews")
