"""Records of cases, with defaults for all that a test does not care about."""

from typing import Any

from services.registry.domain.case import Action
from tests.services.registry.factories import results
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import TOWNSHIP, VILLAGE

WORDS = "低保被停,要求恢复"
WRITER = "王某某,邻居"
REPLY = "已恢复,当面答复"

_FIELDS: dict[str, dict[str, Any]] = {
    "accept": {},
    "decline": {"reason": "in_litigation"},
    "assign": {"unit_ref": "U-county"},
    "extend": {"reason": "complex", "extended_by": 30},
    "answer": {"outcome": "settled"},
    "rate": {"satisfied": True},
}


def unit(ref: str = "U-county", region: str = COUNTY, **changes: Any) -> dict[str, Any]:
    return {"ref": ref, "unit": "维权科", "region": region, "registered_on": "2010-01-01"} | changes


NETWORK = [unit(), unit("U-township", TOWNSHIP), unit("U-village", VILLAGE)]


def case(ref: str = "X-1", received_on: str = "2024-03-01", **changes: Any) -> dict[str, Any]:
    return {
        "ref": ref,
        "channel": "visit",
        "matter": "subsidy",
        "region": VILLAGE,
        "received_on": received_on,
    } | changes


def step(action: Action, acted_on: str, case_ref: str = "X-1", **changes: Any) -> dict[str, Any]:
    """A step with the fields that its action needs."""
    named = {"ref": f"{case_ref}-{action}-{acted_on}", "case_ref": case_ref, "action": action}
    return named | {"acted_on": acted_on} | _FIELDS[action] | changes


def handled(ref: str, received_on: str, answered_on: str, **changes: Any) -> list[dict[str, Any]]:
    """The steps of a case that was accepted and assigned on the day it came, answered, and rated."""
    return [
        step("accept", received_on, ref),
        step("assign", received_on, ref),
        step("answer", answered_on, ref, **changes),
        step("rate", answered_on, ref),
    ]


def received(registry: Harness, *cases: dict[str, Any], caller: str | None = None) -> list[str]:
    """Record cases and return their identifiers."""
    return [outcome["id"] for outcome in registry.bulk("record_cases", cases or [case()], caller)]


def taken(registry: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    """Record steps; what became of each."""
    return results(registry.bulk("record_case_acts", steps, caller))
