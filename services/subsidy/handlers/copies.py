"""The service's copy of the registry's facts."""

from collections.abc import Callable, Mapping
from typing import Any

from chassis.replica import Replica
from chassis.stream import Received
from chassis.transaction import Transaction
from contracts import registry
from contracts.message import Event
from contracts.person_facts import HOUSEHOLD, PERSON
from services.subsidy import person_tables

Changes = Mapping[type[Event], Callable[[Any], dict[str, Any]]]


def _frozen(event: registry.CertificateFrozen) -> dict[str, Any]:
    return {"region": event.region, "certified": False}


PERSON_CHANGES: Changes = {**PERSON, registry.CertificateFrozen: _frozen}
"""As every service keeps them, but category, grade and validity outlast a freeze: an award may be paid on."""
HOUSEHOLD_CHANGES: Changes = HOUSEHOLD


def _guardian(event: registry.GuardianRegistered) -> dict[str, Any]:
    scope = ",".join(sorted(event.scope))
    return {"person_id": event.person_id, "scope": scope, "since": event.since, "until": event.until}


def _guardian_ended(event: registry.GuardianshipEnded) -> dict[str, Any]:
    return {"person_id": event.person_id, "until": event.ended_on}


GUARDIANSHIP_CHANGES: Changes = {
    registry.GuardianRegistered: _guardian,
    registry.GuardianshipEnded: _guardian_ended,
}

PERSONS = Replica(person_tables.persons, key="person_id", changes=PERSON_CHANGES)
HOUSEHOLDS = Replica(person_tables.households, key="household_id", changes=HOUSEHOLD_CHANGES)
GUARDIANSHIPS = Replica(person_tables.guardianships, key="guardianship_id", changes=GUARDIANSHIP_CHANGES)


def follow_registry(tx: Transaction, events: list[Received]) -> None:
    """Apply a batch of the registry's events, in their order."""
    PERSONS.apply(tx, events)
    HOUSEHOLDS.apply(tx, events)
    GUARDIANSHIPS.apply(tx, events)
