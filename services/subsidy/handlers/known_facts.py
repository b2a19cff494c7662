"""What is known of some persons while a batch of the registry's events is gone through, event by event.

The copies are changed by the batch, and decisions follow from each event of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts.message import Event
from services.subsidy import repository
from services.subsidy.domain.eligibility import Holder
from services.subsidy.handlers.copies import HOUSEHOLD_CHANGES, PERSON_CHANGES
from services.subsidy.person_tables import households, persons

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """Who stands for a person, where that one lives, and what is known of them."""

    person_id: str
    region: str
    holder: Holder


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

    def fold(self, event: Event) -> dict[str, Known]:
        """Take one event in, and tell how they were known whose facts it changed, with the other records of
        each.
        """
        if (change := PERSON_CHANGES.get(type(event))) is not None:
            person_id: str = event.person_id  # type: ignore[attr-defined]
            if person_id not in self._persons:
                return {}
            heads = {
                self.head(each)
                for each in (person_id, getattr(event, "kept_id", None))
                if each in self._persons
            }
            before = self._known(heads)
            self._persons[person_id].update(change(event))
            return before
        if (change := HOUSEHOLD_CHANGES.get(type(event))) is not None:
            household_id: str = event.household_id  # type: ignore[attr-defined]
            members = {
                self.head(key) for key, row in self._persons.items() if row["household_id"] == household_id
            }
            before = self._known(members)
            self._households.setdefault(household_id, {}).update(change(event))
            return before
        return {}

    def known(self, person_id: str) -> Known:
        """What is known by now of who stands for the person."""
        head = self.head(person_id)
        row = self._persons[head]
        home = self._households.get(row["household_id"], {})
        return Known(head, row["region"], repository.holder(row, home.get("flags")))

    def head(self, person_id: str) -> str:
        """Who stands for the person, if that one is known here."""
        head = self._persons[person_id]["merged_into"]
        return head if head in self._persons else person_id

    def _known(self, heads: set[str]) -> dict[str, Known]:
        """Those whom these stand for, themselves included."""
        return {
            person_id: self.known(person_id) for person_id in self._persons if self.head(person_id) in heads
        }
