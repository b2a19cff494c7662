import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    schema.install(op)
    op.create_table(
        "seen",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
    )
