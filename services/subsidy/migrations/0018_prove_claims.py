"""Know guardians, and what a claim proves by a number."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

ID = sa.String(32)
PROVEN = sa.text("proof IS NOT NULL AND reason IS NULL AND state <> 'withdrawn'")


def upgrade() -> None:
    """Create the copy of guardianships, and add to claims who applied and what proves them."""
    op.create_table(
        "guardianships",
        sa.Column("guardianship_id", ID, primary_key=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scope", sa.String(120), nullable=False, comment="In alphabetical order, comma separated"),
        sa.Column("since", sa.Date),
        sa.Column("until", sa.Date, comment="Last day, as set beforehand or as it came"),
    )
    for column in (
        sa.Column("guardianship_id", ID, comment="Of the guardian named, for applicant guardian"),
        sa.Column(
            "proof", sa.String(81), comment="Blind index of the number of what proves it, as the vehicle's"
        ),
        sa.Column("proof_for", sa.String(10), comment="Period in which no other claim may name the same"),
    ):
        op.add_column("claims", column)
    op.create_index(
        "uq_claims_proof",
        "claims",
        ["proof", "scheme", "proof_for"],
        unique=True,
        sqlite_where=PROVEN,
        postgresql_where=PROVEN,
    )
