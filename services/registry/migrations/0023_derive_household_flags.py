"""Records of flags that the registry derives, with the rule that decided."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the column; the next daily look derives the flags of all households."""
    rule = sa.Column("rule", sa.Text, comment="JSON of the rule that derived it; null: a source said so")
    op.add_column("household_flag_records", rule)
