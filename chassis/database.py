"""Engines and transactions for PostgreSQL and SQLite.

PostgreSQL is reached by psycopg2 alone: eventlet makes it cooperative, while psycopg 3 would stop the whole
process during a query. SQLite allows one writer; its lock is taken here, in the process, so that green
threads queue up instead of freezing the hub in SQLite's own busy wait.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import BigInteger, Connection, Engine, Integer, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A growing key of 64 bits; SQLite grows only what it calls INTEGER."""

POSTGRESQL_OPTIONS = (
    "-c statement_timeout=120000 -c lock_timeout=15000 -c idle_in_transaction_session_timeout=60000"
)


MANY = 10
"""From so many rows on, one document is quicker than their values."""


def insert(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns, in their order; no rows, no statement.

    Values are those that JSON can tell: text, whole numbers, booleans, dates, instants, None.
    """
    if len(rows) >= MANY and connection.dialect.name == "postgresql":
        # A thousand rows as one document: PostgreSQL takes it in three times as fast as thousands of values.
        document = orjson.dumps(rows).decode()
        connection.execute(_insert_of_document(table, tuple(rows[0])), {"document": document})
    elif rows:
        connection.execute(sa.insert(table), rows)


@cache
def _insert_of_document(table: sa.Table, columns: tuple[str, ...]) -> sa.Insert:
    document = sa.cast(sa.bindparam("document", type_=sa.Text), postgresql.JSON)
    typed = (sa.column(name, table.c[name].type) for name in columns)
    told = sa.func.json_to_recordset(document).table_valued(*typed).render_derived(with_types=True)
    return sa.insert(table).from_select(columns, sa.select(told))


class Database:
    """One service's database.

    Raises ``ValueError`` for a URL that is neither ``sqlite`` nor ``postgresql+psycopg2``.
    """

    def __init__(self, url: str, pool_size: int = 12) -> None:
        parsed = make_url(url)
        if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
            self.engine = _sqlite(url)
            self._write_lock: threading.Lock | None = threading.Lock()
        elif parsed.drivername == "postgresql+psycopg2":
            self.engine = _postgresql(url, pool_size)
            self._write_lock = None
        else:
            raise ValueError(f"{parsed.drivername} is not supported: use sqlite or postgresql+psycopg2")
        self.is_sqlite = self._write_lock is not None
        options: dict[str, Any] = (
            {"read_only": True}
            if self.is_sqlite
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reader = self.engine.execution_options(**options)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; commits when the block ends, rolls back when it raises."""
        with self._write_lock or nullcontext(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, on one consistent state of the data."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def lock(self, name: str) -> Iterator[bool]:
        """Try to become the only holder of a name over all processes; yields whether it worked.

        SQLite belongs to one process, which the data directory's own lock sees to.
        """
        if self.is_sqlite:
            yield True
            return
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            got = connection.execute(
                text("select pg_try_advisory_lock(hashtext(:name))"), {"name": name}
            ).scalar_one()
            try:
                yield bool(got)
            finally:
                if got and not connection.invalidated:
                    connection.execute(text("select pg_advisory_unlock(hashtext(:name))"), {"name": name})

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 15}
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        cursor = connection.cursor()
        cursor.execute("pragma journal_mode=wal")
        cursor.execute("pragma synchronous=full")
        cursor.execute("pragma foreign_keys=on")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only")
        # By the driver itself: for SQLAlchemy this is a statement like others, five times as dear.
        driver: Any = connection.connection.driver_connection
        driver.execute("begin" if read_only else "begin immediate")

    return engine


def _postgresql(url: str, pool_size: int) -> Engine:
    # No ping before each use, which would cost a round trip: a lost connection fails the attempt, and the
    # attempt is repeated.
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        executemany_mode="values_plus_batch",
        connect_args={
            "connect_timeout": 10,
            "options": POSTGRESQL_OPTIONS,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
    )
