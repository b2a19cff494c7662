"""Records of applications, with defaults for all that a test does not care about."""

from datetime import datetime
from typing import Any

import time_machine

from tests.services.registry.factories import results
from tests.support.platform import Harness

CREATED = ("created", None)
RESULT: dict[str, Any] = {"place": "hospital", "assessor": "H-1", "category": "physical", "grade": 2}
NOT_MET: dict[str, Any] = {"place": "hospital", "assessor": "H-1"}

_FIELDS: dict[str, dict[str, Any]] = {
    "decline": {"reason": "incomplete"},
    "assess": RESULT,
    "reassess": RESULT,
    "reject": {"reason": "untrue"},
}


def application(person_id: str, kind: str = "new", ref: str = "A-1", **changes: Any) -> dict[str, Any]:
    return {"ref": ref, "person_id": person_id, "kind": kind, "applied_on": "2024-03-04"} | changes


def step(action: str, acted_on: str, ref: str = "A-1", **changes: Any) -> dict[str, Any]:
    """A step with the fields that its action needs."""
    named = {"ref": f"{ref}-{action}-{acted_on}", "application_ref": ref, "action": action}
    return named | {"acted_on": acted_on} | _FIELDS.get(action, {}) | changes


def through(ref: str = "A-1", issued_on: str = "2024-03-12", **result: Any) -> list[dict[str, Any]]:
    """The steps from acceptance to issue of an adult's application made on 4 March 2024."""
    return [
        step("accept", "2024-03-04", ref),
        step("assess", "2024-03-04", ref, **result),
        step("post", "2024-03-04", ref),
        step("approve", issued_on, ref),
        step("issue", issued_on, ref),
    ]


def plain(ref: str, day: str = "2024-03-04") -> list[dict[str, Any]]:
    """The steps of an application that needs no assessment, on one day."""
    return [step(action, day, ref) for action in ("accept", "approve", "issue")]


def applied(registry: Harness, *items: dict[str, Any], caller: str | None = None) -> list[Any]:
    """Record applications; what became of each."""
    return results(registry.bulk("record_applications", items, caller))


def taken(registry: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    """Record steps; what became of each."""
    return results(registry.bulk("record_application_acts", steps, caller))


def listed(registry: Harness, caller: str | None = None, **asked: Any) -> dict[str, Any]:
    """Applications by reference."""
    page = registry.call("list_applications", asked, caller)
    return {each["ref"]: each for each in page["applications"]}


def told(registry: Harness, *kinds: type[Any]) -> list[Any]:
    return [event for event in registry.events() if isinstance(event, kinds)]


def look(registry: Harness, day: str) -> None:
    """Run the look at the clocks of a day, at noon of that day in China."""
    with time_machine.travel(datetime.fromisoformat(f"{day}T04:00:00+00:00"), tick=False):
        # A caller for each day: tokens are made on the day on which they are used.
        system = registry.caller("system", subject=f"scheduler {day}")
        registry.call("check_deadlines", {"day": day}, system)
        registry.run_jobs()
