"""Events of the other services, as far as figures are made of them."""

from datetime import date
from typing import Any

from contracts import employment, rehab, subsidy
from contracts.message import Event
from tests.support import registry_events
from tests.support.registry_events import VILLAGE, identifier

SAME_TOWNSHIP = "341524103207"


def _act(day: str, category: str, grade: int, region: str) -> dict[str, Any]:
    return {"acted_on": date.fromisoformat(day), "category": category, "grade": grade, "region": region}


def issued(
    person: int,
    day: str = "2024-03-01",
    category: str = "visual",
    grade: int = 1,
    mode: str = "office",
    region: str = VILLAGE,
) -> Event:
    return registry_events.certified(person, mode=mode, **_act(day, category, grade, region))


def renewed(person: int, day: str, category: str = "visual", grade: int = 1, region: str = VILLAGE) -> Event:
    return registry_events.renewed(person, **_act(day, category, grade, region))


def changed(
    person: int, day: str, before: tuple[str, int], after: tuple[str, int], region: str = VILLAGE
) -> Event:
    previous = {"previous_category": before[0], "previous_grade": before[1]}
    return registry_events.changed(person, **previous, **_act(day, *after, region))


def cancelled(
    person: int, day: str, category: str = "visual", grade: int = 1, region: str = VILLAGE
) -> Event:
    return registry_events.cancelled(person, reason="death", **_act(day, category, grade, region))


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


def taken_back(
    person: int, amount: str, sources: dict[str, str], scheme: str = "care", variant: str = "boarding"
) -> Event:
    """A payment of November that the bank took back in December."""
    return subsidy.PaymentTakenBack(
        region=VILLAGE,
        payment_change_id=identifier(person),
        run_id=identifier(1),
        award_id=identifier(person),
        person_id=identifier(person),
        instruction_id=identifier(person),
        scheme=scheme,
        variant=variant,
        period="2024",
        amount=amount,
        sources=[{"source": source, "amount": part} for source, part in sources.items()],
        reason="account_closed",
        taken_back_on=date(2024, 12, 5),
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
