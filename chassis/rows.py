"""Rows by the keys that a command names: one statement, however many they are."""

from collections.abc import Collection
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from chassis.transaction import Transaction

Row = dict[str, Any]

_DOCUMENT = sa.bindparam("document", type_=sa.Text)


def rows_among(
    tx: Transaction, query: sa.Select[Any], column: sa.ColumnElement[str], keys: Collection[str]
) -> list[sa.Row[Any]]:
    """The rows whose column is one of a command's 1000 keys, or of their few indexes each: one statement."""
    if not keys:
        return []
    # One document, not a thousand parameters, which each take their time to be bound and read.
    if tx.connection.dialect.name == "sqlite":
        told = sa.func.json_each(_DOCUMENT)
    else:
        told = sa.func.json_array_elements_text(sa.cast(_DOCUMENT, postgresql.JSON))
    among = query.where(column.in_(sa.select(told.table_valued("value").c.value)))
    return list(tx.execute(among, {"document": orjson.dumps(sorted(keys)).decode()}))


def rows_by(tx: Transaction, query: sa.Select[Any], column: sa.Column[Any], keys: set[str]) -> dict[str, Row]:
    """Whole rows by a column that tells them apart."""
    rows = [dict(row._mapping) for row in rows_among(tx, query, column, keys)]  # noqa: SLF001 - public in SQLAlchemy
    return {row[column.name]: row for row in rows}
