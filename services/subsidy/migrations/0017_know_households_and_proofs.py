"""The household in which an award was granted, by which homes are counted; proofs seen of persons."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0017"
down_revision = "0016"

ID = sa.String(32)
CODE = sa.String(60)


def upgrade() -> None:
    """Add the columns, which tell nothing of earlier awards, and the table."""
    op.add_column("awards", sa.Column("household_id", ID))
    op.add_column("awards", sa.Column("for_household", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(
        "uq_awards_household",
        "awards",
        ["household_id", "scheme"],
        unique=True,
        sqlite_where=sa.text("for_household"),
        postgresql_where=sa.text("for_household"),
    )
    op.create_table(
        "proofs",
        sa.Column("proof_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("fact", CODE, nullable=False),
        sa.Column("value", sa.String(20), nullable=False),
        sa.Column("seen_on", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("ref", name="uq_proofs_ref"),
    )
    op.create_index("ix_proofs_person", "proofs", ["person_id", "scheme"])
    op.create_index("ix_proofs_scheme", "proofs", ["scheme", "proof_id"])
    schema.append_only(op, "proofs")
