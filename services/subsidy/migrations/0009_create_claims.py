"""Claims for subsidies, their steps, and the clocks that ran out."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0009"
down_revision = "0008"

ID = sa.String(32)
REF = sa.String(80)
REGION = sa.String(12)
CODE = sa.String(60)
PERIOD = sa.String(10)
STATE = sa.String(20)
REASON = sa.String(40)
WHO = sa.String(120)
INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("state NOT IN ('granted', 'refused', 'told', 'withdrawn')")


def upgrade() -> None:
    """Create the tables."""
    _claims()
    _claim_acts()
    _claim_overdue()


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("claim_id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("variant", CODE, nullable=False),
        sa.Column("period", PERIOD, comment="Null: by the rules, from the hand-in"),
        sa.Column("applicant", STATE, nullable=False),
        sa.Column("channel", STATE, nullable=False),
        sa.Column("applied_on", sa.Date, nullable=False),
        sa.Column("window", REGION, comment="Where it was handed in, if elsewhere than at home"),
        sa.Column("cost_fen", sa.BigInteger),
        sa.Column("days", sa.Integer),
        sa.Column("benefits", sa.Text, nullable=False),
        sa.Column("region", REGION, nullable=False, comment="Where the person lived when it was handed in"),
        *_progress(),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", WHO, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_claims_ref"),
    )
    for name in ("region", "window", "desk"):
        op.create_index(f"ix_claims_{name}", "claims", [name, "claim_id"])
    op.create_index("ix_claims_person", "claims", ["person_id", "scheme"])
    op.create_index("ix_claims_due", "claims", ["due_on", "claim_id"])
    op.create_index(
        "uq_claims_one_open",
        "claims",
        ["person_id", "scheme"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _progress() -> list[sa.Column[object]]:
    return [
        sa.Column("desk", REGION, nullable=False, comment="Division whose turn it is"),
        sa.Column("state", STATE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("clock", STATE),
        sa.Column("due_on", sa.Date, comment="Last day of the clock that runs; null when none does"),
        sa.Column("obstacle", REASON, comment="What the last check found against it"),
        sa.Column("checked_by", WHO),
        sa.Column("reviewed_by", WHO),
        sa.Column("posted_until", sa.Date, comment="Last day of the notice"),
        sa.Column("objected_on", sa.Date, comment="Day of an objection that is not decided"),
        sa.Column("reason", CODE, comment="Why it was refused"),
        sa.Column("award_id", ID, sa.ForeignKey("awards.award_id", name="fk_claims_award")),
    ]


def _claim_acts() -> None:
    op.create_table(
        "claim_acts",
        sa.Column("act_id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "claim_id", ID, sa.ForeignKey("claims.claim_id", name="fk_claim_acts_claim"), nullable=False
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the claim, from 1"),
        sa.Column("action", STATE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("reason", REASON),
        sa.Column("state_after", STATE, nullable=False),
        sa.Column("due_after", sa.Date),
        sa.Column("decision", sa.Text),
        sa.Column("recorded_by", WHO, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_claim_acts_ref"),
        sa.UniqueConstraint("claim_id", "seq", name="uq_claim_acts_seq"),
    )
    schema.append_only(op, "claim_acts")


def _claim_overdue() -> None:
    op.create_table(
        "claim_overdue",
        sa.Column("claim_id", ID, sa.ForeignKey("claims.claim_id", name="fk_claim_overdue_claim")),
        sa.Column("clock", STATE),
        sa.Column("due_on", sa.Date, comment="The last day, which is over"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "clock", "due_on", name="pk_claim_overdue"),
    )
    schema.append_only(op, "claim_overdue")
