import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    schema.install(op)
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("person", sa.String(32), comment="natural key, of persons alone"),
        sa.UniqueConstraint("person", name="uq_entries_person"),
    )
