"""Engines and transactions for PostgreSQL and SQLite.

PostgreSQL is reached by psycopg2 alone: eventlet makes it cooperative, while psycopg 3 would stop the whole
process during a query. SQLite allows one writer; its lock is taken here, in the process, so that green
threads queue up instead of freezing the hub in SQLite's own busy wait.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

import orjson
import sqlalchemy as sa
from psycopg2 import Error as DriverError
from psycopg2 import OperationalError
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from sqlalchemy import BigInteger, Connection, Engine, Integer, create_engine, event, make_url
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import psycopg2
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A growing key of 64 bits; SQLite grows only what it calls INTEGER."""

POOL_SIZE = 12
"""Connections of a process to its database at most; what was once needed is kept open."""

POSTGRESQL_OPTIONS = (
    "-c statement_timeout=120000 -c lock_timeout=15000 -c idle_in_transaction_session_timeout=60000"
    # At the default of 4, for disks with an arm, much in order seems cheaper than a few rows by an index.
    " -c random_page_cost=1.1"
)


COMMITS_ITSELF = "canlian_commits_itself"
"""Execution option of a PostgreSQL connection whose transactions begin and end here, not in psycopg2."""
READS = "canlian_reads"
"""Execution option of a connection whose transactions only read, on one state of the data."""
AT_COMMIT = "canlian_at_commit"
"""Key under which a connection keeps what it sends with its commit."""

_QUEUE_UP = sa.text("select pg_advisory_xact_lock(hashtext(:name))")

MANY = 10
"""From so many rows on, one document is quicker than their values."""


class DatabaseAway(Exception):
    """The server was not reached, or left before it answered: what was asked is done wholly or not at all."""


