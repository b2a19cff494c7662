"""The service's copy of the registry's facts."""

from typing import Any

from chassis.replica import Replica
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts.person_facts import PERSON
from contracts.registry import PersonRegistered
from services.employment import tables


def _registered(event: PersonRegistered) -> dict[str, Any]:
    return {**PERSON[PersonRegistered](event), "sex": event.sex}


# Employment age differs by sex, which the other services need not know.
PERSONS = Replica(tables.persons, key="person_id", changes={**PERSON, PersonRegistered: _registered})


def follow_registry(tx: Transaction, events: list[Received]) -> None:
    """Apply a batch of the registry's events, in their order."""
    PERSONS.apply(tx, events)
