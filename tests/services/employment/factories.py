"""What the registry tells the employment service, and the records that an office sends."""

from datetime import date
from typing import Any

from contracts import registry
from tests.support import registry_events
from tests.support.platform import COUNTY
from tests.support.registry_events import VILLAGE, identifier


def person(
    number: int, born: str = "1990-01", sex: str = "male", region: str = VILLAGE
) -> registry.PersonRegistered:
    return registry_events.registered(number, birth_month=born, sex=sex, region=region)


def certificate(
    number: int, expires_on: date = date(2033, 12, 31), region: str = VILLAGE
) -> registry.CertificateIssued:
    return registry_events.certified(number, expires_on=expires_on, region=region)


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
