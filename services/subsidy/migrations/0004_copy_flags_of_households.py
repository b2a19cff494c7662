"""The copy of what the registry tells of households: their flags."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table; a rebuild fills it with what was told before."""
    op.create_table(
        "households",
        sa.Column("household_id", sa.String(32), primary_key=True),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("flags", sa.String(200), nullable=False),
    )
