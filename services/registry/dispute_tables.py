"""Tables of dispute screening: rounds, disputes, and their steps.

A room of its own because tables.py is about who people are.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from chassis.sealing import Sealed
from services.registry.case_tables import CODE, REF, WHO
from services.registry.record_tables import acts
from services.registry.tables import ID, INSTANT, REGION, metadata

PARTIES = Sealed("registry.disputes.parties")
DISPUTE_CONTENT = Sealed("registry.disputes.content")

screening_rounds = Table(
    "screening_rounds",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("region", REGION, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("households", Integer, nullable=False, comment="How many were visited"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_screening_rounds_ref"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("round_id", ID, ForeignKey("screening_rounds.id", name="fk_disputes_round"), nullable=False),
    Column("kind", CODE, nullable=False),
    Column("region", REGION, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_disputes_person")),
    Column("parties", Text, comment="Sealed"),
    Column("content", Text, comment="Sealed"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_disputes_ref"),
)
Index("ix_disputes_region", disputes.c.region)
Index("ix_disputes_person", disputes.c.person_id)

dispute_acts = acts(
    "dispute_acts",
    disputes,
    Column("case_id", ID, ForeignKey("cases.id", name="fk_dispute_acts_case")),
    called="dispute",
)
