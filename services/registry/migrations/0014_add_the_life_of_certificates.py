"""What certificates know of rating, freeze, moves and clocks; where persons were registered."""

import sqlalchemy as sa
from alembic import op

from chassis import schema

revision = "0014"
down_revision = "0013"

ID = sa.String(32)
REGION = sa.String(12)
CODE = sa.String(20)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("persons", sa.Column("registered_region", REGION, comment="If no longer the region"))
    for column in (
        sa.Column("rated_on", sa.Date, comment="Day of the rating; null: not known"),
        sa.Column("frozen_for", CODE, comment="Why it is frozen"),
        sa.Column("left_on", sa.Date, comment="When the hukou moved and left it behind"),
        sa.Column("moved_on", sa.Date, comment="When it went to another office's register"),
        sa.Column("due_on", sa.Date, comment="Next day on which one of its clocks strikes"),
        sa.Column("recorded_at", INSTANT, comment="Of the last act or look; null: before there were clocks"),
    ):
        op.add_column("certificates", column)
    op.create_index("ix_certificates_due", "certificates", ["due_on"])
    for column in (
        sa.Column("assessed_on", sa.Date),
        sa.Column("issued_on", sa.Date, comment="As the act named it, of a certificate that moved in"),
        sa.Column("region", REGION, comment="The new home, of a move"),
        sa.Column("status_after", CODE),
    ):
        op.add_column("certificate_acts", column)
    _certificate_clocks()
    # Of certificates that are here already, the first look finds out which of their clocks has struck.
    op.execute("update certificates set due_on = last_act_on")


def _certificate_clocks() -> None:
    op.create_table(
        "certificate_clocks",
        sa.Column(
            "certificate_id", ID, sa.ForeignKey("certificates.id", name="fk_certificate_clocks_certificate")
        ),
        sa.Column("clock", CODE),
        sa.Column("struck_on", sa.Date),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("certificate_id", "clock", "struck_on", name="pk_certificate_clocks"),
    )
    schema.append_only(op, "certificate_clocks")
