"""What many tables have in common: records, and the steps of those that take some."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from services.registry.case_tables import CODE, REF, WHO
from services.registry.tables import ID, INSTANT, REGION, metadata

TITLE = String(120)


def link(table: str, field: str, target: str, *, optional: bool = False) -> "Column[str]":
    """A column of a table that holds the identifier of a row of another one."""
    key = ForeignKey(f"{target}.id", name=f"fk_{table}_{field.removesuffix('_id')}")
    return Column(field, ID, key, nullable=optional)


def records(name: str, *columns: SchemaItem, steps: bool = True) -> Table:
    """A table of records; steps: whether they stand somewhere and take steps. Others are append-only."""
    standing = (
        (
            Column("state", CODE, nullable=False),
            Column("last_act_on", Date, nullable=False),
            Column("steps", Integer, nullable=False, comment="How many steps it took"),
        )
        if steps
        else ()
    )
    table = Table(
        name,
        metadata,
        Column("id", ID, primary_key=True),
        Column("ref", REF, nullable=False),
        Column("region", REGION, nullable=False),
        *columns,
        *standing,
        Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
        Column("recorded_at", INSTANT, nullable=False),
        UniqueConstraint("ref", name=f"uq_{name}_ref"),
    )
    Index(f"ix_{name}_region", table.c.region)
    return table


def acts(name: str, of: Table, *columns: SchemaItem, called: str | None = None) -> Table:
    """The table of the steps of records, as chassis.filing writes them; append-only in the database itself.

    called: what one of the records is, in a word.
    """
    link = ForeignKey(f"{of.name}.id", name=f"fk_{name}_{called or 'file'}")
    return Table(
        name,
        metadata,
        Column("id", ID, primary_key=True),
        Column("ref", REF, nullable=False),
        Column("file_id", ID, link, nullable=False),
        Column("seq", Integer, nullable=False, comment=f"Number within the {called or 'record'}, from 1"),
        Column("action", CODE, nullable=False),
        Column("acted_on", Date, nullable=False),
        *columns,
        Column("state_after", CODE, nullable=False),
        Column("recorded_by", WHO, nullable=False, comment="Subject of the caller's token"),
        Column("recorded_at", INSTANT, nullable=False),
        UniqueConstraint("ref", name=f"uq_{name}_ref"),
        UniqueConstraint("file_id", "seq", name=f"uq_{name}_seq"),
    )
