"""Money made available is taken back, or was entered wrongly."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the withdrawals, and let allotments know of them."""
    # The same words in both databases; a check beside a column may name others of the table.
    op.execute(
        "alter table fund_allotments add column withdrawn_fen bigint default 0 not null "
        "constraint ck_fund_allotments_withdrawn "
        "check (withdrawn_fen >= 0 and drawn_fen + withdrawn_fen <= amount_fen)"
    )
    op.create_table(
        "fund_withdrawals",
        sa.Column("withdrawal_id", sa.String(32), primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column(
            "allotment_id", sa.String(32), sa.ForeignKey("fund_allotments.allotment_id"), nullable=False
        ),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("document", sa.String(120), nullable=False),
        sa.Column("withdrawn_on", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("ref", name="uq_fund_withdrawals_ref"),
        sa.CheckConstraint("amount_fen > 0", name="ck_fund_withdrawals_positive"),
    )
    schema.append_only(op, "fund_withdrawals")
