"""Tables of the needs survey: rounds, tasks of surveyors, and the steps of both.

A room of its own because tables.py is about who people are, and this about what they need.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from services.registry.case_tables import CODE, REF, WHO
from services.registry.record_tables import acts
from services.registry.tables import ID, INSTANT, REGION, metadata

survey_rounds = Table(
    "survey_rounds",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("region", REGION, nullable=False),
    Column("year", Integer, nullable=False),
    Column("opened_on", Date, nullable=False, comment="Decides the questions"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("training_regions", Text, nullable=False, comment="In order, comma separated"),
    Column("trained", Text, nullable=False, comment="In order, comma separated"),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_survey_rounds_ref"),
)
Index("ix_survey_rounds_region", survey_rounds.c.region)

survey_round_acts = acts(
    "survey_round_acts",
    survey_rounds,
    Column("trained", REGION),
    Column("persons", Integer),
    called="round",
)

survey_tasks = Table(
    "survey_tasks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("round_id", ID, ForeignKey("survey_rounds.id", name="fk_survey_tasks_round"), nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_survey_tasks_person"), nullable=False),
    Column("region", REGION, nullable=False, comment="Where the person lived"),
    Column("assigned_on", Date, nullable=False),
    Column("assigned_to", REF, nullable=False, comment="The first surveyor"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("surveyor", REF, nullable=False, comment="The present one"),
    Column("visits", Integer, nullable=False),
    Column("result", CODE),
    Column("answers", Text, comment="JSON of codes"),
    Column("needs", Text, comment="In order, comma separated"),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_survey_tasks_ref"),
    UniqueConstraint("round_id", "person_id", name="uq_survey_tasks_person"),
)
Index("ix_survey_tasks_region", survey_tasks.c.region)
Index("ix_survey_tasks_person", survey_tasks.c.person_id)

survey_task_acts = acts(
    "survey_task_acts",
    survey_tasks,
    Column("method", CODE),
    Column("result", CODE),
    Column("answers", Text, comment="JSON of codes"),
    Column("needs", Text, comment="In order, comma separated"),
    Column("surveyor", REF),
    called="task",
)
