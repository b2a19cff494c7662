"""What periods should have paid and did not, or paid too much; debts, and how they shrink."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0013"
down_revision = "0012"

ID = sa.String(32)
CODE = sa.String(60)
PERIOD = sa.String(10)
REGION = sa.String(12)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _differences()
    _debts()
    _debt_entries()
    _debt_acts()
    for table in ("differences", "debt_entries"):
        schema.append_only(op, table)


def _differences() -> None:
    op.create_table(
        "differences",
        sa.Column("difference_id", ID, primary_key=True),
        sa.Column("award_id", ID, sa.ForeignKey("awards.award_id"), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("variant", CODE, nullable=False),
        sa.Column("line_period", PERIOD, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("due_fen", sa.BigInteger, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("person_id", "scheme", "line_period", name="uq_differences_once"),
        sa.CheckConstraint("amount_fen > 0", name="ck_differences_positive"),
        sa.CheckConstraint("due_fen >= 0", name="ck_differences_due"),
        sa.CheckConstraint("kind IN ('back_pay', 'over_payment')", name="ck_differences_kind"),
    )
    op.create_index("ix_differences_scheme", "differences", ["scheme", "difference_id"])


def _debts() -> None:
    op.create_table(
        "debts",
        sa.Column("debt_id", ID, sa.ForeignKey("differences.difference_id"), primary_key=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("settled_fen", sa.BigInteger, nullable=False),
        sa.Column("instalment_fen", sa.BigInteger),
        sa.CheckConstraint("settled_fen BETWEEN 0 AND amount_fen", name="ck_debts_not_oversettled"),
        sa.CheckConstraint("instalment_fen > 0", name="ck_debts_instalment"),
    )
    op.create_index("ix_debts_person", "debts", ["person_id", "scheme"])
    op.create_index("ix_debts_scheme", "debts", ["scheme", "debt_id"])


def _debt_entries() -> None:
    op.create_table(
        "debt_entries",
        sa.Column("entry_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80)),
        sa.Column("debt_id", ID, sa.ForeignKey("debts.debt_id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("run_id", ID),
        sa.Column("line", sa.Integer),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_debt_entries_line"
        ),
        sa.UniqueConstraint("ref", name="uq_debt_entries_ref"),
        sa.UniqueConstraint("debt_id", "run_id", "line", name="uq_debt_entries_line"),
        sa.CheckConstraint("amount_fen > 0", name="ck_debt_entries_positive"),
        sa.CheckConstraint("kind IN ('offset', 'paid_back', 'written_off')", name="ck_debt_entries_kind"),
        sa.CheckConstraint("(kind = 'offset') = (run_id IS NOT NULL)", name="ck_debt_entries_offset_has_run"),
        sa.CheckConstraint("(kind = 'offset') = (ref IS NULL)", name="ck_debt_entries_acts_have_ref"),
    )
    op.create_index("ix_debt_entries_line", "debt_entries", ["run_id", "line"])


def _debt_acts() -> None:
    op.create_table(
        "debt_acts",
        sa.Column("act_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("debt_id", ID, sa.ForeignKey("debts.debt_id"), nullable=False),
        sa.Column("act", sa.String(14), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("document", sa.String(120), nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("decision", sa.String(10)),
        sa.Column("decision_ref", sa.String(80)),
        sa.Column("decided_on", sa.Date),
        sa.Column("decided_by", sa.String(120)),
        sa.UniqueConstraint("ref", name="uq_debt_acts_ref"),
        sa.UniqueConstraint("decision_ref", name="uq_debt_acts_decision_ref"),
        sa.CheckConstraint("act IN ('agree', 'pay_back', 'ask_write_off')", name="ck_debt_acts_act"),
        sa.CheckConstraint("decision IN ('approved', 'rejected')", name="ck_debt_acts_decision"),
        sa.CheckConstraint(
            "decision IS NULL OR act = 'ask_write_off'", name="ck_debt_acts_only_write_offs_are_decided"
        ),
        sa.CheckConstraint("decided_by <> recorded_by", name="ck_debt_acts_two_persons"),
        sa.CheckConstraint("amount_fen > 0", name="ck_debt_acts_positive"),
    )
