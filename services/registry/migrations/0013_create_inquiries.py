"""The poverty register, schooling, and blocks of the sample survey."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0013"
down_revision = "0012"

ID = sa.String(32)
REGION = sa.String(12)
REF = sa.String(80)
CODE = sa.String(40)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _poverty_files()
    _poverty_acts()
    _schooling()
    _schooling_acts()
    _sample_blocks()


def _poverty_files() -> None:
    op.create_table(
        "poverty_files",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "person_id",
            ID,
            sa.ForeignKey("persons.id", name="fk_poverty_files_person"),
            nullable=False,
        ),
        sa.Column("region", REGION, nullable=False, comment="Where the person lived"),
        sa.Column("first_state", CODE, nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("first_as_of", sa.Date, nullable=False, comment="Day that the first source tells of"),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False, comment="Day that the last source tells of"),
        sa.Column("kind", CODE, comment="Of the monitoring"),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_poverty_files_ref"),
        sa.UniqueConstraint("person_id", name="uq_poverty_files_person"),
    )
    op.create_index("ix_poverty_files_region", "poverty_files", ["region"])


def _poverty_acts() -> None:
    op.create_table(
        "poverty_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "file_id",
            ID,
            sa.ForeignKey("poverty_files.id", name="fk_poverty_acts_file"),
            nullable=False,
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the file, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("kind", CODE),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_poverty_acts_ref"),
        sa.UniqueConstraint("file_id", "seq", name="uq_poverty_acts_seq"),
    )
    schema.append_only(op, "poverty_acts")


def _schooling() -> None:
    op.create_table(
        "schooling",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "person_id",
            ID,
            sa.ForeignKey("persons.id", name="fk_schooling_person"),
            nullable=False,
        ),
        sa.Column("region", REGION, nullable=False, comment="Where the child lived"),
        sa.Column("suspected_on", sa.Date, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("form", CODE),
        sa.Column("reason", CODE),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_schooling_ref"),
        sa.UniqueConstraint("person_id", name="uq_schooling_person"),
    )
    op.create_index("ix_schooling_region", "schooling", ["region"])


def _schooling_acts() -> None:
    op.create_table(
        "schooling_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "file_id",
            ID,
            sa.ForeignKey("schooling.id", name="fk_schooling_acts_child"),
            nullable=False,
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the record, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("outcome", CODE),
        sa.Column("form", CODE),
        sa.Column("reason", CODE),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_schooling_acts_ref"),
        sa.UniqueConstraint("file_id", "seq", name="uq_schooling_acts_seq"),
    )
    schema.append_only(op, "schooling_acts")


def _sample_blocks() -> None:
    op.create_table(
        "sample_blocks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("survey", sa.String(120), nullable=False, comment="Which sample survey"),
        sa.Column("region", REGION, nullable=False, comment="Where the block lies"),
        sa.Column("surveyed_on", sa.Date, nullable=False, comment="Last day of the visits"),
        sa.Column("households", sa.Integer, nullable=False, comment="In the block"),
        sa.Column("visited", sa.Integer, nullable=False, comment="Households visited"),
        sa.Column("persons", sa.Integer, nullable=False, comment="Persons registered"),
        sa.Column("suspected", sa.Integer, nullable=False, comment="Persons whom the screening suspected"),
        sa.Column("disabled", sa.Integer, nullable=False, comment="Persons assessed as disabled"),
        sa.Column("accepted_on", sa.Date, nullable=False, comment="When the province accepted it"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_sample_blocks_ref"),
    )
    op.create_index("ix_sample_blocks_region", "sample_blocks", ["region"])
    schema.append_only(op, "sample_blocks")
