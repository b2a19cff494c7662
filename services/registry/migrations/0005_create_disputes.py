"""Screening rounds, disputes, and their steps."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0005"
down_revision = "0004"

ID = sa.String(32)
REGION = sa.String(12)
REF = sa.String(80)
CODE = sa.String(40)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _screening_rounds()
    _disputes()
    _dispute_acts()


def _screening_rounds() -> None:
    op.create_table(
        "screening_rounds",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("households", sa.Integer, nullable=False, comment="How many were visited"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_screening_rounds_ref"),
    )


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "round_id", ID, sa.ForeignKey("screening_rounds.id", name="fk_disputes_round"), nullable=False
        ),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("persons.id", name="fk_disputes_person")),
        sa.Column("parties", sa.Text, comment="Sealed"),
        sa.Column("content", sa.Text, comment="Sealed"),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_disputes_ref"),
    )
    op.create_index("ix_disputes_person", "disputes", ["person_id"])
    op.create_index("ix_disputes_region", "disputes", ["region"])


def _dispute_acts() -> None:
    op.create_table(
        "dispute_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "file_id", ID, sa.ForeignKey("disputes.id", name="fk_dispute_acts_dispute"), nullable=False
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the dispute, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id", name="fk_dispute_acts_case")),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_dispute_acts_ref"),
        sa.UniqueConstraint("file_id", "seq", name="uq_dispute_acts_seq"),
    )
    schema.append_only(op, "dispute_acts")
