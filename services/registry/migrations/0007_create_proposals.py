"""Proposals and their steps."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0007"
down_revision = "0006"

ID = sa.String(32)
REGION = sa.String(12)
REF = sa.String(80)
CODE = sa.String(40)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _proposals()
    _proposal_acts()


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("session", sa.String(120), nullable=False),
        sa.Column("number", sa.String(120), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("proposer", CODE, nullable=False),
        sa.Column("proposers", sa.Text, comment="Sealed"),
        sa.Column("role", CODE, nullable=False),
        sa.Column("key", sa.Boolean, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("officer", REF, nullable=False),
        sa.Column("assigned_on", sa.Date, nullable=False),
        sa.Column("reply_due_on", sa.Date, nullable=False, comment="Last day of the reply"),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("extended", sa.Boolean, nullable=False),
        sa.Column("reply_class", CODE),
        sa.Column("satisfied", sa.Boolean),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("kind", "session", "number", name="uq_proposals_number"),
        sa.UniqueConstraint("ref", name="uq_proposals_ref"),
    )
    op.create_index("ix_proposals_region", "proposals", ["region"])


def _proposal_acts() -> None:
    op.create_table(
        "proposal_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "file_id", ID, sa.ForeignKey("proposals.id", name="fk_proposal_acts_proposal"), nullable=False
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the proposal, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("reply_class", CODE),
        sa.Column("satisfied", sa.Boolean),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_proposal_acts_ref"),
        sa.UniqueConstraint("file_id", "seq", name="uq_proposal_acts_seq"),
    )
    schema.append_only(op, "proposal_acts")
