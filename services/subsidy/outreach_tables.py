"""Tables of outreach: runs, leads, and what came of them.

A room of its own because tables.py is about money granted, and this about people to ask.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.subsidy.record_tables import REASON, REF, STATE, WHO, acts
from services.subsidy.tables import CODE, ID, INSTANT, PERIOD, REGION, metadata

outreach_runs = Table(
    "outreach_runs",
    metadata,
    Column("run_id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("period", PERIOD, nullable=False),
    Column("region", REGION, nullable=False),
    Column("matched_on", Date, nullable=False),
    Column("state", STATE, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("leads", Integer, nullable=False),
    Column("recorded_by", WHO, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_outreach_runs_ref"),
)
Index("ix_outreach_runs_region", outreach_runs.c.region)

# `cause`: a run, or what else showed that somebody is entitled. `grounds`: digest of rules and facts.
# `rules`: as an award's `decision`. `to_check`: JSON list of texts.
leads = Table(
    "leads",
    metadata,
    Column("lead_id", ID, primary_key=True),
    Column("run_id", ID, ForeignKey("outreach_runs.run_id")),
    Column("person_id", ID, nullable=False),
    Column("scheme", CODE, nullable=False),
    Column("period", PERIOD, nullable=False),
    Column("region", REGION, nullable=False),
    Column("grounds", String(64), nullable=False),
    Column("rules", Text, nullable=False),
    Column("to_check", Text, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("state", STATE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("reason", REASON),
    Column("award_id", ID, ForeignKey("awards.award_id")),
    Column("recorded_at", INSTANT, nullable=False),
    Column("cause", STATE, nullable=False, server_default="outreach"),
    CheckConstraint("(run_id IS NOT NULL) = (cause = 'outreach')", name="ck_leads_run"),
)
Index("ix_leads_run", leads.c.run_id, leads.c.lead_id)
Index("ix_leads_region", leads.c.region, leads.c.lead_id)
Index("ix_leads_person", leads.c.person_id, leads.c.scheme)
_OPEN = "state IN ('found', 'contacted', 'applied')"
Index(
    "uq_leads_one_open",
    leads.c.person_id,
    leads.c.scheme,
    unique=True,
    sqlite_where=text(_OPEN),
    postgresql_where=text(_OPEN),
)

# The steps of leads; `ref` has a space where an award closed the lead. Append-only.
lead_acts = acts(
    "lead_acts",
    Column("lead_id", ID, ForeignKey("leads.lead_id"), nullable=False),
    Column("reason", REASON),
)
Index("ix_lead_acts_lead", lead_acts.c.lead_id)

# What others give somebody, as the office told it: `amount_fen` holds from `since` until a later one.
# Append-only.
outside_benefits = Table(
    "outside_benefits",
    metadata,
    Column("benefit_id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("person_id", ID, nullable=False),
    Column("benefit", CODE, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("since", Date, nullable=False),
    Column("recorded_by", WHO, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_outside_benefits_ref"),
    CheckConstraint("amount_fen >= 0", name="ck_outside_benefits_amount"),
)
Index("ix_outside_benefits_person", outside_benefits.c.person_id, outside_benefits.c.benefit)
