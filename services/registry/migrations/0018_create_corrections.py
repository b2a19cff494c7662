"""Corrections of what is registered of persons."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

ID = sa.String(32)
WHO = sa.String(120)
CODE = sa.String(40)
REF = sa.String(80)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "corrections",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("persons.id", name="fk_corrections_person"), nullable=False),
        sa.Column("region", sa.String(12), nullable=False, comment="Of the person when it was asked for"),
        sa.Column("field", CODE, nullable=False),
        sa.Column("before", sa.Text, comment="Sealed; none: nothing was registered"),
        sa.Column("after", sa.Text, comment="Sealed; none: nothing is to be registered"),
        sa.Column("effective_on", sa.Date, nullable=False, comment="Day from which the new value holds"),
        sa.Column("requested_on", sa.Date, nullable=False),
        sa.Column("requested_by", WHO, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("decision_ref", REF, comment="The office's reference of the decision"),
        sa.Column("decided_on", sa.Date),
        sa.Column("decided_by", WHO, comment="Subject of the caller's token"),
        sa.Column("decided_at", INSTANT),
        sa.Column("seq", sa.Integer, comment="Number within the person's approved ones, from 1"),
        sa.UniqueConstraint("ref", name="uq_corrections_ref"),
        sa.UniqueConstraint("decision_ref", name="uq_corrections_decision_ref"),
        sa.UniqueConstraint("person_id", "seq", name="uq_corrections_seq"),
        sa.CheckConstraint("decided_by <> requested_by", name="ck_corrections_two_persons"),
    )
    op.create_index("ix_corrections_region", "corrections", ["region", "id"])
