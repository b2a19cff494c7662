"""The tables of differences and debts.

A room of its own because tables.py is what is granted and paid, and this what was found wrong with it later.
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
    false,
)

from services.subsidy.tables import CODE, ID, INSTANT, LINE_PERIOD, REGION, metadata

# What a period should have paid and did not, or paid too much. `line_period`: the period and the number of
# the difference, "2026-03+1"; a run pays back-pay in a line of that period. `due_fen`: the whole amount of
# the period as known when it was found. Append-only.
differences = Table(
    "differences",
    metadata,
    Column("difference_id", ID, primary_key=True),
    Column("award_id", ID, ForeignKey("awards.award_id"), nullable=False),
    Column("person_id", ID, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("variant", CODE, nullable=False),
    Column("line_period", LINE_PERIOD, nullable=False),
    Column("region", REGION, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("due_fen", BigInteger, nullable=False),
    Column("decision", Text, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("person_id", "scheme", "line_period", name="uq_differences_once"),
    CheckConstraint("amount_fen > 0", name="ck_differences_positive"),
    CheckConstraint("due_fen >= 0", name="ck_differences_due"),
    CheckConstraint("kind IN ('back_pay', 'over_payment')", name="ck_differences_kind"),
)
Index("ix_differences_scheme", differences.c.scheme, differences.c.difference_id)

# What a person was paid too much and owes: one for each over-payment, of the same identifier.
# `instalment_fen`: the most that is kept back of the payments of one run, as agreed. `by_other`: somebody
# else had the money, and owes it.
debts = Table(
    "debts",
    metadata,
    Column("debt_id", ID, ForeignKey("differences.difference_id"), primary_key=True),
    Column("person_id", ID, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("region", REGION, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("settled_fen", BigInteger, nullable=False),
    Column("instalment_fen", BigInteger),
    Column("by_other", Boolean, nullable=False, server_default=false()),
    CheckConstraint("settled_fen BETWEEN 0 AND amount_fen", name="ck_debts_not_oversettled"),
    CheckConstraint("instalment_fen > 0", name="ck_debts_instalment"),
)
Index("ix_debts_person", debts.c.person_id, debts.c.scheme)
Index("ix_debts_scheme", debts.c.scheme, debts.c.debt_id)

# How debts shrank: kept back of a line of a run (`offset`), paid back, written off, or never paid after all,
# for the line was given up (`not_paid`). What a line kept back that was given up is owed again (`reopened`).
# Append-only.
debt_entries = Table(
    "debt_entries",
    metadata,
    Column("entry_id", ID, primary_key=True),
    Column("ref", String(80)),
    Column("debt_id", ID, ForeignKey("debts.debt_id"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("run_id", ID),
    Column("line", Integer),
    Column("happened_on", Date, nullable=False),
    Column("recorded_by", String(120), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    ForeignKeyConstraint(
        ["run_id", "line"], ["run_lines.run_id", "run_lines.seq"], name="fk_debt_entries_line"
    ),
    UniqueConstraint("ref", name="uq_debt_entries_ref"),
    UniqueConstraint("debt_id", "run_id", "line", "kind", name="uq_debt_entries_line"),
    CheckConstraint("amount_fen > 0", name="ck_debt_entries_positive"),
    CheckConstraint(
        "kind IN ('offset', 'paid_back', 'written_off', 'reopened', 'not_paid')", name="ck_debt_entries_kind"
    ),
    CheckConstraint(
        "(kind IN ('paid_back', 'written_off')) = (run_id IS NULL)", name="ck_debt_entries_offset_has_run"
    ),
    CheckConstraint(
        "(kind IN ('paid_back', 'written_off')) = (ref IS NOT NULL)", name="ck_debt_entries_acts_have_ref"
    ),
)
Index("ix_debt_entries_line", debt_entries.c.run_id, debt_entries.c.line)

# Steps of debts by the office: instalments agreed, and money paid back and write-offs asked for, on which
# another person decides.
debt_acts = Table(
    "debt_acts",
    metadata,
    Column("act_id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("debt_id", ID, ForeignKey("debts.debt_id"), nullable=False),
    Column("act", String(14), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("document", String(120), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("recorded_by", String(120), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("decision", String(10)),
    Column("decision_ref", String(80)),
    Column("decided_on", Date),
    Column("decided_by", String(120)),
    UniqueConstraint("ref", name="uq_debt_acts_ref"),
    UniqueConstraint("decision_ref", name="uq_debt_acts_decision_ref"),
    CheckConstraint("act IN ('agree', 'pay_back', 'ask_write_off')", name="ck_debt_acts_act"),
    CheckConstraint("decision IN ('approved', 'rejected')", name="ck_debt_acts_decision"),
    CheckConstraint("decision IS NULL OR act <> 'agree'", name="ck_debt_acts_only_money_is_decided"),
    CheckConstraint("decided_by <> recorded_by", name="ck_debt_acts_two_persons"),
    CheckConstraint("amount_fen > 0", name="ck_debt_acts_positive"),
)
