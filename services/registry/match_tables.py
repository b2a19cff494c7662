"""Tables of matching: other departments' lists, runs, their counts, findings and their steps.

A room of its own because tables.py is about who people are, and this about what others say of them.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from services.registry.case_tables import CODE, REF, WHO
from services.registry.record_tables import acts
from services.registry.tables import ID, INDEX, INSTANT, REGION, metadata

department_lists = Table(
    "department_lists",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("region", REGION, nullable=False),
    Column("source", String(120), nullable=False, comment="Department that made it"),
    Column("as_of", Date, nullable=False, comment="Day whose state it tells"),
    Column("received_on", Date, nullable=False),
    Column("closed_at", INSTANT, comment="When a run first used it"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_department_lists_ref"),
)
Index("ix_department_lists_region", department_lists.c.region)

department_rows = Table(
    "department_rows",
    metadata,
    Column("id", ID, primary_key=True),
    Column("list_id", ID, ForeignKey("department_lists.id", name="fk_department_rows_list"), nullable=False),
    Column("id_number_index", INDEX, nullable=False, comment="Blind index of the citizen number"),
    Column("day", Date, comment="Of death, of a move"),
    Column("to_region", REGION, comment="Where a person moved to"),
    UniqueConstraint("list_id", "id_number_index", name="uq_department_rows_person"),
)

match_runs = Table(
    "match_runs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("region", REGION, nullable=False),
    Column("matched_on", Date, nullable=False),
    Column("checks", Text, nullable=False, comment="In alphabetical order, comma separated"),
    Column("list_ids", Text, nullable=False, comment="In alphabetical order, comma separated"),
    Column("round_id", ID, ForeignKey("survey_rounds.id", name="fk_match_runs_round")),
    Column("state", CODE, nullable=False),
    Column("persons", Integer, nullable=False, comment="Compared so far"),
    Column("findings", Integer, nullable=False, comment="Raised so far"),
    Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_match_runs_ref"),
)
Index("ix_match_runs_region", match_runs.c.region)

match_counts = Table(
    "match_counts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("run_id", ID, ForeignKey("match_runs.id", name="fk_match_counts_run"), nullable=False),
    Column("about", CODE, nullable=False),
    Column("name", CODE, nullable=False, comment="Kind of list, or check"),
    Column("region", REGION, nullable=False, comment="Township"),
    Column("category", CODE, nullable=False),
    Column("grade", Integer, nullable=False),
    Column("persons", Integer, nullable=False),
)
Index("ix_match_counts_run", match_counts.c.run_id)

match_findings = Table(
    "match_findings",
    metadata,
    Column("id", ID, primary_key=True),
    Column("ref", REF, nullable=False),
    Column("run_id", ID, ForeignKey("match_runs.id", name="fk_match_findings_run"), nullable=False),
    Column("person_id", ID, ForeignKey("persons.id", name="fk_match_findings_person"), nullable=False),
    Column("row_id", ID, ForeignKey("department_rows.id", name="fk_match_findings_row")),
    Column("check", CODE, nullable=False),
    Column("proposes", CODE, nullable=False),
    Column("region", REGION, nullable=False, comment="Where the person lived"),
    Column("category", CODE, nullable=False),
    Column("grade", Integer, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("as_of", Date, nullable=False, comment="Latest day that one of the check's lists tells of"),
    Column("state", CODE, nullable=False),
    Column("last_act_on", Date, nullable=False),
    Column("officer", REF),
    Column("due_on", Date, comment="Last day of what is to be done; null when nothing is"),
    Column("outcome", CODE),
    Column("result", CODE),
    Column("steps", Integer, nullable=False, comment="How many steps it took"),
    Column("recorded_at", INSTANT, nullable=False),
    UniqueConstraint("ref", name="uq_match_findings_ref"),
    UniqueConstraint("person_id", "check", "run_id", name="uq_match_findings_person"),
)
Index("ix_match_findings_region", match_findings.c.region)
Index("ix_match_findings_run", match_findings.c.run_id)

match_finding_acts = acts(
    "match_finding_acts",
    match_findings,
    Column("officer", REF),
    Column("due_on", Date),
    Column("outcome", CODE),
    Column("result", CODE),
    called="finding",
)
