"""Tables of the ledger of hidden risks.

A room of its own because tables.py is about who people are, and this about what endangers them.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from chassis.sealing import Sealed
from services.registry.case_tables import CODE, REF, WHO
from services.registry.record_tables import acts
from services.registry.tables import ID, INSTANT, REGION, metadata

RISK_CONTENT = Sealed("registry.risks.content")

risks = Table(
    "risks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("place", CODE, nullable=False),
    Column("region", REGION, nullable=False),
    Column("household_id", ID, ForeignKey("households.id", name="fk_risks_household")),
    Column("found_on", Date, nullable=False),
    Column("due_on", Date, nullable=False, comment="Last day by which it is to be closed"),
    Column("content", Text, comment="Sealed"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("officer", REF, comment="Account in charge of the last measure"),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_risks_ref"),
)
Index("ix_risks_region", risks.c.region)
Index("ix_risks_state", risks.c.state, risks.c.due_on)

risk_acts = acts(
    "risk_acts",
    risks,
    Column("officer", REF),
    called="risk",
)
