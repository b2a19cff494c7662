"""Tables of PostgreSQL in monthly partitions: how they are made, found, and kept ahead of the calendar.

The partition of a month is called ``<table>_2026_11``. ``<table>_default`` is a net for rows of no month and
normally empty; ``<table>_before``, where there is one, takes all that lies before the first month. Everything
is found through the catalogue, under whatever search path is set. SQLite keeps one table and nothing of this.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from kernel.periods import Period

AHEAD = 24
"""So many months after the present one have a partition when those who make them have done so."""

_FOUND = sa.text(
    "select parent.relname as parent, child.relname as name, pg_relation_size(child.oid) as bytes"
    " from pg_class parent join pg_inherits on inhparent = parent.oid"
    " join pg_class child on child.oid = inhrelid"
    " where parent.relkind = 'p' and pg_table_is_visible(parent.oid) order by parent.relname, child.relname"
)
_GRANTEES = sa.text(
    "select distinct case grantee when 0 then 'public' else grantee::regrole::text end"
    " from pg_class, aclexplode(relacl) where oid = cast(:name as regclass) and grantee <> relowner"
)
_INDEXES = sa.text(
    "select relname::text from pg_index join pg_class on pg_class.oid = indexrelid"
    " where indrelid = cast(:table as regclass)"
)
_KEY = sa.text(
    "select attname::text from pg_partitioned_table join pg_attribute on attrelid = partrelid"
    " where partrelid = cast(:table as regclass) and attnum = partattrs[0]"
)


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition. month: none for the net and for what lies before the first month.

    bytes: of its rows, 0 if it never had any.
    """

    table: str
    name: str
    month: Period | None
    bytes: int


def found(connection: sa.Connection) -> list[Partition]:
    """All partitions of all tables in the order of their names; none on SQLite."""
    if connection.dialect.name == "sqlite":
        return []
    return [
        Partition(row.parent, row.name, _month(row.parent, row.name), row.bytes)
        for row in connection.execute(_FOUND)
    ]


def months_ahead(partitions: Iterable[Partition], today: date) -> int | None:
    """How many months after the present one have a partition in every table; None without partitions."""
    tables: dict[str, set[Period]] = {}
    for each in partitions:
        tables.setdefault(each.table, set()).update([each.month] if each.month else ())
    return min((_unbroken(months, Period.of(today, "month")) for months in tables.values()), default=None)


def strays(partitions: Iterable[Partition]) -> int:
    """Bytes of rows that fell into the nets, for no month had a place for them."""
    return sum(each.bytes for each in partitions if each.name == _net(each.table))


def partition_by_month(
    connection: sa.Connection, table: str, column: str, made: Iterable[str], since: Period | None = None
) -> None:
    """Make a table with its rows one that is partitioned by the month of a column, up to ``AHEAD``.

    made: statements for its indexes, keys and triggers, of which it keeps none; what they make on
    ``<table>_default`` every later partition gets too. since: the first month, while all before goes into one
    partition; without it every month that has rows gets its own.
    """
    before = f"{table}_unpartitioned"
    _prepare(connection)
    connection.execute(sa.text(f"alter table {table} rename to {before}"))
    for index in connection.execute(_INDEXES, {"table": before}).scalars().all():
        connection.execute(sa.text(f"alter index {index} rename to {index}_unpartitioned"))
    connection.execute(
        sa.text(f"create table {table} (like {before} including defaults) partition by range ({column})")
    )
    sequence = connection.execute(sa.text(f"select pg_get_serial_sequence('{before}', 'id')")).scalar_one()
    connection.execute(sa.text(f"alter sequence {sequence} owned by {table}.id"))
    _add(connection, table, _net(table), "default")
    for statement in made:
        connection.execute(sa.text(statement))
    if since is None:
        _add_months(connection, table, _months_of(connection, before, column))
    else:
        _add(connection, table, f"{table}_before", f"for values from (minvalue) to ('{since.start}')")
    _add_months(connection, table, _months_up_to_ahead(connection, since))
    _move(connection, before, table)


