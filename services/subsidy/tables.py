"""The tables of the service. Amounts are whole fen; `_on` is a plain date, `_at` an instant in UTC."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from chassis.database import BigId

metadata = MetaData()

ID = String(32)
REGION = String(12)
CODE = String(60)
PERIOD = String(10)
# A period with the number of a difference; SQLite keeps no lengths, and shows that of the first version.
LINE_PERIOD = String(16).with_variant(String(10), "sqlite")
INSTANT = DateTime(timezone=True)

# `ref` is set for awards that the office granted, `enrolment_id` for those that an enrolment opened. Where
# an award follows another one, with a new variant or after its end, `ref` is the identifier of that change.
# `period` and `last_period` are the first and the last that is paid; no last one until it is stopped.
# `household_id`: that of the person when it was granted; `for_household`: granted once to all of it.
# `held_from`: the first that waits until the certificate is no longer frozen; `review_held_from`: until an
# overdue review is recorded. `reviewed_on`: the day of the last review, or of the grant. `granted_variant`:
# the first one, where news put another one in its place. `sole`: no other award of the scheme may stand
# beside it. `decision` holds the rules applied: JSON list of {rule, value, unit, from, document, zh}.
awards = Table(
    "awards",
    metadata,
    Column("award_id", ID, primary_key=True),
    Column("ref", String(80)),
    Column("enrolment_id", ID),
    Column("person_id", ID, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("variant", CODE, nullable=False),
    Column("period", PERIOD, nullable=False),
    Column("region", REGION, nullable=False),
    Column("granted_on", Date, nullable=False),
    Column("decision", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("last_period", PERIOD),
    Column("sole", Boolean, nullable=False, server_default=false()),
    Column("applied_on", Date),
    Column("cost_fen", BigInteger),
    Column("days", Integer),
    Column("held_from", PERIOD),
    Column("household_id", ID),
    Column("reviewed_on", Date),
    Column("review_held_from", PERIOD),
    Column("granted_variant", CODE),
    Column("for_household", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("ref", name="uq_awards_ref"),
    CheckConstraint("(ref IS NULL) <> (enrolment_id IS NULL)", name="ck_awards_one_origin"),
)
# One for a period; what was stopped before its first one was never paid, and may be granted anew.
Index(
    "uq_awards_once",
    awards.c.person_id,
    awards.c.scheme,
    awards.c.period,
    unique=True,
    sqlite_where=text("last_period IS NULL OR last_period >= period"),
    postgresql_where=text("last_period IS NULL OR last_period >= period"),
)
Index("ix_awards_scheme", awards.c.scheme, awards.c.award_id)
Index("ix_awards_period", awards.c.scheme, awards.c.period, awards.c.award_id)
Index(
    "ix_awards_going_on",
    awards.c.award_id,
    sqlite_where=text("last_period IS NULL"),
    postgresql_where=text("last_period IS NULL"),
)
Index(
    "uq_awards_sole",
    awards.c.person_id,
    awards.c.scheme,
    unique=True,
    sqlite_where=text("sole"),
    postgresql_where=text("sole"),
)
Index(
    "uq_awards_household",
    awards.c.household_id,
    awards.c.scheme,
    unique=True,
    sqlite_where=text("for_household"),
    postgresql_where=text("for_household"),
)

# Why an award ended as the office told it, and by which rule. Append-only.
award_stops = Table(
    "award_stops",
    metadata,
    Column("stop_id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("award_id", ID, ForeignKey("awards.award_id"), nullable=False),
    Column("reason", CODE, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("last_period", PERIOD, nullable=False),
    Column("decision", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_award_stops_ref"),
)
Index("ix_award_stops_award", award_stops.c.award_id)

# What followed for an award from news of its person, and by which rules. `period`: of a stop the last one
# paid, else the first one that it is about. `cause`: the identifier of the event, or the day of the daily
# look. Append-only.
award_changes = Table(
    "award_changes",
    metadata,
    Column("change_id", ID, primary_key=True),
    Column("award_id", ID, ForeignKey("awards.award_id"), nullable=False),
    Column("action", String(10), nullable=False),
    Column("reason", CODE, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("period", PERIOD, nullable=False),
    Column("variant", CODE),
    Column("cause", String(40), nullable=False),
    Column("decision", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("award_id", "cause", "action", name="uq_award_changes_once"),
    CheckConstraint(
        "(variant IS NOT NULL) = (action IN ('regrade', 'resume'))", name="ck_award_changes_variant"
    ),
    CheckConstraint(
        "action IN ('stop', 'hold', 'release', 'regrade', 'resume')", name="ck_award_changes_action"
    ),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", ID, primary_key=True),
    Column("scheme", CODE, nullable=False),
    Column("period", PERIOD, nullable=False),
    Column("region", REGION, nullable=False),
    Column("pay_on", Date, nullable=False),
    Column("state", String(12), nullable=False),
    Column("lines", Integer, nullable=False),
    Column("paid_lines", Integer, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("list_hash", String(64)),
    Column("planned_by", String(120), nullable=False),
    Column("planned_at", INSTANT, nullable=False),
    Column("approved_by", String(120)),
    Column("approved_at", INSTANT),
    Column("given_up_lines", Integer, nullable=False, server_default=text("0")),
    Column("rejected_by", String(120)),
    Column("rejected_at", INSTANT),
    Column("rejected_because", String(120)),
    CheckConstraint(
        "state IN ('planning', 'frozen', 'approved', 'instructing', 'instructed', 'paid', 'rejected')",
        name="ck_runs_state",
    ),
    CheckConstraint("(list_hash IS NULL) = (state = 'planning')", name="ck_runs_frozen_has_hash"),
    CheckConstraint(
        "(approved_by IS NULL) = (state IN ('planning', 'frozen', 'rejected'))",
        name="ck_runs_approved_has_checker",
    ),
    CheckConstraint("(rejected_by IS NULL) = (state <> 'rejected')", name="ck_runs_rejected_by"),
    CheckConstraint("approved_by <> planned_by", name="ck_runs_maker_is_not_checker"),
    CheckConstraint("paid_lines BETWEEN 0 AND lines", name="ck_runs_paid_lines"),
    CheckConstraint(
        "given_up_lines >= 0 AND paid_lines + given_up_lines <= lines", name="ck_runs_given_up_lines"
    ),
)
Index(
    "uq_runs_one_open",
    runs.c.scheme,
    runs.c.period,
    runs.c.region,
    unique=True,
    sqlite_where=text("state IN ('planning', 'frozen', 'approved')"),
    postgresql_where=text("state IN ('planning', 'frozen', 'approved')"),
)

# The payments of a run in their order. Append-only, but that the lines of a rejected run `stand` no more.
# `decision` is the rate applied, as in awards.
run_lines = Table(
    "run_lines",
    metadata,
    Column("run_id", ID, ForeignKey("runs.run_id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("award_id", ID, ForeignKey("awards.award_id"), nullable=False),
    Column("person_id", ID, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("variant", CODE, nullable=False),
    Column("period", LINE_PERIOD, nullable=False),
    Column("region", REGION, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("decision", Text, nullable=False),
    Column("stands", Boolean, nullable=False, server_default=true()),
    CheckConstraint("amount_fen > 0", name="ck_run_lines_positive"),
)
Index(
    "uq_run_lines_once",
    run_lines.c.person_id,
    run_lines.c.scheme,
    run_lines.c.period,
    unique=True,
    sqlite_where=text("stands = 1"),
    postgresql_where=text("stands"),
)

# The part of a line that one source bears. Append-only.
run_shares = Table(
    "run_shares",
    metadata,
    Column("run_id", ID, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("source", CODE, primary_key=True),
    Column("amount_fen", BigInteger, nullable=False),
    ForeignKeyConstraint(["run_id", "seq"], ["run_lines.run_id", "run_lines.seq"], name="fk_run_shares_line"),
    CheckConstraint("amount_fen > 0", name="ck_run_shares_positive"),
)

# Append-only. The first payment of a line has no `take_back_id`; any other follows one of the same line that
# the bank took back, which is used once: so nobody has two payments that stand.
payments = Table(
    "payments",
    metadata,
    Column("payment_id", ID, primary_key=True),
    Column("run_id", ID, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("person_id", ID, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("period", LINE_PERIOD, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("take_back_id", ID),
    ForeignKeyConstraint(["run_id", "seq"], ["run_lines.run_id", "run_lines.seq"], name="fk_payments_line"),
    ForeignKeyConstraint(
        ["take_back_id", "run_id", "seq"],
        ["payment_changes.id", "payment_changes.run_id", "payment_changes.line"],
        name="fk_payments_again",
    ),
    UniqueConstraint("take_back_id", name="uq_payments_again"),
    CheckConstraint("amount_fen > 0", name="ck_payments_positive"),
)
Index(
    "uq_payments_line",
    payments.c.run_id,
    payments.c.seq,
    unique=True,
    sqlite_where=text("take_back_id IS NULL"),
    postgresql_where=text("take_back_id IS NULL"),
)
Index(
    "uq_payments_once",
    payments.c.person_id,
    payments.c.scheme,
    payments.c.period,
    unique=True,
    sqlite_where=text("take_back_id IS NULL"),
    postgresql_where=text("take_back_id IS NULL"),
)

# Double entry: each row debits one account and credits another. The rows of one transaction share the
# identifier of the allotment, the run, the batch, the return, the payment or its change that they book.
# Append-only.
ledger = Table(
    "ledger",
    metadata,
    Column("entry_id", BigId, primary_key=True, autoincrement=True),
    Column("transaction_id", ID, nullable=False),
    Column("debit_account", String(140), nullable=False),
    Column("credit_account", String(140), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("region", REGION, nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("run_id", ID, comment="None: an allotment, or booked before runs were noted"),
    UniqueConstraint("transaction_id", "debit_account", "credit_account", name="uq_ledger_once"),
    CheckConstraint("amount_fen > 0", name="ck_ledger_positive"),
    CheckConstraint("debit_account <> credit_account", name="ck_ledger_two_accounts"),
)
Index("ix_ledger_run", ledger.c.run_id)
Index("ix_ledger_posted", ledger.c.posted_on)
Index("ix_payments_paid", payments.c.paid_on)
