"""What the registry tells the employment service, and the records that an office sends."""

from datetime import date
from typing import Any

from contracts import registry

COUNTY = "341524000000"
TOWNSHIP = "341524101000"
VILLAGE = "341524101201"
ELSEWHERE = "341524102201"


def identifier(number: int) -> str:
    return f"{number:032x}"


def person(
    number: int, born: str = "1990-01", sex: Any = "male", region: str = VILLAGE
) -> registry.PersonRegistered:
    return registry.PersonRegistered(
        region=region,
        person_id=identifier(number),
        sex=sex,
        birth_month=born,
        registered_on=date(2024, 1, 2),
    )


def certificate(
    number: int, expires_on: date = date(2033, 12, 31), region: str = VILLAGE
) -> registry.CertificateIssued:
    return registry.CertificateIssued(
        region=region,
        person_id=identifier(number),
        certificate_id=identifier(number + 0xC000),
        category="physical",
        grade=3,
        mode="office",
        acted_on=date(2024, 1, 3),
        expires_on=expires_on,
    )


def need(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "ref": f"N-{number}",
        "person_id": identifier(number),
        "type": "vocational",
        "registered_on": "2024-03-01",
    } | changes


def course(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "ref": f"C-{number}",
        "title": "Poultry keeping",
        "type": "practical",
        "region": COUNTY,
        "starts_on": "2024-05-01",
        "ends_on": "2024-05-31",
        "capacity": 50,
    } | changes


def trainee(number: int, course_number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "course_ref": f"C-{course_number}",
        "person_id": identifier(number),
        "enrolled_on": "2024-05-01",
    } | changes


def completion(number: int, course_number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "course_ref": f"C-{course_number}",
        "person_id": identifier(number),
        "certified": True,
        "completed_on": "2024-05-31",
    } | changes
