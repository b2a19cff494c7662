"""Tables of the case files: handling units, petitions and hotline calls with their steps.

A room of its own because tables.py is about who people are, and this about what they asked for.
"""

from sqlalchemy import (
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
)

from chassis.sealing import Sealed
from services.registry.tables import ID, INSTANT, REGION, metadata

PETITIONER = Sealed("registry.cases.petitioner")
CONTENT = Sealed("registry.cases.content")
ACT_TEXT = Sealed("registry.case_acts.text")

REF = String(80)
CODE = String(40)
WHO = String(120)

handling_units = Table(
    "handling_units",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("unit", String(120), nullable=False),
    Column("region", REGION, nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_handling_units_ref"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("channel", CODE, nullable=False),
    Column("matter", CODE, nullable=False),
    Column("region", REGION, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_cases_person")),
    Column("persons", Integer, nullable=False, comment="How many came together"),
    Column("reached", CODE, nullable=False),
    Column("skipped_level", Boolean, nullable=False),
    Column("repeat_of", ID, ForeignKey("cases.id", name="fk_cases_repeat_of")),
    Column("petitioner", Text, comment="Sealed"),
    Column("content", Text, comment="Sealed"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("notice_due_on", Date, nullable=False, comment="Last day of the notice"),
    Column("answer_due_on", Date, comment="Last day of the answer"),
    Column("due_on", Date, comment="Last day of the clock that runs; null when none does"),
    Column("extended", Boolean, nullable=False),
    Column("unit_id", ID, ForeignKey("handling_units.id", name="fk_cases_unit")),
    Column("officer", REF),
    Column("outcome", CODE),
    Column("satisfied", Boolean),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_cases_ref"),
)
Index("ix_cases_region", cases.c.region)
Index("ix_cases_person", cases.c.person_id)
Index("ix_cases_due", cases.c.due_on, cases.c.id)

case_acts = Table(
    "case_acts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("case_id", ID, ForeignKey("cases.id", name="fk_case_acts_case"), nullable=False),
    Column("seq", Integer, nullable=False, comment="Number within the case, from 1"),
    Column("action", CODE, nullable=False),
    Column("acted_on", Date, nullable=False),
    Column("reason", CODE),
    Column("unit_id", ID, ForeignKey("handling_units.id", name="fk_case_acts_unit")),
    Column("officer", REF),
    Column("extended_by", Integer),
    Column("outcome", CODE),
    Column("satisfied", Boolean),
    Column("text", Text, comment="Sealed"),
    Column("state_after", CODE, nullable=False),
    Column("answer_due_after", Date),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_case_acts_ref"),
    UniqueConstraint("case_id", "seq", name="uq_case_acts_seq"),
)

overdue_clocks = Table(
    "overdue_clocks",
    metadata,
    Column("case_id", ID, ForeignKey("cases.id", name="fk_overdue_clocks_case")),
    Column("clock", CODE),
    Column("overdue_on", Date, nullable=False, comment="The day after the last day"),
    Column("recorded_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("case_id", "clock", name="pk_overdue_clocks"),
)
