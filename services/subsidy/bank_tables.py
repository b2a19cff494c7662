"""The tables of what goes to the bank and comes back: accounts, batches, instructions, answers.

A room of its own because tables.py is what is granted and owed, and this how the money gets to people.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from chassis.sealing import Sealed
from services.subsidy.tables import CODE, ID, INSTANT, PERIOD, REGION, metadata

HOLDER = Sealed("subsidy.pay_accounts.holder")
NUMBER = Sealed("subsidy.pay_accounts.number")

# `seq` numbers a person's accounts; the first one holds at once, a second person decides on each later one.
pay_accounts = Table(
    "pay_accounts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("person_id", ID, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("holder", Text, nullable=False, comment="Sealed"),
    Column("number", Text, nullable=False, comment="Sealed"),
    Column("number_index", String(81), nullable=False, comment="Blind, to find who shares it"),
    Column("state", String(10), nullable=False),
    Column("usable_from", Date, comment="First day on which it is paid to"),
    Column("requested_by", String(120), nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    Column("decision_ref", String(80), comment="The office's reference of the decision"),
    Column("decided_by", String(120), comment="Subject of the caller's token"),
    Column("decided_at", INSTANT),
    UniqueConstraint("ref", name="uq_pay_accounts_ref"),
    UniqueConstraint("decision_ref", name="uq_pay_accounts_decision_ref"),
    UniqueConstraint("person_id", "seq", name="uq_pay_accounts_seq"),
    CheckConstraint("state IN ('requested', 'approved', 'rejected')", name="ck_pay_accounts_state"),
    CheckConstraint("(usable_from IS NOT NULL) = (state = 'approved')", name="ck_pay_accounts_usable"),
    CheckConstraint(
        "(decided_by IS NULL) = (seq = 1 OR state = 'requested')", name="ck_pay_accounts_changes_are_decided"
    ),
    CheckConstraint("decided_by <> requested_by", name="ck_pay_accounts_two_persons"),
)
Index("ix_pay_accounts_number", pay_accounts.c.number_index)

# One file for the bank. `file_hash` is null while its instructions are being written.
bank_batches = Table(
    "bank_batches",
    metadata,
    Column("id", ID, primary_key=True),
    Column("run_id", ID, ForeignKey("runs.run_id"), nullable=False),
    Column("seq", Integer, nullable=False, comment="Within the run, from 1"),
    Column("region", REGION, nullable=False, comment="Of the run"),
    Column("layout", CODE, nullable=False),
    Column("pay_on", Date, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("file_hash", String(64)),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("run_id", "seq", name="uq_bank_batches_seq"),
    CheckConstraint("answered BETWEEN 0 AND lines", name="ck_bank_batches_answered"),
)

# A payment of a run that did not come about, and waits. `instruction_id` is what the bank returned.
held_payments = Table(
    "held_payments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("run_id", ID, nullable=False),
    Column("line", Integer, nullable=False),
    Column("person_id", ID, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("period", PERIOD, nullable=False),
    Column("region", REGION, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", CODE, nullable=False),
    Column("instruction_id", ID),
    Column("account_id", ID, comment="The account that did not take it"),
    Column("held_on", Date, nullable=False),
    Column("state", String(10), nullable=False),
    ForeignKeyConstraint(
        ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_held_payments_line"
    ),
    UniqueConstraint("instruction_id", name="uq_held_payments_instruction"),
    CheckConstraint("state IN ('open', 'reissued', 'given_up')", name="ck_held_payments_state"),
)
Index(
    "uq_held_payments_unsent",
    held_payments.c.run_id,
    held_payments.c.line,
    unique=True,
    sqlite_where=text("instruction_id IS NULL"),
    postgresql_where=text("instruction_id IS NULL"),
)
Index("ix_held_payments_run", held_payments.c.run_id, held_payments.c.state, held_payments.c.id)
Index("ix_held_payments_region", held_payments.c.region, held_payments.c.state, held_payments.c.id)

# What the bank is told, one row a payment. Append-only. The first instruction of a line has no `held_id`; any
# other comes from what was held up, which is used once: so no line has two that wait for an answer.
instructions = Table(
    "instructions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("batch_id", ID, ForeignKey("bank_batches.id"), nullable=False),
    Column("seq", Integer, nullable=False, comment="Within the batch, from 1"),
    Column("run_id", ID, nullable=False),
    Column("line", Integer, nullable=False),
    Column("person_id", ID, nullable=False),
    Column("region", REGION, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("account_id", ID, ForeignKey("pay_accounts.id"), nullable=False),
    Column("held_id", ID, ForeignKey("held_payments.id")),
    ForeignKeyConstraint(
        ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_instructions_line"
    ),
    UniqueConstraint("batch_id", "seq", name="uq_instructions_seq"),
    UniqueConstraint("held_id", name="uq_instructions_held"),
    CheckConstraint("amount_fen > 0", name="ck_instructions_positive"),
)
Index(
    "uq_instructions_first",
    instructions.c.run_id,
    instructions.c.line,
    unique=True,
    sqlite_where=text("held_id IS NULL"),
    postgresql_where=text("held_id IS NULL"),
)

# A file of the bank, taken whole. Append-only.
bank_receipts = Table(
    "bank_receipts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("batch_id", ID, ForeignKey("bank_batches.id"), nullable=False),
    Column("file_hash", String(64), nullable=False),
    Column("paid_lines", Integer, nullable=False),
    Column("paid_fen", BigInteger, nullable=False),
    Column("returned_lines", Integer, nullable=False),
    Column("returned_fen", BigInteger, nullable=False),
    Column("recorded_by", String(120), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("file_hash", name="uq_bank_receipts_file"),
)

# The bank's answer to an instruction: one, for good. Append-only. `code` is the bank's own, empty when paid.
bank_answers = Table(
    "bank_answers",
    metadata,
    Column("instruction_id", ID, ForeignKey("instructions.id"), primary_key=True),
    Column("receipt_id", ID, ForeignKey("bank_receipts.id"), nullable=False),
    Column("place", Integer, nullable=False, comment="Line of the file"),
    Column("paid", Boolean, nullable=False, comment="Else returned"),
    Column("code", String(20), nullable=False),
    Column("settled_on", Date, nullable=False),
)
Index("ix_bank_answers_receipt", bank_answers.c.receipt_id)
Index("ix_bank_answers_settled", bank_answers.c.settled_on)
Index("ix_bank_batches_pay_on", bank_batches.c.pay_on)

# A payment held up that is given up, or one that the bank took back after it had paid: asked for by one,
# decided by another. Each payment once, what was rejected aside.
payment_changes = Table(
    "payment_changes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("held_id", ID, ForeignKey("held_payments.id"), comment="What is given up"),
    Column("instruction_id", ID, ForeignKey("instructions.id"), comment="What was paid, and came back"),
    Column("run_id", ID, nullable=False),
    Column("line", Integer, nullable=False),
    Column("region", REGION, nullable=False),
    Column("reason", CODE, nullable=False),
    Column("document", String(120), nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("state", String(10), nullable=False),
    Column("requested_by", String(120), nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    Column("decision_ref", String(80), comment="The office's reference of the decision"),
    Column("decided_by", String(120), comment="Subject of the caller's token"),
    Column("decided_at", INSTANT),
    ForeignKeyConstraint(
        ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_payment_changes_line"
    ),
    UniqueConstraint("ref", name="uq_payment_changes_ref"),
    UniqueConstraint("decision_ref", name="uq_payment_changes_decision_ref"),
    CheckConstraint("state IN ('requested', 'approved', 'rejected')", name="ck_payment_changes_state"),
    CheckConstraint(
        "kind = 'give_up' AND held_id IS NOT NULL AND instruction_id IS NULL"
        " OR kind = 'take_back' AND held_id IS NULL AND instruction_id IS NOT NULL",
        name="ck_payment_changes_kind",
    ),
    CheckConstraint("(decided_by IS NULL) = (state = 'requested')", name="ck_payment_changes_are_decided"),
    CheckConstraint("decided_by <> requested_by", name="ck_payment_changes_two_persons"),
)
for _target in (payment_changes.c.held_id, payment_changes.c.instruction_id):
    Index(
        f"uq_payment_changes_{_target.name}",
        _target,
        unique=True,
        sqlite_where=text("state <> 'rejected'"),
        postgresql_where=text("state <> 'rejected'"),
    )
Index("ix_payment_changes_region", payment_changes.c.region, payment_changes.c.state, payment_changes.c.id)
Index("ix_payment_changes_line", payment_changes.c.run_id, payment_changes.c.line)
Index(
    "uq_payment_changes_place",
    payment_changes.c.id,
    payment_changes.c.run_id,
    payment_changes.c.line,
    unique=True,
)
Index("ix_payment_changes_booked", payment_changes.c.booked_on)
