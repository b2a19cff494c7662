"""Tables of proposals of the people's congress and the consultative conference, and of their steps.

A room of its own because tables.py is about who people are.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from chassis.sealing import Sealed
from services.registry.case_tables import CODE, REF, WHO
from services.registry.record_tables import acts
from services.registry.tables import ID, INSTANT, REGION, metadata

PROPOSERS = Sealed("registry.proposals.proposers")

proposals = Table(
    "proposals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("session", String(120), nullable=False),
    Column("number", String(120), nullable=False),
    Column("title", String(120), nullable=False),
    Column("proposer", CODE, nullable=False),
    Column("proposers", Text, comment="Sealed"),
    Column("role", CODE, nullable=False),
    Column("key", Boolean, nullable=False),
    Column("region", REGION, nullable=False),
    Column("officer", REF, nullable=False),
    Column("assigned_on", Date, nullable=False),
    Column("reply_due_on", Date, nullable=False, comment="Last day of the reply"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("extended", Boolean, nullable=False),
    Column("reply_class", CODE),
    Column("satisfied", Boolean),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("kind", "session", "number", name="uq_proposals_number"),
    UniqueConstraint("ref", name="uq_proposals_ref"),
)
Index("ix_proposals_region", proposals.c.region)

proposal_acts = acts(
    "proposal_acts",
    proposals,
    Column("reply_class", CODE),
    Column("satisfied", Boolean),
    called="proposal",
)
