"""Applications for certificates, their steps, and the clocks that ran out."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0015"
down_revision = "0014"

ID = sa.String(32)
REGION = sa.String(12)
REF = sa.String(80)
CODE = sa.String(40)
NAME = sa.String(120)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _applications()
    _application_acts()
    _application_overdue()


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "person_id", ID, sa.ForeignKey("persons.id", name="fk_applications_person"), nullable=False
        ),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("mode", CODE, nullable=False),
        sa.Column("applied_on", sa.Date, nullable=False),
        sa.Column("window", REGION, comment="Where it was handed in, if elsewhere in the office"),
        sa.Column("counterpart", REGION, comment="Division of the other province"),
        sa.Column("reason", CODE, comment="Of a cancellation"),
        sa.Column("to_region", REGION, comment="New home, of a move"),
        sa.Column("ground", CODE, comment="Of a reassessment"),
        sa.Column("region", REGION, nullable=False, comment="Where the person lived when it was made"),
        sa.Column("desk", REGION, nullable=False, comment="Division whose turn it is"),
        *_state(),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", NAME, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_applications_ref"),
    )
    op.create_index("ix_applications_region", "applications", ["region"])
    op.create_index("ix_applications_window", "applications", ["window"])
    op.create_index("ix_applications_person", "applications", ["person_id"])
    op.create_index("ix_applications_due", "applications", ["due_on", "id"])


def _state() -> list[sa.Column[object]]:
    return [
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, comment="Last day of the clock that runs; null when none does"),
        sa.Column("assessed_on", sa.Date),
        sa.Column("standard", NAME),
        sa.Column("category", CODE),
        sa.Column("grade", sa.Integer),
        sa.Column("posted_until", sa.Date, comment="Last day of the notice"),
        sa.Column("dispute_until", sa.Date, comment="Last day of a dispute"),
        sa.Column("level", CODE, comment="Who reassessed, or does, last"),
        sa.Column("issued", sa.Boolean, nullable=False),
    ]


def _application_acts() -> None:
    op.create_table(
        "application_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "application_id",
            ID,
            sa.ForeignKey("applications.id", name="fk_application_acts_application"),
            nullable=False,
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the application, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("reason", CODE),
        sa.Column("place", CODE),
        sa.Column("assessor", REF),
        sa.Column("standard", NAME),
        sa.Column("category", CODE),
        sa.Column("grade", sa.Integer),
        sa.Column("campaign", CODE),
        sa.Column("guided", sa.Boolean),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("due_after", sa.Date),
        sa.Column("recorded_by", NAME, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_application_acts_ref"),
        sa.UniqueConstraint("application_id", "seq", name="uq_application_acts_seq"),
    )
    schema.append_only(op, "application_acts")


def _application_overdue() -> None:
    op.create_table(
        "application_overdue",
        sa.Column(
            "application_id", ID, sa.ForeignKey("applications.id", name="fk_application_overdue_application")
        ),
        sa.Column("clock", CODE),
        sa.Column("due_on", sa.Date, comment="The last day, which is over"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("application_id", "clock", "due_on", name="pk_application_overdue"),
    )
    schema.append_only(op, "application_overdue")
