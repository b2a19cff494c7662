"""What operators do to a database as a whole, written down in it: who, when, why, and what came of it."""

import json
from typing import Any

import sqlalchemy as sa

from chassis import clock, schema

CHECKED, REBUILT, RETAINED = "checked", "rebuilt", "retained"
"""Acts whose latest is asked for: projections compared, or put right; months archived and made."""


def last(connection: sa.Connection, *acts: str) -> sa.Row[Any] | None:
    """The latest of some acts; None if there was none."""
    table = schema.operator_act
    query = sa.select(table).where(table.c.act.in_(acts)).order_by(table.c.id.desc()).limit(1)
    return connection.execute(query).one_or_none()


def record(connection: sa.Connection, act: str, by: str, reason: str, details: dict[str, Any]) -> None:
    """Write an act down in the transaction that does it. details: counts, positions and hashes."""
    connection.execute(
        sa.insert(schema.operator_act).values(
            act=act, done_by=by, reason=reason, details=json.dumps(details), done_at=clock.now()
        )
    )


def begin_epoch(connection: sa.Connection, by: str, reason: str) -> int | None:
    """Give a restored log a new epoch, so that its further events differ from those of its first life.

    Returns the new epoch, or None for a service that has no event yet.
    """
    stream = schema.stream
    if (epoch := connection.execute(sa.select(stream.c.epoch).with_for_update()).scalar()) is None:
        return None
    connection.execute(sa.update(stream).values(epoch=epoch + 1))
    record(connection, "restored", by, reason, {"epoch": epoch + 1})
    return int(epoch) + 1
