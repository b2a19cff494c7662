"""Tables of applications for certificates: the files, their steps, the clocks that ran out.

A room of its own because tables.py is about who people are and what they hold.
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
    UniqueConstraint,
)

from services.registry.tables import ID, INSTANT, REGION, metadata

REF = String(80)
CODE = String(40)
NAME = String(120)

applications = Table(
    "applications",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_applications_person"), nullable=False),
    Column("kind", CODE, nullable=False),
    Column("channel", CODE, nullable=False),
    Column("mode", CODE, nullable=False),
    Column("applied_on", Date, nullable=False),
    Column("window", REGION, comment="Where it was handed in, if elsewhere in the office"),
    Column("counterpart", REGION, comment="Division of the other province"),
    Column("reason", CODE, comment="Of a cancellation"),
    Column("to_region", REGION, comment="New home, of a move"),
    Column("ground", CODE, comment="Of a reassessment"),
    Column("region", REGION, nullable=False, comment="Where the person lived when it was made"),
    Column("desk", REGION, nullable=False, comment="Division whose turn it is"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("due_on", Date, comment="Last day of the clock that runs; null when none does"),
    Column("assessed_on", Date),
    Column("standard", NAME),
    Column("category", CODE),
    Column("grade", Integer),
    Column("posted_until", Date, comment="Last day of the notice"),
    Column("dispute_until", Date, comment="Last day of a dispute"),
    Column("level", CODE, comment="Who reassessed, or does, last"),
    Column("issued", Boolean, nullable=False),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", NAME, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    Column("acted_by", CODE, comment="Who handed it in; null: nobody told"),
    Column("guardian_ref", REF, comment="The office's reference of the guardian"),
    Column("agent_kind", CODE, comment="What an agent is to the person"),
    UniqueConstraint("ref", name="uq_applications_ref"),
)
Index("ix_applications_region", applications.c.region)
Index("ix_applications_window", applications.c.window)
Index("ix_applications_person", applications.c.person_id)
Index("ix_applications_due", applications.c.due_on, applications.c.id)

application_acts = Table(
    "application_acts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column(
        "application_id",
        ID,
        ForeignKey("applications.id", name="fk_application_acts_application"),
        nullable=False,
    ),
    Column("seq", Integer, nullable=False, comment="Number within the application, from 1"),
    Column("action", CODE, nullable=False),
    Column("acted_on", Date, nullable=False),
    Column("reason", CODE),
    Column("place", CODE),
    Column("assessor", REF),
    Column("standard", NAME),
    Column("category", CODE),
    Column("grade", Integer),
    Column("campaign", CODE),
    Column("guided", Boolean),
    Column("state_after", CODE, nullable=False),
    Column("due_after", Date),
    Column("recorded_by", NAME, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_application_acts_ref"),
    UniqueConstraint("application_id", "seq", name="uq_application_acts_seq"),
)

application_overdue = Table(
    "application_overdue",
    metadata,
    Column("application_id", ID, ForeignKey("applications.id", name="fk_application_overdue_application")),
    Column("clock", CODE),
    Column("due_on", Date, comment="The last day, which is over"),
    Column("recorded_at", INSTANT, nullable=False),
    PrimaryKeyConstraint("application_id", "clock", "due_on", name="pk_application_overdue"),
)
