"""Regions, households, persons, certificates and their acts."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0001"
down_revision = None

ID = sa.String(32)
REGION = sa.String(12)
INDEX = sa.String(81)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the chassis's tables and the registry's own."""
    schema.install(op)
    _regions()
    _households()
    _persons()
    _certificates()
    _certificate_acts()


def _regions() -> None:
    op.create_table(
        "regions",
        sa.Column("code", REGION, primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("valid_to", sa.Date, comment="First day the row no longer holds"),
        sa.Column("successors", sa.Text, nullable=False, comment="Codes that took it over, comma separated"),
    )


def _households() -> None:
    op.create_table(
        "households",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("flags", sa.String(200), nullable=False, comment="In alphabetical order, comma separated"),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_households_ref"),
    )
    op.create_index("ix_households_region", "households", ["region"])


def _persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", ID, primary_key=True),
        sa.Column("id_number", sa.Text, nullable=False, comment="Sealed"),
        sa.Column("id_number_index", INDEX, nullable=False, comment="Blind index"),
        sa.Column(
            "name",
            sa.String(120),
            nullable=False,
            comment="Shown only to those in charge of the region",
        ),
        sa.Column("sex", sa.String(6), nullable=False),
        sa.Column("birth_date", sa.Date, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("household_id", ID, sa.ForeignKey("households.id", name="fk_persons_household")),
        sa.Column("phone", sa.Text, comment="Sealed"),
        sa.Column("bank_account", sa.Text, comment="Sealed"),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("id_number_index", name="uq_persons_id_number_index"),
    )
    op.create_index("ix_persons_region", "persons", ["region"])
    op.create_index("ix_persons_household", "persons", ["household_id"])


def _certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "person_id", ID, sa.ForeignKey("persons.id", name="fk_certificates_person"), nullable=False
        ),
        sa.Column("number", sa.Text, nullable=False, comment="Sealed"),
        sa.Column("number_index", INDEX, nullable=False, comment="Blind index"),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("standard", sa.String(120), nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("expires_on", sa.Date, nullable=False, comment="Last day of validity"),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("cancelled_on", sa.Date),
        sa.UniqueConstraint("person_id", name="uq_certificates_person"),
        sa.UniqueConstraint("number_index", name="uq_certificates_number_index"),
    )


def _certificate_acts() -> None:
    op.create_table(
        "certificate_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column(
            "person_id", ID, sa.ForeignKey("persons.id", name="fk_certificate_acts_person"), nullable=False
        ),
        sa.Column(
            "certificate_id",
            ID,
            sa.ForeignKey("certificates.id", name="fk_certificate_acts_certificate"),
            nullable=False,
        ),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("number_index", INDEX, nullable=False, comment="Blind index of the number the act named"),
        sa.Column("standard", sa.String(120), nullable=False, comment="As the act named it"),
        sa.Column("reason", sa.String(20)),
        sa.Column("category_before", sa.String(20)),
        sa.Column("grade_before", sa.Integer),
        sa.Column("expires_on_before", sa.Date),
        sa.Column("category_after", sa.String(20), nullable=False),
        sa.Column("grade_after", sa.Integer, nullable=False),
        sa.Column("expires_on_after", sa.Date, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_certificate_acts_ref"),
    )
    op.create_index("ix_certificate_acts_person", "certificate_acts", ["person_id", "acted_on"])
    schema.append_only(op, "certificate_acts")
