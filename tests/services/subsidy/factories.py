"""Messages for the subsidy service, with defaults for all that a test does not care about."""

from datetime import date
from typing import Any

from contracts import registry, rehab
from tests.support import registry_events
from tests.support.platform import COUNTY
from tests.support.registry_events import VILLAGE, identifier

PAY_DAY = date(2024, 12, 10)


def certified(number: int, **changes: Any) -> registry.CertificateIssued:
    """The event of a first certificate that expires on 2030-05-17."""
    fields = {"acted_on": date(2020, 5, 17), "expires_on": date(2030, 5, 17)}
    return registry_events.certified(number, **fields | changes)


def placed_in_care(number: int, mode: str | None = "home", **changes: Any) -> rehab.PersonEnrolled:
    """The event of a placement in care."""
    fields: dict[str, Any] = {
        "region": VILLAGE,
        "enrolment_id": f"{number:031x}e",
        "person_id": identifier(number),
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
        "person_id": identifier(number),
        "period": "2024",
        "granted_on": "2024-06-03",
    } | changes


def account_number(person_id: str) -> str:
    """The card of a person."""
    return str(6217 * 10**15 + int(person_id, 16) % 10**15)


def account(person_id: str, **changes: Any) -> dict[str, Any]:
    """Where a person is paid to."""
    return {
        "ref": f"ZH-{person_id}",
        "person_id": person_id,
        "holder": "王小明",
        "number": account_number(person_id),
    } | changes


def plan(scheme: str, **changes: Any) -> dict[str, Any]:
    return {"scheme": scheme, "period": "2024", "region": COUNTY, "pay_on": PAY_DAY.isoformat()} | changes
