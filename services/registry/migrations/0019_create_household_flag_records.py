"""What sources said of flags of households."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0019"
down_revision = "0018"

ID = sa.String(32)
CODE = sa.String(40)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "household_flag_records",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column(
            "household_id",
            ID,
            sa.ForeignKey("households.id", name="fk_household_flag_records_household"),
            nullable=False,
        ),
        sa.Column("flag", CODE, nullable=False),
        sa.Column("holds", sa.Boolean, nullable=False),
        sa.Column("source", CODE, nullable=False),
        sa.Column("told_on", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("ref", name="uq_household_flag_records_ref"),
    )
    op.create_index(
        "ix_household_flag_records_household", "household_flag_records", ["household_id", "flag", "told_on"]
    )
    schema.append_only(op, "household_flag_records")
