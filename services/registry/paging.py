"""Lists page by page, in the order of identifiers.

A room of its own because every list of files is read this way, whatever the files are about.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts.message import Message

View = TypeVar("View", bound=Message)


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
