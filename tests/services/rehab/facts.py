"""What the registry tells the rehab service, and the records that an office sends."""

from datetime import date
from typing import Any

from contracts import registry

TOWNSHIP = "341524101000"
VILLAGE = "341524101201"
ELSEWHERE = "341524102201"


def identifier(number: int) -> str:
    return f"{number:032x}"


def person(
    number: int, born: str = "1980-01", household: int | None = None, region: str = VILLAGE
) -> registry.PersonRegistered:
    return registry.PersonRegistered(
        region=region,
        person_id=identifier(number),
        household_id=None if household is None else identifier(household),
        sex="female",
        birth_month=born,
        registered_on=date(2024, 1, 2),
    )


def certificate(
    number: int,
    category: Any = "mental",
    grade: Any = 2,
    expires_on: date = date(2033, 12, 31),
    region: str = VILLAGE,
) -> registry.CertificateIssued:
    return registry.CertificateIssued(
        region=region,
        person_id=identifier(number),
        certificate_id=identifier(number + 0xC000),
        category=category,
        grade=grade,
        mode="office",
        acted_on=date(2024, 1, 3),
        expires_on=expires_on,
    )


def cancelled(number: int) -> registry.CertificateCancelled:
    return registry.CertificateCancelled(
        region=VILLAGE,
        person_id=identifier(number),
        certificate_id=identifier(number + 0xC000),
        category="mental",
        grade=2,
        mode="office",
        acted_on=date(2024, 2, 1),
        expires_on=date(2033, 12, 31),
        reason="standard_not_met",
    )


def household(number: int, *flags: Any, region: str = VILLAGE) -> registry.HouseholdRegistered:
    return registry.HouseholdRegistered(
        region=region, household_id=identifier(number), flags=list(flags), registered_on=date(2024, 1, 1)
    )


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
