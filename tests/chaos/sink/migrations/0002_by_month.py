from alembic import op

from chassis import schema

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    schema.keep_by_month(op)
