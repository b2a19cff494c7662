"""Indexes by which corrections, hidden risks and sayings of flags are found among those of many years."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_corrections_state", "corrections", ["state", "id"])
    op.create_index("ix_risks_state", "risks", ["state", "due_on"])
    op.create_index("ix_household_flag_records_flag", "household_flag_records", ["flag", "id"])
