"""The table of corrections.

A room of its own because tables.py is what is registered now, and this how it came to be so.
"""

from sqlalchemy import (
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
)

from chassis.sealing import Sealed
from services.registry.tables import ID, INSTANT, REGION, metadata

BEFORE = Sealed("registry.corrections.before")
AFTER = Sealed("registry.corrections.after")

corrections = Table(
    "corrections",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", String(80), nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_corrections_person"), nullable=False),
    Column("region", REGION, nullable=False, comment="Of the person when it was asked for"),
    Column("field", String(40), nullable=False),
    Column("before", Text, comment="Sealed; none: nothing was registered"),
    Column("after", Text, comment="Sealed; none: nothing is to be registered"),
    Column("effective_on", Date, nullable=False, comment="Day from which the new value holds"),
    Column("requested_on", Date, nullable=False),
    Column("requested_by", String(120), nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    Column("state", String(40), nullable=False),
    Column("decision_ref", String(80), comment="The office's reference of the decision"),
    Column("decided_on", Date),
    Column("decided_by", String(120), comment="Subject of the caller's token"),
    Column("decided_at", INSTANT),
    Column("seq", Integer, comment="Number within the person's approved ones, from 1"),
    Column("acted_by", String(40), comment="Who asked for it; null: nobody told"),
    Column("guardian_ref", String(80), comment="The office's reference of the guardian"),
    Column("agent_kind", String(40), comment="What an agent is to the person"),
    UniqueConstraint("ref", name="uq_corrections_ref"),
    UniqueConstraint("decision_ref", name="uq_corrections_decision_ref"),
    UniqueConstraint("person_id", "seq", name="uq_corrections_seq"),
    CheckConstraint("decided_by <> requested_by", name="ck_corrections_two_persons"),
)
Index("ix_corrections_region", corrections.c.region, corrections.c.id)
Index("ix_corrections_state", corrections.c.state, corrections.c.id)
