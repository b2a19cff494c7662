"""What the registry tells the rehab service, and the records that an office sends."""

from typing import Any

from contracts import registry
from tests.support import registry_events
from tests.support.registry_events import identifier


def person(
    number: int, born: str = "1980-01", household: int | None = None, **changes: Any
) -> registry.PersonRegistered:
    household_id = None if household is None else identifier(household)
    return registry_events.registered(number, birth_month=born, household_id=household_id, **changes)


def certificate(
    number: int, category: str = "mental", grade: int = 2, **changes: Any
) -> registry.CertificateIssued:
    return registry_events.certified(number, category=category, grade=grade, **changes)


def enrolment(number: int, programme: str, **changes: Any) -> dict[str, Any]:
    return {
        "ref": f"E-{programme}-{number}",
        "programme": programme,
        "person_id": identifier(number),
        "provider": "County People's Hospital",
        "enrolled_on": "2024-03-01",
    } | changes


def service(number: int, programme: str, item: str, **changes: Any) -> dict[str, Any]:
    return {
        "ref": f"S-{programme}-{item}-{number}",
        "programme": programme,
        "person_id": identifier(number),
        "item": item,
        "completed_on": "2024-06-30",
    } | changes


def retrofit(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "ref": f"H-{number}",
        "household_id": identifier(number),
        "batch": "joint",
        "contractor": "Winner of the tender",
        "accepted_on": "2024-10-15",
    } | changes