def is_away(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether an error is about the server and not about what it was asked.

    So are: no connection, none free in time, one that ended, a server that stops or starts (SQLSTATE 57P…).
    """
    if isinstance(error, sa.exc.TimeoutError):
        return True
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    # What the server itself says has a code; what psycopg2 says of the connection has none.
    code = getattr(error.orig, "pgcode", None) or "57P"
    return error.connection_invalidated or (
        isinstance(error.orig, OperationalError) and code.startswith(("08", "57P"))
    )


def insert(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns, in their order; no rows, no statement.

    Values are those that JSON can tell: text, whole numbers, booleans, dates, instants, None.
    """
    if len(rows) >= MANY and connection.dialect.name == "postgresql":
        connection.execute(*_as_document(table, rows))
    elif rows:
        connection.execute(sa.insert(table).inline(), rows)


def insert_at_commit(connection: Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """The same as the last act of a write transaction: on PostgreSQL the rows travel with the commit itself,
    so that they cost no round trip.
    """
    if not connection.get_execution_options().get(COMMITS_ITSELF):
        insert(connection, table, rows)
    elif len(rows) == 1:
        connection.info[AT_COMMIT] = _text_of_insert(table, tuple(rows[0])), rows[0]
    elif rows:
        statement, parameters = _as_document(table, rows)
        connection.info[AT_COMMIT] = _text(statement), parameters


@cache
def _text_of_insert(table: sa.Table, columns: tuple[str, ...]) -> str:
    return str(sa.insert(table).inline().compile(dialect=psycopg2.dialect(), column_keys=columns))


@cache
def _text(statement: sa.Insert) -> str:
    return str(statement.compile(dialect=psycopg2.dialect()))


def _as_document(table: sa.Table, rows: Sequence[dict[str, Any]]) -> tuple[sa.Insert, dict[str, Any]]:
    """All rows as one document, column by column, which PostgreSQL takes in several times as fast as their
    values one by one; what all rows have in common is told once.
    """
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    common = {name: values[0] for name, values in columns.items() if values.count(values[0]) == len(rows)}
    if len(common) == len(columns):
        common = {}
    several = {name: values for name, values in columns.items() if name not in common}
    parameters = {f"common_{name}": value for name, value in common.items()}
    parameters["document"] = orjson.dumps(several).decode()
    return _insert_of_document(table, tuple(several), tuple(common)), parameters


@cache
def _insert_of_document(table: sa.Table, several: tuple[str, ...], common: tuple[str, ...]) -> sa.Insert:
    document = sa.cast(sa.bindparam("document", type_=sa.Text), postgresql.JSON)
    arrays = [sa.column(name, postgresql.ARRAY(table.c[name].type)) for name in several]
    told = sa.func.json_to_record(document).table_valued(*arrays).render_derived(with_types=True)
    rows = sa.func.unnest(*told.c).table_valued(*several).render_derived()
    same = [sa.cast(sa.bindparam(f"common_{name}"), table.c[name].type) for name in common]
    query = sa.select(*rows.c, *same).select_from(told.join(rows, sa.true()))
    return sa.insert(table).from_select((*several, *common), query)


class Database:
    """One service's database.

    Raises ``ValueError`` for a URL that is neither ``sqlite`` nor ``postgresql+psycopg2``.
    """

    def __init__(self, url: str, pool_size: int = POOL_SIZE) -> None:
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
        self._reader = self.engine.execution_options(**{READS: True})
        self._writer = (
            self.engine if self.is_sqlite else self.engine.execution_options(**{COMMITS_ITSELF: True})
        )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; commits when the block ends, rolls back when it raises."""
        with self._write_lock or nullcontext(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, on one consistent state of the data."""
        with self._reader.begin() as connection:
            yield connection

    def queue_up(self, connection: Connection, name: str) -> None:
        """Wait until no other transaction that queued up under this name is left; SQLite has one writer."""
        if not self.is_sqlite:
            connection.execute(_QUEUE_UP, {"name": name})

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
        if connection.get_execution_options().get(READS):
            # By the driver, at a fifth of the price: this one takes no lock, and cannot fail.
            driver: Any = connection.connection.driver_connection
            driver.execute("begin")
        else:
            connection.exec_driver_sql("begin immediate")

    return engine


def _postgresql(url: str, pool_size: int) -> Engine:
    # No ping before each use, which would cost a round trip: a lost connection fails the attempt, and the
    # attempt is repeated.
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        executemany_mode="values_plus_batch",
        connect_args={
            "connect_timeout": 10,
            # Options that the URL names stand last, and so win.
            "options": " ".join((POSTGRESQL_OPTIONS, *make_url(url).normalized_query.get("options", ()))),
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 60_000,  # ms: a server that vanished while we sent is given up as soon
        },
    )
    _keep_transactions(engine)
    return engine


def _keep_transactions(engine: Engine) -> None:
    """Begin and end transactions in the way that their connection's options ask for.

    Those that write psycopg2 does not know of, so that the last statement and the commit can be one message;
    it would send a commit of its own after it. SQLAlchemy's own way to switch costs a round trip each time.
    """

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        try:
            _switch(connection.connection.driver_connection, options)
        except DriverError as error:
            connection.invalidate(error)
            raise sa.exc.OperationalError("begin", {}, error, connection_invalidated=True) from error
        if options.get(COMMITS_ITSELF):
            connection.info.pop(AT_COMMIT, None)
            connection.exec_driver_sql("begin")

    @event.listens_for(engine, "commit")
    def _commit(connection: Connection) -> None:
        if connection.get_execution_options().get(COMMITS_ITSELF):
            statement, parameters = connection.info.pop(AT_COMMIT, ("", {}))
            connection.exec_driver_sql(f"{statement}; commit" if statement else "commit", parameters)

    @event.listens_for(engine, "reset")
    def _roll_back(driver: Any, *_: object) -> None:
        # Whatever ended the transaction, a failed commit too: back in the pool, none may be open.
        if driver.autocommit and driver.info.transaction_status != TRANSACTION_STATUS_IDLE:
            with driver.cursor() as cursor:
                cursor.execute("rollback")


def _switch(driver: Any, options: Mapping[str, Any]) -> None:
    """Make psycopg2 begin transactions that read, usual ones, or none."""
    if options.get(READS):
        driver.autocommit = False
        if not driver.readonly:
            driver.set_session(isolation_level="REPEATABLE READ", readonly=True)
        return
    if driver.readonly:
        # Before anything else: as long as psycopg2 begins the transactions, it only notes this.
        driver.set_session(isolation_level="DEFAULT", readonly="DEFAULT")
    driver.autocommit = COMMITS_ITSELF in options or options.get("isolation_level") == "AUTOCOMMIT"
