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

# The copy is filled event by event, each setting some columns: all but the key must do without a value.
persons = Table(
    "persons",
    metadata,
    Column("person_id", String(32), primary_key=True),
    Column("region", String(12)),
    Column("household_id", String(32)),
    Column("birth_month", String(7)),
    Column("sex", String(10)),
    Column("certified", Boolean, nullable=False, default=False),
    Column("category", String(20)),
    Column("grade", Integer),
    Column("certificate_expires_on", Date),
    Column("merged_into", String(32), index=True),
)

training_needs = Table(
    "training_needs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ref", String(80), nullable=False, unique=True),
    Column("person_id", String(32), nullable=False),
    Column("type", String(20), nullable=False),
    Column("year", Integer, nullable=False),
    Column("registered_on", Date, nullable=False),
    UniqueConstraint("person_id", "type", "year", name="uq_training_needs_person_type_year"),
)

courses = Table(
    "courses",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ref", String(80), nullable=False, unique=True),
    Column("title", String(120), nullable=False),
    Column("type", String(20), nullable=False),
    Column("region", String(12), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("capacity", Integer, nullable=False),
)

trainees = Table(
    "trainees",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("course_id", String(32), ForeignKey("courses.id"), nullable=False),
    Column("person_id", String(32), nullable=False),
    Column("enrolled_on", Date, nullable=False),
    UniqueConstraint("course_id", "person_id", name="uq_trainees_course_person"),
    Index("ix_trainees_person_id", "person_id"),
)

completions = Table(
    "completions",
    metadata,
    Column("trainee_id", String(32), ForeignKey("trainees.id"), primary_key=True),
    Column("certified", Boolean, nullable=False),
    Column("completed_on", Date, nullable=False),
)
