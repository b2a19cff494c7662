"""The local copy of the registry's persons."""

from collections.abc import Sequence

from chassis.replica import Replica
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import person_facts
from services.subsidy import tables

_PERSONS = Replica(tables.persons, key="person_id", changes=person_facts.PERSON)


def keep_persons(tx: Transaction, events: Sequence[Received]) -> None:
    """Keep what the registry told of persons."""
    _PERSONS.apply(tx, events)
