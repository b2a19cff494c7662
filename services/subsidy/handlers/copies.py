"""The service's copy of the registry's facts."""

from collections.abc import Callable, Mapping
from typing import Any

from chassis.replica import Replica
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import registry
from contracts.message import Event
from contracts.person_facts import HOUSEHOLD, PERSON
from services.subsidy import tables

Changes = Mapping[type[Event], Callable[[Any], dict[str, Any]]]


def _frozen(event: registry.CertificateFrozen) -> dict[str, Any]:
    return {"region": event.region, "certified": False}


PERSON_CHANGES: Changes = {**PERSON, registry.CertificateFrozen: _frozen}
"""As every service keeps them, but category, grade and validity outlast a freeze: an award may be paid on."""
HOUSEHOLD_CHANGES: Changes = HOUSEHOLD

PERSONS = Replica(tables.persons, key="person_id", changes=PERSON_CHANGES)
HOUSEHOLDS = Replica(tables.households, key="household_id", changes=HOUSEHOLD_CHANGES)


def follow_registry(tx: Transaction, events: list[Received]) -> None:
    """Apply a batch of the registry's events, in their order."""
    PERSONS.apply(tx, events)
    HOUSEHOLDS.apply(tx, events)
