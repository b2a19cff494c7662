"""Who stands for a person that was registered twice."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "merged_persons",
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("kept_id", sa.String(32)),
    )
    op.create_index("ix_merged_persons_kept_id", "merged_persons", ["kept_id"])
