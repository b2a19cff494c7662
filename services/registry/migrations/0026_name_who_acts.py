"""Who handed in an application or asked for a correction on a person's behalf."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the columns; of what was recorded before, nobody told."""
    # Without a foreign key, which SQLite adds to a table only by writing all of it anew.
    for table, told in (("applications", "Who handed it in"), ("corrections", "Who asked for it")):
        columns = (
            sa.Column("acted_by", sa.String(40), comment=f"{told}; null: nobody told"),
            sa.Column("guardian_ref", sa.String(80), comment="The office's reference of the guardian"),
            sa.Column("agent_kind", sa.String(40), comment="What an agent is to the person"),
        )
        for column in columns:
            op.add_column(table, column)
