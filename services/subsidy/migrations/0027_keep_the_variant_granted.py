"""An award keeps the variant that was granted, where news put another one in its place from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the column."""
    op.add_column("awards", sa.Column("granted_variant", sa.String(60)))
