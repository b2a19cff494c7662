from alembic import op

from chassis import schema

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    schema.add_operator_acts(op)
