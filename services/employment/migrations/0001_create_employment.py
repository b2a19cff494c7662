"""The first tables of the employment service."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the chassis's tables and the service's own."""
    schema.install(op)
    op.create_table(
        "persons",
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("region", sa.String(12)),
        sa.Column("household_id", sa.String(32)),
        sa.Column("birth_month", sa.String(7)),
        sa.Column("sex", sa.String(10)),
        sa.Column("certified", sa.Boolean, nullable=False),
        sa.Column("category", sa.String(20)),
        sa.Column("grade", sa.Integer),
        sa.Column("certificate_expires_on", sa.Date),
    )
    op.create_table(
        "training_needs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False, unique=True),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.UniqueConstraint("person_id", "type", "year", name="uq_training_needs_person_type_year"),
    )
    _create_courses()


def _create_courses() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False, unique=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
    )
    op.create_table(
        "trainees",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("course_id", sa.String(32), sa.ForeignKey("courses.id"), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("enrolled_on", sa.Date, nullable=False),
        sa.UniqueConstraint("course_id", "person_id", name="uq_trainees_course_person"),
    )
    op.create_index("ix_trainees_person_id", "trainees", ["person_id"])
    op.create_table(
        "completions",
        sa.Column("trainee_id", sa.String(32), sa.ForeignKey("trainees.id"), primary_key=True),
        sa.Column("certified", sa.Boolean, nullable=False),
        sa.Column("completed_on", sa.Date, nullable=False),
    )
