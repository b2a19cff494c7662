"""Tables of legal aid: agencies, matters, and their steps.

A room of its own because tables.py is about who people are.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from chassis.sealing import Sealed
from services.registry.case_tables import CODE, REF, WHO
from services.registry.record_tables import acts
from services.registry.tables import ID, INSTANT, REGION, metadata

MATTER_CONTENT = Sealed("registry.legal_aid.content")

legal_agencies = Table(
    "legal_agencies",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("agency", String(120), nullable=False),
    Column("kind", CODE, nullable=False),
    Column("region", REGION, nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_legal_agencies_ref"),
)

legal_aid = Table(
    "legal_aid",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_legal_aid_person"), nullable=False),
    Column("agency_id", ID, ForeignKey("legal_agencies.id", name="fk_legal_aid_agency"), nullable=False),
    Column("kind", CODE, nullable=False),
    Column("region", REGION, nullable=False, comment="Where the person lived"),
    Column("requested_on", Date, nullable=False),
    Column("content", Text, comment="Sealed"),
    Column("decision_due_on", Date, nullable=False, comment="Last day of the decision"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("outcome", CODE),
    Column("hours", Integer),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_legal_aid_ref"),
)
Index("ix_legal_aid_region", legal_aid.c.region)
Index("ix_legal_aid_person", legal_aid.c.person_id)

legal_aid_acts = acts(
    "legal_aid_acts",
    legal_aid,
    Column("outcome", CODE),
    Column("hours", Integer),
    called="matter",
)
