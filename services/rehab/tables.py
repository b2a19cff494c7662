"""The service's tables: what it keeps itself, and its copy of the registry's facts."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()

# The copies are filled event by event, each setting some columns: all but the key must do without a value.
persons = Table(
    "persons",
    metadata,
    Column("person_id", String(32), primary_key=True),
    Column("region", String(12)),
    Column("household_id", String(32), index=True),
    Column("birth_month", String(7)),
    Column("certified", Boolean, nullable=False, default=False),
    Column("category", String(20)),
    Column("grade", Integer),
    Column("certificate_expires_on", Date),
    Column("merged_into", String(32), index=True),
)

households = Table(
    "households",
    metadata,
    Column("household_id", String(32), primary_key=True),
    Column("region", String(12)),
    Column("flags", String(200)),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ref", String(80), nullable=False, unique=True),
    Column("person_id", String(32), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("year", Integer, nullable=False),
    Column("basis", String(20), nullable=False),
    Column("mode", String(20)),
    Column("diagnosis_level", Integer),
    Column("guardian_applied", Boolean, nullable=False),
    Column("provider", String(120), nullable=False),
    Column("enrolled_on", Date, nullable=False),
    UniqueConstraint("person_id", "programme", "year", name="uq_enrolments_person_programme_year"),
)

services = Table(
    "services",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ref", String(80), nullable=False, unique=True),
    Column("enrolment_id", String(32), ForeignKey("enrolments.id"), nullable=False),
    Column("item", String(60), nullable=False),
    Column("free", Boolean, nullable=False),
    Column("completed_on", Date, nullable=False),
    Index("ix_services_enrolment_id", "enrolment_id"),
)

retrofits = Table(
    "retrofits",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ref", String(80), nullable=False, unique=True),
    Column("household_id", String(32), nullable=False),
    Column("batch", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("contractor", String(120), nullable=False),
    Column("accepted_on", Date, nullable=False),
    UniqueConstraint("household_id", "kind", name="uq_retrofits_household_kind"),
)
