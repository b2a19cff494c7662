"""Tables of PostgreSQL with a partition for each month or year: made, found, and kept ahead of the calendar.

A partition is called ``<table>_2026_11`` or ``<table>_2026``. ``<table>_default`` is a net for rows of no
period and normally empty; ``<table>_before``, where there is one, takes all before the first. Everything is
found through the catalogue, under whatever search path is set. SQLite keeps one table and nothing of this.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import sqlalchemy as sa

from kernel.periods import Period

Kind = Literal["month", "year"]

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
    """One partition. period: none for the net and for what lies before the first period.

    bytes: of its rows, 0 if it never had any.
    """

    table: str
    name: str
    period: Period | None
    bytes: int


def found(connection: sa.Connection) -> list[Partition]:
    """All partitions of all tables in the order of their names; none on SQLite."""
    if connection.dialect.name == "sqlite":
        return []
    return [
        Partition(row.parent, row.name, _period(row.parent, row.name), row.bytes)
        for row in connection.execute(_FOUND)
    ]


def months_ahead(partitions: Iterable[Partition], today: date) -> int | None:
    """How many months after the present one have a partition in every table; None without partitions."""
    tables: dict[str, set[Period]] = {}
    for each in partitions:
        if each.period is not None:
            tables.setdefault(each.table, set()).add(each.period)
    return min((_months_ahead(periods, today) for periods in tables.values()), default=None)


def strays(partitions: Iterable[Partition]) -> int:
    """Bytes of rows that fell into the nets, for no period had a place for them."""
    return sum(each.bytes for each in partitions if each.name == _net(each.table))


def partition(
    connection: sa.Connection,
    table: str,
    column: str,
    made: Iterable[str],
    kind: Kind = "month",
    since: Period | None = None,
) -> None:
    """Make a table with its rows one that is partitioned by the month or year of a column, up to ``AHEAD``.

    made: statements for its indexes, keys and triggers, of which it keeps none; what they make on
    ``<table>_default`` every later partition gets too. since: the first period, while all before goes into
    one partition; without it every period that has rows gets its own.
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
        _add_periods(connection, table, _periods_of(connection, before, column, kind))
    else:
        _add(connection, table, f"{table}_before", f"for values from (minvalue) to ('{since.start}')")
    _add_periods(connection, table, _up_to_ahead(connection, kind, since))
    _move(connection, before, table)


def keep_ahead(connection: sa.Connection) -> list[str]:
    """Give every period up to ``AHEAD`` its partition, and rows in the nets a period of theirs.

    Returns the names of the new partitions. Needs the owner's account.
    """
    _prepare(connection)
    kinds: dict[str, Kind] = {}
    for each in found(connection):
        if each.period is not None:
            kinds[each.table] = "year" if each.period.kind == "year" else "month"
    made = []
    for table, kind in kinds.items():
        made += _empty_net(connection, table, kind)
        made += _add_periods(connection, table, _up_to_ahead(connection, kind))
    return made


def _period(table: str, name: str) -> Period | None:
    match = re.fullmatch(r"_(\d{4})(?:_(\d{2}))?", name.removeprefix(table))
    return Period.parse("-".join(filter(None, match.groups()))) if match else None


def _months_ahead(periods: set[Period], today: date) -> int:
    """Months after the present one up to the first that lies in none of the periods."""
    last = Period.of(today, next(iter(periods)).kind)
    if last not in periods:
        return 0
    while last.next() in periods:
        last = last.next()
    return (last.end.year - today.year) * 12 + last.end.month - today.month - 1


def _net(table: str) -> str:
    return f"{table}_default"


def _prepare(connection: sa.Connection) -> None:
    connection.execute(sa.text("set local timezone = 'UTC'"))  # periods are those of UTC
    connection.execute(sa.text("set local statement_timeout = 0"))  # copying takes as long as it takes


def _periods_of(connection: sa.Connection, table: str, column: str, kind: Kind) -> list[Period]:
    """The periods that have rows."""
    start = sa.func.date_trunc(kind, sa.column(column), type_=sa.DateTime)
    starts = connection.execute(sa.select(start).select_from(sa.table(table)).distinct()).scalars()
    return [Period.of(each, kind) for each in sorted(starts)]


def _up_to_ahead(connection: sa.Connection, kind: Kind, first: Period | None = None) -> list[Period]:
    """The periods from the first one, by default the present, to that of the last month to be made."""
    today: date = connection.execute(sa.text("select cast(now() as date)")).scalar_one()
    last = Period.of(today, "month")
    for _ in range(AHEAD):
        last = last.next()
    periods = [first or Period.of(today, kind)]
    while periods[-1].end < last.end:
        periods.append(periods[-1].next())
    return periods


def _add_periods(connection: sa.Connection, table: str, periods: Iterable[Period]) -> list[str]:
    """Partitions for those of the periods that have none."""
    there = {each.period for each in found(connection) if each.table == table}
    made = []
    for period in periods:
        if period not in there:
            name = f"{table}_{period.text.replace('-', '_')}"
            # Text with a zone is read as a day as well.
            start, end = (f"'{day} 00:00:00+00'" for day in (period.start, period.end))
            _add(connection, table, name, f"for values from ({start}) to ({end})")
            made.append(name)
    return made


def _add(connection: sa.Connection, table: str, name: str, bounds: str) -> None:
    """A partition like the net, attached, which stops nobody as CREATE … PARTITION OF would."""
    model = table if name == _net(table) else _net(table)
    connection.execute(sa.text(f"create table {name} (like {model} including all)"))
    connection.execute(sa.text(f"alter table {table} attach partition {name} {bounds}"))
    # Default privileges are for tables. Rows are reached through the parent, whose privileges count.
    for grantee in connection.execute(_GRANTEES, {"name": name}).scalars().all():
        connection.execute(sa.text(f"revoke all on {name} from {grantee}"))


def _empty_net(connection: sa.Connection, table: str, kind: Kind) -> list[str]:
    """Hang up a new net, and move the rows of the old one to partitions of their periods."""
    net = next(each for each in found(connection) if each.name == _net(table))
    if net.bytes == 0:
        return []
    old = f"{table}_caught"
    connection.execute(sa.text(f"alter table {table} detach partition {net.name}"))
    connection.execute(sa.text(f"alter table {net.name} rename to {old}"))
    connection.execute(sa.text(f"create table {net.name} (like {old} including all)"))
    connection.execute(sa.text(f"alter table {table} attach partition {net.name} default"))
    key = connection.execute(_KEY, {"table": table}).scalar_one()
    made = _add_periods(connection, table, _periods_of(connection, old, key, kind))
    _move(connection, old, table)
    return made


def _move(connection: sa.Connection, source: str, target: str) -> None:
    """All rows of a table, which is then dropped: their partitions take them."""
    connection.execute(sa.text(f"insert into {target} select * from {source}"))  # noqa: S608 - our own names
    connection.execute(sa.text(f"drop table {source}"))
