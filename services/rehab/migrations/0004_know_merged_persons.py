"""Who stands for a person that was registered twice."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column."""
    op.add_column("persons", sa.Column("merged_into", sa.String(32)))
    op.create_index("ix_persons_merged_into", "persons", ["merged_into"])
