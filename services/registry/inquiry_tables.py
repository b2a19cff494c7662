"""Tables of the poverty register, of schooling, and of the sample survey.

A room of its own because tables.py is about who people are, and this about how they fare.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from services.registry.case_tables import CODE, REF, WHO
from services.registry.record_tables import acts
from services.registry.tables import ID, INSTANT, REGION, metadata

poverty_files = Table(
    "poverty_files",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_poverty_files_person"), nullable=False),
    Column("region", REGION, nullable=False, comment="Where the person lived"),
    Column("first_state", CODE, nullable=False),
    Column("recorded_on", Date, nullable=False),
    Column("first_as_of", Date, nullable=False, comment="Day that the first source tells of"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("as_of", Date, nullable=False, comment="Day that the last source tells of"),
    Column("kind", CODE, comment="Of the monitoring"),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_poverty_files_ref"),
    UniqueConstraint("person_id", name="uq_poverty_files_person"),
)
Index("ix_poverty_files_region", poverty_files.c.region)

poverty_acts = acts(
    "poverty_acts",
    poverty_files,
    Column("as_of", Date, nullable=False),
    Column("kind", CODE),
    called="file",
)

schooling = Table(
    "schooling",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_schooling_person"), nullable=False),
    Column("region", REGION, nullable=False, comment="Where the child lived"),
    Column("suspected_on", Date, nullable=False),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("form", CODE),
    Column("reason", CODE),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_schooling_ref"),
    UniqueConstraint("person_id", name="uq_schooling_person"),
)
Index("ix_schooling_region", schooling.c.region)

schooling_acts = Table(
    "schooling_acts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("file_id", ID, ForeignKey("schooling.id", name="fk_schooling_acts_child"), nullable=False),
    Column("seq", Integer, nullable=False, comment="Number within the record, from 1"),
    Column("action", CODE, nullable=False),
    Column("acted_on", Date, nullable=False),
    Column("outcome", CODE),
    Column("form", CODE),
    Column("reason", CODE),
    Column("state_after", CODE, nullable=False),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_schooling_acts_ref"),
    UniqueConstraint("file_id", "seq", name="uq_schooling_acts_seq"),
)

sample_blocks = Table(
    "sample_blocks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("survey", String(120), nullable=False, comment="Which sample survey"),
    Column("region", REGION, nullable=False, comment="Where the block lies"),
    Column("surveyed_on", Date, nullable=False, comment="Last day of the visits"),
    Column("households", Integer, nullable=False, comment="In the block"),
    Column("visited", Integer, nullable=False, comment="Households visited"),
    Column("persons", Integer, nullable=False, comment="Persons registered"),
    Column("suspected", Integer, nullable=False, comment="Persons whom the screening suspected"),
    Column("disabled", Integer, nullable=False, comment="Persons assessed as disabled"),
    Column("accepted_on", Date, nullable=False, comment="When the province accepted it"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_sample_blocks_ref"),
)
Index("ix_sample_blocks_region", sample_blocks.c.region)