def keep_ahead(connection: sa.Connection) -> list[str]:
    """Give every month up to ``AHEAD`` its partition, and rows in the nets a month of theirs.

    Returns the names of the new partitions. Needs the owner's account.
    """
    _prepare(connection)
    made = []
    for table in sorted({each.table for each in found(connection)}):
        made += _empty_net(connection, table)
        made += _add_months(connection, table, _months_up_to_ahead(connection))
    return made


def _month(table: str, name: str) -> Period | None:
    match = re.fullmatch(r"_(\d{4})_(\d{2})", name.removeprefix(table))
    return Period.month(int(match[1]), int(match[2])) if match else None


def _unbroken(months: set[Period], present: Period) -> int:
    ahead = 0
    while (present := present.next()) in months:
        ahead += 1
    return ahead


def _net(table: str) -> str:
    return f"{table}_default"


def _prepare(connection: sa.Connection) -> None:
    connection.execute(sa.text("set local timezone = 'UTC'"))  # months are those of UTC
    connection.execute(sa.text("set local statement_timeout = 0"))  # copying takes as long as it takes


def _months_of(connection: sa.Connection, table: str, column: str) -> list[Period]:
    """The months that have rows."""
    month = sa.func.date_trunc("month", sa.column(column), type_=sa.DateTime)
    days = connection.execute(sa.select(month).select_from(sa.table(table)).distinct()).scalars()
    return [Period.of(day, "month") for day in sorted(days)]


def _months_up_to_ahead(connection: sa.Connection, first: Period | None = None) -> list[Period]:
    """The months from the first one, by default the present, to the last to be made."""
    today: date = connection.execute(sa.text("select cast(now() as date)")).scalar_one()
    last = Period.of(today, "month")
    months = [first or last]
    for _ in range(AHEAD):
        last = last.next()
    while months[-1].start < last.start:
        months.append(months[-1].next())
    return months


def _add_months(connection: sa.Connection, table: str, months: Iterable[Period]) -> list[str]:
    """Partitions for those of the months that have none."""
    there = {each.month for each in found(connection) if each.table == table}
    return [_add_month(connection, table, month) for month in months if month not in there]


def _add_month(connection: sa.Connection, table: str, month: Period) -> str:
    name = f"{table}_{month.start:%Y_%m}"
    # Text with a zone is read as a day as well.
    start, end = (f"'{day} 00:00:00+00'" for day in (month.start, month.end))
    _add(connection, table, name, f"for values from ({start}) to ({end})")
    return name


def _add(connection: sa.Connection, table: str, name: str, bounds: str) -> None:
    """A partition like the net, attached, which stops nobody as CREATE … PARTITION OF would."""
    model = table if name == _net(table) else _net(table)
    connection.execute(sa.text(f"create table {name} (like {model} including all)"))
    connection.execute(sa.text(f"alter table {table} attach partition {name} {bounds}"))
    # Default privileges are for tables. Rows are reached through the parent, whose privileges count.
    for grantee in connection.execute(_GRANTEES, {"name": name}).scalars().all():
        connection.execute(sa.text(f"revoke all on {name} from {grantee}"))


def _empty_net(connection: sa.Connection, table: str) -> list[str]:
    """Hang up a new net, and move the rows of the old one to partitions of their months."""
    net = next(each for each in found(connection) if each.name == _net(table))
    if net.bytes == 0:
        return []
    old = f"{table}_caught"
    connection.execute(sa.text(f"alter table {table} detach partition {net.name}"))
    connection.execute(sa.text(f"alter table {net.name} rename to {old}"))
    connection.execute(sa.text(f"create table {net.name} (like {old} including all)"))
    connection.execute(sa.text(f"alter table {table} attach partition {net.name} default"))
    key = connection.execute(_KEY, {"table": table}).scalar_one()
    made = _add_months(connection, table, _months_of(connection, old, key))
    _move(connection, old, table)
    return made


def _move(connection: sa.Connection, source: str, target: str) -> None:
    """All rows of a table, which is then dropped: their partitions take them."""
    connection.execute(sa.text(f"insert into {target} select * from {source}"))  # noqa: S608 - our own names
    connection.execute(sa.text(f"drop table {source}"))
