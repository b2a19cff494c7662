"""Events of the other services, and the questions that the tests ask about them."""

from datetime import date
from typing import Any

from contracts import employment, registry, rehab, subsidy
from contracts.message import Event
from tests.support.platform import COUNTY, OFFICE, Harness

VILLAGE = "341524103206"
SAME_TOWNSHIP = "341524103207"
OTHER_TOWNSHIP = "341524104201"


def identifier(number: int) -> str:
    return f"{number:032x}"


def _certificate(person: int, day: str, category: str, grade: int, mode: str, region: str) -> dict[str, Any]:
    return {
        "region": region,
        "person_id": identifier(person),
        "certificate_id": identifier(person),
        "category": category,
        "grade": grade,
        "mode": mode,
        "acted_on": date.fromisoformat(day),
        "expires_on": date(2099, 12, 31),
    }


def issued(
    person: int,
    day: str = "2024-03-01",
    category: str = "visual",
    grade: int = 1,
    mode: str = "office",
    region: str = VILLAGE,
) -> Event:
    return registry.CertificateIssued(**_certificate(person, day, category, grade, mode, region))


def renewed(person: int, day: str, category: str = "visual", grade: int = 1, region: str = VILLAGE) -> Event:
    return registry.CertificateRenewed(**_certificate(person, day, category, grade, "office", region))


def changed(
    person: int, day: str, before: tuple[str, int], after: tuple[str, int], region: str = VILLAGE
) -> Event:
    return registry.CertificateChanged(
        **_certificate(person, day, *after, "office", region),
        previous_category=before[0],
        previous_grade=before[1],
    )


def cancelled(
    person: int, day: str, category: str = "visual", grade: int = 1, region: str = VILLAGE
) -> Event:
    return registry.CertificateCancelled(
        **_certificate(person, day, category, grade, "office", region), reason="death"
    )


def served(
    person: int, day: str, programme: str = "psych_drug", item: str = "drug", region: str = VILLAGE
) -> Event:
    return rehab.ServiceCompleted(
        region=region,
        service_id=identifier(person),
        enrolment_id=identifier(person),
        person_id=identifier(person),
        programme=programme,
        item=item,
        basis="certificate",
        free=True,
        completed_on=date.fromisoformat(day),
    )


def enrolled(person: int, day: str, mode: str, region: str = VILLAGE) -> Event:
    return rehab.PersonEnrolled(
        region=region,
        enrolment_id=identifier(person),
        person_id=identifier(person),
        programme="care",
        basis="certificate",
        mode=mode,
        enrolled_on=date.fromisoformat(day),
    )


def retrofitted(
    household: int, batch: str = "joint", kind: str = "barrier_free", region: str = VILLAGE
) -> Event:
    return rehab.RetrofitAccepted(
        region=region,
        retrofit_id=identifier(household),
        household_id=identifier(household),
        batch=batch,
        kind=kind,
        accepted_on=date(2024, 9, 1),
    )


def needed(person: int, region: str = VILLAGE) -> Event:
    return employment.TrainingNeedRegistered(
        region=region,
        need_id=identifier(person),
        person_id=identifier(person),
        type="vocational",
        registered_on=date(2024, 4, 1),
    )


def trained(person: int, kind: str = "vocational", region: str = VILLAGE) -> Event:
    return employment.TrainingCompleted(
        region=region,
        trainee_id=identifier(person),
        course_id=identifier(1),
        person_id=identifier(person),
        type=kind,
        certified=True,
        completed_on=date(2024, 6, 1),
    )


def paid(
    person: int,
    amount: str,
    sources: dict[str, str],
    scheme: str = "care",
    variant: str = "boarding",
    day: str = "2024-11-01",
) -> Event:
    return subsidy.PaymentMade(
        region=VILLAGE,
        payment_id=identifier(person),
        run_id=identifier(1),
        award_id=identifier(person),
        person_id=identifier(person),
        scheme=scheme,
        variant=variant,
        period="2024",
        amount=amount,
        sources=[{"source": source, "amount": part} for source, part in sources.items()],
        paid_on=date.fromisoformat(day),
    )


# Questions ---------------------------------------------------------------------------------------


def take(
    harness: Harness, region: str = COUNTY, period: str = "2024", caller: str | None = None, **fields: Any
) -> dict[str, Any]:
    asked = {"office": OFFICE, "region": region, "period": period, **fields}
    return harness.call("take_snapshot", asked, caller or harness.maker())


def figures(snapshot: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The indicators of a snapshot by code and dimensions."""
    return {
        (each["code"], ";".join(f"{key}={value}" for key, value in sorted(each["dimensions"].items()))): each
        for each in snapshot["indicators"]
    }


def value(snapshot: dict[str, Any], code: str, dimensions: str = "") -> Any:
    return figures(snapshot)[code, dimensions]["value"]


def trace(harness: Harness, code: str, region: str = COUNTY, period: str = "2024", **fields: Any) -> Any:
    asked = {"code": code, "region": region, "period": period, **fields}
    return harness.call("trace_indicator", asked, harness.auditor())
