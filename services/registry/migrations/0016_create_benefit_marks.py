"""Marks of benefits that persons drew, as lists of those who pay them say."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0016"
down_revision = "0015"

ID = sa.String(32)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "benefit_marks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column(
            "person_id", ID, sa.ForeignKey("persons.id", name="fk_benefit_marks_person"), nullable=False
        ),
        sa.Column("benefit", sa.String(40), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("ref", name="uq_benefit_marks_ref"),
        sa.UniqueConstraint("person_id", "month", "benefit", name="uq_benefit_marks_month"),
    )
    schema.append_only(op, "benefit_marks")
