"""The whole stream of a service from any position: archived months and the live log as one."""

from collections.abc import Sequence
from heapq import merge
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from chassis import schema, stream
from chassis.archive import Entry, Month
from kernel.errors import Conflict

_POSITION = attrgetter("position")


def events_after(connection: sa.Connection, archive_dir: Path | None, position: int, limit: int) -> list[Any]:
    """The rows that follow a position without a gap, at most so many, from wherever they lie.

    Positions of two months may alternate where one ends: who commits late is numbered late. Raises
    ``Conflict`` with ``stream.archive_missing``, ``stream.archive_damaged`` or ``stream.incomplete``.
    """
    archived = _archived_after(connection, archive_dir, position, limit)
    up_to = archived[-1].position if len(archived) == limit else None
    live = stream.numbered_after(connection, position, limit, up_to)
    rows = list(islice(merge(archived, live, key=_POSITION), limit))
    _check(rows, position)
    return rows


def _archived_after(
    connection: sa.Connection, archive_dir: Path | None, position: int, limit: int
) -> list[Entry]:
    table = schema.archived_month
    months = sa.select(table).where(table.c.last_position > position).order_by(table.c.first_position)
    found: list[Entry] = []
    for row in connection.execute(months):
        if len(found) == limit and found[-1].position < row.first_position:
            break
        month = Month(archive_dir, row.file, row.sha256)
        found = list(islice(merge(found, month.after(position, limit), key=_POSITION), limit))
    return found


def _check(rows: Sequence[Any], position: int) -> None:
    """Never a silent gap: a month may just have left for a file that this transaction does not see yet."""
    for expected, row in enumerate(rows, start=position + 1):
        if row.position != expected:
            raise Conflict(
                "stream.incomplete",
                f"Position {expected} is neither in the log nor in an archive; ask again, and if it stays so "
                "see `canlian retention list`.",
                position=expected,
            )
