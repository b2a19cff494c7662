"""Checkpoints know the event they stand at; a record of what operators did to the database."""

from alembic import op

from chassis import schema

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the chassis's tables to version 3."""
    schema.add_operator_acts(op)
