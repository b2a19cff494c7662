"""List the awards of a scheme by period, with what they rest on."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_awards_period", "awards", ["scheme", "period", "award_id"])
    op.create_index("ix_claims_award", "claims", ["award_id"])
