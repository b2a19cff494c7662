"""People of a district of Guangdong, and their awards that are paid monthly."""

from typing import Any

from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes
from tests.support.platform import Harness
from tests.support.registry_events import household, identifier, registered

DISTRICT = "440106000000"
"""In Guangdong, whose amounts of 2026 are published: 217 a month for living, 290 for nursing."""


def clerk(subsidy: Harness) -> str:
    return subsidy.clerk(region=DISTRICT)


def live(subsidy: Harness, number: int = 1, *flags: Any, **certificate: Any) -> None:
    """A holder of grade 2 in a household with these flags."""
    subsidy.feed(
        "registry",
        [
            household(number, *(flags or ("dibao",)), region=DISTRICT),
            registered(number, region=DISTRICT, household_id=identifier(number)),
            factories.certified(number, region=DISTRICT, **certificate),
        ],
    )


def grant(subsidy: Harness, *awards: dict[str, Any]) -> list[str]:
    """Grant, and tell each outcome or the code of its rejection."""
    return codes(subsidy.bulk("grant_awards", awards, clerk(subsidy)))


def living(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Handed in on 26 February 2026, decided on 20 March."""
    fields = {
        "ref": f"SH-{number}",
        "scheme": "living",
        "variant": "dibao",
        "period": "2026-02",
        "granted_on": "2026-03-20",
        "applied_on": "2026-02-26",
    }
    return factories.award(number, **fields | changes)


def nursing(number: int = 1, **changes: Any) -> dict[str, Any]:
    return living(number, ref=f"HL-{number}", scheme="nursing", variant="grade_2", **changes)


def stop(subsidy: Harness, award_id: str, **changes: Any) -> list[str]:
    fields = {"ref": "TF-1", "award_id": award_id, "reason": "death", "happened_on": "2026-04-10"}
    return codes(subsidy.bulk("stop_awards", [fields | changes], clerk(subsidy)))
