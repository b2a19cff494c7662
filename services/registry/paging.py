"""Pages of rows for lists that may be long, and those of one division.

A room of its own because all questions share it.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from kernel.regions import RegionCode


def below(column: sa.ColumnElement[str], region: str) -> sa.ColumnElement[bool]:
    """The condition that a division is this one or lies in it. Raises Invalid("region.malformed")."""
    prefix = RegionCode(region).prefix
    return column.between(prefix.ljust(12, "0"), prefix.ljust(12, "9"))


def page_of(
    tx: Transaction, query: sa.Select[Any], table: sa.Table, after: str | None, limit: int
) -> tuple[Sequence[sa.RowMapping], str | None]:
    """The rows of a page in the order of their identifiers, and where the next one begins."""
    if after is not None:
        query = query.where(table.c.id > after)
    rows = tx.execute(query.order_by(table.c.id).limit(limit + 1)).mappings().all()
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None
