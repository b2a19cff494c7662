"""Records of the organisation network, with defaults for all that a test does not care about."""

from typing import Any

from tests.services.registry.factories import results
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import TOWNSHIP, VILLAGE

CREATED = ("created", None)
UNCHANGED = ("unchanged", None)
NAME = "某某某"

Record = dict[str, Any]


def organisation(ref: str = "O-1", region: str = COUNTY, **changes: Any) -> Record:
    kind = "village_association" if region == VILLAGE else "federation"
    return {
        "ref": ref,
        "organisation": "残疾人组织",
        "kind": kind,
        "region": region,
        "established_on": "2000-01-01",
    } | changes


NETWORK = [organisation(), organisation("O-T", TOWNSHIP), organisation("O-V", VILLAGE)]


def appointment(ref: str = "P-1", organisation_ref: str = "O-1", **changes: Any) -> Record:
    named = {"ref": ref, "organisation_ref": organisation_ref, "post": "commissioner"}
    return named | {"appointed_on": "2020-01-01"} | changes


def fund(ref: str = "G-1", amount: str = "1000.00", **changes: Any) -> Record:
    named = {"ref": ref, "organisation_ref": "O-1", "purpose": "work", "amount": amount}
    return named | {"received_on": "2024-02-01"} | changes


def activity(ref: str = "H-1", **changes: Any) -> Record:
    named = {"ref": ref, "organisation_ref": "O-1", "kind": "culture"}
    return named | {"held_on": "2024-05-19", "participants": 30} | changes


def term(ref: str = "T-4", number: int = 4, **changes: Any) -> Record:
    return {"ref": ref, "organisation_ref": "O-1", "number": number, "prepared_on": "2018-01-02"} | changes


def delegate(ref: str = "D-1", term_ref: str = "T-4", **changes: Any) -> Record:
    return {"ref": ref, "term_ref": term_ref, "named_on": "2018-02-01", "delegate": NAME} | changes


def training(ref: str = "C-1", **changes: Any) -> Record:
    named = {"ref": ref, "training": "专职委员培训班", "kind": "business", "organised_by": "city"}
    return named | {"region": COUNTY, "planned_on": "2024-03-01"} | changes


def attendance(ref: str = "A-1", staff_training_ref: str = "C-1", **changes: Any) -> Record:
    named = {"ref": ref, "staff_training_ref": staff_training_ref, "appointment_ref": "P-1"}
    return named | {"attended_on": "2024-03-15"} | changes


def duty(ref: str = "D-1", times: int = 12, **changes: Any) -> Record:
    days = {"since": "2024-04-01", "until": "2024-04-30"}
    return {"ref": ref, "appointment_ref": "P-1", "kind": "visit", "times": times} | days | changes


def volunteer(ref: str = "W-1", **changes: Any) -> Record:
    named = {"ref": ref, "region": COUNTY, "origin": "office_staff", "registered_on": "2013-12-01"}
    return named | {"volunteer": NAME} | changes


def hours(ref: str = "S-1", count: int = 70, **changes: Any) -> Record:
    days = {"since": "2015-01-01", "until": "2015-12-31"}
    return {"ref": ref, "volunteer_ref": "W-1", "hours": count} | days | changes


def pair(ref: str, household_id: str, person_id: str, **changes: Any) -> Record:
    named = {"ref": ref, "household_id": household_id, "person_id": person_id, "helper": NAME}
    return named | {"helper_kind": "section_level_cadre", "paired_on": "2015-03-01"} | changes


def facility(ref: str = "B-1", **changes: Any) -> Record:
    named = {"ref": ref, "facility": "残疾人之家", "kind": "home", "region": TOWNSHIP}
    return named | {"opened_on": "2018-06-01", "area": 300, "rooms": 6} | changes


def project(ref: str = "J-1", **changes: Any) -> Record:
    named = {"ref": ref, "project": "区域性残疾人康复中心", "facility_kind": "regional_rehab_centre"}
    return named | {"region": COUNTY, "proposed_on": "2024-01-10", "expected_on": "2025-12-31"} | changes


def archive(ref: str = "E-1", **changes: Any) -> Record:
    named = {"ref": ref, "organisation_ref": "O-V", "kind": "work", "year": 2023}
    return named | {"opened_on": "2023-12-01"} | changes


def document(ref: str = "Q-1", **changes: Any) -> Record:
    return {"ref": ref, "archive_ref": "E-1", "added_on": "2023-12-05", "digest": "0" * 64} | changes


def step(noun: str, ref: str, action: str, acted_on: str, **more: Any) -> Record:
    """A step of the record with that reference; its own reference is made of both."""
    named = {"ref": f"{ref}-{action}-{acted_on}", f"{noun}_ref": ref, "action": action}
    return named | {"acted_on": acted_on} | more


def recorded(registry: Harness, method: str, *records: Record, caller: str | None = None) -> list[Any]:
    """Send records; what became of each."""
    return results(registry.bulk(method, records, caller))


def stands(registry: Harness, method: str, *records: Record) -> None:
    """Record what a test takes for granted."""
    assert recorded(registry, method, *records) == [CREATED] * len(records)
