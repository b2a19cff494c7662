"""Those who help: volunteers with their hours, pairs of helper and household."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0009"
down_revision = "0008"

ID = sa.String(32)
CODE = sa.String(40)


def upgrade() -> None:
    """Create the tables."""
    _volunteers()
    _pairs()


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


def _volunteers() -> None:
    _records(
        "volunteers",
        sa.Column("origin", CODE, nullable=False),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("volunteer", sa.Text, comment="Sealed"),
        sa.Column("network_number", sa.Text, comment="Sealed"),
    )
    _acts("volunteer_acts", "volunteers")
    hours = "volunteer_hours"
    _records(
        hours,
        _link(hours, "volunteer_id", "volunteers"),
        sa.Column("origin", CODE, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("hours", sa.Integer, nullable=False, comment="Above zero, also where they are taken back"),
        _link(hours, "activity_id", "activities", optional=True),
        _link(hours, "corrects_id", hours, optional=True),
        sa.UniqueConstraint("corrects_id", name="uq_volunteer_hours_corrects"),
        steps=False,
    )
    op.create_index("ix_volunteer_hours_volunteer", hours, ["volunteer_id"])


def _pairs() -> None:
    _records(
        "pairs",
        _link("pairs", "household_id", "households"),
        _link("pairs", "person_id", "persons"),
        sa.Column("helper_kind", CODE, nullable=False),
        sa.Column("paired_on", sa.Date, nullable=False),
        sa.Column("helper", sa.Text, comment="Sealed"),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("reason", CODE),
    )
    running = sa.text("state IN ('paired', 'helping')")
    op.create_index(
        "uq_pairs_open", "pairs", ["person_id"], unique=True, sqlite_where=running, postgresql_where=running
    )
    op.create_index("ix_pairs_household", "pairs", ["household_id"])
    op.create_index("ix_pairs_person", "pairs", ["person_id"])
    _acts("pair_acts", "pairs", sa.Column("reason", CODE))
