"""Rounds of the needs survey, tasks of surveyors, and the steps of both."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0011"
down_revision = "0010"

ID = sa.String(32)
REGION = sa.String(12)
REF = sa.String(80)
CODE = sa.String(40)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _survey_rounds()
    _survey_round_acts()
    _survey_tasks()
    _survey_task_acts()


def _survey_rounds() -> None:
    op.create_table(
        "survey_rounds",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False, comment="Decides the questions"),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("training_regions", sa.Text, nullable=False, comment="In order, comma separated"),
        sa.Column("trained", sa.Text, nullable=False, comment="In order, comma separated"),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_survey_rounds_ref"),
    )
    op.create_index("ix_survey_rounds_region", "survey_rounds", ["region"])


def _survey_round_acts() -> None:
    op.create_table(
        "survey_round_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "file_id",
            ID,
            sa.ForeignKey("survey_rounds.id", name="fk_survey_round_acts_round"),
            nullable=False,
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the round, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("trained", REGION),
        sa.Column("persons", sa.Integer),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_survey_round_acts_ref"),
        sa.UniqueConstraint("file_id", "seq", name="uq_survey_round_acts_seq"),
    )
    schema.append_only(op, "survey_round_acts")


def _survey_tasks() -> None:
    op.create_table(
        "survey_tasks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "round_id",
            ID,
            sa.ForeignKey("survey_rounds.id", name="fk_survey_tasks_round"),
            nullable=False,
        ),
        sa.Column(
            "person_id",
            ID,
            sa.ForeignKey("persons.id", name="fk_survey_tasks_person"),
            nullable=False,
        ),
        sa.Column("region", REGION, nullable=False, comment="Where the person lived"),
        sa.Column("assigned_on", sa.Date, nullable=False),
        sa.Column("assigned_to", REF, nullable=False, comment="The first surveyor"),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("surveyor", REF, nullable=False, comment="The present one"),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("result", CODE),
        sa.Column("answers", sa.Text, comment="JSON of codes"),
        sa.Column("needs", sa.Text, comment="In order, comma separated"),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_survey_tasks_ref"),
        sa.UniqueConstraint("round_id", "person_id", name="uq_survey_tasks_person"),
    )
    op.create_index("ix_survey_tasks_region", "survey_tasks", ["region"])


def _survey_task_acts() -> None:
    op.create_table(
        "survey_task_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "file_id",
            ID,
            sa.ForeignKey("survey_tasks.id", name="fk_survey_task_acts_task"),
            nullable=False,
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the task, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("method", CODE),
        sa.Column("result", CODE),
        sa.Column("answers", sa.Text, comment="JSON of codes"),
        sa.Column("needs", sa.Text, comment="In order, comma separated"),
        sa.Column("surveyor", REF),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_survey_task_acts_ref"),
        sa.UniqueConstraint("file_id", "seq", name="uq_survey_task_acts_seq"),
    )
    schema.append_only(op, "survey_task_acts")
