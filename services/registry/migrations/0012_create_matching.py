"""Other departments' lists, match runs with their counts, findings and their steps."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0012"
down_revision = "0011"

ID = sa.String(32)
INDEX = sa.String(81)
REGION = sa.String(12)
REF = sa.String(80)
CODE = sa.String(40)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _department_lists()
    _department_rows()
    _match_runs()
    _match_counts()
    _match_findings()
    _match_finding_acts()


def _department_lists() -> None:
    op.create_table(
        "department_lists",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("source", sa.String(120), nullable=False, comment="Department that made it"),
        sa.Column("as_of", sa.Date, nullable=False, comment="Day whose state it tells"),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("closed_at", INSTANT, comment="When a run first used it"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_department_lists_ref"),
    )
    op.create_index("ix_department_lists_region", "department_lists", ["region"])


def _department_rows() -> None:
    op.create_table(
        "department_rows",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "list_id",
            ID,
            sa.ForeignKey("department_lists.id", name="fk_department_rows_list"),
            nullable=False,
        ),
        sa.Column("id_number_index", INDEX, nullable=False, comment="Blind index of the citizen number"),
        sa.Column("day", sa.Date, comment="Of death, of a move"),
        sa.Column("to_region", REGION, comment="Where a person moved to"),
        sa.UniqueConstraint("list_id", "id_number_index", name="uq_department_rows_person"),
    )
    schema.append_only(op, "department_rows")


def _match_runs() -> None:
    op.create_table(
        "match_runs",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("region", REGION, nullable=False),
        sa.Column("matched_on", sa.Date, nullable=False),
        sa.Column("checks", sa.Text, nullable=False, comment="In alphabetical order, comma separated"),
        sa.Column("list_ids", sa.Text, nullable=False, comment="In alphabetical order, comma separated"),
        sa.Column("round_id", ID, sa.ForeignKey("survey_rounds.id", name="fk_match_runs_round")),
        sa.Column("state", CODE, nullable=False),
        sa.Column("persons", sa.Integer, nullable=False, comment="Compared so far"),
        sa.Column("findings", sa.Integer, nullable=False, comment="Raised so far"),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_match_runs_ref"),
    )
    op.create_index("ix_match_runs_region", "match_runs", ["region"])


def _match_counts() -> None:
    op.create_table(
        "match_counts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("run_id", ID, sa.ForeignKey("match_runs.id", name="fk_match_counts_run"), nullable=False),
        sa.Column("about", CODE, nullable=False),
        sa.Column("name", CODE, nullable=False, comment="Kind of list, or check"),
        sa.Column("region", REGION, nullable=False, comment="Township"),
        sa.Column("category", CODE, nullable=False),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("persons", sa.Integer, nullable=False),
    )
    op.create_index("ix_match_counts_run", "match_counts", ["run_id"])
    schema.append_only(op, "match_counts")


def _match_findings() -> None:
    op.create_table(
        "match_findings",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("run_id", ID, sa.ForeignKey("match_runs.id", name="fk_match_findings_run"), nullable=False),
        sa.Column(
            "person_id", ID, sa.ForeignKey("persons.id", name="fk_match_findings_person"), nullable=False
        ),
        sa.Column("row_id", ID, sa.ForeignKey("department_rows.id", name="fk_match_findings_row")),
        sa.Column("check", CODE, nullable=False),
        sa.Column("proposes", CODE, nullable=False),
        sa.Column("region", REGION, nullable=False, comment="Where the person lived"),
        sa.Column("category", CODE, nullable=False),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("raised_on", sa.Date, nullable=False),
        sa.Column(
            "as_of", sa.Date, nullable=False, comment="Latest day that one of the check's lists tells of"
        ),
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("officer", REF),
        sa.Column("due_on", sa.Date, comment="Last day of what is to be done; null when nothing is"),
        sa.Column("outcome", CODE),
        sa.Column("result", CODE),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_match_findings_ref"),
        sa.UniqueConstraint("person_id", "check", "run_id", name="uq_match_findings_person"),
    )
    op.create_index("ix_match_findings_region", "match_findings", ["region"])
    op.create_index("ix_match_findings_run", "match_findings", ["run_id"])


def _match_finding_acts() -> None:
    op.create_table(
        "match_finding_acts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "file_id",
            ID,
            sa.ForeignKey("match_findings.id", name="fk_match_finding_acts_finding"),
            nullable=False,
        ),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the finding, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("officer", REF),
        sa.Column("due_on", sa.Date),
        sa.Column("outcome", CODE),
        sa.Column("result", CODE),
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_match_finding_acts_ref"),
        sa.UniqueConstraint("file_id", "seq", name="uq_match_finding_acts_seq"),
    )
    schema.append_only(op, "match_finding_acts")
