"""Persons registered twice: pairs, dismissals, merges, and whom a person leads to."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0022"
down_revision = "0021"

ID = sa.String(32)
REF = sa.String(80)
WHO = sa.String(120)
CODE = sa.String(40)
SIGNS = sa.String(200)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the column and create the tables."""
    # Without a foreign key, which SQLite adds to a table only by writing all of it anew.
    op.add_column("persons", sa.Column("merged_into", ID, comment="Who stands for this one, if another does"))
    op.create_index("ix_persons_merged_into", "persons", ["merged_into"])
    for table in ("delegates", "appointments", "survey_tasks"):
        op.create_index(f"ix_{table}_person", table, ["person_id"])
    _create_duplicates()
    _create_merges()


def _create_duplicates() -> None:
    op.create_table(
        "duplicates",
        sa.Column("id", ID, primary_key=True),
        sa.Column("first_id", ID, sa.ForeignKey("persons.id", name="fk_duplicates_first"), nullable=False),
        sa.Column("second_id", ID, sa.ForeignKey("persons.id", name="fk_duplicates_second"), nullable=False),
        sa.Column("signs", SIGNS, nullable=False, comment="In alphabetical order, comma separated"),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("dismissed_signs", SIGNS, comment="Signs that somebody has seen and found nothing in"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("first_id", "second_id", name="uq_duplicates_pair"),
        sa.CheckConstraint("first_id < second_id", name="ck_duplicates_order"),
    )
    op.create_index("ix_duplicates_state", "duplicates", ["state", "id"])
    op.create_index("ix_duplicates_second", "duplicates", ["second_id"])
    pair = sa.ForeignKey("duplicates.id", name="fk_duplicate_dismissals_duplicate")
    op.create_table(
        "duplicate_dismissals",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column("duplicate_id", ID, pair, nullable=False),
        sa.Column("dismissed_on", sa.Date, nullable=False),
        sa.Column("signs", SIGNS, nullable=False, comment="Those that the pair had then"),
        sa.Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.UniqueConstraint("ref", name="uq_duplicate_dismissals_ref"),
    )
    schema.append_only(op, "duplicate_dismissals")


def _create_merges() -> None:
    op.create_table(
        "merges",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", REF, nullable=False),
        sa.Column(
            "undoes_id", ID, sa.ForeignKey("merges.id", name="fk_merges_undoes"), comment="The merge undone"
        ),
        sa.Column("person_id", ID, sa.ForeignKey("persons.id", name="fk_merges_person"), nullable=False),
        sa.Column("kept_id", ID, sa.ForeignKey("persons.id", name="fk_merges_kept"), nullable=False),
        sa.Column("requested_on", sa.Date, nullable=False),
        sa.Column("requested_by", WHO, nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("decision_ref", REF, comment="The office's reference of the decision"),
        sa.Column("decided_on", sa.Date),
        sa.Column("decided_by", WHO, comment="Subject of the caller's token"),
        sa.Column("decided_at", INSTANT),
        sa.Column("undone_at", INSTANT, comment="When it was undone; null while it stands"),
        sa.UniqueConstraint("ref", name="uq_merges_ref"),
        sa.UniqueConstraint("decision_ref", name="uq_merges_decision_ref"),
        sa.CheckConstraint("decided_by <> requested_by", name="ck_merges_two_persons"),
        sa.CheckConstraint("person_id <> kept_id", name="ck_merges_two_records"),
    )
    standing = sa.text("state = 'approved' AND undoes_id IS NULL AND undone_at IS NULL")
    op.create_index(
        "uq_merges_standing",
        "merges",
        ["person_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index("ix_merges_state", "merges", ["state", "id"])
    op.create_index("ix_merges_person", "merges", ["person_id"])
    op.create_index("ix_merges_kept", "merges", ["kept_id"])
