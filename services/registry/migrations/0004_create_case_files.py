"""Handling units, cases, their steps, and the clocks that ran out."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0004"
down_revision = "0003"

ID = sa.String(32)
REGION = sa.String(12)
REF = sa.String(80)
CODE = sa.String(40)
WHO = sa.String(120)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables of the case files."""
    _handling_units()
    _cases()
    _case_acts()
    _overdue_clocks()


def _handling_units() -> None:
    op.create_table(
        "handling_units",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("unit", sa.String(120), nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_handling_units_ref"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("matter", CODE, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("persons.id", name="fk_cases_person")),
        sa.Column("persons", sa.Integer, nullable=False, comment="How many came together"),
        sa.Column("reached", CODE, nullable=False),
        sa.Column("skipped_level", sa.Boolean, nullable=False),
        sa.Column("repeat_of", ID, sa.ForeignKey("cases.id", name="fk_cases_repeat_of")),
        sa.Column("petitioner", sa.Text, comment="Sealed"),
        sa.Column("content", sa.Text, comment="Sealed"),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("notice_due_on", sa.Date, nullable=False, comment="Last day of the notice"),
        sa.Column("answer_due_on", sa.Date, comment="Last day of the answer"),
        sa.Column("due_on", sa.Date, comment="Last day of the clock that runs; null when none does"),
        sa.Column("extended", sa.Boolean, nullable=False),
        sa.Column("unit_id", ID, sa.ForeignKey("handling_units.id", name="fk_cases_unit")),
        sa.Column("officer", REF),
        sa.Column("outcome", CODE),
        sa.Column("satisfied", sa.Boolean),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_cases_ref"),
    )
    op.create_index("ix_cases_region", "cases", ["region"])
    op.create_index("ix_cases_person", "cases", ["person_id"])
    op.create_index("ix_cases_due", "cases", ["due_on", "id"])


def _case_acts() -> None:
    op.create_table(
        "case_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("case_id", ID, sa.ForeignKey("cases.id", name="fk_case_acts_case"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the case, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("reason", CODE),
        sa.Column("unit_id", ID, sa.ForeignKey("handling_units.id", name="fk_case_acts_unit")),
        sa.Column("officer", REF),
        sa.Column("extended_by", sa.Integer),
        sa.Column("outcome", CODE),
        sa.Column("satisfied", sa.Boolean),
        sa.Column("text", sa.Text, comment="Sealed"),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("answer_due_after", sa.Date),
        sa.Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_case_acts_ref"),
        sa.UniqueConstraint("case_id", "seq", name="uq_case_acts_seq"),
    )
    schema.append_only(op, "case_acts")


def _overdue_clocks() -> None:
    op.create_table(
        "overdue_clocks",
        sa.Column("case_id", ID, sa.ForeignKey("cases.id", name="fk_overdue_clocks_case")),
        sa.Column("clock", CODE),
        sa.Column("overdue_on", sa.Date, nullable=False, comment="The day after the last day"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "clock", name="pk_overdue_clocks"),
    )
    schema.append_only(op, "overdue_clocks")
