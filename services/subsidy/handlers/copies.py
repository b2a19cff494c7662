"""The service's copy of the registry's facts."""

from chassis.replica import Replica
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts.person_facts import HOUSEHOLD, PERSON
from services.subsidy import tables

PERSONS = Replica(tables.persons, key="person_id", changes=PERSON)
HOUSEHOLDS = Replica(tables.households, key="household_id", changes=HOUSEHOLD)


def follow_registry(tx: Transaction, events: list[Received]) -> None:
    """Apply a batch of the registry's events, in their order."""
    PERSONS.apply(tx, events)
    HOUSEHOLDS.apply(tx, events)
