"""The first tables of the rehab service."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the chassis's tables and the service's own."""
    schema.install(op)
    _create_copies()
    op.create_table(
        "enrolments",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False, unique=True),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("basis", sa.String(20), nullable=False),
        sa.Column("mode", sa.String(20)),
        sa.Column("diagnosis_level", sa.Integer),
        sa.Column("guardian_applied", sa.Boolean, nullable=False),
        sa.Column("provider", sa.String(120), nullable=False),
        sa.Column("enrolled_on", sa.Date, nullable=False),
        sa.UniqueConstraint("person_id", "programme", "year", name="uq_enrolments_person_programme_year"),
    )
    op.create_table(
        "services",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False, unique=True),
        sa.Column("enrolment_id", sa.String(32), sa.ForeignKey("enrolments.id"), nullable=False),
        sa.Column("item", sa.String(60), nullable=False),
        sa.Column("free", sa.Boolean, nullable=False),
        sa.Column("completed_on", sa.Date, nullable=False),
    )
    op.create_index("ix_services_enrolment_id", "services", ["enrolment_id"])
    op.create_table(
        "retrofits",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False, unique=True),
        sa.Column("household_id", sa.String(32), nullable=False),
        sa.Column("batch", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("contractor", sa.String(120), nullable=False),
        sa.Column("accepted_on", sa.Date, nullable=False),
        sa.UniqueConstraint("household_id", "kind", name="uq_retrofits_household_kind"),
    )


def _create_copies() -> None:
    op.create_table(
        "persons",
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("region", sa.String(12)),
        sa.Column("household_id", sa.String(32)),
        sa.Column("birth_month", sa.String(7)),
        sa.Column("certified", sa.Boolean, nullable=False),
        sa.Column("category", sa.String(20)),
        sa.Column("grade", sa.Integer),
        sa.Column("certificate_expires_on", sa.Date),
    )
    op.create_index("ix_persons_household_id", "persons", ["household_id"])
    op.create_table(
        "households",
        sa.Column("household_id", sa.String(32), primary_key=True),
        sa.Column("region", sa.String(12)),
        sa.Column("flags", sa.String(200)),
    )
