"""Pages of rows for lists that may be long, and those of one division.

A room of its own because all questions share it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts.message import Message
from kernel.regions import RegionCode

View = TypeVar("View", bound=Message)


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


def view_of(view: type[View], identifier: str, row: Mapping[Any, Any]) -> View:
    """A row as its contract shows it. identifier: what the contract calls the row's id."""
    told = {identifier: row["id"], **row}
    return view(**{name: told[name] for name in view.model_fields})
