"""Verification after payment: samples, the payments to ask for, and what was found."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0011"
down_revision = "0010"

ID = sa.String(32)
REF = sa.String(80)
REGION = sa.String(12)
STATE = sa.String(20)
WHO = sa.String(120)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _samples()
    _checks()
    _acts()


def _samples() -> None:
    op.create_table(
        "payment_samples",
        sa.Column("sample_id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("run_id", ID, sa.ForeignKey("runs.run_id"), nullable=False),
        sa.Column("region", REGION, nullable=False, comment="Of the run"),
        sa.Column("seed", sa.String(40), nullable=False),
        sa.Column("drawn_on", sa.Date, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False, comment="Payments that it is drawn from"),
        sa.Column("checks", sa.Integer, nullable=False, comment="Payments that are drawn"),
        sa.Column("state", STATE, nullable=False),
        sa.Column("recorded_by", WHO, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_payment_samples_ref"),
        sa.UniqueConstraint("run_id", name="uq_payment_samples_run"),
        sa.CheckConstraint("checks BETWEEN 1 AND lines", name="ck_payment_samples_checks"),
    )
    op.create_index("ix_payment_samples_region", "payment_samples", ["region", "sample_id"])


def _checks() -> None:
    op.create_table(
        "payment_checks",
        sa.Column("check_id", ID, primary_key=True),
        sa.Column("sample_id", ID, sa.ForeignKey("payment_samples.sample_id"), nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("scheme", sa.String(60), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("finding", STATE),
        sa.Column("received_fen", sa.BigInteger),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_payment_checks_line"
        ),
        sa.UniqueConstraint("run_id", "line", name="uq_payment_checks_line"),
    )
    op.create_index("ix_payment_checks_sample", "payment_checks", ["sample_id", "check_id"])
    op.create_index("ix_payment_checks_region", "payment_checks", ["region", "check_id"])


def _acts() -> None:
    op.create_table(
        "payment_check_acts",
        sa.Column("act_id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("check_id", ID, sa.ForeignKey("payment_checks.check_id"), nullable=False),
        sa.Column("action", STATE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("means", STATE),
        sa.Column("received_fen", sa.BigInteger),
        sa.Column("document", sa.String(120)),
        sa.Column("state_after", STATE, nullable=False),
        sa.Column("recorded_by", WHO, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_payment_check_acts_ref"),
    )
    op.create_index("ix_payment_check_acts_check", "payment_check_acts", ["check_id"])
    schema.append_only(op, "payment_check_acts")
