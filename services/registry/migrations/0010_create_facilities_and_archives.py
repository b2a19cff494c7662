"""Facilities in use and the projects that build them; archives and their documents."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0010"
down_revision = "0009"

ID = sa.String(32)
CODE = sa.String(40)
TITLE = sa.String(120)


def upgrade() -> None:
    """Create the tables."""
    _projects()
    _facilities()
    _archives()


def _link(table: str, field: str, target: str, *, optional: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{field.removesuffix('_id')}")
    return sa.Column(field, ID, key, nullable=optional)


def _records(name: str, *columns: sa.schema.SchemaItem, steps: bool = True) -> None:
    standing = [
        sa.Column("state", CODE, nullable=False),
        sa.Column("last_act_on", sa.Date, nullable=False),
        sa.Column("steps", sa.Integer, nullable=False, comment="How many steps it took"),
    ]
    op.create_table(
        name,
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        *columns,
        *(standing if steps else ()),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("ref", name=f"uq_{name}_ref"),
    )
    op.create_index(f"ix_{name}_region", name, ["region"])
    if not steps:
        schema.append_only(op, name)


def _acts(name: str, of: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("file_id", ID, sa.ForeignKey(f"{of}.id", name=f"fk_{name}_file"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, comment="Number within the record, from 1"),
        sa.Column("action", CODE, nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        *columns,
        sa.Column("state_after", CODE, nullable=False),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("ref", name=f"uq_{name}_ref"),
        sa.UniqueConstraint("file_id", "seq", name=f"uq_{name}_seq"),
    )
    schema.append_only(op, name)


def _projects() -> None:
    _records(
        "projects",
        sa.Column("project", TITLE, nullable=False),
        sa.Column("facility_kind", CODE, nullable=False),
        sa.Column("proposed_on", sa.Date, nullable=False),
        sa.Column("expected_on", sa.Date),
        sa.Column("serves", TITLE),
        sa.Column("approved_fen", sa.BigInteger, nullable=False),
        sa.Column("paid_fen", sa.BigInteger, nullable=False),
        sa.CheckConstraint("paid_fen BETWEEN 0 AND approved_fen", name="ck_projects_not_overpaid"),
    )
    _acts(
        "project_acts",
        "projects",
        sa.Column("amount_fen", sa.BigInteger),
        sa.Column("expected_output_fen", sa.BigInteger),
    )


def _facilities() -> None:
    _records(
        "facilities",
        sa.Column("facility", TITLE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("area", sa.Integer, nullable=False, comment="Square metres when it opened"),
        sa.Column("rooms", sa.Integer, nullable=False),
        sa.Column("investment_fen", sa.BigInteger, nullable=False),
        _link("facilities", "project_id", "projects", optional=True),
        sa.Column("equipment", TITLE),
        sa.Column("area_now", sa.Integer, nullable=False),
        sa.Column("rooms_now", sa.Integer, nullable=False),
    )
    _acts("facility_acts", "facilities", sa.Column("area", sa.Integer), sa.Column("rooms", sa.Integer))


def _archives() -> None:
    _records(
        "archives",
        _link("archives", "organisation_id", "organisations"),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False, comment="Last day for archiving"),
        sa.Column("documents", sa.Integer),
        sa.Column("shelf", sa.String(80)),
        sa.UniqueConstraint("organisation_id", "kind", "year", name="uq_archives_year"),
    )
    _acts("archive_acts", "archives", sa.Column("documents", sa.Integer), sa.Column("shelf", sa.String(80)))
    papers = "archive_documents"
    _records(
        papers,
        _link(papers, "archive_id", "archives"),
        sa.Column("added_on", sa.Date, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the document"),
        _link(papers, "person_id", "persons", optional=True),
        sa.Column("title", sa.Text, comment="Sealed"),
        steps=False,
    )
    op.create_index("ix_archive_documents_archive", papers, ["archive_id"])
    op.create_index("ix_archive_documents_person", papers, ["person_id"])
