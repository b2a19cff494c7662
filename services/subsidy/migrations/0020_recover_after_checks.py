"""What a check found not to have reached its person is recovered from who had it, by two people."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

ID = sa.String(32)
REF = sa.String(80)
STANDING = sa.text("state <> 'rejected'")


def upgrade() -> None:
    """Create the table, and let debts know who had the money."""
    op.create_table(
        "recoveries",
        sa.Column("recovery_id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("check_id", ID, sa.ForeignKey("payment_checks.check_id"), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("document", sa.String(120), nullable=False),
        sa.Column("proposed_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("proposed_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_ref", REF),
        sa.Column("decided_on", sa.Date),
        sa.Column("decided_by", sa.String(120)),
        sa.UniqueConstraint("ref", name="uq_recoveries_ref"),
        sa.UniqueConstraint("decision_ref", name="uq_recoveries_decision_ref"),
        sa.CheckConstraint("amount_fen > 0", name="ck_recoveries_positive"),
        sa.CheckConstraint("state IN ('requested', 'approved', 'rejected')", name="ck_recoveries_state"),
        sa.CheckConstraint("(decided_by IS NULL) = (state = 'requested')", name="ck_recoveries_are_decided"),
        sa.CheckConstraint("decided_by <> proposed_by", name="ck_recoveries_two_persons"),
    )
    op.create_index("ix_recoveries_region", "recoveries", ["region", "recovery_id"])
    op.create_index(
        "uq_recoveries_check",
        "recoveries",
        ["check_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.add_column("debts", sa.Column("by_other", sa.Boolean, nullable=False, server_default=sa.false()))
