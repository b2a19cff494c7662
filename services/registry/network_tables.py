"""Tables of the organisation network: organisations, posts, money, activities, terms, trainings of staff.

A room of its own because tables.py is about who people are.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Text, UniqueConstraint, text

from chassis.sealing import Sealed
from services.registry.case_tables import CODE
from services.registry.record_tables import TITLE, acts, link, records

HOLDER = Sealed("registry.appointments.holder")
DELEGATE = Sealed("registry.delegates.delegate")

organisations = records(
    "organisations",
    Column("organisation", TITLE, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("established_on", Date, nullable=False),
)
_STANDING = text("state <> 'dissolved'")
Index(
    "uq_organisations_standing",
    organisations.c.region,
    organisations.c.kind,
    unique=True,
    sqlite_where=_STANDING,
    postgresql_where=_STANDING,
)
organisation_acts = acts("organisation_acts", organisations)

terms = records(
    "terms",
    link("terms", "organisation_id", "organisations"),
    Column("organisation_kind", CODE, nullable=False),
    Column("number", Integer, nullable=False),
    Column("prepared_on", Date, nullable=False),
    Column("due_on", Date, comment="Last day by the rules; null until in office"),
    UniqueConstraint("organisation_id", "number", name="uq_terms_number"),
)
term_acts = acts("term_acts", terms)

delegates = records(
    "delegates",
    link("delegates", "term_id", "terms"),
    Column("named_on", Date, nullable=False),
    link("delegates", "person_id", "persons", optional=True),
    Column("delegate", Text, comment="Sealed"),
)
Index("ix_delegates_term", delegates.c.term_id)
Index("ix_delegates_person", delegates.c.person_id)
delegate_acts = acts("delegate_acts", delegates)

appointments = records(
    "appointments",
    link("appointments", "organisation_id", "organisations"),
    Column("organisation_kind", CODE, nullable=False),
    Column("post", CODE, nullable=False),
    Column("appointed_on", Date, nullable=False),
    Column("full_time", Boolean, nullable=False),
    link("appointments", "person_id", "persons", optional=True),
    link("appointments", "term_id", "terms", optional=True),
    Column("holder", Text, comment="Sealed"),
    Column("ended_on", Date, comment="First day no longer in the post"),
    Column("reason", CODE),
)
Index("ix_appointments_organisation", appointments.c.organisation_id)
Index("ix_appointments_person", appointments.c.person_id)
Index("ix_appointments_term", appointments.c.term_id)
appointment_acts = acts("appointment_acts", appointments, Column("reason", CODE))

duties = records(
    "duties",
    link("duties", "appointment_id", "appointments"),
    link("duties", "organisation_id", "organisations"),
    Column("organisation_kind", CODE, nullable=False),
    Column("post", CODE, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("times", Integer, nullable=False, comment="Above zero, also where they are taken back"),
    link("duties", "corrects_id", "duties", optional=True),
    UniqueConstraint("corrects_id", name="uq_duties_corrects"),
    steps=False,
)
Index("ix_duties_organisation", duties.c.organisation_id, duties.c.until)
Index("ix_duties_appointment", duties.c.appointment_id)

organisation_funds = records(
    "organisation_funds",
    link("organisation_funds", "organisation_id", "organisations"),
    Column("organisation_kind", CODE, nullable=False),
    Column("purpose", CODE, nullable=False),
    Column("amount_fen", BigInteger, nullable=False, comment="Above zero, also where it is taken back"),
    Column("received_on", Date, nullable=False),
    link("organisation_funds", "corrects_id", "organisation_funds", optional=True),
    UniqueConstraint("corrects_id", name="uq_organisation_funds_corrects"),
    steps=False,
)
Index("ix_organisation_funds_organisation", organisation_funds.c.organisation_id)

activities = records(
    "activities",
    link("activities", "organisation_id", "organisations"),
    Column("organisation_kind", CODE, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("participants", Integer, nullable=False),
    Column("volunteers", Integer, nullable=False),
    Column("helped", Integer, nullable=False),
    Column("cost_fen", BigInteger, nullable=False),
    steps=False,
)
Index("ix_activities_organisation", activities.c.organisation_id)

staff_trainings = records(
    "staff_trainings",
    Column("training", TITLE, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("organised_by", CODE, nullable=False),
    Column("planned_on", Date, nullable=False),
    Column("sessions", Integer),
)
staff_training_acts = acts("staff_training_acts", staff_trainings, Column("sessions", Integer))

training_attendances = records(
    "training_attendances",
    link("training_attendances", "staff_training_id", "staff_trainings"),
    link("training_attendances", "appointment_id", "appointments"),
    Column("organisation_kind", CODE, nullable=False),
    Column("post", CODE, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("organised_by", CODE, nullable=False),
    Column("attended_on", Date, nullable=False),
    UniqueConstraint("staff_training_id", "appointment_id", name="uq_training_attendances_once"),
)
Index("ix_training_attendances_appointment", training_attendances.c.appointment_id)
training_attendance_acts = acts("training_attendance_acts", training_attendances)
