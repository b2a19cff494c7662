"""A local copy of another service's facts, kept as a fold of its events."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from chassis.stream import Received
from chassis.transaction import Transaction
from contracts.message import Event


class Replica:
    """One row per key; each event sets some of its columns.

    ``changes`` maps an event's class to a function from the event to the columns it sets. Columns that no
    event of a key has set yet take the table's defaults. Events must come in the order of the stream.
    """

    def __init__(
        self, table: sa.Table, key: str, changes: Mapping[type[Event], Callable[[Any], dict[str, Any]]]
    ) -> None:
        self._table = table
        self._key = key
        self._changes = changes

    def apply(self, tx: Transaction, events: Iterable[Received]) -> None:
        """Fold a batch: one statement for each set of columns touched, later events winning."""
        rows: dict[str, dict[str, Any]] = {}
        for received in events:
            change = self._changes.get(type(received.event)) if received.event else None
            if change is not None:
                key = getattr(received.event, self._key)
                rows.setdefault(key, {self._key: key}).update(change(received.event))
        by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in rows.values():
            by_columns.setdefault(tuple(sorted(row)), []).append(row)
        for columns, group in by_columns.items():
            tx.execute(self._upsert(tx, columns), group)

    def _upsert(self, tx: Transaction, columns: tuple[str, ...]) -> sa.Executable:
        insert = sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert
        statement = insert(self._table)
        changed = {name: statement.excluded[name] for name in columns if name != self._key}
        return statement.on_conflict_do_update(index_elements=[self._key], set_=changed)


def heads(
    tx: Transaction, key: "sa.Column[str]", leads_to: "sa.Column[str]", keys: Collection[str]
) -> dict[str, str]:
    """Which rows stand for one another, where the column `leads_to` names the row that stands for this one.

    Of these keys and all that stand with them, the key of the row that stands for them: its own for most, and
    for one that is not in the table.
    """
    head = sa.func.coalesce(leads_to, key)
    asked = sa.select(head).where(key.in_(keys))
    # Two halves: an OR of both would read the whole table.
    led = sa.union_all(
        sa.select(key, head).where(key.in_(asked)), sa.select(key, head).where(leads_to.in_(asked))
    )
    return {**{each: each for each in keys}, **dict(tuple(row) for row in tx.execute(led))}
