"""Runs are instructed to the bank and paid by its receipts; pay accounts; the ledger knows its runs."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0008"
down_revision = "0007"

ID = sa.String(32)
REGION = sa.String(12)
CODE = sa.String(60)
INSTANT = sa.DateTime(timezone=True)

STATES = "state IN ('planning', 'frozen', 'approved', 'instructing', 'instructed', 'paid')"
OPEN = sa.text("state IN ('planning', 'frozen', 'approved')")


def upgrade() -> None:
    """Change the runs, and create the tables of the bank.

    Raises RuntimeError when a run is approved and not yet paid: the old release finishes those it began.
    """
    if op.get_bind().execute(sa.text("select 1 from runs where state = 'approved'")).first():
        raise RuntimeError("a run is being paid; let the release that runs now finish it, then migrate")
    _runs()
    op.add_column(
        "ledger", sa.Column("run_id", ID, comment="None: an allotment, or booked before runs were noted")
    )
    op.create_index("ix_ledger_run", "ledger", ["run_id"])
    op.create_index("ix_ledger_posted", "ledger", ["posted_on"])
    op.create_index("ix_payments_paid", "payments", ["paid_on"])
    _pay_accounts()
    _bank_batches()
    _held_payments()
    _instructions()
    _answers()
    for table in ("instructions", "bank_receipts", "bank_answers"):
        schema.append_only(op, table)


def _runs() -> None:
    op.drop_index("uq_runs_one_open", "runs")
    if op.get_bind().dialect.name == "sqlite":
        _runs_anew()
    else:
        op.alter_column("runs", "state", type_=sa.String(12))
        op.drop_constraint("ck_runs_state", "runs")
        op.create_check_constraint("ck_runs_state", "runs", STATES)
    op.create_index(
        "uq_runs_one_open",
        "runs",
        ["scheme", "period", "region"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _runs_anew() -> None:
    """SQLite changes no check of a table: the rows move to a new one. Lines point to it by its name.

    They are without their runs in between; SQLite counts them, and forgives each when its run is back.
    """
    op.execute("pragma defer_foreign_keys = on")
    op.execute("create temporary table runs_before as select * from runs")
    op.drop_table("runs")
    op.create_table(
        "runs",
        sa.Column("run_id", ID, primary_key=True),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("pay_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("paid_lines", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("list_hash", sa.String(64)),
        sa.Column("planned_by", sa.String(120), nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("approved_by", sa.String(120)),
        sa.Column("approved_at", INSTANT),
        sa.CheckConstraint(STATES, name="ck_runs_state"),
        sa.CheckConstraint("(list_hash IS NULL) = (state = 'planning')", name="ck_runs_frozen_has_hash"),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (state IN ('planning', 'frozen'))", name="ck_runs_approved_has_checker"
        ),
        sa.CheckConstraint("approved_by <> planned_by", name="ck_runs_maker_is_not_checker"),
        sa.CheckConstraint("paid_lines BETWEEN 0 AND lines", name="ck_runs_paid_lines"),
    )
    op.execute("insert into runs select * from runs_before")
    op.execute("drop table runs_before")


def _pay_accounts() -> None:
    op.create_table(
        "pay_accounts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("holder", sa.Text, nullable=False, comment="Sealed"),
        sa.Column("number", sa.Text, nullable=False, comment="Sealed"),
        sa.Column("number_index", sa.String(81), nullable=False, comment="Blind, to find who shares it"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("usable_from", sa.Date, comment="First day on which it is paid to"),
        sa.Column("requested_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("decision_ref", sa.String(80), comment="The office's reference of the decision"),
        sa.Column("decided_by", sa.String(120), comment="Subject of the caller's token"),
        sa.Column("decided_at", INSTANT),
        sa.UniqueConstraint("ref", name="uq_pay_accounts_ref"),
        sa.UniqueConstraint("decision_ref", name="uq_pay_accounts_decision_ref"),
        sa.UniqueConstraint("person_id", "seq", name="uq_pay_accounts_seq"),
        sa.CheckConstraint("state IN ('requested', 'approved', 'rejected')", name="ck_pay_accounts_state"),
        sa.CheckConstraint("(usable_from IS NOT NULL) = (state = 'approved')", name="ck_pay_accounts_usable"),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (seq = 1 OR state = 'requested')",
            name="ck_pay_accounts_changes_are_decided",
        ),
        sa.CheckConstraint("decided_by <> requested_by", name="ck_pay_accounts_two_persons"),
    )
    op.create_index("ix_pay_accounts_number", "pay_accounts", ["number_index"])


def _bank_batches() -> None:
    op.create_table(
        "bank_batches",
        sa.Column("id", ID, primary_key=True),
        sa.Column("run_id", ID, sa.ForeignKey("runs.run_id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, comment="Within the run, from 1"),
        sa.Column("region", REGION, nullable=False, comment="Of the run"),
        sa.Column("layout", CODE, nullable=False),
        sa.Column("pay_on", sa.Date, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("file_hash", sa.String(64)),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("run_id", "seq", name="uq_bank_batches_seq"),
        sa.CheckConstraint("answered BETWEEN 0 AND lines", name="ck_bank_batches_answered"),
    )


def _held_payments() -> None:
    op.create_table(
        "held_payments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("instruction_id", ID),
        sa.Column("account_id", ID, comment="The account that did not take it"),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_held_payments_line"
        ),
        sa.UniqueConstraint("instruction_id", name="uq_held_payments_instruction"),
        sa.CheckConstraint("state IN ('open', 'reissued')", name="ck_held_payments_state"),
    )
    op.create_index(
        "uq_held_payments_unsent",
        "held_payments",
        ["run_id", "line"],
        unique=True,
        sqlite_where=sa.text("instruction_id IS NULL"),
        postgresql_where=sa.text("instruction_id IS NULL"),
    )
    op.create_index("ix_held_payments_run", "held_payments", ["run_id", "state", "id"])
    op.create_index("ix_held_payments_region", "held_payments", ["region", "state", "id"])


def _instructions() -> None:
    op.create_table(
        "instructions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("batch_id", ID, sa.ForeignKey("bank_batches.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, comment="Within the batch, from 1"),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("account_id", ID, sa.ForeignKey("pay_accounts.id"), nullable=False),
        sa.Column("held_id", ID, sa.ForeignKey("held_payments.id")),
        sa.ForeignKeyConstraint(
            ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_instructions_line"
        ),
        sa.UniqueConstraint("batch_id", "seq", name="uq_instructions_seq"),
        sa.UniqueConstraint("held_id", name="uq_instructions_held"),
        sa.CheckConstraint("amount_fen > 0", name="ck_instructions_positive"),
    )
    op.create_index(
        "uq_instructions_first",
        "instructions",
        ["run_id", "line"],
        unique=True,
        sqlite_where=sa.text("held_id IS NULL"),
        postgresql_where=sa.text("held_id IS NULL"),
    )


def _answers() -> None:
    op.create_table(
        "bank_receipts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("batch_id", ID, sa.ForeignKey("bank_batches.id"), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
        sa.Column("paid_lines", sa.Integer, nullable=False),
        sa.Column("paid_fen", sa.BigInteger, nullable=False),
        sa.Column("returned_lines", sa.Integer, nullable=False),
        sa.Column("returned_fen", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("file_hash", name="uq_bank_receipts_file"),
    )
    op.create_table(
        "bank_answers",
        sa.Column("instruction_id", ID, sa.ForeignKey("instructions.id"), primary_key=True),
        sa.Column("receipt_id", ID, sa.ForeignKey("bank_receipts.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False, comment="Line of the file"),
        sa.Column("paid", sa.Boolean, nullable=False, comment="Else returned"),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("settled_on", sa.Date, nullable=False),
    )
    op.create_index("ix_bank_answers_receipt", "bank_answers", ["receipt_id"])
    op.create_index("ix_bank_answers_settled", "bank_answers", ["settled_on"])
    op.create_index("ix_bank_batches_pay_on", "bank_batches", ["pay_on"])
