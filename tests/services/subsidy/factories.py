"""Messages for the subsidy service, with defaults for all that a test does not care about."""

from datetime import date
from typing import Any

from contracts import registry, rehab

COUNTY = "341524000000"
TOWNSHIP = "341524103000"
VILLAGE = "341524103201"
OTHER_VILLAGE = "341524104201"

PAY_DAY = date(2024, 12, 10)


def person_id(number: int) -> str:
    return f"{number:032x}"


def certified(number: int, **changes: Any) -> registry.CertificateIssued:
    """The event of a person's first certificate."""
    fields: dict[str, Any] = {
        "region": VILLAGE,
        "person_id": person_id(number),
        "certificate_id": f"{number:031x}c",
        "category": "physical",
        "grade": 2,
        "mode": "office",
        "acted_on": date(2020, 5, 17),
        "expires_on": date(2030, 5, 17),
    }
    return registry.CertificateIssued(**fields | changes)


def registered(number: int, **changes: Any) -> registry.PersonRegistered:
    """The event of a person who is registered without a certificate."""
    fields: dict[str, Any] = {
        "region": VILLAGE,
        "person_id": person_id(number),
        "sex": "female",
        "birth_month": "2004-03",
        "registered_on": date(2020, 1, 1),
    }
    return registry.PersonRegistered(**fields | changes)


def placed_in_care(number: int, mode: str | None = "home", **changes: Any) -> rehab.PersonEnrolled:
    """The event of a placement in care."""
    fields: dict[str, Any] = {
        "region": VILLAGE,
        "enrolment_id": f"{number:031x}e",
        "person_id": person_id(number),
        "programme": "care",
        "basis": "certificate",
        "mode": mode,
        "enrolled_on": date(2024, 3, 1),
    }
    return rehab.PersonEnrolled(**fields | changes)


def allotment(**changes: Any) -> dict[str, Any]:
    """Jinzhai County's care funds of 2024 from above."""
    return {
        "ref": "皖残联2024-17",
        "scheme": "care",
        "source": "superior",
        "region": COUNTY,
        "year": "2024",
        "amount": "133500.00",
        "document": "上级残联拨付托养服务资金",
        "allotted_on": "2024-05-06",
    } | changes


def award(number: int, **changes: Any) -> dict[str, Any]:
    """A fuel award."""
    return {
        "ref": f"2024-RY-{number}",
        "scheme": "fuel",
        "variant": "vehicle",
        "person_id": person_id(number),
        "period": "2024",
        "granted_on": "2024-06-03",
    } | changes


def plan(scheme: str, **changes: Any) -> dict[str, Any]:
    return {"scheme": scheme, "period": "2024", "region": COUNTY, "pay_on": PAY_DAY.isoformat()} | changes
