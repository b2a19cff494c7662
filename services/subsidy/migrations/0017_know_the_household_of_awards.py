"""The household in which an award was granted, by which homes and visits are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the column; of earlier awards it is not known."""
    op.add_column("awards", sa.Column("household_id", sa.String(32)))
