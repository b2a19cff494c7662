"""Duties of holders of posts."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0029"
down_revision = "0028"

ID = sa.String(32)
CODE = sa.String(40)


def _link(field: str, target: str, *, optional: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_duties_{field.removesuffix('_id')}")
    return sa.Column(field, ID, key, nullable=optional)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "duties",
        sa.Column("id", ID, primary_key=True),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        _link("appointment_id", "appointments"),
        _link("organisation_id", "organisations"),
        sa.Column("organisation_kind", CODE, nullable=False),
        sa.Column("post", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("times", sa.Integer, nullable=False, comment="Above zero, also where they are taken back"),
        _link("corrects_id", "duties", optional=True),
        sa.Column("recorded_by", sa.String(120), nullable=False, comment="Subject of the caller's token"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("ref", name="uq_duties_ref"),
        sa.UniqueConstraint("corrects_id", name="uq_duties_corrects"),
    )
    op.create_index("ix_duties_region", "duties", ["region"])
    op.create_index("ix_duties_organisation", "duties", ["organisation_id", "until"])
    op.create_index("ix_duties_appointment", "duties", ["appointment_id"])
    schema.append_only(op, "duties")
