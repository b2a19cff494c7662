"""Two copies of a table in one database: what differs, a hash of what each holds, and making them equal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import orjson
import sqlalchemy as sa

from chassis.stream import aware

SHADOW = "rebuild"
"""The name under which the rebuilt copy is reached beside the live one."""
SAMPLES = 10
_ROWS = 2000


@dataclass(frozen=True)
class Difference:
    """How a live table differs from the rebuilt one. changed: how many rows differ in which column.

    samples: the keys of some rows, which are identifiers.
    """

    table: str
    surplus: int
    missing: int
    changed: dict[str, int]
    samples: tuple[str, ...]


class Pair:
    """A live table and its rebuilt copy.

    The numbers that the database gives to rows are not compared, nor the columns named in ``ignoring``.
    ``sources``: of a table with the rows of many streams, compare those of these alone. Raises ``ValueError``
    for a table without a key that events give.
    """

    def __init__(
        self, table: sa.Table, ignoring: Sequence[str] = (), sources: Sequence[str] | None = None
    ) -> None:
        self.live = table
        self.rebuilt = table.to_metadata(sa.MetaData(), schema=SHADOW).alias("rebuilt")
        self._key = _key(table)
        given = table.autoincrement_column
        self._columns = [column.name for column in table.columns if column is not given]
        self._compared = [name for name in self._columns if name not in ignoring]
        self._given = None if given is None else self.rebuilt.c[given.name]
        self._mine = sa.true() if sources is None else self.live.c.source.in_(sources)
        self._same_key = sa.and_(*(self.live.c[name] == self.rebuilt.c[name] for name in self._key))
        self._differing = {
            name: self.live.c[name].is_distinct_from(self.rebuilt.c[name])
            for name in self._compared
            if name not in self._key
        }

    def difference(self, connection: sa.Connection) -> Difference | None:
        """What differs, or nothing."""
        both = sa.select(sa.func.count()).select_from(self.live.join(self.rebuilt, self._same_key))
        same = both.where(self._mine, *(sa.not_(differs) for differs in self._differing.values()))
        count = sa.select(sa.func.count())
        counts = [same, count.select_from(self.live).where(self._mine), count.select_from(self.rebuilt)]
        if len({connection.execute(query).scalar_one() for query in counts}) == 1:
            return None
        surplus, missing, changed = self._surplus(), self._missing(), sa.or_(*self._differing.values())
        by_column = [
            sa.func.coalesce(sa.func.sum(sa.case((differs, 1), else_=0)), 0)
            for differs in self._differing.values()
        ]
        totals = connection.execute(both.with_only_columns(*by_column).where(self._mine, changed)).one()
        samples = (
            *self._samples(connection, "surplus", self.live, surplus),
            *self._samples(connection, "missing", self.rebuilt, missing),
            *self._samples(connection, "changed", self.live, sa.exists().where(self._same_key, changed)),
        )
        return Difference(
            self.live.name,
            connection.execute(count.select_from(self.live).where(surplus)).scalar_one(),
            connection.execute(count.select_from(self.rebuilt).where(missing)).scalar_one(),
            {name: int(total) for name, total in zip(self._differing, totals, strict=True) if total},
            samples,
        )

    def make_equal(self, connection: sa.Connection) -> None:
        """Give the live table the rows of the rebuilt one; those that are equal stay untouched."""
        equal = (self._same_key, *(sa.not_(differs) for differs in self._differing.values()))
        connection.execute(sa.delete(self.live).where(self._mine, ~sa.exists().where(*equal)))
        rows = sa.select(*(self.rebuilt.c[name] for name in self._columns)).where(self._missing())
        if self._given is not None:
            rows = rows.order_by(self._given)
        connection.execute(sa.insert(self.live).from_select(self._columns, rows))

    def hash(self, connection: sa.Connection, table: sa.FromClause) -> str:
        """SHA-256 over the compared columns of all rows in the order of their keys: the same everywhere."""
        ordered = [_bytewise(connection, table.c[name]) for name in self._key]
        mine = self._mine if table is self.live else sa.true()
        query = sa.select(*(table.c[name] for name in self._compared)).where(mine).order_by(*ordered)
        digest = sha256()
        with connection.execute(query.execution_options(yield_per=_ROWS)) as rows:
            for row in rows:
                digest.update(_line(row))
        return digest.hexdigest()

    def _surplus(self) -> sa.ColumnElement[bool]:
        found = sa.exists().where(self._same_key).correlate(self.live)
        return sa.and_(self._mine, ~found)

    def _missing(self) -> sa.ColumnElement[bool]:
        return ~sa.exists().where(self._same_key).correlate(self.rebuilt)

    def _samples(
        self, connection: sa.Connection, what: str, table: sa.FromClause, condition: sa.ColumnElement[bool]
    ) -> list[str]:
        query = sa.select(*(table.c[name] for name in self._key)).where(condition).limit(SAMPLES)
        return [f"{what}: {', '.join(map(str, row))}" for row in connection.execute(query)]


def _key(table: sa.Table) -> tuple[str, ...]:
    """The columns that tell rows apart by what events say."""
    if table.autoincrement_column is None:
        return tuple(table.primary_key.columns.keys())
    unique = [
        tuple(each.columns.keys()) for each in table.constraints if isinstance(each, sa.UniqueConstraint)
    ]
    if not unique:
        raise ValueError(f"{table.name} has no key but the number that the database gives")
    # A partitioned table's key also holds what it is partitioned by.
    return min(unique, key=len)


def _bytewise(connection: sa.Connection, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """In an order that no language setting changes; SQLite knows no other."""
    postgresql = connection.dialect.name == "postgresql"
    return sa.collate(column, "C") if postgresql and isinstance(column.type, sa.String) else column


def _line(row: sa.Row[Any]) -> bytes:
    option = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(tuple(row), default=_text, option=option)


def _text(value: date) -> str:
    return (aware(value).astimezone(UTC) if isinstance(value, datetime) else value).isoformat()
