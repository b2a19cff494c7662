"""Know which claims are not to be named in their notice, and find those whose notice runs."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the column and the index."""
    op.add_column(
        "claims",
        sa.Column(
            "name_hidden",
            sa.Boolean,
            nullable=False,
            server_default=sa.false(),
            comment="Not named in the notice",
        ),
    )
    op.create_index("ix_claims_posted", "claims", ["posted_until"])
