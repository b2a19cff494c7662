"""Tables of verification after payment: samples, the payments to ask for, and what was found.

A room of its own because tables.py is what is granted and paid, and this whether it arrived.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from services.subsidy.record_tables import REF, STATE, acts
from services.subsidy.tables import CODE, ID, INSTANT, PERIOD, REGION, metadata

# One of a run: who could draw again would draw until it suits.
payment_samples = Table(
    "payment_samples",
    metadata,
    Column("sample_id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("run_id", ID, ForeignKey("runs.run_id"), nullable=False),
    Column("region", REGION, nullable=False, comment="Of the run"),
    Column("seed", String(40), nullable=False),
    Column("drawn_on", Date, nullable=False),
    Column("lines", Integer, nullable=False, comment="Payments that it is drawn from"),
    Column("checks", Integer, nullable=False, comment="Payments that are drawn"),
    Column("state", STATE, nullable=False),
    Column("recorded_by", String(120), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_payment_samples_ref"),
    UniqueConstraint("run_id", name="uq_payment_samples_run"),
    CheckConstraint("checks BETWEEN 1 AND lines", name="ck_payment_samples_checks"),
)
Index("ix_payment_samples_region", payment_samples.c.region, payment_samples.c.sample_id)

# One row a payment, and the state after the last step. `finding`: what was found last, `received_fen`: what
# the person got, where it was another amount.
payment_checks = Table(
    "payment_checks",
    metadata,
    Column("check_id", ID, primary_key=True),
    Column("sample_id", ID, ForeignKey("payment_samples.sample_id"), nullable=False),
    Column("run_id", ID, nullable=False),
    Column("line", Integer, nullable=False),
    Column("person_id", ID, nullable=False),
    Column("region", REGION, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("period", PERIOD, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("state", STATE, nullable=False),
    Column("finding", STATE),
    Column("received_fen", BigInteger),
    Column("last_act_on", Date, nullable=False),
    ForeignKeyConstraint(
        ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_payment_checks_line"
    ),
    UniqueConstraint("run_id", "line", name="uq_payment_checks_line"),
)
Index("ix_payment_checks_sample", payment_checks.c.sample_id, payment_checks.c.check_id)
Index("ix_payment_checks_region", payment_checks.c.region, payment_checks.c.check_id)

# The steps of checks. Append-only.
payment_check_acts = acts(
    "payment_check_acts",
    Column("check_id", ID, ForeignKey("payment_checks.check_id"), nullable=False),
    Column("means", STATE),
    Column("received_fen", BigInteger),
    Column("document", String(120)),
)
Index("ix_payment_check_acts_check", payment_check_acts.c.check_id)

# What is to be recovered after checks, by two people. Approved, it is a difference and a debt of the same
# identifier.
recoveries = Table(
    "recoveries",
    metadata,
    Column("recovery_id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("check_id", ID, ForeignKey("payment_checks.check_id"), nullable=False),
    Column("region", REGION, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("document", String(120), nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("state", STATE, nullable=False),
    Column("proposed_by", String(120), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("decision_ref", REF),
    Column("decided_on", Date),
    Column("decided_by", String(120)),
    UniqueConstraint("ref", name="uq_recoveries_ref"),
    UniqueConstraint("decision_ref", name="uq_recoveries_decision_ref"),
    CheckConstraint("amount_fen > 0", name="ck_recoveries_positive"),
    CheckConstraint("state IN ('requested', 'approved', 'rejected')", name="ck_recoveries_state"),
    CheckConstraint("(decided_by IS NULL) = (state = 'requested')", name="ck_recoveries_are_decided"),
    CheckConstraint("decided_by <> proposed_by", name="ck_recoveries_two_persons"),
)
Index("ix_recoveries_region", recoveries.c.region, recoveries.c.recovery_id)
_STANDING = "state <> 'rejected'"
Index(
    "uq_recoveries_check",
    recoveries.c.check_id,
    unique=True,
    sqlite_where=text(_STANDING),
    postgresql_where=text(_STANDING),
)
