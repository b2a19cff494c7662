"""Where the second copy is built: a schema of the same PostgreSQL database, or a file beside SQLite's.

Both are reached from the live database under one name, so that they can be compared and taken over by SQL.
The live tables never leave their place: their partitions, grants, triggers and sequences stay what they are,
and whoever reads them goes on reading.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from chassis import schema
from chassis.database import READS, Database
from chassis.lease import only_one
from chassis.rebuilding.comparing import SHADOW
from kernel.errors import Forbidden

INSUFFICIENT_PRIVILEGE = "42501"


class PostgresqlShadow:
    """A schema of the live database. Needs the owner's account."""

    def __init__(self, url: str, service: str) -> None:
        options = f"-c search_path={SHADOW} -c synchronous_commit=off"
        self.url = _with_options(url, options)
        self._lock = f"{service}.rebuild"
        self.live = Database(url)

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Keep others from building; yields whether nobody does."""
        with only_one(self.live, self._lock) as lease:
            yield lease is not None

    def make(self) -> None:
        """Make an empty place. Raises ``Forbidden`` for an account that may not."""
        try:
            with self.live.write() as connection:
                connection.execute(sa.schema.CreateSchema(SHADOW))
        except sa.exc.ProgrammingError as error:
            if getattr(error.orig, "pgcode", None) != INSUFFICIENT_PRIVILEGE:
                raise
            message = "The database account may make no tables; use the owner's, as for canlian migrate."
            raise Forbidden("rebuild.account", message) from None

    def drop(self) -> None:
        """Remove the copy, if there is one."""
        with self.live.write() as connection:
            connection.execute(sa.schema.DropSchema(SHADOW, cascade=True, if_exists=True))

    @contextmanager
    def switching(self) -> Iterator[sa.Connection]:
        """A transaction of the live database that also sees the copy."""
        with self.live.engine.begin() as connection:
            yield connection

    @contextmanager
    def unguarded(self, connection: sa.Connection, table: sa.Table) -> Iterator[None]:
        """Let rows of an append-only table be replaced until the block ends. Readers need not wait."""
        name = connection.dialect.identifier_preparer.format_table(table)
        connection.execute(sa.text(f"alter table {name} disable trigger user"))
        yield
        connection.execute(sa.text(f"alter table {name} enable trigger user"))


class SqliteShadow:
    """A file beside the live one."""

    def __init__(self, url: str, _service: str) -> None:
        live = Path(str(sa.make_url(url).database))
        self._path = live.with_name(f"{live.stem}.{SHADOW}{live.suffix}")
        self.url = f"sqlite:///{self._path}"
        self.live = Database(url)
        sa.event.listen(self.live.engine, "connect", self._attach)

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Keep others from building; yields whether nobody does."""
        with self._path.with_suffix(".lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True

    def make(self) -> None:
        """An empty place is made by whoever opens it."""

    def drop(self) -> None:
        """Remove the copy, if there is one."""
        self.live.engine.dispose()
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)

    @contextmanager
    def switching(self) -> Iterator[sa.Connection]:
        """A transaction of the live file that also sees the copy, which may still be written meanwhile."""
        # "begin immediate" would lock both files, so this begins as a reader does, and writes nothing first.
        nothing = sa.update(schema.checkpoint).values(position=0).where(sa.false())
        reader = self.live.engine.connect().execution_options(**{READS: True})
        with reader as connection, connection.begin():
            connection.execute(nothing)
            yield connection

    @contextmanager
    def unguarded(self, connection: sa.Connection, table: sa.Table) -> Iterator[None]:
        """Let rows of an append-only table be replaced until the block ends."""
        triggers = connection.execute(
            sa.text("select name, sql from main.sqlite_master where type = 'trigger' and tbl_name = :table"),
            {"table": table.name},
        ).all()
        for name, _ in triggers:
            connection.execute(sa.text(f"drop trigger main.{name}"))
        yield
        for _, sql in triggers:
            connection.exec_driver_sql(sql)

    def _attach(self, connection: Any, _entry: Any) -> None:
        connection.execute(f"attach database ? as {SHADOW}", (str(self._path),))


Shadow = PostgresqlShadow | SqliteShadow


def shadow_of(url: str, service: str) -> Shadow:
    """The place beside the live database."""
    kind = SqliteShadow if sa.make_url(url).get_backend_name() == "sqlite" else PostgresqlShadow
    return kind(url, service)


def _with_options(url: str, options: str) -> str:
    parsed = sa.make_url(url)
    given = parsed.normalized_query.get("options", ())
    added = parsed.update_query_dict({"options": " ".join((*given, options))})
    return added.render_as_string(hide_password=False)
