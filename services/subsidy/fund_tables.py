"""Tables of money made available: allotments, and what is taken back of them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    text,
)

from services.subsidy.tables import CODE, ID, INSTANT, PERIOD, REGION, metadata

# Money made available. `drawn_fen` is what planned runs have taken of it, `withdrawn_fen` what is not
# available any more.
fund_allotments = Table(
    "fund_allotments",
    metadata,
    Column("allotment_id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("source", CODE, nullable=False),
    Column("region", REGION, nullable=False),
    Column("year", PERIOD, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("drawn_fen", BigInteger, nullable=False),
    Column("document", String(120), nullable=False),
    Column("allotted_on", Date, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("withdrawn_fen", BigInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("ref", name="uq_fund_allotments_ref"),
    CheckConstraint("amount_fen > 0", name="ck_fund_allotments_positive"),
    CheckConstraint("drawn_fen BETWEEN 0 AND amount_fen", name="ck_fund_allotments_not_overdrawn"),
    CheckConstraint(
        "withdrawn_fen >= 0 AND drawn_fen + withdrawn_fen <= amount_fen", name="ck_fund_allotments_withdrawn"
    ),
)
Index("ix_fund_allotments_scheme_year", fund_allotments.c.scheme, fund_allotments.c.year)

# Money made available that is not any more. Append-only.
fund_withdrawals = Table(
    "fund_withdrawals",
    metadata,
    Column("withdrawal_id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("allotment_id", ID, ForeignKey("fund_allotments.allotment_id"), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("document", String(120), nullable=False),
    Column("withdrawn_on", Date, nullable=False),
    Column("recorded_by", String(120), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_fund_withdrawals_ref"),
    CheckConstraint("amount_fen > 0", name="ck_fund_withdrawals_positive"),
)
