"""Guardians of persons."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

ID = sa.String(32)
REF = sa.String(80)
WHO = sa.String(120)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "guardians",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("persons.id", name="fk_guardians_person"), nullable=False),
        sa.Column("name", sa.Text, nullable=False, comment="Sealed"),
        sa.Column("phone", sa.Text, comment="Sealed"),
        sa.Column("relation", sa.String(40), nullable=False),
        sa.Column("scope", WHO, nullable=False, comment="In alphabetical order, comma separated"),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, comment="Last day, as set beforehand"),
        sa.Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_ref", REF, comment="The office's reference of the end"),
        sa.Column("ended_on", sa.Date, comment="Last day, as it came"),
        sa.Column("ended_by", WHO, comment="Subject of the caller's token"),
        sa.UniqueConstraint("ref", name="uq_guardians_ref"),
        sa.UniqueConstraint("end_ref", name="uq_guardians_end_ref"),
        sa.CheckConstraint("until >= since", name="ck_guardians_until"),
        sa.CheckConstraint("ended_on >= since", name="ck_guardians_ended_on"),
    )
    op.create_index("ix_guardians_person", "guardians", ["person_id"])
