"""Tables of claims (补贴申请): the files, their steps, the clocks that ran out.

A room of its own because tables.py is about money granted, and this about who asks for it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from chassis.sealing import Sealed
from services.subsidy.record_tables import REASON, REF, STATE, WHO, acts
from services.subsidy.tables import CODE, ID, INSTANT, PERIOD, REGION, metadata

PROOF = Sealed("subsidy.claims.proof")

# `benefits`: JSON of what others give, as stated. The columns from `desk` on are those of the last step.
claims = Table(
    "claims",
    metadata,
    Column("claim_id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("person_id", ID, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("variant", CODE, nullable=False),
    Column("period", PERIOD, comment="Null: by the rules, from the hand-in"),
    Column("applicant", STATE, nullable=False),
    Column("guardianship_id", ID, comment="Of the guardian named, for applicant guardian"),
    Column("channel", STATE, nullable=False),
    Column("applied_on", Date, nullable=False),
    Column("window", REGION, comment="Where it was handed in, if elsewhere than at home"),
    Column("cost_fen", BigInteger),
    Column("days", Integer),
    Column("benefits", Text, nullable=False),
    Column("proof", String(81), comment="Blind index of the number of what proves it, as the vehicle's"),
    Column("proof_for", PERIOD, comment="Period in which no other claim may name the same"),
    Column("region", REGION, nullable=False, comment="Where the person lived when it was handed in"),
    Column("desk", REGION, nullable=False, comment="Division whose turn it is"),
    Column("state", STATE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("clock", STATE),
    Column("due_on", Date, comment="Last day of the clock that runs; null when none does"),
    Column("obstacle", REASON, comment="What the last check found against it"),
    Column("checked_by", WHO),
    Column("reviewed_by", WHO),
    Column("posted_until", Date, comment="Last day of the notice"),
    Column("objected_on", Date, comment="Day of an objection that is not decided"),
    Column("reason", CODE, comment="Why it was refused"),
    Column("name_hidden", Boolean, nullable=False, server_default=false(), comment="Not named in the notice"),
    Column("award_id", ID, ForeignKey("awards.award_id", name="fk_claims_award")),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_claims_ref"),
)
Index("ix_claims_region", claims.c.region, claims.c.claim_id)
Index("ix_claims_window", claims.c.window, claims.c.claim_id)
Index("ix_claims_desk", claims.c.desk, claims.c.claim_id)
Index("ix_claims_person", claims.c.person_id, claims.c.scheme)
Index("ix_claims_award", claims.c.award_id)
Index("ix_claims_posted", claims.c.posted_until)
Index("ix_claims_due", claims.c.due_on, claims.c.claim_id)
_PROVEN = "proof IS NOT NULL AND reason IS NULL AND state <> 'withdrawn'"
_OPEN = "state NOT IN ('granted', 'refused', 'told', 'withdrawn')"
Index(
    "uq_claims_one_open",
    claims.c.person_id,
    claims.c.scheme,
    unique=True,
    sqlite_where=text(_OPEN),
    postgresql_where=text(_OPEN),
)

Index(
    "uq_claims_proof",
    claims.c.proof,
    claims.c.scheme,
    claims.c.proof_for,
    unique=True,
    sqlite_where=text(_PROVEN),
    postgresql_where=text(_PROVEN),
)

# The steps of claims; `decision` as an award's, of a decision. Append-only.
claim_acts = acts(
    "claim_acts",
    Column("claim_id", ID, ForeignKey("claims.claim_id", name="fk_claim_acts_claim"), nullable=False),
    Column("seq", Integer, nullable=False, comment="Number within the claim, from 1"),
    Column("reason", REASON),
    Column("due_after", Date),
    Column("decision", Text),
    UniqueConstraint("claim_id", "seq", name="uq_claim_acts_seq"),
)

# Clocks told to have run out. Append-only.
claim_overdue = Table(
    "claim_overdue",
    metadata,
    Column("claim_id", ID, ForeignKey("claims.claim_id", name="fk_claim_overdue_claim")),
    Column("clock", STATE),
    Column("due_on", Date, comment="The last day, which is over"),
    Column("recorded_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("claim_id", "clock", "due_on", name="pk_claim_overdue"),
)
