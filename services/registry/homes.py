"""Where the persons live whom records name, and which of them lead to another person.

A room of its own because everything that is recorded of a person asks this first.
"""

from collections.abc import Collection, Iterable
from typing import Any, Self

import sqlalchemy as sa

from chassis.rows import rows_among
from chassis.transaction import Transaction
from services.registry.tables import persons


class Homes(dict[str, str]):
    """Regions of registered persons, by their identifier. merged: those who lead to another one."""

    merged: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rows: Iterable[Any]) -> Self:
        """From rows with id, region and merged_into."""
        people = list(rows)
        homes = cls((row.id, row.region) for row in people)
        homes.merged = frozenset(row.id for row in people if row.merged_into is not None)
        return homes


def homes_of(tx: Transaction, person_ids: Collection[str]) -> Homes:
    """The homes of these persons, of any region. None of them is merged until the transaction ends."""
    query = held(sa.select(persons.c.id, persons.c.region, persons.c.merged_into))
    return Homes.of(rows_among(tx, query, persons.c.id, person_ids))


def held(query: sa.Select[Any]) -> sa.Select[Any]:
    """The query on persons with their rows held as a foreign key to them would hold them: a merge waits."""
    return query.order_by(persons.c.id).with_for_update(read=True, key_share=True)
