"""What is known of some persons while a batch of the registry's events is gone through, event by event.

A room of its own because the copies are changed by the batch, and decisions follow from each event of it.
"""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts.message import Event
from services.subsidy import repository
from services.subsidy.domain.eligibility import Holder
from services.subsidy.handlers.copies import HOUSEHOLD_CHANGES, PERSON_CHANGES
from services.subsidy.tables import households, persons

Row = dict[str, Any]


def people_of(tx: Transaction, events: Sequence[Event]) -> set[str]:
    """All whom the events may be about: persons, members of households, and the other records of each."""
    people = {event.person_id for event in events if type(event) in PERSON_CHANGES}  # type: ignore[attr-defined]
    people |= {event.kept_id for event in events if hasattr(event, "kept_id")}
    flagged = {event.household_id for event in events if type(event) in HOUSEHOLD_CHANGES}  # type: ignore[attr-defined]
    if flagged:
        members = sa.select(persons.c.person_id).where(persons.c.household_id.in_(flagged))
        people |= set(tx.execute(members).scalars())
    return set(repository.heads(tx, people))


class KnownFacts:
    """The facts of some people and of their households, as the copies have them, and then as events tell."""

    def __init__(self, tx: Transaction, people: Collection[str], events: Sequence[Event]) -> None:
        rows = tx.execute(sa.select(persons).where(persons.c.person_id.in_(people)))
        self._persons: dict[str, Row] = {row.person_id: row._asdict() for row in rows}
        homes = {row["household_id"] for row in self._persons.values()}
        homes |= {getattr(event, "household_id", None) for event in events}
        known = tx.execute(sa.select(households).where(households.c.household_id.in_(homes - {None})))
        self._households: dict[str, Row] = {row.household_id: row._asdict() for row in known}

    def fold(self, event: Event) -> set[str]:
        """Take one event in, and tell whose facts it changed, with the other records of each."""
        if (change := PERSON_CHANGES.get(type(event))) is not None:
            person_id: str = event.person_id  # type: ignore[attr-defined]
            if person_id not in self._persons:
                return set()
            before = self._head(person_id)
            self._persons[person_id].update(change(event))
            return self._led_by({before, self._head(person_id)})
        if (change := HOUSEHOLD_CHANGES.get(type(event))) is not None:
            household_id: str = event.household_id  # type: ignore[attr-defined]
            self._households.setdefault(household_id, {}).update(change(event))
            return self._led_by(
                {key for key, row in self._persons.items() if row["household_id"] == household_id}
            )
        return set()

    def holder(self, person_id: str) -> Holder:
        """What is known by now of who stands for the person."""
        row = self._persons[self._head(person_id)]
        home = self._households.get(row["household_id"], {})
        return repository.holder(row, home.get("flags"))

    def _head(self, person_id: str) -> str:
        """Who stands for the person, if that one is known here."""
        head = self._persons[person_id]["merged_into"]
        return head if head in self._persons else person_id

    def _led_by(self, heads: set[str]) -> set[str]:
        return {person_id for person_id in self._persons if self._head(person_id) in heads}
