"""The ledger of hidden risks."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0020"
down_revision = "0019"

ID = sa.String(32)
REGION = sa.String(12)
REF = sa.String(80)
CODE = sa.String(40)
WHO = sa.String(120)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _risks()
    _risk_acts()


def _risks() -> None:
    op.create_table(
        "risks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("place", CODE, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("household_id", ID, sa.ForeignKey("households.id", name="fk_risks_household")),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False, comment="Last day by which it is to be closed"),
        sa.Column("content", sa.Text, comment="Sealed"),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("officer", REF, comment="Account in charge of the last measure"),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_risks_ref"),
    )
    op.create_index("ix_risks_region", "risks", ["region"])


def _risk_acts() -> None:
    op.create_table(
        "risk_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("file_id", ID, sa.ForeignKey("risks.id", name="fk_risk_acts_risk"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the risk, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("officer", REF),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_risk_acts_ref"),
        sa.UniqueConstraint("file_id", "seq", name="uq_risk_acts_seq"),
    )
    schema.append_only(op, "risk_acts")
