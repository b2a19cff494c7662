"""Outreach: runs, leads, and their steps; persons are listed by division."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0005"
down_revision = "0004"

ID = sa.String(32)
REF = sa.String(80)
REGION = sa.String(12)
CODE = sa.String(60)
PERIOD = sa.String(10)
STATE = sa.String(20)
REASON = sa.String(40)
WHO = sa.String(120)
INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("state IN ('found', 'contacted', 'applied')")


def upgrade() -> None:
    """Create the tables."""
    op.create_index("ix_persons_region", "persons", ["region", "person_id"])
    _runs()
    _leads()
    _lead_acts()


def _runs() -> None:
    op.create_table(
        "outreach_runs",
        sa.Column("run_id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("matched_on", sa.Date, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("leads", sa.Integer, nullable=False),
        sa.Column("recorded_by", WHO, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_outreach_runs_ref"),
    )
    op.create_index("ix_outreach_runs_region", "outreach_runs", ["region"])


def _leads() -> None:
    op.create_table(
        "leads",
        sa.Column("lead_id", ID, primary_key=True),
        sa.Column("run_id", ID, sa.ForeignKey("outreach_runs.run_id"), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("scheme", CODE, nullable=False),
        sa.Column("period", PERIOD, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("grounds", sa.String(64), nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("to_check", sa.Text, nullable=False),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("reason", REASON),
        sa.Column("award_id", ID, sa.ForeignKey("awards.award_id")),
        sa.Column("recorded_at", INSTANT, nullable=False),
    )
    op.create_index("ix_leads_run", "leads", ["run_id", "lead_id"])
    op.create_index("ix_leads_region", "leads", ["region", "lead_id"])
    op.create_index("ix_leads_person", "leads", ["person_id", "scheme"])
    op.create_index(
        "uq_leads_one_open",
        "leads",
        ["person_id", "scheme"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _lead_acts() -> None:
    op.create_table(
        "lead_acts",
        sa.Column("act_id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("lead_id", ID, sa.ForeignKey("leads.lead_id"), nullable=False),
        sa.Column("action", STATE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("reason", REASON),
        sa.Column("state_after", STATE, nullable=False),
        sa.Column("recorded_by", WHO, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_lead_acts_ref"),
    )
    op.create_index("ix_lead_acts_lead", "lead_acts", ["lead_id"])
    schema.append_only(op, "lead_acts")
