"""The first tables: persons, funds, awards, runs, payments, ledger."""

import sqlalchemy as sa
from alembic import op

from chassis import schema
from chassis.database import BigId

revision = "0001"
down_revision = None

ID = sa.String(32)
REGION = sa.String(12)
CODE = sa.String(60)
PERIOD = sa.String(10)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the chassis's tables and the service's own."""
    schema.install(op)
    _persons()
    _fund_allotments()
    _awards()
    _runs()
    _run_lines()
    _payments()
    _ledger()


def _persons() -> None:
    op.create_table(
        "persons",
        sa.Column("person_id", ID, primary_key=True),
        sa.Column("region", REGION, nullable=False),
        sa.Column("household_id", ID),
        sa.Column("birth_month", sa.String(7)),
        sa.Column("certified", sa.Boolean, nullable=False),
        sa.Column("category", sa.String(20)),
        sa.Column("grade", sa.Integer),
        sa.Column("certificate_expires_on", sa.Date),
    )


def _fund_allotments() -> None:
    op.create_table(
        "fund_allotments",
        sa.Column("allotment_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("source", CODE, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("year", PERIOD, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("drawn_fen", sa.BigInteger, nullable=False),
        sa.Column("document", sa.String(120), nullable=False),
        sa.Column("allotted_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_fund_allotments_ref"),
        sa.CheckConstraint("amount_fen > 0", name="ck_fund_allotments_positive"),
        sa.CheckConstraint("drawn_fen BETWEEN 0 AND amount_fen", name="ck_fund_allotments_not_overdrawn"),
    )
    op.create_index("ix_fund_allotments_scheme_year", "fund_allotments", ["scheme", "year"])


def _awards() -> None:
    op.create_table(
        "awards",
        sa.Column("award_id", ID, primary_key=True),
        sa.Column("ref", sa.String(80)),
        sa.Column("enrolment_id", ID),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("variant", CODE, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("granted_on", sa.Date, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_awards_ref"),
        sa.UniqueConstraint("person_id", "scheme", "period", name="uq_awards_once"),
        sa.CheckConstraint("(ref IS NULL) <> (enrolment_id IS NULL)", name="ck_awards_one_origin"),
    )
    op.create_index("ix_awards_scheme_period", "awards", ["scheme", "period", "award_id"])


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", ID, primary_key=True),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("pay_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("paid_lines", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("list_hash", sa.String(64)),
        sa.Column("planned_by", sa.String(120), nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("approved_by", sa.String(120)),
        sa.Column("approved_at", INSTANT),
        sa.CheckConstraint("state IN ('planning', 'frozen', 'approved', 'paid')", name="ck_runs_state"),
        sa.CheckConstraint("(list_hash IS NULL) = (state = 'planning')", name="ck_runs_frozen_has_hash"),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (state IN ('planning', 'frozen'))", name="ck_runs_approved_has_checker"
        ),
        sa.CheckConstraint("approved_by <> planned_by", name="ck_runs_maker_is_not_checker"),
        sa.CheckConstraint("paid_lines BETWEEN 0 AND lines", name="ck_runs_paid_lines"),
    )
    op.create_index(
        "uq_runs_one_open",
        "runs",
        ["scheme", "period", "region"],
        unique=True,
        sqlite_where=sa.text("state <> 'paid'"),
        postgresql_where=sa.text("state <> 'paid'"),
    )


def _run_lines() -> None:
    op.create_table(
        "run_lines",
        sa.Column("run_id", ID, sa.ForeignKey("runs.run_id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("award_id", ID, sa.ForeignKey("awards.award_id"), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("variant", CODE, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.UniqueConstraint("person_id", "scheme", "period", name="uq_run_lines_once"),
        sa.CheckConstraint("amount_fen > 0", name="ck_run_lines_positive"),
    )
    op.create_table(
        "run_shares",
        sa.Column("run_id", ID, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("source", CODE, primary_key=True),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "seq"], ["run_lines.run_id", "run_lines.seq"], name="fk_run_shares_line"
        ),
        sa.CheckConstraint("amount_fen > 0", name="ck_run_shares_positive"),
    )
    schema.append_only(op, "run_lines")
    schema.append_only(op, "run_shares")


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("payment_id", ID, primary_key=True),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "seq"], ["run_lines.run_id", "run_lines.seq"], name="fk_payments_line"
        ),
        sa.UniqueConstraint("run_id", "seq", name="uq_payments_line"),
        sa.UniqueConstraint("person_id", "scheme", "period", name="uq_payments_once"),
        sa.CheckConstraint("amount_fen > 0", name="ck_payments_positive"),
    )
    schema.append_only(op, "payments")


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("entry_id", BigId, primary_key=True, autoincrement=True),
        sa.Column("transaction_id", ID, nullable=False),
        sa.Column("debit_account", sa.String(140), nullable=False),
        sa.Column("credit_account", sa.String(140), nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("posted_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("transaction_id", "debit_account", "credit_account", name="uq_ledger_once"),
        sa.CheckConstraint("amount_fen > 0", name="ck_ledger_positive"),
        sa.CheckConstraint("debit_account <> credit_account", name="ck_ledger_two_accounts"),
    )
    schema.append_only(op, "ledger")
