"""What many tables have in common: the lengths of texts, and the steps of what is on file."""

from sqlalchemy import Column, Date, String, Table, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from services.subsidy.tables import ID, INSTANT, metadata

REF = String(80)
WHO = String(120)
STATE = String(20)
REASON = String(40)


def acts(name: str, *columns: SchemaItem) -> Table:
    """The table of the steps of what is on file, as chassis.filing writes them; append-only in the database
    itself. columns: the key of the file first, then what the steps tell.
    """
    return Table(
        name,
        metadata,
        Column("act_id", ID, primary_key=True),
        Column("ref", REF, nullable=False),
        *columns,
        Column("action", STATE, nullable=False),
        Column("acted_on", Date, nullable=False),
        Column("state_after", STATE, nullable=False),
        Column("recorded_by", WHO, nullable=False),
        Column("recorded_at", INSTANT, nullable=False),
        UniqueConstraint("ref", name=f"uq_{name}_ref"),
    )
