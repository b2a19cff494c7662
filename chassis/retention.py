"""What becomes of old months of an event log on PostgreSQL: into a file, proved, and out of the database.

A month leaves when all its events are numbered and published. It is dropped, never deleted from, in the
transaction that notes where it went: after a kill at any moment it is in the table or noted, and this is run
again. Needs the owner's account.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from chassis import archive, clock, operator_acts, partitions, schema
from chassis.database import Database
from chassis.lease import only_one
from chassis.partitions import Partition
from kernel.errors import Conflict
from kernel.periods import Period

FETCH = 2000
WAIT_SECONDS = 5
"""Longest wait for the lock that drops a month: writers of all months queue up behind it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A month of an event log. file: where it is archived; None while it is in the database.

    events: how many. positions: the first and the last, none for a month without numbered events. bytes: on
    the database's disk with its indexes, 0 when archived.
    """

    month: str
    events: int
    positions: tuple[int, int] | None
    bytes: int
    file: str | None


class Retention:
    """The months of one service's log."""

    def __init__(self, service: str, database: Database, folder: Path | None, who: str) -> None:
        """folder: that of all services' archives. who: the account that is noted with what is done.

        Raises ``Conflict("retention.sqlite")``: a file of SQLite has no months to take away.
        """
        if database.is_sqlite:
            raise Conflict(
                "retention.sqlite", "Months are kept on PostgreSQL only; SQLite keeps the whole log."
            )
        self._service = service
        self._database = database
        self._folder = folder
        self._who = who

    def months(self) -> list[Kept]:
        """All months that have events, archived or not, in their order."""
        table = schema.archived_month
        with self._database.read() as connection:
            kept = [
                Kept(row.month, row.events, (row.first_position, row.last_position), 0, row.file)
                for row in connection.execute(sa.select(table))
            ]
            for each in _of_the_log(connection):
                found = _count(connection, each)
                if each.period and found.events:
                    positions = (found.first, found.last) if found.numbered else None
                    kept.append(Kept(each.period.text, found.events, positions, found.bytes, None))
        return sorted(kept, key=lambda month: (month.month, month.positions or (0, 0)))

    def keep_ahead(self) -> list[str]:
        """Make the partitions of the months to come; returns the names of the new ones."""
        with self._database.write() as connection:
            made = partitions.keep_ahead(connection)
        # Partitions are analyzed by themselves, the whole by nobody but us; readers need not wait for that.
        with self._database.write() as connection:
            for table in {each.table for each in partitions.found(connection)}:
                connection.execute(sa.text(f"analyze {table}"))
        return made

    def due(self, keep_months: int) -> list[Partition]:
        """The partitions of months before the present one and the ``keep_months`` before that."""
        oldest = Period.of(clock.now().date(), "month")
        for _ in range(keep_months):
            oldest = oldest.previous()
        with self._database.read() as connection:
            return [
                each
                for each in _of_the_log(connection)
                if each.period is not None and each.period.end <= oldest.start
            ]

    def take_away(self, partition: Partition) -> Kept | None:
        """Archive a month and drop it; one without events is only dropped, and None returned.

        Raises ``Conflict``: ``retention.no_archive`` without a folder, ``retention.unpublished`` when events
        of the month are still to be published, ``retention.differs`` when file and table are not the same,
        ``retention.busy`` when others are at work on the months or on the log.
        """
        with only_one(self._database, "retention") as lease:
            if lease is None:
                raise _busy()
            month, note = self._write(partition)
            try:
                # By a transaction of the driver's own, which its cursors that fetch in parts want.
                with self._database.engine.begin() as connection:
                    self._drop(connection, partition, note)
            except sa.exc.OperationalError as error:
                if getattr(error.orig, "pgcode", None) in {"55P03", "40P01"}:
                    raise _busy() from None
                raise
        return month

    def note_run(self, made: int, archived: list[str]) -> None:
        """Write down that all that was due is done. made: partitions. archived: months."""
        with self._database.write() as connection:
            details = {"made": made, "archived": archived}
            operator_acts.record(connection, operator_acts.RETAINED, self._who, "", details)

    def _drop(self, connection: sa.Connection, partition: Partition, note: dict[str, Any] | None) -> None:
        connection.execute(sa.text(f"set local lock_timeout = '{WAIT_SECONDS}s'"))
        # Nobody adds to the month from here on.
        connection.execute(sa.text(f"lock table {partition.name} in share mode"))
        if note is not None:
            self._compare(connection, partition, note)
            connection.execute(sa.insert(schema.archived_month), note)
        elif _count(connection, partition).events:
            raise _differs(partition)
        connection.execute(sa.text(f"drop table {partition.name}"))

    def _write(self, partition: Partition) -> tuple[Kept | None, dict[str, Any] | None]:
        month = str(partition.period)
        table = schema.archived_month
        with self._database.read() as connection:
            found = _count(connection, partition)
            if not found.events:
                return None, None
            if self._folder is None:
                raise Conflict(
                    "retention.no_archive", "Name the archive: --archive-dir or CANLIAN_ARCHIVE_DIR."
                )
            published = connection.execute(sa.select(schema.stream.c.published)).scalar_one_or_none() or 0
            if found.numbered < found.events or found.last > published:
                raise Conflict(
                    "retention.unpublished",
                    f"Events of {self._service} {month} are still to be published; see that its relay runs.",
                    service=self._service,
                    month=month,
                )
            parts = sa.select(sa.func.count()).where(table.c.month == month)
            part = connection.execute(parts).scalar_one() + 1
            name = f"{self._service}/{month}{f'.{part}' if part > 1 else ''}.jsonl.gz"
            rows = _rows(connection, partition)
            manifest, digest = archive.write(self._folder / name, self._service, month, rows)
        positions = (manifest.first_position, manifest.last_position)
        note = {
            "month": month,
            "part": part,
            "first_position": positions[0],
            "last_position": positions[1],
            "events": manifest.events,
            "file": name,
            "sha256": digest,
            "archived_at": clock.now(),
            "archived_by": self._who,
        }
        return Kept(month, manifest.events, positions, 0, name), note

    def _compare(self, connection: sa.Connection, partition: Partition, note: dict[str, Any]) -> None:
        """Read the file back, as a service will, beside the rows that are about to go."""
        written = archive.Month(self._folder, note["file"], note["sha256"]).lines()
        kept = map(archive.line, _rows(connection, partition))
        if any(line != row for line, row in zip_longest(written, kept)):
            raise _differs(partition)


def _of_the_log(connection: sa.Connection) -> list[Partition]:
    return [each for each in partitions.found(connection) if each.table == schema.event_log.name]


def _table(partition: Partition) -> sa.TableClause:
    return sa.table(partition.name, *(sa.column(name) for name in archive.Entry._fields))


def _count(connection: sa.Connection, partition: Partition) -> sa.Row[Any]:
    table = _table(partition)
    position = table.c.position
    query = sa.select(
        sa.func.count().label("events"),
        sa.func.count(position).label("numbered"),
        sa.func.min(position).label("first"),
        sa.func.max(position).label("last"),
        sa.func.pg_total_relation_size(partition.name).label("bytes"),
    ).select_from(table)
    return connection.execute(query).one()


def _rows(connection: sa.Connection, partition: Partition) -> Iterator[sa.Row[Any]]:
    table = _table(partition)
    query = sa.select(table).order_by(table.c.position).execution_options(yield_per=FETCH)
    return iter(connection.execute(query))


def _busy() -> Conflict:
    return Conflict("retention.busy", "Others are at work on the log or its months; run this again later.")


def _differs(partition: Partition) -> Conflict:
    return Conflict(
        "retention.differs", f"{partition.name} is not what was written to the archive; run this again."
    )
