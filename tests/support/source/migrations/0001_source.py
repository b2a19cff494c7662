import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    schema.install(op)
    op.create_table(
        "regions", sa.Column("code", sa.String(12), primary_key=True), sa.Column("name", sa.String(120))
    )
    schema.append_only(op, "regions")
