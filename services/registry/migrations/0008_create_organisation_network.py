"""Organisations with their posts, money and activities; terms and delegates; trainings of staff."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0008"
down_revision = "0007"

ID = sa.String(32)
CODE = sa.String(40)
TITLE = sa.String(120)


def upgrade() -> None:
    """Create the tables."""
    _organisations()
    _terms()
    _appointments()
    _means()
    _trainings()


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


def _organisations() -> None:
    _records(
        "organisations",
        sa.Column("organisation", TITLE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("established_on", sa.Date, nullable=False),
    )
    standing = sa.text("state <> 'dissolved'")
    op.create_index(
        "uq_organisations_standing",
        "organisations",
        ["region", "kind"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    _acts("organisation_acts", "organisations")


def _terms() -> None:
    _records(
        "terms",
        _link("terms", "organisation_id", "organisations"),
        sa.Column("organisation_kind", CODE, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("prepared_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, comment="Last day by the rules; null until in office"),
        sa.UniqueConstraint("organisation_id", "number", name="uq_terms_number"),
    )
    _acts("term_acts", "terms")
    _records(
        "delegates",
        _link("delegates", "term_id", "terms"),
        sa.Column("named_on", sa.Date, nullable=False),
        _link("delegates", "person_id", "persons", optional=True),
        sa.Column("delegate", sa.Text, comment="Sealed"),
    )
    op.create_index("ix_delegates_term", "delegates", ["term_id"])
    _acts("delegate_acts", "delegates")


def _appointments() -> None:
    _records(
        "appointments",
        _link("appointments", "organisation_id", "organisations"),
        sa.Column("organisation_kind", CODE, nullable=False),
        sa.Column("post", CODE, nullable=False),
        sa.Column("appointed_on", sa.Date, nullable=False),
        sa.Column("full_time", sa.Boolean, nullable=False),
        _link("appointments", "person_id", "persons", optional=True),
        _link("appointments", "term_id", "terms", optional=True),
        sa.Column("holder", sa.Text, comment="Sealed"),
        sa.Column("ended_on", sa.Date, comment="First day no longer in the post"),
        sa.Column("reason", CODE),
    )
    op.create_index("ix_appointments_organisation", "appointments", ["organisation_id"])
    _acts("appointment_acts", "appointments", sa.Column("reason", CODE))


def _means() -> None:
    funds = "organisation_funds"
    _records(
        funds,
        _link(funds, "organisation_id", "organisations"),
        sa.Column("organisation_kind", CODE, nullable=False),
        sa.Column("purpose", CODE, nullable=False),
        sa.Column(
            "amount_fen", sa.BigInteger, nullable=False, comment="Above zero, also where it is taken back"
        ),
        sa.Column("received_on", sa.Date, nullable=False),
        _link(funds, "corrects_id", funds, optional=True),
        sa.UniqueConstraint("corrects_id", name="uq_organisation_funds_corrects"),
        steps=False,
    )
    op.create_index("ix_organisation_funds_organisation", funds, ["organisation_id"])
    _records(
        "activities",
        _link("activities", "organisation_id", "organisations"),
        sa.Column("organisation_kind", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("participants", sa.Integer, nullable=False),
        sa.Column("volunteers", sa.Integer, nullable=False),
        sa.Column("helped", sa.Integer, nullable=False),
        sa.Column("cost_fen", sa.BigInteger, nullable=False),
        steps=False,
    )
    op.create_index("ix_activities_organisation", "activities", ["organisation_id"])


def _trainings() -> None:
    _records(
        "staff_trainings",
        sa.Column("training", TITLE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("organised_by", CODE, nullable=False),
        sa.Column("planned_on", sa.Date, nullable=False),
        sa.Column("sessions", sa.Integer),
    )
    _acts("staff_training_acts", "staff_trainings", sa.Column("sessions", sa.Integer))
    attendances = "training_attendances"
    _records(
        attendances,
        _link(attendances, "staff_training_id", "staff_trainings"),
        _link(attendances, "appointment_id", "appointments"),
        sa.Column("organisation_kind", CODE, nullable=False),
        sa.Column("post", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("organised_by", CODE, nullable=False),
        sa.Column("attended_on", sa.Date, nullable=False),
        sa.UniqueConstraint("staff_training_id", "appointment_id", name="uq_training_attendances_once"),
    )
    op.create_index("ix_training_attendances_appointment", attendances, ["appointment_id"])
    _acts("training_attendance_acts", attendances)
