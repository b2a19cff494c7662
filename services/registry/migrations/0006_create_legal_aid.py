"""Legal agencies, legal aid matters, and their steps."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0006"
down_revision = "0005"

ID = sa.String(32)
REGION = sa.String(12)
REF = sa.String(80)
CODE = sa.String(40)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _legal_agencies()
    _legal_aid()
    _legal_aid_acts()


def _legal_agencies() -> None:
    op.create_table(
        "legal_agencies",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("agency", sa.String(120), nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_legal_agencies_ref"),
    )


def _legal_aid() -> None:
    op.create_table(
        "legal_aid",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("persons.id", name="fk_legal_aid_person"), nullable=False),
        sa.Column(
            "agency_id", ID, sa.ForeignKey("legal_agencies.id", name="fk_legal_aid_agency"), nullable=False
        ),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("region", REGION, nullable=False, comment="Where the person lived"),
        sa.Column("requested_on", sa.Date, nullable=False),
        sa.Column("content", sa.Text, comment="Sealed"),
        sa.Column("decision_due_on", sa.Date, nullable=False, comment="Last day of the decision"),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("outcome", CODE),
        sa.Column("hours", sa.Integer),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_legal_aid_ref"),
    )
    op.create_index("ix_legal_aid_person", "legal_aid", ["person_id"])
    op.create_index("ix_legal_aid_region", "legal_aid", ["region"])


def _legal_aid_acts() -> None:
    op.create_table(
        "legal_aid_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "file_id", ID, sa.ForeignKey("legal_aid.id", name="fk_legal_aid_acts_matter"), nullable=False
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the matter, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("outcome", CODE),
        sa.Column("hours", sa.Integer),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_legal_aid_acts_ref"),
        sa.UniqueConstraint("file_id", "seq", name="uq_legal_aid_acts_seq"),
    )
    schema.append_only(op, "legal_aid_acts")
