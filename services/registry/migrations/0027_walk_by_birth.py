"""An index by which persons born on one day are found together."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_persons_birth_date", "persons", ["birth_date", "id"])
