"""Periods of lines have room for a day with the number of a difference: "2024-02-05+12"."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Widen the columns; SQLite keeps no lengths."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in (
            ("run_lines", "period"),
            ("payments", "period"),
            ("differences", "line_period"),
        ):
            op.alter_column(table, column, type_=sa.String(16))
